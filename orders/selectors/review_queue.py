"""The review queue and the call list: what is most urgent first (SOP 2.b, 1.3.a)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects

from core.keyset import Page, page
from orders.models import BlockEntry, Claim, Contact, Hold, Order, RemoteArea, ReviewHit
from orders.words import HitState, HoldKind, OrderState, ReviewCode

CALL_KINDS = (HoldKind.REVIEW, HoldKind.STOCK_OUT, HoldKind.CUSTOMER, HoldKind.GOODS)


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
    return found


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


def with_last_contact(orders: Sequence[Order]) -> None:
    """Each order's `tried`: its newest contact about a call. One query."""
    calls = Contact.objects.filter(about="contact").order_by("-at", "-id")
    prefetch_related_objects(list(orders), Prefetch("contacts", calls, to_attr="tried"))


def to_call(user: Any) -> QuerySet[Hold]:
    """Buyers to be contacted, for the orders of one's shops; those of later days, too."""
    rows = Hold.objects.filter(state="open", call_at__isnull=False)
    return rows.filter(order__shop__code__in=user.shop_codes) if user.shop_codes else rows


def calls_page(user: Any, kind: str, cursor: str, now: datetime) -> Page[Hold]:
    """A page of the call list, due first; raises BadCursor."""
    rows = to_call(user).select_related("order__shop")
    where = Q(kind=kind) if kind else None
    found = page(rows, ("call_at", "id"), cursor, where=where, mark=f"calls-{kind}")
    orders = list({hold.order_id: hold.order for hold in found.rows}.values())
    with_claims(orders, "call", now)
    by_key = {order.pk: order for order in orders}
    for hold in found.rows:
        hold.order = by_key[hold.order_id]
    with_last_contact(orders)
    return found


def attempts(order: Order) -> list[Contact]:
    """What was tried and said lately, newest first."""
    return list(order.contacts.select_related("by").order_by("-at", "-id")[:5])


def blocked(cursor: str) -> Page[BlockEntry]:
    """The block list, newest first; raises BadCursor."""
    return page(BlockEntry.objects.filter(active=True), ("-id",), cursor, mark="block")


def remote_areas() -> list[RemoteArea]:
    return list(RemoteArea.objects.all()[:500])
