"""What stands on the papers of parcels, and which were printed already (SOP 2.c)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Max, Prefetch, QuerySet
from django.utils import timezone

from core.masking import mask_name
from core.money import ZERO
from core.verdict import Verdict
from orders.models import Hold, Order
from orders.words import CARRIERS, Delivery, Terms
from warehouse.models import Parcel, ParcelLine, Printed, Wave, WaybillNumber
from warehouse.printing.policy import PaperFacts, is_void, may_print
from warehouse.printing.sheets import (
    Good,
    Handed,
    HandOver,
    Label,
    Party,
    PickList,
    Printing,
    Sender,
    Sheet,
    Slip,
)
from warehouse.printing.walk import shelf_key
from warehouse.selectors.waybills import asked_for
from warehouse.words import Paper, ParcelState, WaveKind

MOST = 2000  # of one wave or one day; more is asked for in parts


def carrier_name(code: str) -> str:
    return CARRIERS.get(code, code)


def parcels_of(wave: Wave, user: Any = None) -> list[Parcel]:
    """A wave's parcels in the order of the slots on the cart, those stopped included."""
    return list(_ready(Parcel.objects.filter(wave=wave), user).order_by("slot", "pk")[:MOST])


def parcels_by_id(ids: Sequence[int]) -> list[Parcel]:
    """In the order in which they are given."""
    found = {parcel.pk: parcel for parcel in _ready(Parcel.objects.filter(pk__in=ids))}
    return [found[pk] for pk in ids if pk in found]


def _ready(parcels: QuerySet[Parcel], user: Any = None) -> QuerySet[Parcel]:
    if user is not None and user.shop_codes:
        parcels = parcels.filter(order__shop__code__in=user.shop_codes)
    lines = ParcelLine.objects.select_related("sku")
    holds = Hold.objects.filter(state="open")
    marks = WaybillNumber.objects.filter(voided_at=None)
    return parcels.select_related("order__shop", "wave__shop").prefetch_related(
        Prefetch("lines", lines),
        Prefetch("order__holds", holds, to_attr="open_holds"),
        Prefetch("waybills", marks, to_attr="its_waybills"),
    )


