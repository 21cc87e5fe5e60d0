"""What policies need to know of a case."""

from __future__ import annotations

from aftersales.models import Case
from aftersales.policy import CaseFacts
from refunds.models import Payout
from refunds.models.refund import OPEN as MONEY_ON_ITS_WAY
from refunds.words import PayoutState, RefundState


def facts_of(case: Case, *, senior: bool = False) -> CaseFacts:
    """The case with its lines, its order, its money; four queries."""
    money = set(case.refunds.filter(state__in=MONEY_ON_ITS_WAY).values_list("state", flat=True))
    return case.facts(
        [line.facts() for line in case.lines.all()],
        order=case.order.facts([]) if case.order else None,
        money=bool(money),
        returned=RefundState.RETURNED.value in money,
        linked=case.orders.exclude(order__state="closed", order__merged_into=None).exists(),
        senior=senior,
        evidence=case.evidence.exists(),
        payout=freight_asked(case),
    )


def freight_asked(case: Case) -> bool:
    """Was the freight that the buyer paid asked for already? No query where it never was."""
    number = case.details.get("payout")
    if not number:
        return False
    return Payout.objects.filter(number=number).exclude(state=PayoutState.REJECTED.value).exists()
