"""The SOP's decisions on a parcel as pure functions: facts in, `Verdict` out (SOP 2.d to 2.g).

No clock, no database. Weights are grams, money is yuan.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.money import ZERO, yuan
from core.verdict import Verdict, ask, no, yes
from orders.words import Delivery, IdentityKey
from warehouse.words import ParcelState, Step

P = ParcelState
CLAUSE = {
    Step.PICK: "2.d",
    Step.VERIFY: "2.e",
    Step.PACK: "2.f",
    Step.WEIGH: "2.g",
    Step.SHIP: "2.g",
}
_NEEDS = {
    Step.PICK: P.PICKING,
    Step.VERIFY: P.PICKED,
    Step.PACK: P.VERIFIED,
    Step.WEIGH: P.PACKED,
    Step.SHIP: P.WEIGHED,
}
_RANK = {state: rank for rank, state in enumerate(ParcelState)}
_NEXT = {
    P.QUEUED: "先打印或领取它的波次。",
    P.PICKING: "先去配货。",
    P.PICKED: "拿到校验台。",
    P.VERIFIED: "拿到打包台。",
    P.PACKED: "拿到称重台。",
    P.WEIGHED: "拿到发货台。",
    P.SHIPPED: "放到待交快递的地方。",
    P.HANDED_OVER: "已经交给快递了。",
}
UNDONE = {P.VERIFIED: Step.VERIFY, P.PACKED: Step.PACK, P.WEIGHED: Step.WEIGH}
HEAVIEST_G = 1_000_000  # a scale that types nonsense is told so


@dataclass(frozen=True, slots=True)
class ParcelFacts:
    """What decisions on a parcel depend on. `bars`: the labels of its order's open holds."""

    number: str = ""
    order_no: str = ""
    state: P = P.PICKED
    begun: bool = True  # its order is with the warehouse: 配货中, 已打包
    gone: bool = False  # its order was shipped elsewhere, or closed
    bars: tuple[str, ...] = ()
    asked: str = ""  # why it shall be stopped, where somebody asked for it
    stopped_why: str = ""


def barred(parcel: ParcelFacts, clause: str) -> Verdict | None:
    """What stops a parcel whatever the step: stopped, asked to stop, held, gone; else None."""
    if parcel.state is P.STOPPED:
        why = f"：{parcel.stopped_why}" if parcel.stopped_why else ""
        return no(
            "1.1.e",
            f"停！{parcel.number} 已截停{why}",
            instead="底单已作废：抽出底单，商品放回货位。",
        )
    if parcel.asked:
        return no(
            "1.1.e",
            f"停！{parcel.order_no} 被请求拦截：{parcel.asked}",
            instead="不要再往下做。货放回后扫 CMD:OK，已交快递扫 CMD:OUT。",
        )
    if parcel.bars:
        kinds = "、".join(dict.fromkeys(parcel.bars))
        return no(
            clause,
            f"停！{parcel.order_no} 有未解除的挂起（{kinds}）",
            instead="放到待处理区，等客服解除挂起。",
        )
    if parcel.gone or not (parcel.begun or parcel.state in (P.SHIPPED, P.HANDED_OVER)):
        return no(
            clause,
            f"停！{parcel.order_no} 已经不在仓库了（在别处发货、收回或关闭）",
            instead="放到待处理区，请主管看订单。",
        )
    return None


def may_step(parcel: ParcelFacts, step: Step) -> Verdict:
    """Do the next thing with a parcel; an open hold bars every step (SOP 2.d, 2.e, 2.f, 2.g)."""
    clause, needed = CLAUSE[step], _NEEDS[step]
    if parcel.state in (P.SHIPPED, P.HANDED_OVER):
        return no(clause, f"{parcel.number} 已经发货了，不用再做。", instead=_NEXT[parcel.state])
    stop = barred(parcel, clause)
    if stop is not None:
        return stop
    if parcel.state is needed:
        return yes(clause)
    if _RANK[parcel.state] > _RANK[needed]:
        return no(
            clause,
            f"{parcel.number} 已经{step.label}过了，不用再做。",
            instead=_NEXT[parcel.state],
        )
    return no(
        clause,
        f"{parcel.number} 还不能{step.label}：现在是“{parcel.state.label}”。",
        instead=_NEXT[parcel.state],
    )


