"""What is still to be picked of a wave, by the shelf walk (SOP 2.d)."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from orders.models import Hold
from orders.words import Stop
from stock.models import Sku
from warehouse.models import Parcel, ParcelLine, ShortPick, Wave
from warehouse.words import ParcelState, WaveKind


@dataclass(slots=True)
class Shelf:
    """One product of the list: where it lies, how many are to be taken, for which slots."""

    sku: Sku
    quantity: int = 0
    picked: int = 0
    short: int = 0
    lines: list[ParcelLine] = field(default_factory=list)

    @property
    def left(self) -> int:
        return self.quantity - self.picked

    @property
    def slots(self) -> list[tuple[int, int]]:
        """Slot and how many are still to be put there."""
        return [(line.parcel.slot, line.left_to_pick) for line in self.lines if line.left_to_pick]


def goods_of(wave: Wave) -> list[ParcelLine]:
    """All goods of the wave's parcels that are not stopped, by shelf."""
    lines = ParcelLine.objects.filter(parcel__wave=wave)
    lines = lines.exclude(parcel__state=ParcelState.STOPPED.value)
    return list(
        lines.select_related("sku", "parcel__order").order_by(
            "sku__shelf", "sku_id", "parcel__slot"
        )
    )


def walk(wave: Wave) -> list[Shelf]:
    """The pick list: each product once, sorted by the shelf walk (SOP 2.d). Two queries."""
    stops: dict[int, Shelf] = {}
    short = dict(
        ShortPick.objects.filter(line__parcel__wave=wave, looked_at__isnull=True).values_list(
            "line_id", "quantity"
        )
    )
    for line in goods_of(wave):
        stop = stops.setdefault(line.sku_id, Shelf(line.sku))
        stop.quantity += line.quantity
        stop.picked += line.picked
        stop.short += short.get(line.pk, 0)
        stop.lines.append(line)
    return list(stops.values())


def stops_in(wave: Wave) -> list[Parcel]:
    """Parcels under way in the wave that somebody asks to stop, each with its `why` (SOP 1.1.e)."""
    asked = Hold.objects.filter(state="open", stop=Stop.ASKED.value, order=OuterRef("order"))
    parcels = Parcel.objects.filter(wave=wave, state=ParcelState.PICKING.value)
    parcels = parcels.annotate(why=Subquery(asked.order_by("id").values("reason")[:1]))
    return list(parcels.exclude(why=None).select_related("order").order_by("slot"))


def picking(wave: Wave) -> QuerySet[ParcelLine]:
    """Lines that still need a piece, expedited first; not those of an order that is held."""
    lines = ParcelLine.objects.filter(
        parcel__wave=wave, parcel__state=ParcelState.PICKING.value, picked__lt=F("quantity")
    )
    lines = lines.exclude(parcel__order__in=Hold.barring().values("order"))
    return lines.select_related("sku").order_by("-parcel__expedited", "parcel__slot", "id")


def by_goods(lines: QuerySet[ParcelLine], code: str) -> QuerySet[ParcelLine]:
    """Of lines those whose goods have this code or barcode."""
    spelled = {code, code.upper(), code.lower()}
    return lines.filter(Q(sku__code__in=spelled) | Q(sku__barcode__in=spelled))


def single_for(parcels: QuerySet[Parcel], code: str) -> Parcel | None:
    """Of parcels with one piece that were picked in bulk, the first that needs this one."""
    spelled = {code, code.upper(), code.lower()}
    goods = Q(lines__sku__code__in=spelled) | Q(lines__sku__barcode__in=spelled)
    found = parcels.filter(
        goods, state=ParcelState.PICKED.value, wave__kind=WaveKind.SINGLE.value, held_by=None
    )
    return found.order_by("-expedited", "made_at", "id").first()
