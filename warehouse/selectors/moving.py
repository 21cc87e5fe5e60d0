"""Which orders the warehouse has in its hands now (SOP 5.c)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from warehouse.models import Parcel
from warehouse.words import ON_THE_BENCH

LATELY = timedelta(hours=12)
STEPS = ("made_at", "picked_at", "verified_at", "packed_at", "weighed_at")


def moving(now: datetime) -> Q:
    """Orders whose parcel made a step in the last hours: somebody works on it."""
    lately = Q()
    for step in STEPS:
        lately |= Q(**{f"{step}__gt": now - LATELY})
    bench = Parcel.objects.filter(
        lately, order=OuterRef("pk"), state__in=[state.value for state in ON_THE_BENCH]
    )
    return Q(Exists(bench))
