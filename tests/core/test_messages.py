"""Messages: written with the act, handled at least once (architecture §6; failure modes 2, 12)."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from core import messages, tasks
from core.lease import DELAYS, LEASE, MOST_TRIES, claim
from core.messages import NotYet, Unhandleable, deliver_due, prune, send
from core.models import MessageState, OutboxMessage
from tests.core.threads import in_threads

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A topic whose handler does as the payload says; the list is what it was called with."""
    messages.handlers()
    monkeypatch.setattr(tasks.deliver_messages, "delay", lambda: None)
    monkeypatch.setattr(messages, "_handlers", dict(messages._handlers))
    calls: list[str] = []

    @messages.handles("test")
    def handler(message: OutboxMessage) -> None:
        calls.append(message.key)
        if message.payload.get("wait"):
            raise NotYet(NOW + timedelta(hours=9), "quiet hours")
        if message.payload.get("never"):
            raise Unhandleable("no such shop")
        if message.payload.get("broken"):
            raise OSError("no answer")

    return calls


def written(key: str, *, now: datetime = NOW, **about: Any) -> OutboxMessage:
    payload: dict[str, Any] = {
        name: about.pop(name) for name in ("wait", "never", "broken") if name in about
    }
    with transaction.atomic():
        send("test", key, payload, now=now, **about)
    return OutboxMessage.objects.get(key=key)


def at(moment: datetime) -> None:
    with time_machine.travel(moment, tick=False):
        deliver_due()


def test_a_message_is_handled_once_and_keeps_when(handled: list[str]) -> None:
    row = written("a")
    at(NOW)
    at(NOW + LEASE * 2)
    row.refresh_from_db()
    assert handled == ["a"]
    assert (row.state, row.done_at, row.lease) == (MessageState.DONE, NOW, None)


def test_the_same_key_is_written_once(handled: list[str]) -> None:
    written("a")
    written("a")
    at(NOW)
    assert handled == ["a"]


@pytest.mark.django_db(transaction=True)
def test_a_message_outside_a_transaction_is_a_programming_error() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        send("test", "a", {}, now=NOW)


def test_nothing_is_handled_before_its_time(handled: list[str]) -> None:
    written("a", not_before=NOW + timedelta(minutes=30))
    at(NOW + timedelta(minutes=29))
    assert handled == []
    at(NOW + timedelta(minutes=30))
    assert handled == ["a"]


def test_a_broken_one_backs_off_then_waits_for_a_person_and_blocks_nobody(
    handled: list[str],
) -> None:
    poison = written("poison", broken=True)
    moment = NOW
    for delay in [0, *DELAYS]:
        moment += timedelta(seconds=delay * 1.2 + 1)
        written(f"behind {delay}", now=moment)
        at(moment)
    poison.refresh_from_db()
    assert handled.count("poison") == MOST_TRIES
    assert len(handled) == 2 * MOST_TRIES
    assert (poison.state, poison.error) == (MessageState.FAILED, "OSError: no answer")


def test_one_that_can_never_succeed_fails_at_once(handled: list[str]) -> None:
    row = written("a", never=True)
    at(NOW)
    row.refresh_from_db()
    assert (row.state, row.error, row.tries) == (MessageState.FAILED, "no such shop", 1)


def test_a_topic_that_nobody_handles_fails_alone(handled: list[str]) -> None:
    with transaction.atomic():
        send("nobody", "a", {}, now=NOW)
    written("b")
    at(NOW)
    assert OutboxMessage.objects.get(key="a").state == MessageState.FAILED
    assert handled == ["b"]


def test_waiting_counts_as_no_try(handled: list[str]) -> None:
    row = written("a", wait=True)
    at(NOW)
    row.refresh_from_db()
    assert (row.state, row.tries) == (MessageState.PENDING, 0)
    assert row.not_before == NOW + timedelta(hours=9)


