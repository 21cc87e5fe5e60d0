"""Jobs: slices, leases, tries, endings (architecture §6; failure modes 2, 12, 13, 14)."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from core import lease, tasks, work
from core.models import Job, JobState
from core.work import LeaseLost, Unworkable, cancel, checkpoint, enqueue, take, work_one
from tests.core.threads import in_threads

Late = Callable[[], bool]
pytestmark = pytest.mark.django_db


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Kinds of job for a test alone, and no worker; the list is what they did, in order."""
    autodiscover_modules("tasks")  # once: what registers while a test's table stands is lost
    monkeypatch.setattr(tasks.work_jobs, "delay", lambda: None)
    monkeypatch.setattr(work, "_workers", dict(work._workers))
    monkeypatch.setattr(work, "_ended", dict(work._ended))
    did: list[str] = []

    def ended(job: Job) -> None:
        did.append(f"{job.title} {job.state}")

    @work.works("test_count", ended=ended)
    def count(job: Job, late: Late) -> bool:
        """One step a slice, as many as `steps` says."""
        did.append(f"{job.title} {job.done + 1}")
        job.done += 1
        job.cursor = {"at": job.done}
        checkpoint(job, timezone.now())
        return bool(job.done >= job.params.get("steps", 1))

    @work.works("test_broken", ended=ended)
    def broken(job: Job, late: Late) -> bool:
        did.append(f"{job.title} try {job.tries}")
        raise ZeroDivisionError

    @work.works("test_impossible", ended=ended)
    def impossible(job: Job, late: Late) -> bool:
        raise Unworkable("这个文件打不开。")

    return did


def due(job: Job) -> datetime:
    job.refresh_from_db()
    return job.not_before


def until_done(job: Job, most: int = 50) -> Job:
    """Work whenever something is due, as the clock goes on from one time to the next."""
    for _ in range(most):
        job.refresh_from_db()
        if not job.open:
            return job
        work_one(due(job))
    raise AssertionError("never ended")


# Slices


def test_a_job_goes_on_where_its_cursor_stands(kinds: list[str]) -> None:
    job = enqueue("test_count", title="a", steps=3)
    until_done(job)
    assert kinds == ["a 1", "a 2", "a 3", "a done"]
    assert (job.state, job.cursor, job.lease) == (JobState.DONE, {"at": 3}, None)
    assert job.finished_at is not None


def test_a_short_job_waits_for_one_slice_of_a_long_one(kinds: list[str]) -> None:
    """A long import never delays a stop or a reminder."""
    long = enqueue("test_count", title="long", steps=30)
    work_one(due(long))
    short = enqueue("test_count", title="stop")
    now = due(short) + timedelta(seconds=1)
    work_one(now)
    work_one(now)
    assert "stop done" in kinds
    assert kinds.index("stop 1") <= 2


def test_a_slice_is_over_after_a_few_seconds(
    kinds: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr("core.work.time.monotonic", lambda: clock[0])

    @work.works("test_endless")
    def endless(job: Job, late: Late) -> bool:
        while not late():
            clock[0] += 0.5
            job.done += 1
        return False

    job = enqueue("test_endless")
    work_one(due(job))
    assert clock[0] == work.SLICE_SECONDS + 0.5
    assert work.SLICE_SECONDS < 5, "the start script waits 5 s before it kills"
    assert job.open


# Leases


def test_a_claimed_job_is_nobody_elses(kinds: list[str]) -> None:
    job = enqueue("test_count")
    now = due(job)
    assert take(now) == job
    assert take(now) is None
    assert take(now + lease.LEASE - timedelta(seconds=1)) is None


def test_a_lease_that_ended_is_taken_up_and_the_first_worker_is_told(kinds: list[str]) -> None:
    """Worker one stands still for longer than its lease; worker two finishes; one wakes up."""
    job = enqueue("test_count")
    first = take(due(job))
    assert first is not None
    work_one(due(job) + lease.LEASE)
    assert until_done(job).state == JobState.DONE
    first.done = 99
    with pytest.raises(LeaseLost):
        checkpoint(first, timezone.now())
    work._finish(first, JobState.FAILED, "too late")
    work._release(first)
    job.refresh_from_db()
    assert (job.state, job.done, job.error) == (JobState.DONE, 1, "")


def test_what_a_worker_wrote_after_its_lease_is_rolled_back(kinds: list[str]) -> None:
    """The checkpoint stands in the transaction of the work it speaks of."""

    @work.works("test_slow")
    def slow(job: Job, late: Late) -> bool:
        with transaction.atomic():
            enqueue("test_count", title="written too late")
            Job.objects.filter(pk=job.pk).update(lease=uuid.uuid4())
            checkpoint(job, timezone.now())
        return True

    job = enqueue("test_slow")
    assert work_one(due(job))
    assert not Job.objects.filter(title="written too late").exists()


def test_a_checkpoint_keeps_the_lease_alive(kinds: list[str]) -> None:
    job = take(due(enqueue("test_count")))
    assert job is not None
    later = timezone.now() + timedelta(seconds=50)
    checkpoint(job, later)
    assert take(later + timedelta(seconds=50)) is None


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_take_each_job_once(kinds: list[str]) -> None:
    jobs = [enqueue("test_count") for _ in range(12)]
    now = timezone.now() + timedelta(seconds=1)
    taken = in_threads(4, lambda: [job.pk for job in iter(lambda: take(now), None)])
    assert sorted(pk for pks in taken for pk in pks) == sorted(job.pk for job in jobs)


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_claiming_without_the_lease_in_the_condition_takes_a_job_twice(kinds: list[str]) -> None:
    """The negative control of the test above: read, then write, is a race."""
    job = enqueue("test_count")
    both_have_read = threading.Barrier(2, timeout=20)

    def careless() -> int:
        found = Job.objects.get(pk=job.pk, state=JobState.PENDING)
        both_have_read.wait()
        return Job.objects.filter(pk=found.pk).update(state=JobState.RUNNING)

    assert in_threads(2, careless) == [1, 1]


# What goes wrong


def test_a_poison_job_ends_failed_and_holds_nobody_up(kinds: list[str]) -> None:
    poison = enqueue("test_broken", title="poison")
    other = enqueue("test_count", title="other")
    work_one(due(other))
    work_one(due(other) + timedelta(seconds=1))
    assert "other done" in kinds
    until_done(poison)
    assert (poison.state, poison.error) == (JobState.FAILED, work.GAVE_UP)
    tries = [did for did in kinds if did.startswith("poison try")]
    assert tries == [f"poison try {n}" for n in range(1, lease.MOST_TRIES + 1)]
    assert kinds[-1] == "poison failed"


def test_each_try_waits_longer_than_the_one_before(kinds: list[str]) -> None:
    job = enqueue("test_broken")
    waits = []
    for _ in lease.DELAYS:
        work_one(due(job))
        waits.append((due(job) - timezone.now()).total_seconds())
    assert waits == sorted(waits)
    assert 7.5 <= waits[0] <= 12  # some of the wait is over when it is read
    assert 5760 <= waits[-1] <= 8640


def test_a_job_that_kills_its_worker_every_time_ends_failed(kinds: list[str]) -> None:
    """Out of memory: nobody is left to count the try, so the claim counts."""
    job = enqueue("test_count", title="killer")
    for _ in range(lease.MOST_TRIES):
        assert take(due(job)) is not None
    assert work_one(due(job))
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, work.DIED)
    assert kinds == ["killer failed"]