def facts_of(parcel: Parcel) -> PaperFacts:
    """Wants the parcel as `parcels_of` loads it."""
    order = parcel.order
    holds: list[Hold] = getattr(order, "open_holds", [])
    return PaperFacts(
        state=ParcelState(parcel.state),
        waybill=parcel.waybill,
        pickup=order.delivery == Delivery.PICKUP,
        freight=order.delivery == Delivery.FREIGHT,
        masked=order.masked,
        stop_asked=any(hold.stop == "asked" for hold in holds),
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One parcel on the page that asks whether to print."""

    parcel: Parcel
    verdict: Verdict
    times: int
    void: bool
    asked: str = ""  # what became of asking for its waybill number

    @property
    def consignee(self) -> str:
        return mask_name(self.parcel.order.consignee)


def rows_of(paper: Paper, parcels: Sequence[Parcel]) -> list[Row]:
    """Each parcel with whether its paper may be printed, how often it was, and if that is void."""
    last = last_printed(paper, [parcel.pk for parcel in parcels])
    asked = asked_for(parcels) if paper is Paper.LABEL else {}
    rows = []
    for parcel in parcels:
        times, at = last.get(parcel.pk, (0, None))
        void = at is not None and is_void(at, parcel.slip_voided_at, parcel.order.modified_at)
        verdict = may_print(paper, facts_of(parcel))
        rows.append(Row(parcel, verdict, times, void, asked.get(parcel.pk, "")))
    return rows


def wants_number(row: Row) -> bool:
    """Would its label be printed if it had a waybill number, and was none asked for?"""
    facts = replace(facts_of(row.parcel), waybill="X")
    may = may_print(Paper.LABEL, facts).allowed
    return may and not row.parcel.waybill and not row.asked


def last_printed(paper: Paper, ids: Sequence[int]) -> dict[int, tuple[int, datetime]]:
    """Parcel → how often this paper of it was printed, and when last."""
    rows = Printed.objects.filter(parcel__in=ids, paper=paper).values_list("parcel")
    found = rows.annotate(times=Max("nth"), last=Max("at"))
    return {parcel: (times, last) for parcel, times, last in found}


def times_of_wave(paper: Paper, wave: Wave) -> int:
    """How often a paper of the wave itself was printed."""
    found = Printed.objects.filter(wave=wave, paper=paper).aggregate(times=Max("nth"))
    return found["times"] or 0


def slip_is_void(parcel: Parcel, order: Order) -> bool:
    """Is the slip in somebody's hand void? For the verify station (SOP 1.1.d, 2.e)."""
    if parcel.slip_voided_at is not None:
        return True
    last = last_printed(Paper.SLIP, [parcel.pk]).get(parcel.pk)
    return last is not None and is_void(last[1], None, order.modified_at)


# Sheets


def sheets_of(
    paper: Paper, parcels: Iterable[Parcel], nth: dict[int, int], at: datetime
) -> list[Sheet]:
    """The papers of parcels that `parcels_of` loaded; `nth` says for which time each is."""
    make = _label if paper is Paper.LABEL else _slip
    local = timezone.localtime(at)
    return [make(parcel, Printing(local, nth.get(parcel.pk, 1))) for parcel in parcels]


def _label(parcel: Parcel, printing: Printing) -> Label:
    order = parcel.order
    marks: list[WaybillNumber] = getattr(parcel, "its_waybills", [])
    return Label(
        printing=printing,
        parcel_no=parcel.number,
        order_no=order.order_no,
        waybill=parcel.waybill,
        to=Party(order.consignee, order.mobile or order.telephone, order.region, order.street),
        sender=_sender(order),
        goods=_goods(parcel),
        carrier=carrier_name(parcel.carrier),
        mark=next((number.mark for number in marks if number.number == parcel.waybill), ""),
        collect=order.unpaid_rest if order.terms == Terms.COD else ZERO,
    )


def _slip(parcel: Parcel, printing: Printing) -> Slip:
    order = parcel.order
    return Slip(
        printing=printing,
        parcel_no=parcel.number,
        order_no=order.order_no,
        platform_no=order.platform_no,
        wave_no=parcel.wave.number if parcel.wave else "",
        ordered=timezone.localtime(order.ordered_at),
        sender=_sender(order),
        goods=_goods(parcel),
        shop=order.shop.name,
        consignee=mask_name(order.consignee),
        carrier=carrier_name(parcel.carrier) or Delivery(order.delivery).label,
    )


def _sender(order: Order) -> Sender:
    shop = order.shop
    return Sender(shop.return_name or shop.name, shop.return_phone, shop.return_address)


def _goods(parcel: Parcel) -> tuple[Good, ...]:
    lines = sorted(parcel.lines.all(), key=lambda line: shelf_key(line.sku.shelf))
    return tuple(
        Good(line.quantity, line.sku.code, line.sku.name, line.sku.spec, line.sku.shelf)
        for line in lines
    )


def times_of_list(number: str) -> int:
    """How often a hand-over list was printed."""
    found = Printed.objects.filter(about=number, paper=Paper.HAND_OVER)
    return found.aggregate(times=Max("nth"))["times"] or 0


def hand_over_sheet(
    number: str, carrier: str, parcels: Iterable[Parcel], nth: int, at: datetime
) -> HandOver:
    """What a carrier takes, or took: where to, never to whom (SOP 2.g)."""
    return HandOver(
        printing=Printing(timezone.localtime(at), nth),
        number=number,
        parcels=tuple(
            Handed(p.number, p.waybill, p.weight_g, f"{p.order.province} {p.order.city}".strip())
            for p in parcels
        ),
        carrier=carrier_name(carrier),
    )


def pick_list(wave: Wave, parcels: Sequence[Parcel], nth: int, at: datetime) -> PickList:
    """What is to be taken for a wave's parcels that are not stopped, along the shelves.

    Orders of one piece are taken in bulk and sorted by the scan: they need no slots.
    """
    going = [parcel for parcel in parcels if parcel.state != ParcelState.STOPPED]
    sorting = wave.kind != WaveKind.SINGLE
    wanted: dict[int, list[tuple[int, int]]] = defaultdict(list)
    skus = {}
    for parcel in going:
        for line in parcel.lines.all():
            skus[line.sku_id] = line.sku
            wanted[line.sku_id].append((parcel.slot, line.quantity))
    goods = [
        Good(
            sum(quantity for _, quantity in wanted[sku.pk]),
            sku.code,
            sku.name,
            sku.spec,
            sku.shelf,
            tuple(f"{slot}×{count}" for slot, count in sorted(wanted[sku.pk])) if sorting else (),
        )
        for sku in sorted(skus.values(), key=lambda sku: (shelf_key(sku.shelf), sku.code))
    ]
    return PickList(
        printing=Printing(timezone.localtime(at), nth),
        wave_no=wave.number,
        kind=wave.get_kind_display(),
        goods=tuple(goods),
        orders=len(going),
        parcels=tuple((str(p.slot), p.number) for p in going) if sorting else (),
        expedited=wave.expedited,
        carrier=carrier_name(wave.carrier),
        shop=wave.shop.name if wave.shop else "",
    )