def test_a_line_is_handled_in_order_even_when_its_first_has_to_wait(handled: list[str]) -> None:
    written("first", line="shop", wait=True)
    written("second", line="shop")
    written("other", line="elsewhere")
    at(NOW)
    assert handled == ["first", "other"]
    at(NOW + timedelta(hours=8))
    assert "second" not in handled
    OutboxMessage.objects.filter(key="first").update(payload={})
    at(NOW + timedelta(hours=9))
    at(NOW + timedelta(hours=9))
    assert handled[-2:] == ["first", "second"]


def test_a_lease_that_ran_out_is_taken_up_again(handled: list[str]) -> None:
    row = written("a")
    with time_machine.travel(NOW, tick=False):
        claim(messages.due(OutboxMessage), NOW, state=MessageState.CLAIMED)
    at(NOW + LEASE - timedelta(seconds=1))
    assert handled == []
    at(NOW + LEASE)
    row.refresh_from_db()
    assert (handled, row.tries) == (["a"], 2)


def test_delivered_ones_are_removed_after_30_days(handled: list[str]) -> None:
    written("old")
    at(NOW)
    written("waiting", now=NOW)
    assert prune(NOW + timedelta(days=30)) == 0
    assert prune(NOW + timedelta(days=30, seconds=1)) == 1
    assert OutboxMessage.objects.get().key == "waiting"


# What cannot be read, what cannot be kept


@pytest.mark.parametrize("unreadable", ['{"n": ' + "1" * 5000 + "}", "[" * 900 + "]" * 900])
def test_a_payload_that_cannot_be_read_fails_alone(
    handled: list[str], monkeypatch: pytest.MonkeyPatch, unreadable: str
) -> None:
    """The database keeps what Python refuses: a number of 5,000 digits, 900 brackets."""
    poison = written("poison")
    written("behind")
    with connection.cursor() as cursor:
        sql = "UPDATE core_outboxmessage SET payload = %s WHERE id = %s"
        cursor.execute(sql, [unreadable, poison.pk])
    with deep_in_the_stack():
        at(NOW)
    poison.refresh_from_db()
    assert handled == ["behind"]
    assert (poison.state, poison.error) == (MessageState.FAILED, messages.GARBLED)


@contextmanager
def deep_in_the_stack() -> Iterator[None]:
    """With little room left for recursion, as under a web server's many layers."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(800)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


@pytest.mark.parametrize("why", ["half \ud800", "nul \0", "long " * 200, "call 13812345678"])
def test_any_error_can_be_kept_and_a_telephone_in_it_is_masked(
    handled: list[str], why: str
) -> None:
    @messages.handles("odd")
    def odd(message: OutboxMessage) -> None:
        raise Unhandleable(why)

    with transaction.atomic():
        send("odd", "a", {}, now=NOW)
    written("behind")
    at(NOW)
    row = OutboxMessage.objects.get(key="a")
    assert row.state == MessageState.FAILED
    assert row.error.startswith(why[:4])
    assert "13812345678" not in row.error
    assert handled == ["behind"]


# A worker that dies


def test_those_that_were_claimed_beside_a_killer_do_not_fail_with_it(handled: list[str]) -> None:
    """A lease that ran out is taken up alone: of a batch only the killer's tries go on."""
    for key in ("killer", "second", "third"):
        written(key)
    moment, killed = NOW, 0
    for _ in range(3 * MOST_TRIES):
        with time_machine.travel(moment, tick=False):
            batch = claim(messages.due(OutboxMessage), moment, state="claimed", limit=20)
            for message in batch:
                if message.key == "killer" and message.tries <= MOST_TRIES:
                    killed += 1
                    break  # the process is gone: nothing more is said of this batch
                messages.handle(message, messages._handlers)
        moment += LEASE if not batch else timedelta(seconds=1)
    states = dict(OutboxMessage.objects.filter(topic="test").values_list("key", "state"))
    assert states == {"killer": "failed", "second": "done", "third": "done"}
    assert (handled, killed) == (["second", "third"], MOST_TRIES)


