"""Money that a case gives back, by the refunds room's own act (SOP 1.1.f, 1.4.f, 1.5)."""

from __future__ import annotations

from datetime import datetime

from aftersales.models import Case
from aftersales.services.acting import order_of
from core.acts import Actor
from core.evidence.keeping import Kept
from core.models import Act
from refunds.models import Refund
from refunds.services.ask import request_refund
from refunds.services.draft import Wanted


def files_of(case: Case) -> list[Kept]:
    """The case's files: whoever is asked sees the same ones."""
    return [Kept(one.name, one.kind, one.size, one.place) for one in case.evidence.all()]


def refund_for(case: Case, wanted: Wanted, by: Actor, now: datetime) -> tuple[Act, list[Refund]]:
    """Ask for it inside a running act; the refunds it became belong to the case. Raises Refused.

    What the case has to show goes along: who decides sees it (SOP 1.5).
    """
    rows = Refund.objects.filter(order=case.order_id)
    before = list(rows.values_list("pk", flat=True))
    done = request_refund(order_of(case), wanted, by=by, now=now, evidence=files_of(case))
    made = list(rows.exclude(pk__in=before).order_by("id"))
    case.refunds.add(*made)
    return done, made
