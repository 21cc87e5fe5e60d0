"""The SOP's decisions on after-sales as pure functions: facts in, `Verdict` out (SOP 1.4, 3).

No clock, no database. What is special about a kind of case stands in `aftersales.kinds`; here is
what all kinds share: the period, who pays, what bars any step, and the clock of the promise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from aftersales.rules import Cost, Rules
from aftersales.words import Acceptance, CaseKind, CaseState, ClaimState, Reception, WaitsFor
from core.verdict import Say, Verdict, ask, no, yes
from core.workdays import PLAIN, Calendar, after, promise, worked
from orders.policy import OrderFacts
from refunds.words import Fault, FreightPayer

S, W = CaseState, WaitsFor
ENDED = frozenset({S.RESOLVED, S.REFUSED, S.WITHDRAWN})
# While it lies with the customer, or is on its way to us, our clock stands still (SOP 1.5).
PAUSED = frozenset({S.WAITING_CUSTOMER, S.WAITING_GOODS})
STATE_OF: dict[WaitsFor, CaseState] = {
    W.WORK: S.OPEN,
    W.ANSWER: S.WAITING_CUSTOMER,
    W.EVIDENCE: S.WAITING_CUSTOMER,
    W.SENDING: S.WAITING_CUSTOMER,
    W.ARRIVAL: S.WAITING_GOODS,
    W.COUNTING: S.WAITING_WAREHOUSE,
    W.INSPECTION: S.OPEN,
    W.DECISION: S.OPEN,
    W.AGREEMENT: S.OPEN,
    W.TOP_UP: S.WAITING_CUSTOMER,
    W.SHIPPING: S.WAITING_WAREHOUSE,
    W.STOP: S.WAITING_WAREHOUSE,
    W.CARRIER: S.WAITING_WAREHOUSE,
    W.REFUND: S.WAITING_MONEY,
    W.GOODS: S.WAITING_GOODS,
    W.DELIVERY: S.WAITING_WAREHOUSE,
    W.OWNER: S.OPEN,
    W.NEW_ORDER: S.WAITING_CUSTOMER,
    W.DIAGNOSIS: S.OPEN,
    W.QUOTE: S.OPEN,
    W.CONSENT: S.WAITING_CUSTOMER,
    W.REPAIR: S.OPEN,
    W.REPAIRING: S.OPEN,
    W.SIGNED: S.WAITING_WAREHOUSE,
}


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line of a case: pieces asked for, counted, accepted; put away as ours (`stocked`); of a
    line of the order (`ordered`), or goods that nobody expected.
    """

    pieces: int = 1
    got: int = 0
    accepted: int = 0
    reception: Reception = Reception.EXPECTED
    acceptance: Acceptance = Acceptance.PENDING
    stocked: bool = False
    ordered: bool = True


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What decisions on a case depend on. `order` is None where nobody knows whose it is.

    `money`: a refund of it is under way; `returned`: it waits for more from us. `linked`: an order
    was made for it, and is not closed. `senior`: whoever asks may do what only seniors may.
    `payout`: the freight that the buyer paid was asked for, and not refused.
    `evidence`: a picture or document is there. `claim`: how it stands with what the carrier was
    asked to pay for it. `late`: what it waits for did not come in time. `sender`: it is known who
    sent the parcel, and from where.
    `before`: what it waited for before the customer was asked something.
    `owes`: the customer pays the repair. `sends_back`: what came goes back to the customer.
    """

    number: str = ""
    kind: CaseKind = CaseKind.RETURN
    state: CaseState = S.OPEN
    waits_for: WaitsFor = W.WORK
    fault: Fault = Fault.BUYER
    order: OrderFacts | None = None
    lines: tuple[LineFacts, ...] = ()
    waybill: str = ""
    money: bool = False
    returned: bool = False
    linked: bool = False
    senior: bool = False
    owner: int | None = None
    evidence: bool = False
    claim: ClaimState | None = None
    late: bool = False
    sender: bool = False
    before: WaitsFor | None = None
    owes: bool = False
    sends_back: bool = False
    payout: bool = False

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def accepted(self) -> int:
        """Accepted pieces of what was bought: for these money or other goods are owed."""
        return sum(line.accepted for line in self.lines if line.ordered)

    @property
    def inspected(self) -> bool:
        return all(line.acceptance is not Acceptance.PENDING for line in self.lines if line.got)

    @property
    def differs(self) -> bool:
        """Is something else here, or in another state, than the customer promised (SOP 1.4.f)?"""
        return any(
            line.reception in (Reception.SHORT, Reception.EXTRA)
            or line.acceptance is Acceptance.PERSON
            or line.accepted < line.got
            for line in self.lines
        )


# -- may it be asked for (SOP 1.4.b) ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """What the customer wants, and what was asked about the goods.

    `received_on` None: not yet received. `overruled`: why a senior lets it pass all the same.
    """

    kind: CaseKind
    fault: Fault
    received_on: date | None
    tags: bool = True
    packaging: bool = True
    titles: tuple[str, ...] = ()
    overruled: str = ""
    senior: bool = False


def last_day(rules: Rules, asked: Asked) -> date | None:
    """The last day on which it may be asked for; None: there is no such day."""
    period = rules.period(asked.kind, asked.fault)
    if period is None or asked.received_on is None:
        return None
    return asked.received_on + timedelta(days=period.days)


def day_wrong(on: date | None, shipped_on: date | None, today: date) -> Verdict | None:
    """What is wrong with the day of receipt that was named; None: nothing (SOP 1.4.b)."""
    if on is None:
        instead = "问买家哪天签收的，或者看物流；期限从签收第二天算起。"
        return no("1.4.b", "还没有填哪天签收的。", instead=instead)
    if on > today:
        return no("1.4.b", "签收日期不会在以后。", instead="再核对一下哪天签收的。")
    if shipped_on is not None and on < shipped_on:
        said = f"{spoken(shipped_on)}才发货，签收不会比这早。"
        return no("1.4.b", said, instead="再核对一下哪天签收的。")
    return None


def eligible(rules: Rules, asked: Asked, today: date) -> Verdict:
    """Inside the period, tag and packaging intact, no excluded product (SOP 1.4.b).

    What is refused here a senior may let pass with a reason.
    """
    against = _against(rules, asked, today)
    if against is None:
        return yes("1.4.b", _fits(rules, asked))
    if asked.overruled and asked.senior:
        return yes("1.4.b", f"破例：{asked.overruled}（{against.reason}）")
    return against


def _against(rules: Rules, asked: Asked, today: date) -> Verdict | None:
    instead = "按下面的话回复买家；要破例的，请资深客服写明原因再登记。"
    until, period = last_day(rules, asked), rules.period(asked.kind, asked.fault)
    if until is not None and today > until:
        say = Say(
            "case.too_late", {"days": str(period.days) if period else "", "until": spoken(until)}
        )
        return ask("1.4.b", f"过了期限：{spoken(until)}是最后一天。", say, instead)
    if period is not None and period.intact and not (asked.tags and asked.packaging):
        what = "吊牌" if not asked.tags else "包装"
        say = Say("case.not_intact", {"what": what})
        return ask("1.4.b", f"{what}不完整，不能退换。", say, instead)
    words = [word for word in rules.excluded if any(word in title for title in asked.titles)]
    if words and asked.fault is Fault.BUYER:
        say = Say("case.excluded", {"what": words[0]})
        return ask("1.4.b", f"“{words[0]}”类商品，不是质量问题不能退换。", say, instead)
    return None


def _fits(rules: Rules, asked: Asked) -> str:
    until = last_day(rules, asked)
    return f"在期限内，{spoken(until)}是最后一天。" if until else "可以办。"


def spoken(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"


# -- who pays (SOP 1.4.c, 1.4.e) -------------------------------------------------------------------


def cost_said(rules: Rules, kind: CaseKind, fault: Fault) -> Say:
    """What the customer is told of the cost before anything is sent (SOP 1.4.c)."""
    cost = rules.cost(fault)
    both = kind is CaseKind.EXCHANGE
    if cost.back is FreightPayer.SELLER:
        return Say("case.cost.ours.exchange" if both else "case.cost.ours")
    if both:
        return Say("case.cost.theirs.exchange", {"freight": f"{rules.freight:.2f}"})
    return Say("case.cost.theirs")


def new_cost_said(kind: CaseKind, cost: Cost, label: str) -> Say | None:
    """What it costs now that the reason is another; None where no parcel goes (SOP 1.4.c)."""
    parts = []
    if kind in (CaseKind.RETURN, CaseKind.EXCHANGE):
        parts.append(f"寄回的运费{_theirs_or_ours(cost.back)}")
    if kind in (CaseKind.EXCHANGE, CaseKind.RESHIP, CaseKind.UNDELIVERABLE):
        parts.append(f"重新寄出的运费{_theirs_or_ours(cost.out)}")
    return Say("case.reason", {"reason": label, "cost": "，".join(parts)}) if parts else None


def _theirs_or_ours(payer: FreightPayer) -> str:
    return "我们承担" if payer is FreightPayer.SELLER else "由您承担"


def may_pay_freight(rules: Rules, amount: Decimal, why: str) -> Verdict:
    """Freight that the buyer paid for us: up to the policy's, above it with a reason (1.5.f)."""
    if amount > rules.freight and not why:
        return no(
            "1.5.f",
            f"超过政策里的运费 {rules.freight:.2f} 元。",
            instead="照运费单填，写明为什么贵（偏远、超重），主管看了再批。",
        )
    return yes("1.5.f", "凭运费单赔给买家，由别人审、财务转账。")


