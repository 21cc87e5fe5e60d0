"""Exchange before shipping (发货前换货, SOP 1.2.d): done at once, or a case where somebody waits.

In place: the goods of the order itself become others, once the warehouse has stopped it; the
difference is paid or goes back. Where the platform cannot be changed the old order is refunded,
and the order that the customer places anew is tied to it, with notes on both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from aftersales.kinds.swaps import may_be_new, may_swap
from aftersales.models import Case, CaseOrder
from aftersales.models.case import OPEN
from aftersales.selectors.swaps import Swapping, swapping_of, wanted_of
from aftersales.selectors.telling import tell_of
from aftersales.selectors.versions import rules_for
from aftersales.services.acting import case_act, heard, order_of
from aftersales.services.modifications import send_on, take_stop_back
from aftersales.services.money import refund_for
from aftersales.services.opening import Opening, write_case
from aftersales.services.waiting import resolve, wait_for, withdraw
from aftersales.words import CaseKind, OrderRole, Outcome, SwapWay, WaitsFor
from core.acts import TIMER, Actor, Log
from core.masking import scrub
from core.models import Act
from core.money import ZERO
from core.sentences import from_act
from core.sweeping import BATCH
from core.verdict import Say, no
from orders import stopping
from orders.models import Hold, Order, OrderLink
from orders.selectors.order import same_buyer
from orders.services.acting import order_act
from orders.services.hold import end_holds
from orders.services.intercept import ask_stop
from orders.services.note import write_note
from orders.services.products import Wanted, modify_products
from orders.services.release import take_back
from orders.words import HoldKind, OrderState, Relation, Stop
from refunds.amounts import EXCESS
from refunds.models import Refund
from refunds.policy import told_for
from refunds.selectors.left import left_of
from refunds.services.draft import Wanted as Money
from refunds.words import RefundKind, RefundState, TrueReason
from stock.models import Sku

W = WaitsFor
CLAUSE = "1.2.d"
_KIND = CaseKind.SWAP.value


def swap_order(order: Order, swap: Swapping, *, by: Actor, now: datetime, **asked: Any) -> Act:
    """Exchange goods that have not left, with a note; a case where something is waited for.

    `asked`: what an act takes, `order_act`. Raises Refused, Conflict, Repeated.
    """
    with order_act("swap_order", order, by=by, now=now, **asked) as (order, log):
        may_swap(order.facts(), swap.way).require()
        if not swap.new:
            no(CLAUSE, "还没有选换成什么。", instead="填款号或编码，选好颜色尺码。").require()
        text = f"发货前换货：{swap.way.label}，{_said(order, swap)}"
        doing = _Doing(order, swap, by, now, log)
        say = doing.new_order() if swap.way is SwapWay.NEW_ORDER else doing.in_place()
        write_note(order, text[:2000], by=by, now=now, for_shop=True)
        log.noted(text[:300], clause=CLAUSE, reason=scrub(swap.wants)[:300])
        log.tell(say)
    return log.act


def _said(order: Order, swap: Swapping) -> str:
    """藏青 L × 1 换成 米白 M × 1: style, colour and size of both (SOP 1.1.f)."""
    labels = {line.pk: line.label for line in order.lines.all()}
    old = "、".join(f"{labels.get(line, '商品')} × {swap.pieces[line]}" for line in swap.new)
    return f"{old} 换成 {swap.becomes}"


@dataclass(frozen=True, slots=True)
class _Doing:
    """An exchange as it is being done, inside its act."""

    order: Order
    swap: Swapping
    by: Actor
    now: datetime
    log: Log

    @property
    def common(self) -> dict[str, Any]:
        return {"by": self.by, "now": self.now}

    def case(self, what: WaitsFor, **details: Any) -> Case:
        """Somebody has to be waited for."""
        swap = self.swap
        known = {
            "way": swap.way.value,
            "new": {str(line): sku.pk for line, sku in swap.new.items()},
            "becomes": swap.becomes[:200],
        }
        reason = rules_for(self.order).reason(swap.reason) if swap.reason else None
        pieces = {line: swap.pieces[line] for line in swap.new}
        opening = Opening(CaseKind.SWAP, what, reason, pieces, swap.wants, details=known | details)
        case = write_case(self.order, opening, self.log, **self.common)
        case.pays_back = case.pays_out = ""  # no parcel goes either way
        case.save()
        return case

    def in_place(self) -> Say | None:
        """The goods of the order become the others: now, or once the warehouse has stopped it."""
        order = self.order
        if stopping.begun(order.facts()):
            case = self.case(W.STOP)
            ask_stop(order, f"买家要换：{self.swap.becomes}", cause=case.number, **self.common)
            return tell_of(case)
        if order.released_at is not None:
            take_back(order, **self.common)
        done, way_back = change_goods(order, self.swap, **self.common)
        what = _what_next(order)
        if what is not None:
            case = self.case(what, **way_back)
            _give_back(case, what, self.by, self.now)
        return from_act(done.say)

    def new_order(self) -> Say | None:
        """The old order is refunded and held; the customer places another."""
        true = rules_for(self.order).true_reason(self.swap.reason)
        case = self.case(W.NEW_ORDER)
        why = f"{case.number} 换货，退款重拍"
        money = Money(RefundKind.WHOLE, true, told_for(true), why=why)
        _, made = refund_for(case, money, self.by, self.now)
        case.details = {**case.details, "refund": _apply(made, "原订单的退款")}
        case.save()
        return tell_of(case)


def _apply(made: list[Refund], what: str) -> str:
    """What becomes of the money, as the customer hears it (SOP 1.2.c, 1.5.e)."""
    asked = [refund for refund in made if refund.applies]
    if not asked:
        last = timezone.localtime(max(one.promised_by for one in made))
        until = f"{last.month} 月 {last.day} 日 {last:%H:%M}"
        return f"{what}我已经登记，1–2 个工作日内（最晚 {until}）原路退回您的付款账户"
    opens = max((one.opens_at for one in asked if one.opens_at), default=None)
    waits = asked[0].state == RefundState.WAITING and opens is not None
    at = timezone.localtime(opens) if waits and opens else None
    when = f"{at.month} 月 {at.day} 日 {at:%H:%M} 以后" if at else "现在"
    return f"请您{when}在平台上申请{what}，申请后 1–2 个工作日内原路退回您的付款账户"


# -- in place --------------------------------------------------------------------------------------


def change_goods(
    order: Order, swap: Swapping, *, by: Actor, now: datetime
) -> tuple[Act, dict[str, Any]]:
    """The lines become the others, with what leads back to how they were; inside a running act."""
    before = {line.pk: line for line in order.lines.all()}
    gone = [line for line in swap.new if line not in before]
    if gone or any(swap.pieces[key] > before[key].quantity for key in swap.new):
        no(CLAUSE, "订单的商品又改过了，照讲好的换不了。", instead="在订单上“修改商品”。").require()
    kept = [[line, before[line].sku_id, before[line].quantity] for line in swap.new]
    done = modify_products(order, wanted_of(order, swap), by=by, now=now)
    added = [pk for pk in order.lines.values_list("pk", flat=True) if pk not in before]
    return done, {"before": kept, "added": added}


def _what_next(order: Order) -> WaitsFor | None:
    """Who has to be waited for once the goods are changed (SOP 1.1.f)."""
    if Hold.objects.filter(order=order, kind=HoldKind.TOP_UP.value, state="open").exists():
        return W.TOP_UP
    return W.REFUND if _owed(order) > ZERO else None


def _owed(order: Order) -> Decimal:
    """What was paid too much and is not on its way back yet, yuan."""
    return sum((part.left for part in left_of(order).parts if part.what == EXCESS), ZERO)


def _give_back(case: Case, what: WaitsFor, by: Actor, now: datetime) -> None:
    """Cheaper: the difference goes back, while the order goes on (SOP 1.1.f)."""
    if what is not W.REFUND:
        return
    true, why = TrueReason.CHEAPER, f"{case.number} 换货差价"
    owed = _owed(order_of(case))
    money = Money(RefundKind.DIFFERENCE, true, told_for(true), extra=owed, why=why)
    _, made = refund_for(case, money, by, now)
    case.details = {**case.details, "refund": _apply(made, "差价的退款")}
    case.save()


def swap_stopped(case: Case, **common: Any) -> Act:
    """The warehouse has stopped it: the goods become what was agreed, and it goes on (SOP 1.2.d).

    Raises Refused, Conflict, Repeated.
    """
    by, now = common["by"], common["now"]
    with case_act("swap_stopped", case, **common) as (row, log):
        order, swap = order_of(row), swapping_of(row)
        end_holds(order, HoldKind.INTERCEPT, "拦下来换好了", now, row.number)
        done, way_back = change_goods(order, swap, by=by, now=now)
        row.details = {**row.details, **way_back}
        what = _what_next(order)
        if what is None:
            resolve(row, log, now, Outcome.SETTLED, "换好了")
        else:
            wait_for(row, what, log, now)
            _give_back(row, what, by, now)
        said = "等买家补差价" if what is W.TOP_UP else send_on(order, by, now)
        log.noted(f"换好了（{row.number}），{said}", clause=CLAUSE)
        log.tell(from_act(done.say))
    return log.act


# -- a new order -----------------------------------------------------------------------------------


def tie_new_order(case: Case, new: Order, *, certain: bool = False, **common: Any) -> Act:
    """The order that the customer placed instead: tied, with notes on both (SOP 1.2.d).

    One that was tied by mistake is let go. `certain`: another account and telephone, and yet the
    same customer. Raises Refused, Conflict, Repeated.
    """
    by, now = common["by"], common["now"]
    with case_act("tie_new_order", case, **common) as (row, log):
        old = order_of(row)
        may_be_new(old.facts([]), new.facts([]), same=certain or same_buyer(old, new)).require()
        _let_go(row)
        CaseOrder.objects.create(case=row, order=new, role=OrderRole.NEW.value, at=now)
        goods = str(row.details.get("becomes", ""))
        link = {"text": f"{row.number} {goods}"[:200]}
        OrderLink.objects.get_or_create(order=old, other=new, kind=_LINK, defaults=link)
        note = {"by": by, "now": now, "for_shop": True}
        write_note(old, f"换货：客户已经重拍，新订单 {_number(new)}，{goods}"[:2000], **note)
        write_note(new, f"此单为换货：原订单 {_number(old)}，{goods}"[:2000], **note)
        wait_for(row, W.REFUND, log, now)
        log.noted(f"关联新单 {new.order_no}（{row.number}）", clause=CLAUSE)
        log.tell(tell_of(row))
    return log.act


_LINK = Relation.EXCHANGE.value


def _number(order: Order) -> str:
    """As colleagues find it in the shop's back office."""
    return str(order.platform_no or order.order_no)


