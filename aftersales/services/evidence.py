"""Pictures of a case: what is kept and how stands in `core.evidence` (SOP 1.4.f)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from aftersales.models import Case, CaseEvidence
from aftersales.services.acting import case_act
from aftersales.services.asking import go_on
from aftersales.services.waiting import wait_for
from aftersales.words import WaitsFor
from core.acts import Actor, Change
from core.evidence.keeping import IN_ALL, Kept
from core.models import Act
from core.verdict import no

FOLDER = "cases"


def attach(case: Case, kept: Sequence[Kept], by: Actor, now: datetime, about: str = "") -> None:
    """These files belong to the case; inside a running act. Raises Refused."""
    if kept and case.evidence.count() + len(kept) > IN_ALL:
        no("1.4.f", f"一个售后单最多 {IN_ALL} 个文件。", instead="挑最能说明问题的传。").require()
    CaseEvidence.objects.bulk_create(
        CaseEvidence(
            case=case,
            name=one.name,
            kind=one.kind,
            size=one.size,
            place=one.place,
            about=about,
            by_name=by.name,
            at=now,
        )
        for one in kept
    )


def add_case_evidence(
    case: Case,
    kept: Sequence[Kept],
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    answers: bool = False,
) -> Act:
    """Add pictures or documents. `answers`: the customer sent them, and was asked for them; nothing
    more is waited for. Raises Refused, Conflict, Repeated.
    """
    with case_act("add_case_evidence", case, by=by, now=now, seen=seen, token=token) as (row, log):
        attach(row, kept, by, now)
        log.changed([Change("凭证", "", f"{len(kept)} 个")], row)
        if row.waits_for == WaitsFor.EVIDENCE:  # what was waited for is here
            wait_for(row, WaitsFor.WORK, log, now)
        elif answers and row.waits_for == WaitsFor.ANSWER:
            go_on(row, log, now)
        log.noted(f"加凭证 {len(kept)} 个（{row.number}）", clause="1.4.f")
    return log.act
