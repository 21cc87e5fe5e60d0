"""Print: ask what, fetch the PDF, or look at it as HTML (SOP 2.c)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from core.acts import Repeated
from core.models import Job, JobState
from core.verdict import Refused
from staff.http import Request
from staff.matrix import allow, may
from warehouse.forms.papers import PrintForm
from warehouse.models import Parcel, Wave
from warehouse.printing.fonts import NoFont, find
from warehouse.selectors.leaving import get_hand_over
from warehouse.selectors.papers import (
    Row,
    parcels_by_id,
    parcels_of,
    rows_of,
    times_of_list,
    times_of_wave,
    wants_number,
)
from warehouse.selectors.prints import (
    SHOWN,
    get_parcel,
    get_print,
    get_wave,
    parcel_of_order,
    prints_of,
)
from warehouse.services.papers.ask import (
    Lacking,
    print_hand_over,
    print_papers,
    print_pick_list,
)
from warehouse.services.papers.job import ROLL, file_of, sheets_of_part
from warehouse.words import Paper

VIEWER = {"frame-ancestors": ["'none'"]}  # a browser's viewer of PDF brings its own styles
OF_PARCELS = {Paper.LABEL, Paper.SLIP}


@allow("print_papers")
def prints(request: Request) -> HttpResponse:
    """One's prints of the last day, and the sheets for the stations."""
    jobs = list(prints_of(request.user)[:SHOWN])
    may_badges = may(request.user, "manage_staff")
    context = {"jobs": jobs, "no_font": _no_font(), "may_badges": may_badges}
    return render(request, "warehouse/prints.html", context)


@allow("print_papers")
def print_wave(request: Request, wave_no: str, paper: str) -> HttpResponse:
    """A wave's pick list, or the labels or slips of its parcels."""
    wave, kind = get_wave(wave_no), _paper(paper, OF_PARCELS | {Paper.PICK_LIST})
    if kind is Paper.PICK_LIST:
        return _pick_list(request, wave)
    return _ask(request, kind, parcels_of(wave, request.user), wave)


@allow("print_papers")
def print_parcel(request: Request, parcel_no: str, paper: str) -> HttpResponse:
    """The label or the slip of one parcel."""
    parcel = get_parcel(request.user, parcel_no)
    return _ask(request, _paper(paper, OF_PARCELS), parcels_by_id([parcel.pk]), None)


@allow("print_papers")
def of_order(request: Request, order_no: str) -> HttpResponse:
    """To the label of the order's parcel, where it may get another number, too."""
    parcel = parcel_of_order(request.user, order_no)
    if parcel is None:
        raise Http404(f"{order_no} 现在没有包裹")
    return redirect("print-parcel", parcel.number, "label")


def _paper(paper: str, among: set[Paper]) -> Paper:
    if paper not in {each.value for each in among}:
        raise Http404(f"没有单据 {paper}")
    return Paper(paper)


def _ask(
    request: Request, paper: Paper, parcels: Sequence[Parcel], wave: Wave | None
) -> HttpResponse:
    rows = rows_of(paper, parcels)
    ready = [row for row in rows if row.verdict.allowed]
    fresh = [row for row in ready if not row.times]
    counts = {"printed": len(ready) - len(fresh), "fresh": len(fresh)}
    first = {"reason": request.GET.get("reason", "")[:100]}
    form = PrintForm(request.POST or None, initial=first, **counts)
    page: dict[str, Any] = {
        "paper": paper,
        "wave": wave,
        "rows": rows,
        "ready": ready,
        "form": form,
        **counts,
    }
    page |= {"form": form, "waybill_token": uuid.uuid4(), **counts}
    page["wanting"] = [row for row in rows if wants_number(row)]
    if request.method != "POST":
        return _show(request, page)
    if not form.is_valid():
        return _show(request, page, 422)
    left_out = set(request.POST.getlist("without")) if "others" in request.POST else set()
    chosen = ready if form.again or not fresh else fresh
    chosen = [row for row in chosen if row.parcel.number not in left_out]
    return _print(request, page, paper, chosen, wave, form)


def _print(
    request: Request,
    page: dict[str, Any],
    paper: Paper,
    rows: Sequence[Row],
    wave: Wave | None,
    form: PrintForm,
) -> HttpResponse:
    if not rows:
        return _show(request, page | {"error": "没有可以打的。"}, 409)
    try:
        job = print_papers(
            paper,
            [row.parcel for row in rows],
            user=request.user,
            now=timezone.now(),
            wave=wave,
            reason=form.reason_given,
            by_hand=form.cleaned_data["by_hand"],
            token=form.cleaned_data["token"],
        )
    except Repeated:
        return redirect("prints")
    except Refused as refusal:
        return _show(request, page | {"error": refusal.verdict.reason}, 409)
    except Lacking as lacking:
        others = len(rows) - len(lacking.found)
        return _show(request, page | {"lacking": lacking.found, "others": others}, 409)
    return redirect("print-job", job.pk)


