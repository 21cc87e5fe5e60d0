"""What waits to leave: for a carrier, for the freight company, for the customer (SOP 2.g, 5.e)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, QuerySet
from django.http import Http404
from django.urls import reverse

from core.counting import CAP, said
from core.keyset import REACH, Page, page
from orders.models import Hold
from orders.words import CARRIERS, Delivery
from staff.matrix import may
from warehouse.models import HandOver, Parcel
from warehouse.selectors.parcels import parcels_of
from warehouse.words import ParcelState

LATE = timedelta(hours=24)  # after shipping, a carrier should have come
ORDER = ("shipped_at", "id")


@dataclass(frozen=True, slots=True)
class Waiting:
    """What one carrier is to take: how many (99+ at most), the oldest of it."""

    carrier: str
    count: str
    oldest: datetime
    late: bool

    @property
    def name(self) -> str:
        return CARRIERS.get(self.carrier, self.carrier) or "没有定快递"


def to_hand_over(user: Any, carrier: str | None = None) -> QuerySet[Parcel]:
    """Shipped and not handed over, of one carrier where one is named."""
    parcels = parcels_of(user).filter(state=ParcelState.SHIPPED.value)
    return parcels if carrier is None else parcels.filter(carrier=carrier)


def overdue(user: Any, now: datetime) -> QuerySet[Parcel]:
    """What waits for its carrier longer than a day."""
    return to_hand_over(user).filter(shipped_at__lt=now - LATE)


def by_carrier(user: Any, now: datetime) -> list[Waiting]:
    """The carriers that have something to take, who waits longest first; one query."""
    some = to_hand_over(user).order_by().values("pk")[:REACH]
    grouped = Parcel.objects.filter(pk__in=some).values("carrier")
    rows = grouped.annotate(number=Count("id"), oldest=Min("shipped_at")).order_by("oldest")
    return [
        Waiting(
            row["carrier"],
            said(min(row["number"], CAP)),
            row["oldest"],
            row["oldest"] < now - LATE,
        )
        for row in rows
    ]


def hand_over_page(user: Any, carrier: str, cursor: str) -> Page[Parcel]:
    """What the carrier is to take, the oldest first; `barred`: it stays. Raises BadCursor."""
    return page(
        with_bars(to_hand_over(user, carrier)), ORDER, cursor, size=50, mark=f"out-{carrier}"
    )


def with_bars(parcels: QuerySet[Parcel]) -> QuerySet[Parcel]:
    """Each with `barred`: an open hold keeps it here (SOP 1.2.b)."""
    return parcels.annotate(barred=_held())


def _held() -> Exists:
    return Exists(Hold.barring().filter(order=OuterRef("order")))


def hand_over_lines(hand_over: HandOver) -> Sequence[Parcel]:
    """The parcels of a signed list in the order in which they were shipped, for its print."""
    return list(hand_over.parcels.select_related("order__shop").order_by(*ORDER))


def waiting_lines(user: Any, carrier: str) -> Sequence[Parcel]:
    """What would stand on a list now, for a print before it is signed."""
    parcels = to_hand_over(user, carrier).exclude(_held())
    return list(parcels.order_by(*ORDER)[:REACH])


def hand_overs(user: Any) -> QuerySet[HandOver]:
    """The signed lists that have a parcel of the person's shops."""
    lists = HandOver.objects.all()
    if not user.shop_codes:
        return lists
    mine = Parcel.objects.filter(
        hand_over_list=OuterRef("pk"), order__shop__code__in=user.shop_codes
    )
    return lists.filter(Exists(mine))


def get_hand_over(user: Any, number: str) -> HandOver:
    """A signed list by its number; one of other shops only is 404."""
    found = hand_overs(user).filter(number=number.upper().replace("\0", "")).first()
    if found is None:
        raise Http404(f"没有交接单 {number}")
    return found


def signed_page(user: Any, cursor: str) -> Page[HandOver]:
    """The signed lists, newest first. Raises BadCursor."""
    return page(hand_overs(user), ("-at", "-id"), cursor, mark="signed")


def to_leave(user: Any, how: Delivery) -> QuerySet[Parcel]:
    """Weighed, and to leave by freight or with the customer (SOP 5.e)."""
    return parcels_of(user).filter(state=ParcelState.WEIGHED.value, delivery=how.value)


def leaving_page(user: Any, how: Delivery, cursor: str) -> Page[Parcel]:
    """A page of them, expedited first, then the longest waiting. Raises BadCursor."""
    order = ("-expedited", "weighed_at", "id")
    return page(with_bars(to_leave(user, how)), order, cursor, mark=how.value)


def get_parcel(user: Any, number: str) -> Parcel:
    """A parcel of the person's shops by its number; another shop's is 404."""
    found = parcels_of(user).filter(number=number.upper().replace("\0", "")).first()
    if found is None:
        raise Http404(f"没有包裹 {number}")
    return found


LAST_STEPS = {Delivery.FREIGHT: "send-freight", Delivery.PICKUP: "hand-out"}
_VERBS = {Delivery.FREIGHT: "send_freight", Delivery.PICKUP: "hand_out"}


def last_step(user: Any, number: str) -> str:
    """The page where a weighed parcel leaves that goes by no carrier; '' for any other.

    Not while something stops it: that is said where it was scanned.
    """
    parcels = parcels_of(user).filter(number=number, state=ParcelState.WEIGHED.value)
    parcel = with_bars(parcels).first()
    name = LAST_STEPS.get(Delivery(parcel.delivery)) if parcel else None
    if parcel is None or name is None or parcel.barred:  # type: ignore[attr-defined]
        return ""
    if not may(user, _VERBS[Delivery(parcel.delivery)]):
        return ""
    return reverse(name, args=[parcel.number])


def pickup_of(order_id: int) -> Parcel | None:
    """The parcel of an order that is to be picked up; None where there is none."""
    parcels = Parcel.objects.filter(order=order_id, delivery=Delivery.PICKUP.value)
    return parcels.exclude(state=ParcelState.STOPPED.value).select_related("order").first()