# -- what all kinds share --------------------------------------------------------------------------


def open_one(case: CaseFacts) -> Verdict | None:
    """What bars any step: it has ended. None: nothing does."""
    if case.ended:
        return no("8", f"这个售后单{case.state.label}，不能再办。")
    return None


def may_take(case: CaseFacts) -> Verdict:
    """Take it, or take it over."""
    return open_one(case) or yes("1.4", "以后由您来办。")


def may_hand_over(case: CaseFacts) -> Verdict:
    """Give it to a colleague, with a note."""
    return open_one(case) or yes("1.4", "写清楚办到哪里、还要做什么，对方会收到通知。")


def may_add_evidence(case: CaseFacts) -> Verdict:
    return open_one(case) or yes("1.4.f", "JPG、PNG、WebP 图片或 PDF；照片里的拍摄地点会去掉。")


def may_ask_customer(case: CaseFacts) -> Verdict | None:
    """Wait for an answer of the customer; our clock stands still (SOP 1.4.a)."""
    if case.waits_for is W.ANSWER or case.state is S.WAITING_MONEY:
        return None
    return open_one(case) or yes("1.4.a", "问了什么写下来；等答复的时候，时限暂停。")


def may_record_answer(case: CaseFacts) -> Verdict | None:
    """What the customer answered."""
    if case.waits_for is not W.ANSWER:
        return None
    return open_one(case) or yes("1.4.a", "记下买家怎么答复，接着办。")