def _let_go(case: Case) -> None:
    """The order that was tied before is not the one."""
    for row in case.orders.filter(role=OrderRole.NEW.value):
        OrderLink.objects.filter(order=case.order, other=row.order_id, kind=_LINK).delete()
        row.delete()


# -- its end ---------------------------------------------------------------------------------------


def give_up_swap(case: Case, why: str, **common: Any) -> Act:
    """The customer keeps what was ordered: goods and requests go back to how they were (1.2.d).

    Raises Refused, Conflict, Repeated.
    """
    who: dict[str, Any] = {"by": common["by"], "now": common["now"]}
    with case_act("give_up_swap", case, **common) as (row, log):
        why = scrub(why)
        take_stop_back(row, f"不换了：{why}", **who)
        if row.waits_for == W.TOP_UP:
            modify_products(order_of(row), _as_before(row), **who)
        withdraw(row, log, common["now"], why)
        write_note(order_of(row), f"不换了：{why}", for_shop=True, **who)
        log.noted(f"不换了（{row.number}）", clause=CLAUSE, reason=why)
    return log.act


def _as_before(case: Case) -> list[Wanted]:
    """The lines as they were before the exchange."""
    kept = case.details.get("before", [])
    skus = Sku.objects.in_bulk([sku for _, sku, _ in kept if sku])
    back = [Wanted(line, skus.get(sku), quantity) for line, sku, quantity in kept]
    return back + [Wanted(line, None, 0) for line in case.details.get("added", [])]


