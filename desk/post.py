"""The messages of both boxes as a person may see them, and how they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from core.counting import capped_counts, said
from core.models import WAITING, InboxMessage, Message, MessageState
from core.selectors import BOXES
from orders.selectors.order import visible

WAYS = {"out": "发出", "in": "收到"}


@dataclass(frozen=True, slots=True)
class Standing:
    """How one box stands: what waits (“99+” at most), the oldest of it, what failed."""

    box: str
    way: str
    waiting: str
    failed: str
    oldest: datetime | None


def messages_in(box: str, user: Any) -> QuerySet[Any]:
    """The box as this person may see it: of some shops only where the person is limited to them.

    Raises Http404 for a box that there is not.
    """
    if box not in BOXES:
        raise Http404(f"没有“{box}”这种消息")
    rows: QuerySet[Any] = BOXES[box]._default_manager.all()
    if not user.shop_codes:
        return rows
    mine = Q(order_no__in=visible(user).values("order_no"))
    if BOXES[box] is InboxMessage:
        mine |= Q(shop__in=user.shop_codes)
    return rows.filter(mine)


def failed_in(box: str, user: Any) -> QuerySet[Any]:
    return messages_in(box, user).filter(state=MessageState.FAILED)


def waiting_in(box: str, user: Any) -> QuerySet[Any]:
    return messages_in(box, user).filter(state__in=WAITING)


def get_message(box: str, message_id: int, user: Any) -> Message:
    """One message; another shop's is 404 like one that does not exist."""
    found: Message | None = messages_in(box, user).filter(pk=message_id).first()
    if found is None:
        raise Http404(f"没有消息 {message_id}")
    return found


def standing(user: Any) -> list[Standing]:
    """How both boxes stand; counts are capped."""
    lists = [[rows(box, user)] for box in BOXES for rows in (waiting_in, failed_in)]
    counts = iter(map(said, capped_counts(lists)))
    return [
        Standing(box, WAYS[box], next(counts), next(counts), _oldest(box, user)) for box in BOXES
    ]


def _oldest(box: str, user: Any) -> datetime | None:
    ages = waiting_in(box, user).order_by("created_at").values_list("created_at", flat=True)
    oldest: datetime | None = ages.first()
    return oldest
