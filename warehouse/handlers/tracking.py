"""Ask who follows parcels, and take in what they push (SOP 6.a)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from django.utils import timezone

from connectors.accounts import NoAccount, tracker_of
from connectors.answers import Rejected
from connectors.gateways import Forged
from connectors.trackers import CarrierTracker, Parcel, Track
from core.messages import Unhandleable, handles
from core.models import InboxMessage, OutboxMessage
from staff.roles import Role
from staff.services.tell import tell
from warehouse.models import Tracking
from warehouse.services.news import Line, take_news
from warehouse.services.tracking import QUERY, SUBSCRIBE, was_refused, was_subscribed
from warehouse.words import TrackSource, TrackState


def trackers_of(shop: str) -> Iterator[tuple[TrackSource, CarrierTracker]]:
    """Those that this shop, or the house, has an account with."""
    for source in TrackSource:
        with suppress(NoAccount):
            yield source, tracker_of(source.value, shop)


def _followed(message: OutboxMessage) -> Tracking | None:
    rows = Tracking.objects.select_related("order__shop").filter(ended_at__isnull=True)
    return rows.filter(pk=message.payload["tracking"]).first()


def _parcel(row: Tracking) -> Parcel:
    """Some carriers want the last digits of the receiver's telephone; a platform may hide them."""
    return Parcel(row.carrier, row.waybill, row.order.mobile_tail)


@handles(SUBSCRIBE, "订阅物流")
def subscribe(message: OutboxMessage) -> None:
    """Have its news pushed by the first that takes it; once more changes nothing.

    Raises Unreachable, Unknown.
    """
    row = _followed(message)
    if row is None:
        return
    why = ""
    for source, tracker in trackers_of(row.order.shop.code):
        try:
            tracker.subscribe(_parcel(row))
        except Rejected as no:
            why = str(no)
        else:
            was_subscribed(row, source.value, timezone.now())
            return
    if why:
        _cannot(row, why)


@handles(QUERY, "查物流")
def query(message: OutboxMessage) -> None:
    """Where is it now? Asked of the first that knows. Raises Unreachable, Unknown."""
    row = _followed(message)
    if row is None:
        return
    why = ""
    for source, tracker in trackers_of(row.order.shop.code):
        try:
            track = tracker.query(_parcel(row))
        except Rejected as no:
            why = str(no)
        else:
            _take(track, source)
            return
    if why:
        _cannot(row, why)


def _cannot(row: Tracking, why: str) -> None:
    """Kept with the parcel; the owner hears of it once a day."""
    was_refused(row, why)
    text = f"有包裹跟踪不了：{why}（{row.order.order_no}）"
    tell(
        text,
        role=Role.OWNER,
        url=row.order.get_absolute_url(),
        key=f"no-tracking:{timezone.localdate()}",
    )


@handles("carrier.push", "物流推送")
def pushed(message: InboxMessage) -> None:
    """What came was verified on arrival; it is read by whose keys it fits. Raises Unhandleable."""
    source = TrackSource(message.key.partition(":")[0])
    try:
        tracks = tracker_of(source.value, message.shop).read(bytes(message.raw))
    except Forged as error:
        raise Unhandleable(f"{source.label}的推送读不懂") from error
    for track in tracks:
        _take(track, source)


def _take(track: Track, source: TrackSource) -> None:
    lines = [
        Line(event.at, event.text, event.place, event.state.value if event.state else "")
        for event in track.events
    ]
    state = TrackState(track.state.value)
    take_news(track.carrier, track.waybill, state, lines, source, now=timezone.now())