def finish_swap(case: Case, why: str, **common: Any) -> Act:
    """A person looked, and nothing is to be done any more. Raises Refused, Conflict, Repeated."""
    now = common["now"]
    with case_act("finish_swap", case, **common) as (row, log):
        why = scrub(why)
        if row.orders.exists() or "before" in row.details:
            resolve(row, log, now, Outcome.SETTLED, why)
        else:
            withdraw(row, log, now, why)
        log.noted(f"了结（{row.number}）", clause=CLAUSE, reason=why)
    return log.act


# -- what others answered --------------------------------------------------------------------------


def topped_up() -> QuerySet[Case]:
    """Cases whose order waits for no difference any more."""
    held = Hold.objects.filter(order=OuterRef("order"), kind=HoldKind.TOP_UP.value, state="open")
    rows = Case.objects.filter(kind=_KIND, state__in=OPEN, waits_for=W.TOP_UP.value)
    return rows.filter(~Exists(held)).select_related("order__shop", "version_of")


def hear_top_ups(now: datetime, limit: int = BATCH) -> int:
    """The difference was paid: the order goes on by itself, the case is done. Says how many."""
    found = list(topped_up().order_by("id")[:limit])
    for case in found:
        with heard("hear_order", case, now) as (row, log):
            if not row.is_open or row.waits_for != W.TOP_UP:
                continue
            closed = order_of(row).state == OrderState.CLOSED
            _note_top_ups(row, now)
            resolve(row, log, now, Outcome.SETTLED, "订单关闭了" if closed else "差价结清了")
            log.noted(f"{row.ended_why}，{row.number} 办完", clause=CLAUSE)
    return len(found)


