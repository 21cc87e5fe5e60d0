"""`/metrics`: what all processes counted, and what waits; for Prometheus alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from config.celery import SWEEPS
from config.sweeps import BY_BEAT
from core import tally
from core.acts import Actor
from core.messages import deliver_due, send
from core.models import Job, Tally
from core.tasks import deliver_messages, prune_messages
from core.verdict import Refused
from orders.factories import OrderFactory
from orders.policy import Contacted
from orders.services.close import close_order
from orders.services.note import note

pytestmark = pytest.mark.django_db
TOKEN = "a-token-of-the-monitor"


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    """What other tests counted is not ours, nor ours theirs."""
    tally._after_fork()
    yield
    tally._after_fork()


def scrape(client: Client) -> dict[str, float]:
    """Every sample of a scrape: `name{label="value",…}` → its value."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=")
    return {
        sample.name + str(sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def of(name: str, **labels: str) -> str:
    return name + str(sorted(labels.items()))


def test_only_the_token_or_this_machine_itself_gets_them(settings: Any) -> None:
    far: Any = {"REMOTE_ADDR": "10.1.2.3"}
    assert Client().get("/metrics").status_code == 200  # 127.0.0.1
    assert Client().get("/metrics", **far).status_code == 404
    assert Client().get("/metrics", HTTP_X_FORWARDED_FOR="127.0.0.1").status_code == 404
    assert Client().get("/metrics", HTTP_AUTHORIZATION="Bearer ", **far).status_code == 404
    settings.METRICS_TOKEN = TOKEN
    for given, status in ((TOKEN, 200), (TOKEN + "x", 404), ("", 404), ("令牌", 404)):
        answer = Client().get("/metrics", HTTP_AUTHORIZATION=f"Bearer {given}", **far)
        assert answer.status_code == status, given


def test_requests_are_counted_by_view_and_status_never_by_address(
    client: Client, agent_client: Client
) -> None:
    order = OrderFactory.create()
    agent_client.get(order.get_absolute_url())
    agent_client.get("/orders/G0000000000")
    agent_client.get("/nobody/knows/陈建生")
    found = scrape(client)
    name = "gendan_http_request_duration_seconds"
    assert found[of(f"{name}_count", view="order", status="200")] == 1
    assert found[of(f"{name}_bucket", view="order", status="200", le="+Inf")] == 1
    assert found[of(f"{name}_sum", view="order", status="200")] > 0
    assert found[of(f"{name}_count", view="order", status="404")] == 1
    assert found[of(f"{name}_count", view="-", status="404")] == 1
    assert order.order_no not in repr(found)


def test_acts_are_counted_by_verb_and_outcome(
    client: Client, by: Actor, django_capture_on_commit_callbacks: Any
) -> None:
    now = timezone.now()
    order = OrderFactory.create(state="shipped")
    with django_capture_on_commit_callbacks(execute=True):
        note(order, "买家在等", by=by, now=now)
        with pytest.raises(Refused):
            close_order(order, "不要了", by=by, now=now, contact=Contacted("qq", frozenset()))
    found = scrape(client)
    assert found[of("gendan_acts_total", verb="note", outcome="done")] == 1
    assert found[of("gendan_acts_total", verb="close_order", outcome="refused")] == 1


def test_what_waits_fails_and_how_long_stands_in_the_database(client: Client, by: Actor) -> None:
    now = timezone.now()
    send("test.nobody", "a", {}, now=now - timedelta(minutes=3))
    send("test.nobody", "b", {}, now=now - timedelta(hours=1), not_before=now + timedelta(hours=8))
    Job.objects.create(kind="export_orders", not_before=now)
    found = scrape(client)
    assert found[of("gendan_messages_waiting", box="outbox")] == 2
    assert found[of("gendan_messages_waiting", box="inbox")] == 0
    assert 180 <= found[of("gendan_messages_lag_seconds", box="outbox")] < 200
    assert 3600 <= found[of("gendan_messages_oldest_age_seconds", box="outbox")] < 3700
    assert found[of("gendan_jobs", state="pending")] == 1
    deliver_due(now)
    assert scrape(client)[of("gendan_messages_failed", box="outbox")] == 1


def test_only_what_beat_asked_for_is_a_sweep(client: Client) -> None:
    deliver_messages.delay()
    prune_messages.apply_async(headers=BY_BEAT)
    found = scrape(client)
    stamp = "gendan_sweep_last_success_timestamp_seconds"
    assert found[of(stamp, sweep="core.tasks.prune_messages")] == pytest.approx(
        timezone.now().timestamp(), abs=60
    )
    assert of(stamp, sweep="core.tasks.deliver_messages") not in found
    assert found[of("gendan_sweep_duration_seconds_count", sweep="core.tasks.prune_messages")] == 1
    assert "core.tasks.prune_messages" in SWEEPS


def test_a_sweep_that_fails_is_counted(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(now: Any) -> int:
        raise RuntimeError("broken")

    monkeypatch.setattr("core.messages.prune", broken)
    with pytest.raises(RuntimeError):
        prune_messages.apply_async(headers=BY_BEAT)
    found = scrape(client)
    assert found[of("gendan_sweep_failures_total", sweep="core.tasks.prune_messages")] == 1


def test_a_second_process_adds_to_the_same_counts(client: Client) -> None:
    for _ in range(2):
        tally.count("gendan_acts_total", 3, verb="note", outcome="done")
        tally.write()
        tally._after_fork()
    assert scrape(client)[of("gendan_acts_total", verb="note", outcome="done")] == 6


def test_a_database_that_is_away_costs_no_count(monkeypatch: pytest.MonkeyPatch) -> None:
    tally.count("gendan_acts_total", verb="note", outcome="done")

    def away(execute: Any, *args: Any) -> Any:
        raise DatabaseError("the server closed the connection")

    with connection.execute_wrapper(away):
        tally.write()
    assert not Tally.objects.exists()
    tally.count("gendan_acts_total", verb="note", outcome="done")
    tally.write()
    assert Tally.objects.get().value == 2


@pytest.mark.django_db(transaction=True)
def test_threads_that_write_at_once_lose_nothing() -> None:
    def work() -> None:
        for _ in range(5):
            tally.count("gendan_acts_total", verb="note", outcome="done")
            tally.count("gendan_acts_total", verb="hold", outcome="done")
            tally.write()
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(Tally.objects.values_list("value", flat=True)) == [20, 20]
