"""The worker of a print: a PDF for every 500 papers, as many as a roll holds (SOP 2.c)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from core.models import Job, JobState
from core.work import Unworkable, checkpoint, works
from staff.services.tell import tell
from warehouse.models import HandOver, Wave
from warehouse.printing.draw import draw
from warehouse.printing.fonts import NoFont, find, load
from warehouse.printing.sheets import Sheet
from warehouse.selectors.leaving import hand_over_lines
from warehouse.selectors.papers import (
    hand_over_sheet,
    parcels_by_id,
    parcels_of,
    pick_list,
    sheets_of,
)
from warehouse.selectors.prints import KIND
from warehouse.words import Paper, ParcelState

ROLL = 500


def folder_of(job: Job) -> Path:
    return Path(settings.MEDIA_ROOT) / "prints" / job.pk.hex


def file_of(job: Job, part: int) -> Path:
    """The PDF of a roll, counted from 1; its name holds nothing that anybody typed."""
    return folder_of(job) / f"{part:03d}.pdf"


def tell_end(job: Job) -> None:
    """Tell who asked, unless they waited for it."""
    if job.params.get("at_once") and job.state == JobState.DONE:
        return
    good = job.state == JobState.DONE
    text = f"{job.title}可以打印了" if good else f"{job.title}没有做成。{job.error}"
    tell(text, to=job.by, url=reverse("print-job", args=[job.pk]), key=f"job:{job.pk}")


@works(KIND, ended=tell_end)
def draw_papers(job: Job, late: Callable[[], bool]) -> bool:
    """A roll, and further ones while there is time."""
    try:
        font = load(find(settings.FONT))
    except NoFont as error:
        raise Unworkable(str(error)) from error
    folder_of(job).mkdir(parents=True, exist_ok=True, mode=0o700)
    while True:
        part = int(job.cursor.get("parts", 0)) + 1
        sheets, last = sheets_of_part(job, part)
        if sheets:
            _write(file_of(job, part), draw(Paper(job.params["paper"]), sheets, font))
        job.cursor = {"parts": part}
        job.done = min(job.total, job.done + ROLL)
        checkpoint(job, timezone.now())
        if last:
            return True
        if late():
            return False


def sheets_of_part(job: Job, part: int) -> tuple[list[Sheet], bool]:
    """The papers of a roll as they are now, without those stopped since; and is it the last?"""
    params, paper = job.params, Paper(job.params["paper"])
    at = datetime.fromisoformat(params["at"])
    if paper is Paper.PICK_LIST:
        wave = Wave.objects.select_related("shop").get(pk=params["wave"])
        return [pick_list(wave, parcels_of(wave), params["nth"], at)], True
    if paper is Paper.HAND_OVER:
        made = HandOver.objects.get(pk=params["hand_over"])
        parcels = hand_over_lines(made)
        return [hand_over_sheet(made.number, made.carrier, parcels, params["nth"], at)], True
    rows = params["parcels"]
    chunk = dict(rows[(part - 1) * ROLL : part * ROLL])
    going = [p for p in parcels_by_id(list(chunk)) if p.state != ParcelState.STOPPED]
    if left_out := [pk for pk in chunk if pk not in {parcel.pk for parcel in going}]:
        job.result = {"stopped": sorted({*job.result.get("stopped", []), *left_out})}
    return sheets_of(paper, going, chunk, at), part * ROLL >= len(rows)


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all."""
    new = path.with_suffix(".tmp")
    new.write_bytes(data)
    os.replace(new, path)


def discard(job: Job) -> None:
    """Remove the files: labels are personal data."""
    shutil.rmtree(folder_of(job), ignore_errors=True)
