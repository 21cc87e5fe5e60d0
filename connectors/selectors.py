"""Which systems are left alone just now: the one thing that the desk asks of this room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from connectors.models import Breaker
from connectors.systems import label_of


@dataclass(frozen=True, slots=True)
class Trouble:
    """A system that does not answer, and when it is tried again."""

    label: str
    until: datetime

    def __str__(self) -> str:
        return f"{self.label} 连不上，{timezone.localtime(self.until):%H:%M} 再试"


def troubles() -> list[Trouble]:
    """The systems whose breaker is open, the longest first; one query."""
    rows = Breaker.objects.filter(open_until__isnull=False).order_by("opened_at", "system")
    return [Trouble(label_of(row.system), row.open_until) for row in rows if row.open_until]


def forgotten(before: datetime) -> list[str]:
    """The systems whose pause ended before then, and that nobody has called since."""
    rows = Breaker.objects.filter(open_until__lt=before).order_by("open_until")
    return list(rows.values_list("system", flat=True))