def of_the_same(same: bool, order_no: str) -> Verdict | None:
    """A stranger's order is not tied by a slip of the pen; None where it is the customer's."""
    if same:
        return None
    why = f"{order_no} 的账号和手机都跟这一单对不上，可能是别人的订单。"
    return no("1.1.b", why, instead="核对单号；确实是同一个人，勾上“核对过”再关联。")


def may_refuse_cod(case: CaseFacts) -> Verdict:
    """A customer's parcel with freight to pay is not taken in (SOP 1.4.e)."""
    if case.kind is CaseKind.UNDELIVERABLE:
        return no("1.4.e", "这是快递退回来的，不是买家寄的。", instead="照常清点；运费找快递结。")
    if case.kind is CaseKind.UNOWNED:
        return no("1.4.e", "已经收下登记了。", instead="照常清点；下次到付的先拒收，不登记。")
    return yes("1.4.e", "不收：请快递退回，客服会告诉买家。")


def _on_its_way(case: CaseFacts) -> Verdict | None:
    """An order that was made for the case goes out whatever becomes of the case."""
    if not case.linked:
        return None
    instead = "不发了，先到新订单上点“关闭订单”。"
    if case.kind is CaseKind.REPAIR:
        instead = "修好的照常寄回给买家。"
    return no("1.4.f", "新订单已经开了，货还会发出去。", instead=instead)