def may_begin(parcel: ParcelFacts, *, released: bool) -> Verdict:
    """Begin an order with its wave: released, paid, without an open hold (SOP 2.c)."""
    if parcel.state is not P.QUEUED:
        return no("2.c", f"{parcel.number} 已经开始了。")
    if not released:
        return no("2.c", f"{parcel.order_no} 已经收回了。")
    if parcel.bars or parcel.asked:
        return no("2.c", f"{parcel.order_no} 有未解除的挂起。")
    return yes("2.c")


def may_undo(parcel: ParcelFacts) -> Verdict:
    """Take the last step back before it is shipped (screens: verify/pack/weigh ↔ `UNDO`)."""
    if parcel.state in (P.SHIPPED, P.HANDED_OVER):
        return no(
            "2.g",
            f"{parcel.number} 已经发货，不能撤销。",
            instead="要拦下来的话，请客服请求拦截。",
        )
    if parcel.state not in UNDONE:
        return no("2.e", f"{parcel.number} 现在是“{parcel.state.label}”，没有可以撤销的一步。")
    return yes(CLAUSE[UNDONE[parcel.state]])


# -- goods (SOP 2.d, 2.e, 5.f) ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line as it is scanned: how many it has, how many were scanned."""

    label: str
    quantity: int
    scanned: int = 0
    to_check: int = 0

    @property
    def left(self) -> int:
        return self.quantity - self.scanned - self.to_check


def may_scan_goods(lines: Sequence[Wanted], at: int | None, said: str) -> Verdict:
    """Is the scanned piece one that is still to be scanned? `at`: its line, None: none (SOP 2.e).

    `said`: what was scanned, in words.
    """
    waiting = next((line for line in lines if line.to_check), None)
    if waiting is not None:
        return no(
            "5.f",
            f"先质检：{waiting.label}",
            instead="看过没问题扫 CMD:OK，有瑕疵扫 CMD:DEFECT。",
        )
    wanted = "、".join(f"{line.label} × {line.left}" for line in lines if line.left > 0)
    if at is None:
        return no("2.e", f"扫错了：{said} 不是这个包裹的", instead=f"放回去，要的是 {wanted}。")
    if lines[at].left <= 0:
        rest = f"还要 {wanted}。" if wanted else "这个包裹已经齐了。"
        return no("2.e", f"多了：{said} 已经够 {lines[at].quantity} 件", instead=f"放回去。{rest}")
    return yes("2.e")


def may_close_goods(lines: Sequence[Wanted]) -> Verdict:
    """Is everything there? What is missing is named (SOP 2.e)."""
    waiting = next((line for line in lines if line.to_check), None)
    if waiting is not None:
        return no(
            "5.f", f"先质检：{waiting.label}", instead="没问题扫 CMD:OK，有瑕疵扫 CMD:DEFECT。"
        )
    missing = [f"{line.label} × {line.left}" for line in lines if line.left > 0]
    if missing:
        count = sum(line.left for line in lines)
        return no(
            "2.e", f"还差 {count} 件：{'、'.join(missing)}", instead="找来再扫；没有货扫 SHORT。"
        )
    return yes("2.e")


def may_tick_quality(lines: Sequence[Wanted]) -> Verdict:
    """Is there a piece that waits for the quality tick (SOP 5.f)?"""
    if any(line.to_check for line in lines):
        return yes("5.f")
    return no("5.f", "没有等质检的商品。", instead="先扫商品。")


def may_look_again(told_by: int | None, looks: int | None) -> Verdict:
    """A second look is another person's (SOP 2.d, 2.g)."""
    if told_by is not None and told_by == looks:
        return no("2.g", "复核要另一个人来做。", instead="请同事扫工牌换人，再确认。")
    return yes("2.g")


# -- boxes (SOP 2.f) -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BoxFact:
    """`sides`: inside, millimetres, the longest first; empty: not known."""

    code: str
    weight_g: int
    most_g: int
    most_pieces: int
    sides: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Size:
    """What goods need: cubic millimetres, and the most of each side, the longest first."""

    volume: int
    sides: tuple[int, ...]


