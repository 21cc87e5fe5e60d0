"""Messages: written with the act, handled at least once (architecture §6; failure modes 2, 12)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from core import messages, tasks
from core.lease import DELAYS, LEASE, MOST_TRIES, claim
from core.messages import NotYet, Unhandleable, deliver_due, prune, send
from core.models import MessageState, OutboxMessage

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