def may_change_reason(case: CaseFacts) -> Verdict | None:
    """Another reason, and so whose fault it is and who pays, until money or goods followed from it.

    (SOP 1.4.c, 1.5.c)
    """
    if case.ended:
        return None
    if case.money:
        return no("1.5.c", "退款已经申请了，原因不能再改。", instead="先撤回退款，再改原因。")
    if case.payout:
        return no("1.5.c", "退货运费已经申请赔付了，原因不能再改。", instead="请主管先驳回赔付。")
    if case.linked:
        said = "新单已经照原来的原因开了，运费不能再改。"
        return no("1.4.c", said, instead="还没有发的，先关闭新单，再改原因。")
    if case.claim in (ClaimState.ASKED, ClaimState.PAID):
        return no("1.5.c", "已经当作快递的责任理赔了。", instead="快递不赔的，登记以后再改。")
    return yes("1.4.c", "查清楚不是原来说的那样，在这里改；运费谁出按这个售后单那一版政策重新算。")


def may_withdraw(case: CaseFacts) -> Verdict:
    """The customer does not want it any more."""
    barred = open_one(case) or _on_its_way(case)
    if barred:
        return barred
    if case.money:
        return no("1.5", "退款已经申请了。", instead="先撤回退款，再撤回这个售后单。")
    if any(line.got for line in case.lines):
        return no("1.4.f", "货已经到仓库了，不能只撤回。", instead="验货以后退款，或者退回买家。")
    return yes("1.4", "买家不办了，撤回。", Say("case.withdrawn"))


def may_refuse(case: CaseFacts) -> Verdict:
    """Not done, for a reason that is told (SOP 1.4.b)."""
    barred = open_one(case) or _on_its_way(case)
    if barred:
        return barred
    if case.money:
        return no("1.5", "退款已经申请了，不能再拒绝。", instead="要拒绝的话先撤回退款。")
    if any(line.got for line in case.lines):
        return no("1.4.f", "货已经到仓库了，不能只拒绝。", instead="验货，再“退回买家”，写明原因。")
    return yes("1.4.b", "写明原因；买家会听到原因，记在订单上。")


def may_send_article(active: bool) -> Verdict:
    """Guidance for using the product (SOP 7.d): what is out of use may be wrong by now."""
    if not active:
        return no("7.d", "这篇使用说明停用了，内容可能已经不对。", instead="找一篇在用的。")
    return yes("7.d", "复制下面的话发给买家，再记一笔。")


# -- the clock of the promise ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clock:
    """Until when we promised; paused: `left` seconds of working time are kept."""

    promised_by: datetime | None
    left: int | None = None


def begin(now: datetime, days: int, calendar: Calendar = PLAIN) -> Clock:
    """So many working days from now."""
    return Clock(promise(now, days, calendar).at)


def tick(clock: Clock, state: CaseState, now: datetime, calendar: Calendar = PLAIN) -> Clock:
    """The clock as it goes on in a state: it stands while the customer has it."""
    if state in ENDED:
        return Clock(None)
    if state in PAUSED and clock.promised_by is not None:
        return Clock(None, int(worked(now, clock.promised_by, calendar).total_seconds()))
    if state not in PAUSED and clock.promised_by is None and clock.left is not None:
        return Clock(after(now, timedelta(seconds=clock.left), calendar))
    return clock


def due(rules: Rules, what: WaitsFor, now: datetime, calendar: Calendar = PLAIN) -> datetime:
    """Until when this wait may last."""
    patience = rules.patience_for(what)
    if patience.working:
        return promise(now, patience.days, calendar).at
    return now + timedelta(days=patience.days)


def closes_at(rules: Rules, what: WaitsFor, due_at: datetime) -> datetime | None:
    """When it is closed for want of an answer, with notice before."""
    closes = rules.patience_for(what).closes
    return None if closes is None else due_at + timedelta(days=closes)


def reception_of(pieces: int, got: int) -> Reception:
    """What came of so many that were expected."""
    if got == pieces:
        return Reception.ARRIVED
    return Reception.SHORT if got < pieces else Reception.EXTRA


@dataclass(frozen=True, slots=True)
class Found:
    """What an inspection says of the pieces of a line: where they go, or that they do not.

    `asks`: it cannot be said before somebody talked to the customer.
    """

    good: int = 0
    defect: int = 0
    scrap: int = 0
    asks: bool = False

    @property
    def accepted(self) -> int:
        return self.good + self.defect + self.scrap


def acceptance_of(got: int, found: Found) -> Acceptance:
    """What after-sales says of what came."""
    if found.asks:
        return Acceptance.PERSON
    return Acceptance.ACCEPTED if found.accepted or not got else Acceptance.REFUSED


def pieces_of(lines: Sequence[LineFacts]) -> int:
    return sum(line.pieces for line in lines)