def _pick_list(request: Request, wave: Wave) -> HttpResponse:
    def perform(form: PrintForm) -> Job:
        return print_pick_list(
            wave,
            user=request.user,
            now=timezone.now(),
            reason=form.reason_given,
            by_hand=form.cleaned_data["by_hand"],
            token=form.cleaned_data["token"],
        )

    times = times_of_wave(Paper.PICK_LIST, wave)
    return _one(request, {"paper": Paper.PICK_LIST, "wave": wave}, times, perform)


@allow("print_papers")
def print_hand_over_list(request: Request, list_no: str) -> HttpResponse:
    """A hand-over list that was signed."""
    made = get_hand_over(request.user, list_no)

    def perform(form: PrintForm) -> Job:
        return print_hand_over(
            made,
            user=request.user,
            now=timezone.now(),
            reason=form.reason_given,
            token=form.cleaned_data["token"],
        )

    times = times_of_list(made.number)
    return _one(request, {"paper": Paper.HAND_OVER, "about": made.number}, times, perform)


def _one(
    request: Request, page: dict[str, Any], times: int, perform: Callable[[PrintForm], Job]
) -> HttpResponse:
    """The page of a paper that stands for itself: how often it was printed, and print it."""
    form = PrintForm(request.POST or None, printed=times)
    page = page | {"times": times, "form": form, "rows": None}
    if request.method != "POST":
        return _show(request, page)
    if not form.is_valid():
        return _show(request, page, 422)
    try:
        job = perform(form)
    except Repeated:
        return redirect("prints")
    except Refused as refusal:
        return _show(request, page | {"error": refusal.verdict.reason}, 409)
    except Lacking as lacking:
        return _show(request, page | {"lacking": lacking.found}, 409)
    return redirect("print-job", job.pk)


def _show(request: Request, page: dict[str, Any], status: int = 200) -> HttpResponse:
    no_font = _no_font()
    return render(request, "warehouse/print.html", page | {"no_font": no_font}, status=status)


def _no_font() -> str:
    """Why nothing can be printed as PDF; empty when it can."""
    try:
        find(settings.FONT)
    except NoFont as error:
        return str(error)
    return ""


# The print itself


@allow("print_papers")
def print_job(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """How far it is; at the end the files, roll by roll."""
    job = get_print(request.user, job_id)
    name = "warehouse/print_job.html" + ("#job" if request.htmx else "")
    return render(request, name, {"job": job, "parts": _parts(job), "paper": _paper_of(job)})


def _paper_of(job: Job) -> str:
    return Paper(job.params["paper"]).label


def _parts(job: Job) -> list[tuple[int, int, int]]:
    """The files that are there: number, first and last paper."""
    numbers = range(1, int(job.cursor.get("parts", 0)) + 1)
    there = [number for number in numbers if file_of(job, number).exists()]
    return [(n, (n - 1) * ROLL + 1, min(n * ROLL, job.total)) for n in there]


@allow("print_papers")
def print_file(request: Request, job_id: uuid.UUID, part: int) -> FileResponse:
    """The PDF, for whoever asked for it and for the owner; it stays in no cache."""
    job = get_print(request.user, job_id)
    path = file_of(job, part)
    if not path.exists():
        raise Http404("no file")
    name = f"{_paper_of(job)}-{timezone.localtime(job.created_at):%Y%m%d-%H%M}-{part}.pdf"
    answer = FileResponse(path.open("rb"), filename=name, content_type="application/pdf")
    answer["Cache-Control"] = "no-store, private"
    answer._csp_config = VIEWER  # type: ignore[attr-defined]
    return answer


@allow("print_papers")
def print_sheets(request: Request, job_id: uuid.UUID, part: int) -> HttpResponse:
    """The same papers as HTML, printed by the browser with its own fonts."""
    job = get_print(request.user, job_id)
    if job.state in (JobState.FAILED, JobState.CANCELLED) or not 0 < part <= len(_rolls(job)):
        raise Http404("no such part")
    sheets, _ = sheets_of_part(job, part)
    context = {"sheets": sheets, "paper": job.params["paper"], "title": _paper_of(job), "job": job}
    answer = render(request, f"warehouse/sheets/{job.params['paper']}.html", context)
    answer["Cache-Control"] = "no-store, private"
    answer["X-Frame-Options"] = "SAMEORIGIN"  # a station prints it without leaving its page
    answer._csp_replace = {"frame-ancestors": ["'self'"]}  # type: ignore[attr-defined]
    return answer


def _rolls(job: Job) -> range:
    return range(0, max(job.total, 1), ROLL)
