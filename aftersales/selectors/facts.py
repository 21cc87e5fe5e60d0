"""What policies need to know of a case."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from aftersales.models import Case, CaseOrder
from aftersales.policy import CaseFacts
from aftersales.words import OrderRole
from orders.policy import GONE
from refunds.models import Payout
from refunds.models.refund import OPEN as MONEY_ON_ITS_WAY
from refunds.words import PayoutState, RefundState

_GONE = [state.value for state in GONE]
# By itself, or in the parcel of the order that it was merged into (SOP 2.b).
LEFT = Q(order__state__in=_GONE) | Q(order__merged_into__state__in=_GONE)


def facts_of(case: Case, *, senior: bool = False) -> CaseFacts:
    """The case with its lines, its order, its money; four queries, five once an order was made."""
    money = set(case.refunds.filter(state__in=MONEY_ON_ITS_WAY).values_list("state", flat=True))
    linked = made_for(case).exists()
    return case.facts(
        [line.facts() for line in case.lines.all()],
        order=case.order.facts([]) if case.order else None,
        money=bool(money),
        returned=RefundState.RETURNED.value in money,
        linked=linked,
        sent=linked and has_left(case),
        senior=senior,
        evidence=case.evidence.exists(),
        payout=freight_asked(case),
    )


def made_for(case: Case) -> QuerySet[CaseOrder]:
    """The further orders of the case that are not closed."""
    return case.orders.exclude(order__state="closed", order__merged_into=None)


def has_left(case: Case) -> bool:
    """Has an order that was made for it left, by itself or in another's parcel (SOP 2.b)?"""
    return made_for(case).exclude(role=OrderRole.TOP_UP.value).filter(LEFT).exists()


def freight_asked(case: Case) -> bool:
    """Was the freight that the buyer paid asked for already? No query where it never was."""
    number = case.details.get("payout")
    if not number:
        return False
    return Payout.objects.filter(number=number).exclude(state=PayoutState.REJECTED.value).exists()
