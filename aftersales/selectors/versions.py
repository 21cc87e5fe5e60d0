"""The policy in force (SOP 1.4.b, 7.a)."""

from __future__ import annotations

from datetime import datetime

from aftersales.models import Case, PolicyVersion
from aftersales.rules import DELIVERED, Rules
from orders.models import Order


def in_force(at: datetime) -> PolicyVersion | None:
    """The version that counted then; None: what we deliver does."""
    rows = PolicyVersion.objects.filter(from_at__lte=at)
    return rows.order_by("-from_at", "-number").first()


def rules_at(at: datetime) -> Rules:
    version = in_force(at)
    return version.rules if version else DELIVERED


def rules_for(order: Order) -> Rules:
    """What was in force on the order's date."""
    return rules_at(order.paid_at or order.ordered_at)


def rules_of(case: Case) -> Rules:
    """What the case began with."""
    return case.version_of.rules if case.version_of else DELIVERED
