"""Where a parcel's waybill number comes from, and how many are left (SOP 2.g)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from core.counting import capped_counts, said
from core.models import MessageState, OutboxMessage
from core.verdict import Verdict
from orders.selectors.account import typed_for
from orders.words import CARRIERS, Delivery
from warehouse import policy
from warehouse.models import Parcel, WaybillNumber
from warehouse.selectors.parcels import facts_of
from warehouse.words import WaybillSource

LOW = 100


def free_numbers(carrier: str) -> QuerySet[WaybillNumber]:
    """The pool of a carrier in the order in which it is used up."""
    free = WaybillNumber.objects.filter(carrier=carrier, parcel=None, voided_at=None)
    return free.order_by("id")


@dataclass(frozen=True, slots=True)
class Pool:
    """One carrier on the pool's page; counted up to 99+."""

    carrier: str
    name: str
    left: int
    ever: bool

    @property
    def said(self) -> str:
        return said(self.left)

    @property
    def low(self) -> bool:
        return self.ever and self.left < LOW


def pools() -> list[Pool]:
    """Every carrier, those with numbers first; one query."""
    counts = capped_counts([[free_numbers(code)] for code in CARRIERS])
    known = capped_counts([[WaybillNumber.objects.filter(carrier=code)] for code in CARRIERS], 1)
    rows = [
        Pool(code, name, left, bool(ever))
        for (code, name), left, ever in zip(CARRIERS.items(), counts, known, strict=True)
    ]
    return sorted(rows, key=lambda pool: not pool.ever)


def by_interface(shop: str) -> frozenset[str]:
    """The carriers whose numbers this shop asks for by the interface."""
    typed = typed_for(shop, "eorder") or {}
    lines = typed.get("carriers", "").splitlines()
    return frozenset(line.partition("=")[0].strip() for line in lines if "=" in line)


def sources_of(parcels: Sequence[Parcel]) -> dict[int, WaybillSource]:
    """Parcel → where its number comes from. Wants order and shop loaded."""
    shops = {parcel.order.shop.code for parcel in parcels}
    interfaces = {shop: by_interface(shop) for shop in shops}
    carriers = sorted({parcel.carrier for parcel in parcels})
    filled = capped_counts([[free_numbers(carrier)] for carrier in carriers], 1)
    pooled = {carrier for carrier, count in zip(carriers, filled, strict=True) if count}
    return {parcel.pk: _source(parcel, interfaces, pooled) for parcel in parcels}


def _source(
    parcel: Parcel, interfaces: dict[str, frozenset[str]], pooled: set[str]
) -> WaybillSource:
    if parcel.carrier in interfaces[parcel.order.shop.code]:
        return WaybillSource.EORDER
    return WaybillSource.POOL if parcel.carrier in pooled else WaybillSource.SCAN


def keys_of(parcels: Sequence[Parcel]) -> dict[int, str]:
    """Parcel → the key under which its next number is asked for.

    The same key again gives the same number, so after a void one it is another key.
    """
    ids = [parcel.pk for parcel in parcels]
    void = WaybillNumber.objects.filter(parcel__in=ids, voided_at__isnull=False)
    times = dict(void.values_list("parcel").annotate(times=Count("pk")))
    return {
        parcel.pk: parcel.number + (f"-{times[parcel.pk] + 1}" if parcel.pk in times else "")
        for parcel in parcels
    }


def may_replace(parcel: Parcel) -> Verdict:
    """May its number be replaced by another? Wants the order loaded."""
    order = parcel.order
    return policy.may_replace_waybill(
        facts_of(parcel),
        parcel.waybill,
        delivery=Delivery(parcel.delivery),
        masked=order.masked,
    )


def message_of(key: str) -> str:
    """The message that asks for a number."""
    return f"waybill:{key}"


def asked_for(parcels: Sequence[Parcel]) -> dict[int, str]:
    """Parcel → what became of asking for its number, where it has none yet."""
    keys = keys_of([parcel for parcel in parcels if not parcel.waybill])
    if not keys:
        return {}
    without = {message_of(key): pk for pk, key in keys.items()}
    rows = OutboxMessage.objects.filter(key__in=list(without)).values_list("key", "state", "error")
    return {without[key]: _said(state, error) for key, state, error in rows}


def _said(state: str, error: str) -> str:
    if state == MessageState.FAILED:
        return f"没有取到运单号：{error}"
    if state == MessageState.GIVEN_UP:
        return "取号已放弃，发货时扫面单上的运单号。"
    if state == MessageState.DONE:
        return ""
    return "正在取运单号，过几秒刷新看看。" + (f"（{error}）" if error else "")