def may_use_box(box: BoxFact, goods_g: int, pieces: int) -> Verdict:
    """Do the goods go into the box, by weight and pieces (SOP 2.f)?"""
    if pieces > box.most_pieces:
        return no(
            "2.f",
            f"{box.code} 最多装 {box.most_pieces} 件，这单 {pieces} 件。",
            instead="换大一号的箱子。",
        )
    if goods_g > box.most_g:
        return no(
            "2.f",
            f"{box.code} 最多装 {box.most_g} 克，这单约 {goods_g} 克。",
            instead="换大一号的箱子。",
        )
    return yes("2.f")


def has_room(box: BoxFact, size: Size | None) -> bool:
    """Does the box hold the goods by volume and by each side, as far as both are known?"""
    if size is None or not box.sides:
        return True
    longer = any(side > inside for side, inside in zip(size.sides, box.sides, strict=True))
    return not longer and size.volume <= math.prod(box.sides)


def best_box(
    boxes: Sequence[BoxFact], goods_g: int, pieces: int, size: Size | None = None
) -> BoxFact | None:
    """The smallest box that the goods go into; None: no box is large enough.

    A proposal: what is soft goes into less room, so `may_use_box` asks for no size.
    """
    fitting = [
        box for box in boxes if may_use_box(box, goods_g, pieces).allowed and has_room(box, size)
    ]
    return min(fitting, key=lambda box: (box.most_g, box.most_pieces), default=None)


