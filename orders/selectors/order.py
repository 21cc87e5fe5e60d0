"""One order as a person may see it, and what happened to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from core.masking import is_masked
from core.models import Act, ActOutcome
from orders.models import Order
from orders.policy import OrderFacts
from orders.verbs import VERBS
from orders.words import Relation


def visible(user: Any) -> QuerySet[Order]:
    """The orders of the shops that this person works for; all where none are named."""
    orders = Order.objects.select_related("shop", "merged_into")
    if user.shop_codes:
        orders = orders.filter(shop__code__in=user.shop_codes)
    return orders


def get_order(user: Any, order_no: str, **also: Any) -> Order:
    """The order by our number; another shop's is 404 like one that does not exist.

    `also`: annotations that are asked for in the same query.
    """
    number = order_no.upper().replace("\0", "")
    try:
        return visible(user).select_related("buyer").annotate(**also).get(order_no=number)
    except Order.DoesNotExist as error:
        raise Http404(f"没有订单 {order_no}") from error


def by_numbers(user: Any, numbers: Sequence[str]) -> list[Order]:
    """The orders of these numbers that the person may see, in this order."""
    found = {order.order_no: order for order in visible(user).filter(order_no__in=numbers)}
    return [found[number] for number in numbers if number in found]


def timeline(order: Order, limit: int = 50) -> list[Act]:
    """What was done with the order, newest first, refused requests too."""
    return list(Act.objects.filter(order_no=order.order_no).order_by("-at", "-id")[:limit])


def changed_since(order: Order, seen: int) -> list[Act]:
    """The acts that took the order from version `seen` to now, newest first."""
    later = order.history.filter(version__gt=seen).values("history_change_reason")
    acts = Act.objects.filter(Q(pk__in=later) | Q(part_of__in=later), order_no=order.order_no)
    return list(acts.order_by("-at")[:20])


# What may happen to a closed order without standing in the way of opening it again.
_HARMLESS = frozenset(
    {
        *("note", "contact", "follow_up", "attach_account", "lift_hold", "reveal"),
        *("finish_hand_task", "reopen_hand_task", "tell_platform"),
        *("tell_customer", "tick_told", "stop_reminding"),
    }
)


def same_buyer(one: Order, other: Order) -> bool:
    """By account or telephone: are both surely of one customer? A mask fits many."""
    if one.buyer_id is not None and one.buyer_id == other.buyer_id:
        return True
    pairs = [(one.mobile, other.mobile)]
    if one.shop_id == other.shop_id:
        pairs.append((one.buyer_account, other.buyer_account))
    return any(ours and ours == theirs and not is_masked(ours) for ours, theirs in pairs)


def closing_facts(order: Order) -> OrderFacts:
    """What `policy.may_close` needs, where the links are not loaded."""
    own = order.links_in.filter(kind=Relation.REPAIR).exists()
    return replace(order.facts(), own_goods=own)


def since_close(order: Order) -> dict[str, Any]:
    """Did a colleague or our timer close it, and what happened since? For `policy.may_reopen`."""
    acts = Act.objects.filter(order_no=order.order_no, outcome=ActOutcome.DONE)
    closing = acts.filter(verb__in=["close_order", "close_unpaid"]).order_by("-at").first()
    if closing is None:
        return {"by_hand": False, "since": ()}
    later = acts.filter(at__gt=closing.at).exclude(verb__in=_HARMLESS).order_by("at")
    labels = dict.fromkeys(VERBS.get(act.verb, act.verb) for act in later[:10])
    return {"by_hand": True, "since": tuple(labels)}