def test_a_job_killed_once_between_good_slices_goes_on(kinds: list[str]) -> None:
    job = enqueue("test_count", steps=2 * lease.MOST_TRIES)
    for _ in range(lease.MOST_TRIES + 1):
        assert take(due(job)) is not None, "killed"
        work_one(due(job))
    assert until_done(job, 100).state == JobState.DONE


def test_what_can_never_work_fails_at_once_with_its_reason(kinds: list[str]) -> None:
    job = enqueue("test_impossible", title="file")
    work_one(due(job))
    job.refresh_from_db()
    assert (job.state, job.error, job.tries) == (JobState.FAILED, "这个文件打不开。", 1)
    assert kinds == ["file failed"]


def test_a_kind_that_nobody_works_is_tried_again_later(kinds: list[str]) -> None:
    """While a new version is rolled out, an old worker may see a kind that it does not know."""
    job = enqueue("test_unheard_of")
    work_one(due(job))
    job.refresh_from_db()
    assert job.state == JobState.PENDING
    assert job.not_before > timezone.now()


def test_the_end_stands_when_nobody_could_be_told(kinds: list[str]) -> None:
    def ended(job: Job) -> None:
        raise RuntimeError("no notice")

    @work.works("test_deaf", ended=ended)
    def deaf(job: Job, late: Late) -> bool:
        return True

    job = enqueue("test_deaf")
    work_one(due(job))
    job.refresh_from_db()
    assert job.state == JobState.DONE


# Cancelling


def test_a_cancelled_job_stops_at_its_next_checkpoint(kinds: list[str]) -> None:
    job = enqueue("test_count", title="import", steps=5)
    running = take(due(job))
    assert running is not None
    assert cancel(job)
    with pytest.raises(LeaseLost):
        checkpoint(running, timezone.now())
    assert not work_one(timezone.now() + timedelta(days=1))
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert kinds == []


def test_a_job_that_has_ended_cannot_be_cancelled(kinds: list[str]) -> None:
    job = until_done(enqueue("test_count"))
    assert not cancel(job)
    job.refresh_from_db()
    assert job.state == JobState.DONE


# The broker


def test_a_broker_that_is_away_loses_nothing(
    kinds: list[str], settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every POST still commits; the sweep that beat wakes finds the job (failure modes 10, 14)."""

    def away(*_: Any, **__: Any) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(tasks.work_jobs, "delay", away)
    with transaction.atomic():
        job = enqueue("test_count")
    work.hint()
    tasks.work_jobs()
    job.refresh_from_db()
    assert job.state == JobState.DONE


@pytest.mark.django_db(transaction=True)
def test_nothing_is_hinted_at_before_the_commit(
    kinds: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hints: list[bool] = []
    monkeypatch.setattr(tasks.work_jobs, "delay", lambda: hints.append(True))
    with transaction.atomic():
        enqueue("test_count")
        assert hints == []
    assert hints == [True]