def test_the_two_boxes_take_turns(handled: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A flood of what comes in does not hold up what has to go out."""
    monkeypatch.setattr(messages, "BATCH", 2)
    for n in range(6):
        messages.receive("in", f"in {n}", b"", now=NOW)
    messages.handles("in")(lambda message: handled.append(message.key))
    written("out")
    at(NOW)
    assert handled.index("out") == 2
    assert len(handled) == 7


def test_what_a_slice_had_no_time_for_goes_first_in_the_next(
    handled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr("core.messages.time.monotonic", lambda: clock[0])

    @messages.handles("slow")
    def slow(message: OutboxMessage) -> None:
        clock[0] += messages.SLICE_SECONDS + 1
        handled.append(message.key)

    for key in ("first", "second"):
        with transaction.atomic():
            send("slow", key, {}, now=NOW)
    deliver_due(NOW)
    assert handled == ["first"]
    second = OutboxMessage.objects.get(key="second")
    assert (second.state, second.tries, second.not_before) == (MessageState.PENDING, 0, NOW)


# The clock jumps (failure mode 15)


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=1)])
def test_a_clock_that_jumps_loses_nothing_and_does_nothing_twice(
    handled: list[str], jump: timedelta
) -> None:
    """An hour back: what is due waits for that hour. A day ahead: what was claimed is asked for."""
    written("due")
    written("done")
    written("later", not_before=NOW + timedelta(minutes=30))
    with time_machine.travel(NOW, tick=False):
        (claimed,) = claim(messages.due(OutboxMessage), NOW, state="claimed")
        deliver_due()
    at(NOW + jump)
    messages.handle(claimed, messages._handlers)  # its worker was slow, and wakes up
    for hours in (0, 1, 2):
        at(NOW + timedelta(hours=hours, minutes=30) + max(jump, timedelta(0)))
    assert sorted(set(handled)) == ["done", "due", "later"]
    assert handled.count("done") == handled.count("later") == 1
    again = handled.count("due") - 1
    assert again == (1 if jump > LEASE else 0), "taken up by a second worker, that asks first"
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {"done"}
    assert OutboxMessage.objects.get(key="due").tries == 1 + again


# Two sweeps at once (failure mode 13)


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_handle_each_message_once(handled: list[str]) -> None:
    keys = [written(str(n), now=NOW - timedelta(seconds=n)).key for n in range(60)]
    counts = in_threads(4, lambda: deliver_due(NOW))
    assert sorted(handled) == sorted(keys)
    assert sum(counts) == 60


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_sweeps_that_read_before_they_claim_handle_a_message_twice(handled: list[str]) -> None:
    """The negative control of the test above."""
    row = written("a")
    both_have_read = threading.Barrier(2, timeout=20)

    def careless() -> None:
        found = OutboxMessage.objects.get(pk=row.pk, state="pending")
        both_have_read.wait()
        OutboxMessage.objects.filter(pk=found.pk).update(state="claimed")
        messages.handle(found, messages._handlers)

    in_threads(2, careless)
    assert handled == ["a", "a"]


# The claim costs the same however many are done


@pytest.mark.postgres
def test_the_claim_is_one_walk_along_the_index_of_what_waits() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO core_outboxmessage (topic, key, line, state, not_before, tries, error,
                order_no, created_at, payload)
            SELECT 'test', 'k' || n, CASE WHEN mod(n, 3) = 0 THEN 'line' || n ELSE '' END,
                CASE WHEN mod(n, 20) = 0 THEN 'pending' ELSE 'done' END, %s, 0, '', '', %s, '{}'
            FROM generate_series(1, 20000) n
            """,
            [NOW, NOW],
        )
        cursor.execute("ANALYZE core_outboxmessage")
    for rows in (
        messages.due(OutboxMessage).filter(not_before__lte=NOW).order_by("not_before", "pk")[:20],
        OutboxMessage.objects.filter(state="failed").order_by("-id")[:20],
    ):
        plan = rows.explain()
        assert "Seq Scan" not in plan, plan
        assert "Sort" not in plan, plan
        assert "Index Scan" in plan, plan
