"""Print the papers of parcels or of a wave: counted, with a reason the second time (SOP 2.c)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from core.acts import Actor, Log, act_on
from core.bulk import write_parts
from core.lease import LEASE
from core.models import Job, JobState
from core.verdict import Refused, no
from core.work import finish_here, hint
from warehouse.models import HandOver, Parcel, Printed, Wave
from warehouse.printing.draw import Lack, lacks
from warehouse.printing.fonts import Face, NoFont, find, load
from warehouse.printing.policy import may_print, may_print_again
from warehouse.printing.sheets import Sheet
from warehouse.selectors.papers import (
    MOST,
    facts_of,
    last_printed,
    parcels_by_id,
    parcels_of,
    pick_list,
    sheets_of,
    times_of_list,
    times_of_wave,
)
from warehouse.selectors.prints import KIND
from warehouse.services.waves import begin_wave
from warehouse.words import Paper, WaveState

AT_ONCE = 100  # more is drawn by the worker


@dataclass(frozen=True, slots=True)
class Lacks:
    """Which characters of a paper's texts the font does not have; never the texts."""

    number: str
    order_no: str
    lacks: list[Lack]


class Lacking(Exception):
    """Some texts cannot be printed whole: nothing was printed (failure mode 30)."""

    def __init__(self, found: list[Lacks]) -> None:
        super().__init__(f"{len(found)} papers lack characters")
        self.found = found


def face() -> Face:
    """The font of the settings. Raises Refused, which says what to install."""
    try:
        return load(find(settings.FONT))
    except NoFont as error:
        raise Refused(no("2.c", str(error))) from error


def print_papers(
    paper: Paper,
    parcels: Sequence[Parcel],
    *,
    user: Any,
    now: datetime,
    wave: Wave | None = None,
    reason: str = "",
    by_hand: bool = False,
    token: uuid.UUID | None = None,
) -> Job:
    """Labels or slips of these parcels; drawn at once when they are few.

    `by_hand`: what the font lacks is marked, and somebody writes it with a pen. Raises Refused
    (stopped meanwhile, printed before and no reason, no font), Lacking, Repeated.
    """
    font = face()
    rows: list[Wave] = [wave] if wave else []
    with act_on(KIND, rows, by=Actor.person(user), now=now, token=token, reason=reason) as (_, log):
        locked = _locked(parcels)
        for parcel in locked:
            may_print(paper, facts_of(parcel)).require()
        last = last_printed(paper, [parcel.pk for parcel in locked])
        may_print_again(max((times for times, _ in last.values()), default=0), reason).require()
        nth = {parcel.pk: last.get(parcel.pk, (0, now))[0] + 1 for parcel in locked}
        if not by_hand:
            _check(locked, sheets_of(paper, locked, nth, now), font)
        job = _job(paper, user, now, len(locked), parcels=[[p.pk, nth[p.pk]] for p in locked])
        _count(paper, [{"parcel_id": pk, "nth": n} for pk, n in nth.items()], job, reason, now)
        _tell(log, paper, locked, nth, reason)
    return _drawn(job)


def print_pick_list(
    wave: Wave,
    *,
    user: Any,
    now: datetime,
    reason: str = "",
    by_hand: bool = False,
    token: uuid.UUID | None = None,
) -> Job:
    """The pick list of a wave; the first print begins it (SOP 2.c, 2.d).

    Raises Refused, Lacking, Repeated.
    """
    font = face()
    if wave.state == WaveState.OPEN:  # an act of its own: it locks orders, which come before waves
        begin_wave(wave, by=Actor.person(user), now=now)
    with act_on(KIND, [wave], by=Actor.person(user), now=now, token=token, reason=reason) as (
        (wave,),
        log,
    ):
        times = times_of_wave(Paper.PICK_LIST, wave)
        may_print_again(times, reason).require()
        sheet = pick_list(wave, parcels_of(wave), times + 1, now)
        if not sheet.goods:
            no("2.c", "这个波次里没有要配的了，看看是不是都收回或截停了。").require()
        if (found := lacks(sheet, font)) and not by_hand:
            raise Lacking([Lacks(wave.number, "", found)])
        job = _job(Paper.PICK_LIST, user, now, 1, wave=wave.pk, nth=times + 1)
        _count(Paper.PICK_LIST, [{"wave_id": wave.pk, "nth": times + 1}], job, reason, now)
        log.noted(f"打印配货单 {wave.number}{_again(times + 1)}", clause="2.c", reason=reason)
    return _drawn(job)