def _note_top_ups(case: Case, now: datetime) -> None:
    """The orders by which it was paid belong to the case, and say for what (SOP 1.2.d)."""
    order = order_of(case)
    text = f"此单为换货补差价：原订单 {_number(order)}，{case.details.get('becomes', '')}"
    known = CaseOrder.objects.filter(order=OuterRef("pk"), role=OrderRole.TOP_UP.value)
    tied = Order.objects.filter(~Exists(known), top_up_for=order)
    for one in tied.select_related("shop"):
        CaseOrder.objects.create(case=case, order=one, role=OrderRole.TOP_UP.value, at=now)
        write_note(one, text[:2000], by=TIMER, now=now, for_shop=True)


def too_late() -> QuerySet[Case]:
    """Cases whose old order the warehouse could not stop any more."""
    rows = Case.objects.filter(
        kind=_KIND, state__in=OPEN, waits_for__in=[W.NEW_ORDER.value, W.REFUND.value]
    )
    mine = Case.refunds.through.objects.filter(case_id=OuterRef("pk"))
    late = mine.filter(refund__stop=Stop.TOO_LATE.value)
    return rows.filter(Exists(late)).select_related("order__shop", "version_of")


def hear_too_late(now: datetime, limit: int = BATCH) -> int:
    """It has left: a person tells the customer, and the carrier is asked (SOP 1.2.b).

    Says how many.
    """
    found = list(too_late().order_by("id")[:limit])
    for case in found:
        with heard("hear_answer", case, now) as (row, log):
            if row.is_open and row.waits_for in (W.NEW_ORDER, W.REFUND):
                wait_for(row, W.DECISION, log, now)
                log.noted(f"来不及拦，{row.number} 请告诉买家", clause="1.2.b")
    return len(found)