# -- weight and freight (SOP 2.g) ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tolerance:
    """The larger of the two counts."""

    grams: int = 50
    percent: int = 5

    def allowed_g(self, expected_g: int) -> int:
        return max(self.grams, expected_g * self.percent // 100)


def weighs(expected_g: int, actual_g: int, tolerance: Tolerance) -> Verdict:
    """Is the weight the expected one ± tolerance? Outside: another person looks (SOP 2.g).

    `expected_g` 0: some goods have no weight, so there is nothing to compare with.
    """
    if not 0 < actual_g <= HEAVIEST_G:
        return no("2.g", f"重量 {actual_g} 克不对。", instead="把包裹放稳，重新称。")
    if expected_g == 0:
        return yes("2.g", "商品没有登记重量，没法核对。")
    off = actual_g - expected_g
    if abs(off) <= tolerance.allowed_g(expected_g):
        return yes("2.g", f"应重 {expected_g} 克，实重 {actual_g} 克。")
    more = "重" if off > 0 else "轻"
    return ask(
        "2.g",
        f"{more}了 {abs(off)} 克：应重 {expected_g} 克，实重 {actual_g} 克",
        instead="开箱看有没有多装、漏装；没有问题请另一个人扫工牌后扫 CMD:OK。",
    )


@dataclass(frozen=True, slots=True)
class PriceFact:
    zone: str
    provinces: tuple[str, ...]
    first_g: int
    first_price: Decimal
    step_g: int
    step_price: Decimal


def price_for(prices: Sequence[PriceFact], province: str) -> PriceFact | None:
    """The zone that names the province, else the one for everywhere else."""
    named = (p for p in prices if any(province.startswith(name) for name in p.provinces if name))
    return next(named, None) or next((p for p in prices if not p.provinces), None)


def freight(weight_g: int, price: PriceFact) -> Decimal:
    """First weight, then each further weight begun, yuan (SOP 2.g)."""
    further = max(0, weight_g - price.first_g)
    steps = -(-further // price.step_g) if price.step_g else 0
    return yuan(price.first_price + steps * price.step_price) if weight_g else ZERO


# -- waybill (SOP 2.g) -----------------------------------------------------------------------------


def may_take_waybill(
    assigned: str,
    scanned: str,
    *,
    carrier: str,
    used_by: str = "",
    shortest: int = 8,
    goods: str = "",
) -> Verdict:
    """Is the scanned waybill this parcel's, or free to become it? Each is used once (SOP 2.g).

    `used_by`: the parcel or order that has or had it; `goods`: the product whose barcode it is.
    """
    if goods:
        return no("2.g", f"这是商品条码：{goods}", instead="扫面单上的运单号。")
    if assigned and assigned != scanned:
        return no(
            "2.g",
            f"面单贴错了：这个包裹的运单号是 {assigned}，扫到 {scanned}",
            instead="换成对的面单再扫。",
        )
    if used_by:
        return no("2.g", f"运单号 {scanned} 已经用在 {used_by} 上", instead="换一张新的面单。")
    if not carrier:
        return no(
            "2.g",
            "这单还没有定快递公司",
            instead="请客服在订单上“修改配送”，或在店铺的称重设置里定默认快递。",
        )
    if not (
        shortest <= len(scanned) <= 32 and scanned.isascii() and scanned.replace("-", "").isalnum()
    ):
        return no(
            "2.g",
            f"“{scanned[:40]}” 不像运单号",
            instead=f"扫面单上的条码，{shortest} 到 32 位字母数字。",
        )
    return yes("2.g")


def may_replace_waybill(
    parcel: ParcelFacts, waybill: str, *, delivery: Delivery, masked: bool
) -> Verdict:
    """Give the parcel another waybill number: its label or its number is no good (SOP 2.g)."""
    if parcel.state in (P.SHIPPED, P.HANDED_OVER):
        return no(
            "2.g", f"{parcel.number} 已经发货了。", instead="到订单上“更正运单号”，平台也会知道。"
        )
    stop = barred(parcel, "2.g")
    if stop is not None:
        return stop
    if delivery is not Delivery.EXPRESS:
        return no("2.g", f"这单是{delivery.label}，没有快递面单。", instead=_WHERE[delivery])
    if masked:
        return no("2.g", "收货信息被平台遮盖，运单号是平台给的。", instead="到平台的打单后台换。")
    if not waybill:
        return no("2.g", f"{parcel.number} 还没有运单号，不用换。", instead="在打印面单里取号。")
    return yes("2.g", f"{waybill} 作废，不再使用；换一个新的，重打面单。")


# -- the last step (SOP 2.g, 5.e) ------------------------------------------------------------------

SHORTEST = {Delivery.EXPRESS: 8, Delivery.FREIGHT: 4, Delivery.PICKUP: 0}
LEAVES = {
    Delivery.EXPRESS: "拿到发货台。",
    Delivery.FREIGHT: "放到物流区；物流来取，到“物流”里扫它。",
    Delivery.PICKUP: "放到自提货架；买家来了，到“自提”里扫它。",
}
_WHERE = {
    Delivery.EXPRESS: "快递的：到发货台扫面单。",
    Delivery.FREIGHT: "走物流的：到“物流”里登记物流公司和托运单号。",
    Delivery.PICKUP: "自提的：放到自提货架，买家来了在“自提”里交货。",
}


def may_leave_by(wanted: Delivery, how: Delivery) -> Verdict:
    """Each delivery method has its own last step (SOP 5.e)."""
    if wanted is how:
        return yes("5.e")
    return no("5.e", f"这单是{wanted.label}，不能按{how.label}发。", instead=_WHERE[wanted])


def may_tell_code(delivery: Delivery, state: P) -> Verdict:
    """Give the customer the code by which a parcel is picked up (自提, SOP 5.e)."""
    if delivery is not Delivery.PICKUP:
        return no("5.e", f"这单是{delivery.label}，没有取货码。")
    if state in (P.SHIPPED, P.HANDED_OVER):
        return no("5.e", "买家已经提走了。")
    if state is not P.WEIGHED:
        return no("5.e", "货还没有备好，买家来了也提不走。", instead="称重以后再告诉买家。")
    return yes("5.e", "货已经备好，把取货码告诉买家。")


def may_hand_out(code: str, said: str, identity: frozenset[IdentityKey]) -> Verdict:
    """Hand a parcel to who says its code and is who ordered it (自提, SOP 5.e, 1.1.b).

    `code`: the parcel's, '' while the customer was told none.
    """
    if not code:
        return no("5.e", "还没有取货码。", instead="请客服把取货码告诉买家。")
    if said.strip() != code:
        return no(
            "5.e", "取货码不对。", instead="请买家再看一遍；找不到的，请客服核对身份后重发取货码。"
        )
    if len(identity) < 2:
        return no("5.e", "身份没有核对完：要有两项一致。", instead="请买家再报一项，一致后勾上。")
    return yes("5.e", "取货码和身份都对，可以交货。")


def may_hand_over(state: P, bars: Sequence[str]) -> Verdict:
    """May the carrier take this parcel? What somebody stops stays here (SOP 2.g, 1.2.b)."""
    if state is not P.SHIPPED:
        return no("2.g", f"包裹{state.label}，不在待交接里。")
    if bars:
        return no("1.2.b", f"有未解除的挂起（{'、'.join(dict.fromkeys(bars))}），不能交给快递。")
    return yes("2.g")
