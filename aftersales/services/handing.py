"""Who has a case: take it, hand it over with a note (screens: cases)."""

from __future__ import annotations

from typing import Any

from aftersales.models import Case
from aftersales.services.acting import case_act
from core.acts import Change
from core.masking import scrub
from core.models import Act
from staff.models import User
from staff.services.tell import tell


def take_case(case: Case, **common: Any) -> Act:
    """It is mine from now on. Raises Refused, Conflict, Repeated."""
    by = common["by"]
    with case_act("take_case", case, **common) as (row, log):
        log.changed([Change("谁在办", row.owner_name, by.name)], row)
        row.give_to(by.user_id, by.name)
        log.noted(f"接手 {row.number}")
    return log.act


def hand_over_case(case: Case, to: User, note: str, **common: Any) -> Act:
    """A colleague goes on with it; they are told, with the note. Raises Refused, Conflict, …"""
    note = scrub(note)[:200]
    with case_act("hand_over_case", case, **common) as (row, log):
        log.changed([Change("谁在办", row.owner_name, to.display_name)], row)
        row.give_to(to.pk, to.display_name)
        log.noted(f"转交 {row.number} 给{to.display_name}", reason=note)
        text = f"{common['by'].name}把售后单 {row.number} 转给您：{note}"
        tell(text, to=to, url=row.get_absolute_url(), key=f"case:{row.pk}:given:{row.version}")
    return log.act
