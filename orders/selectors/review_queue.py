"""The review queue: what is most urgent first, and the lists that its rules read (SOP 2.b)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects

from core.keyset import Page, page
from orders.models import BlockEntry, Claim, Hold, Order, RemoteArea, ReviewHit
from orders.selectors.offers import mends
from orders.words import HitState, HoldState, OrderState, ReviewCode


def in_review(user: Any) -> QuerySet[Order]:
    """Paid orders that wait for a person, of the shops that this one works for."""
    orders = Order.objects.filter(
        review_by__isnull=False, state=OrderState.PAID.value, released_at__isnull=True
    )
    return orders.filter(shop__code__in=user.shop_codes) if user.shop_codes else orders


def review_page(user: Any, code: str, shop: str, cursor: str, now: datetime) -> Page[Order]:
    """A page of the queue with hits, holds and who has each; raises BadCursor."""
    rows = in_review(user).select_related("shop")
    if shop:
        rows = rows.filter(shop__code=shop)
    where = None
    if code:
        hits = ReviewHit.objects.filter(code=code, state=HitState.OPEN.value)
        where = Q(pk__in=hits.values("order"))
    found = page(rows, ("review_by", "id"), cursor, where=where, mark=f"review-{code}")
    with_hits(found.rows)
    with_claims(found.rows, "review", now)
    _with_mends(found.rows, user)
    return found


def _with_mends(orders: Sequence[Order], user: Any) -> None:
    """Each open hit's `mend`: the act that helps, once an order. One query."""
    held = Hold.objects.filter(state=HoldState.OPEN.value).order_by("opened_at", "id")
    prefetch_related_objects(list(orders), Prefetch("holds", held, to_attr="open_holds"))
    for order in orders:
        hits: list[ReviewHit] = order.open_hits  # type: ignore[attr-defined]
        facts = order.facts(order.open_holds)  # type: ignore[attr-defined]
        offers = mends(order, hits, facts, user)
        shown = set[str]()
        for hit in hits:
            offer = offers.get(hit.code)
            new = offer is not None and offer.verb not in shown
            hit.mend = offer if new else None  # type: ignore[attr-defined]
            shown |= {offer.verb} if offer else set()


def with_hits(orders: Sequence[Order]) -> None:
    """Each order's `live_hits`: open and passed; `open_hits` of them. One query."""
    live = ReviewHit.objects.exclude(state=HitState.GONE.value).order_by("id")
    prefetch_related_objects(list(orders), Prefetch("hits", live, to_attr="live_hits"))
    for order in orders:
        known: list[ReviewHit] = order.live_hits  # type: ignore[attr-defined]
        found = [hit for hit in known if hit.state == HitState.OPEN]
        order.open_hits = in_order(found)  # type: ignore[attr-defined]


def live_hits(order: Order) -> list[ReviewHit]:
    """What is open or passed on one order."""
    return list(order.hits.exclude(state=HitState.GONE.value).order_by("id"))


_ORDER = [code.value for code in ReviewCode]


def in_order(hits: Iterable[ReviewHit]) -> list[ReviewHit]:
    """What weighs most first; of a passed or gone one, where it stood."""
    return sorted(hits, key=lambda hit: (hit.state != HitState.OPEN, _ORDER.index(hit.code)))


def with_claims(orders: Sequence[Order], what: str, now: datetime) -> None:
    """Each order's `taken`: who works on it now. One query."""
    now_ = Claim.objects.filter(what=what, until__gt=now).select_related("by")
    prefetch_related_objects(list(orders), Prefetch("claims", now_, to_attr="taken"))


def blocked(cursor: str) -> Page[BlockEntry]:
    """The block list, newest first; raises BadCursor."""
    return page(BlockEntry.objects.filter(active=True), ("-id",), cursor, mark="block")


def remote_areas() -> list[RemoteArea]:
    return list(RemoteArea.objects.all()[:500])
