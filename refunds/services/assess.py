"""What a supervisor should look at twice, found when a refund is handed in (SOP 1.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.bulk import find
from orders.models import Order
from refunds import deciding
from refunds.models import Refund, Risk
from refunds.selectors.weighing import limits, risk_facts, risk_facts_all


def assess_all(refunds: Sequence[Refund], now: datetime) -> None:
    """Find the risks of many anew, in a fixed number of statements; their orders are loaded."""
    if not refunds:
        return
    known, facts = limits(), risk_facts_all(refunds, now)
    old = [key for (key,) in find(Risk, "refund_id", [refund.pk for refund in refunds], "id")]
    if old:  # most have none
        Risk.objects.filter(pk__in=old).delete()
    Risk.objects.bulk_create(
        Risk(refund=refund, kind=kind.value, why=why[:300])
        for refund in refunds
        for kind, why in deciding.risks(facts[refund.pk], known)
    )


def assess(order: Order, refund: Refund, now: datetime) -> None:
    """Find the refund's risks anew, inside a running act."""
    found = deciding.risks(risk_facts(order, refund, now), limits())
    refund.risks.all().delete()
    Risk.objects.bulk_create(
        Risk(refund=refund, kind=kind.value, why=why[:300]) for kind, why in found
    )
