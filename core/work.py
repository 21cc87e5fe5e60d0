"""Jobs: long work in slices, claimed by a lease; a broker message is only a hint."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from core.lease import LEASE, MOST_TRIES, claim, held, next_try
from core.models import Job, JobState
from core.trace import traced

logger = logging.getLogger(__name__)

SLICE_SECONDS = 3.0

GAVE_UP = "多次尝试都没有成功，请联系管理员查看日志。"
DIED = "处理它的进程每次都中断，已经停下。请联系管理员查看日志。"

Step = Callable[[Job, Callable[[], bool]], bool]
Ended = Callable[[Job], None]
_workers: dict[str, Step] = {}
_ended: dict[str, Ended] = {}


class Unworkable(Exception):
    """The job can never succeed; its message is shown to the person. No further try."""


class LeaseLost(Exception):
    """The lease ran out and another worker went on, or the job was cancelled."""


def works(kind: str, ended: Ended | None = None) -> Callable[[Step], Step]:
    """Register the worker of a kind of job.

    The worker is called again and again with the job and `late()`, which says when the slice is
    over. It keeps where it is in `job.cursor`, calls `checkpoint`, and returns True at the end.
    `ended` is called once when the job is done or has failed, in the transaction that says so:
    it tells the person.
    """

    def register(step: Step) -> Step:
        _workers[kind] = step
        if ended is not None:
            _ended[kind] = ended
        return step

    return register


def enqueue(kind: str, *, by: Any = None, title: str = "", **params: Any) -> Job:
    """Write down a job; a worker takes it up after the commit, or the sweep does."""
    job = Job.objects.create(
        kind=kind, by=by, title=title, params=params, not_before=timezone.now()
    )
    transaction.on_commit(hint)
    return job


def hint() -> None:
    """Say to the workers that a job is due. Without a broker the sweep finds it."""
    from core.tasks import work_jobs

    try:
        work_jobs.delay()
    except Exception:
        logger.warning("no broker for a hint; the sweep will find the job")


def take(now: datetime) -> Job | None:
    """Take the job that is due longest; None when nothing is due."""
    due = Job.objects.filter(Q(state=JobState.PENDING) | Q(state=JobState.RUNNING))
    return next(iter(claim(due, now, state=JobState.RUNNING)), None)


def checkpoint(job: Job, now: datetime) -> None:
    """Keep cursor and progress, and the lease alive; raises LeaseLost when another has it.

    Call it in the transaction of the work it speaks of: then both are there or neither.
    """
    kept = held(job).update(
        cursor=job.cursor,
        result=job.result,
        done=job.done,
        total=job.total,
        title=job.title,
        not_before=now + LEASE,
    )
    if not kept:
        raise LeaseLost(str(job.pk))


def work_one(now: datetime) -> bool:
    """Work a slice of one due job; says whether there was one."""
    autodiscover_modules("tasks")
    job = take(now)
    if job is None:
        return False
    if job.tries > MOST_TRIES:  # it takes its worker down with it, so nobody could count the try
        _finish(job, JobState.FAILED, DIED)
        return True
    with traced("job", request_id=job.request_id, kind=job.kind, job=str(job.pk)) as told:
        told["outcome"] = _slice(job)
    return True


def _slice(job: Job) -> str:
    """Work for some seconds; says how it ended."""
    end = time.monotonic() + SLICE_SECONDS
    try:
        finished = _workers[job.kind](job, lambda: time.monotonic() > end)
    except LeaseLost:
        return "lease lost"
    except Unworkable as error:
        _finish(job, JobState.FAILED, str(error))
        return "unworkable"
    except Exception:
        logger.exception("job %s %s failed", job.kind, job.pk)
        _try_later(job)
        return "error"
    _finish(job, JobState.DONE) if finished else _release(job)
    return "done" if finished else "slice"


def finish_here(job: Job, progress: Callable[[Job], None] = lambda job: None) -> None:
    """Work a job whose lease this process holds to its end: a command does it that way."""
    autodiscover_modules("tasks")
    finished = False
    while not finished:
        end = time.monotonic() + SLICE_SECONDS
        try:
            finished = _workers[job.kind](job, lambda end=end: time.monotonic() > end)  # type: ignore[misc]
        except Unworkable as error:
            _finish(job, JobState.FAILED, str(error))
            break
        progress(job)
    else:
        _finish(job, JobState.DONE)
    job.refresh_from_db()


def _finish(job: Job, state: JobState, error: str = "") -> None:
    """End the job, and tell who asked for it, both or neither; not when the lease was lost."""
    with transaction.atomic():
        kept = held(job).update(
            state=state,
            error=error[:500],
            finished_at=timezone.now(),
            lease=None,
            cursor=job.cursor,
            result=job.result,
            done=job.done,
            total=job.total,
        )
        if kept and job.kind in _ended:
            job.refresh_from_db()
            _tell_end(job)


def _tell_end(job: Job) -> None:
    try:
        with transaction.atomic():
            _ended[job.kind](job)
    except Exception:
        logger.exception("job %s %s ended, but nobody could be told", job.kind, job.pk)


def _release(job: Job) -> None:
    """The slice is over: the job queues up behind the others."""
    held(job).update(state=JobState.PENDING, lease=None, not_before=timezone.now(), tries=0)


def _try_later(job: Job) -> None:
    if job.tries >= MOST_TRIES:
        _finish(job, JobState.FAILED, GAVE_UP)
        return
    again = next_try(job, timezone.now())
    held(job).update(state=JobState.PENDING, lease=None, not_before=again)


def cancel(job: Job) -> bool:
    """Stop a job that has not ended; what it has done stays."""
    return bool(
        Job.objects.filter(pk=job.pk, state__in=[JobState.PENDING, JobState.RUNNING]).update(
            state=JobState.CANCELLED, lease=None, finished_at=timezone.now()
        )
    )