def print_hand_over(
    made: HandOver, *, user: Any, now: datetime, reason: str = "", token: uuid.UUID | None = None
) -> Job:
    """A signed hand-over list (SOP 2.c, 2.g). Raises Refused, Repeated."""
    face()
    with act_on(KIND, [made], by=Actor.person(user), now=now, token=token, reason=reason) as (
        (made,),
        log,
    ):
        times = times_of_list(made.number)
        may_print_again(times, reason).require()
        job = _job(Paper.HAND_OVER, user, now, 1, hand_over=made.pk, nth=times + 1)
        Printed.objects.create(
            paper=Paper.HAND_OVER,
            about=made.number,
            nth=times + 1,
            job=job.pk,
            by=user,
            at=now,
            reason=reason[:100] if times else "",
        )
        log.noted(f"打印交接单 {made.number}{_again(times + 1)}", clause="2.c", reason=reason)
    return _drawn(job)


def _locked(parcels: Sequence[Parcel]) -> list[Parcel]:
    """The parcels under lock, by one query, and all that stands on their papers."""
    ids = [parcel.pk for parcel in parcels]
    if len(ids) > MOST:
        raise Refused(no("2.c", f"一次最多打 {MOST} 张，请分几次打。"))
    rows = Parcel.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=ids)
    list(rows.order_by("pk").values_list("pk"))
    return parcels_by_id(ids)


def _check(parcels: Sequence[Parcel], sheets: Sequence[Sheet], font: Face) -> None:
    found = [
        Lacks(parcel.number, parcel.order.order_no, lacking)
        for parcel, sheet in zip(parcels, sheets, strict=True)
        if (lacking := lacks(sheet, font))
    ]
    if found:
        raise Lacking(found)


def _job(paper: Paper, user: Any, now: datetime, count: int, **what: Any) -> Job:
    """The drawing as a job; a small one is ours already, so that no worker takes it up."""
    ours = count <= AT_ONCE
    return Job.objects.create(
        kind=KIND,
        by=user,
        title=f"{paper.label} {count} 张",
        params={"paper": paper.value, "at": now.isoformat(), "at_once": ours, **what},
        total=count,
        state=JobState.RUNNING if ours else JobState.PENDING,
        lease=uuid.uuid4() if ours else None,
        tries=1 if ours else 0,
        not_before=now + LEASE if ours else now,
    )


def _count(
    paper: Paper, of: Sequence[dict[str, int]], job: Job, reason: str, now: datetime
) -> None:
    common = {"paper": paper.value, "job": job.pk, "by_id": job.by_id, "at": now}
    Printed.objects.bulk_create(
        Printed(**common, **each, reason=reason[:100] if each["nth"] > 1 else "") for each in of
    )


def _tell(
    log: Log, paper: Paper, parcels: Sequence[Parcel], nth: dict[int, int], reason: str
) -> None:
    """One line for the act, and one in the timeline of each order."""
    again = sum(1 for times in nth.values() if times > 1)
    words = f"打印{paper.label} {len(parcels)} 张" + (f"，其中重打 {again} 张" if again else "")
    log.noted(words, clause="2.c", reason=reason)
    write_parts(
        "order",
        [
            [
                parcel.order_id,
                parcel.order.order_no,
                f"打印{paper.label} {parcel.number}{_again(nth[parcel.pk])}",
                reason if nth[parcel.pk] > 1 else "",
                [],
            ]
            for parcel in parcels
        ],
    )


def _again(nth: int) -> str:
    return f"（第 {nth} 次）" if nth > 1 else ""


def _drawn(job: Job) -> Job:
    """Few papers are drawn while the person waits; many by the worker."""
    if job.params["at_once"]:
        finish_here(job)
    else:
        transaction.on_commit(hint)
    return job
