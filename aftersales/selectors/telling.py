"""What to tell the customer of a case as it stands (SOP 1.4.c to 1.4.f)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from django.utils import timezone

from aftersales.kinds import kind_of
from aftersales.kinds.undeliverable import keep_of
from aftersales.models import Case
from aftersales.policy import spoken
from aftersales.selectors.exchanges import paid_first
from aftersales.selectors.facts import made_for
from aftersales.selectors.versions import rules_of
from aftersales.words import CaseKind, OrderRole, WaitsFor
from core.money import ZERO
from core.verdict import Say
from orders.models import Order, Shop
from orders.policy import GONE
from orders.words import CARRIERS, Delivery, OrderState
from refunds.words import FreightPayer, TrueReason

COSTS = {
    FreightPayer.SELLER.value: "运费我们承担，您先垫付，凭运费单退给您；",
    FreightPayer.BUYER.value: "寄回的运费由您承担；",
}
# What came goes back to the customer, whatever else the case sends.
SENT_BACK = {
    CaseKind.REPAIR.value: "repair.back",
    CaseKind.UNDELIVERABLE.value: "case.not_of_it",
}


def tell_of(case: Case) -> Say | None:
    """The sentence for what it waits for now; None where there is nothing to say."""
    if not case.is_open:
        return None
    key = _key_of(case)
    return Say(key, values_of(case)) if key else None


def _key_of(case: Case) -> str | None:
    """By kind and wait; some sentences differ by how the case stands."""
    if case.waits_for == WaitsFor.SHIPPING and case.details.get("sends_back"):
        return SENT_BACK.get(case.kind, "case.sent_back")
    key = kind_of(case.kind).says.get(WaitsFor(case.waits_for))
    return _FINER[key](case) if key in _FINER else key


def _of_question(case: Case) -> str:
    """Silence closes a case only while no goods are here."""
    return "case.asked" if case.close_at else "case.asked.here"


def _of_too_late(case: Case) -> str:
    fetched = case.order is not None and case.order.delivery == Delivery.PICKUP
    return "modification.pickup" if fetched else "modification.too_late"


def _of_reship(case: Case) -> str:
    """Who received nothing has nothing to take a picture of."""
    if rules_of(case).true_reason(case.reason) is TrueReason.LOST:
        return "case.reship.lost"
    return "case.reship.shown" if case.evidence.exists() else "case.reship"


def _of_redelivery(case: Case) -> str:
    return "case.redirect_asked" if case.details.get("elsewhere") else "case.redelivery_asked"


def _of_instructions(case: Case) -> str:
    """Are the other goods sent already, where they are not waited for (SOP 1.4.c)?"""
    early = case.kind == CaseKind.EXCHANGE and made_for(case).exists()
    return "case.instructions.early" if early else "case.instructions"


_FINER: dict[str, Callable[[Case], str]] = {
    "case.asked": _of_question,
    "modification.too_late": _of_too_late,
    "case.instructions": _of_instructions,
    "case.reship": _of_reship,
    "case.redelivery_asked": _of_redelivery,
}


def values_of(case: Case) -> dict[str, str]:
    """What a sentence may name, `sentences.CASE`; two queries, a few more of an exchange."""
    rules, due = rules_of(case), timezone.localtime(case.due_at)
    goods = [f"{line.label} × {line.pieces}" for line in case.lines.all() if line.pieces]
    rows = made_for(case).exclude(role=OrderRole.TOP_UP.value)
    linked = [one.order for one in rows.select_related("order").order_by("id")]
    own = [case.order] if case.order and case.kind == CaseKind.SWAP else []
    paid_for = own or linked
    return {
        "number": case.number,
        "order_no": case.order_no,
        "goods": "、".join(goods)[:200] or "商品",
        "address": address_of(case.shop),
        "until": f" {due.month} 月 {due.day} 日 {due:%H:%M} ",
        "carriers": "、".join(rules.carriers),
        "cost": _cost_of(case),
        "freight": f"{rules.freight:.2f}",
        "amount": str(case.details.get("amount") or _to_pay(paid_for)),
        "new": _new(case, linked),
        "waybill": case.waybill or "运单号还没有",
        "carrier": CARRIERS.get(case.carrier, case.carrier) or "快递",
        "keeps": keeps_of(case),
        "refund": str(case.details.get("refund", "")) or "请申请退款",
        "why": str(case.details.get("why", "")) or "与您说的不一样",
        "early": _early(linked),
        "first": _first(case),
        **_of_repair(case),
    }


def _first(case: Case) -> str:
    """Does the rest of the order leave before what is missing (SOP 1.3.d)?"""
    if case.kind != CaseKind.STOCK_OUT:
        return ""
    whole = case.orders.filter(role=OrderRole.WHOLE.value).exists()
    return "有货的我们先给您发出；" if whole else ""


def _early(linked: Sequence[Order]) -> str:
    """What was sent before the customer's goods are here: how it stands with it (SOP 1.4.c)."""
    if not linked:
        return ""
    goods = "、".join(one.goods_summary for one in linked)
    waybill = next((one.waybill for one in linked if OrderState(one.state) in GONE), None)
    if waybill is None:
        when = "补拍差价以后" if _to_pay(linked) > ZERO else "不等您寄回"
        return f"换的（{goods}）{when}就给您发出，发出以后把运单号告诉您；"
    return f"换的（{goods}）已经给您寄出了{f'，运单号 {waybill}' if waybill else ''}；"


def _cost_of(case: Case) -> str:
    """Who pays the parcel to us; of an exchange also what is paid first (SOP 1.4.c, 1.4.e)."""
    cost = COSTS.get(case.pays_back, "")
    if case.kind != CaseKind.EXCHANGE or case.waits_for != WaitsFor.SENDING:
        return cost
    return cost + paid_first(case)


def _of_repair(case: Case) -> dict[str, str]:
    """What was found, what it costs, and which ways are left (SOP 7.e)."""
    ours = "您看是给您退款、换一件新的，还是寄回给您？"
    theirs = "我们原样寄回给您，付过的维修费会退给您。"
    return {
        "needs": str(case.details.get("needs", "")) or "要修",
        "fee": str(case.details.get("total", "")),
        "choice": theirs if case.details.get("owes") else ours,
    }


def _to_pay(orders: Sequence[Order]) -> Decimal:
    """What the customer still pays for the further orders, yuan."""
    return sum((one.due - one.total_paid for one in orders), ZERO)


def _new(case: Case, linked: Sequence[Order]) -> str:
    """What is sent instead: as it was agreed, else what the further orders say."""
    agreed = str(case.details.get("becomes", ""))
    return agreed or "、".join(one.goods_summary for one in linked) or "商品"


def keeps_of(case: Case) -> str:
    """Until which day the carrier keeps it (SOP 1.4′.b)."""
    day = keep_of(str(case.details.get("keeps_until", "")))
    return spoken(day) if day else "这几天"


def address_of(shop: Shop | None) -> str:
    """Where goods are to be sent."""
    if shop is None or not shop.return_address:
        return "（请负责人在店铺里填退货地址）"
    return f"{shop.return_address} {shop.return_name} {shop.return_phone}"


def closing_of(case: Case) -> Say | None:
    """It was waited for the customer in vain: when it will be closed (SOP 1.4.a)."""
    if not case.is_open or case.close_at is None:
        return tell_of(case)
    at = timezone.localtime(case.close_at)
    until = f" {at.month} 月 {at.day} 日 {at:%H:%M} "
    return Say("case.closing", values_of(case) | {"until": until})
