"""Two supervisors, a double click, a broker and a database that go (failure modes 5, 10, 11)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import psycopg
import pytest
from django.db import connection
from psycopg import sql

from config.settings.test import TEST_DATABASE_URL
from core.acts import Actor
from core.models import Act
from refunds.models import Approval, Refund
from staff.factories import UserFactory
from tests.house.conftest import PATIENCE
from tests.refunds.faults.conftest import Open
from tests.refunds.faults.house import (
    House,
    all_back,
    approved,
    form_of,
    in_review,
    page_of,
    states,
    until,
)

pytestmark = [
    *(pytest.mark.postgres, pytest.mark.processes, pytest.mark.soak),
    pytest.mark.django_db(transaction=True),
]
Press = tuple[httpx.Client, dict[str, str]]


def press(refund: Refund, who: httpx.Client, form: dict[str, str]) -> httpx.Response:
    return who.post(page_of(refund), data=form)


def at_once(refund: Refund, *presses: Press) -> list[httpx.Response]:
    with ThreadPoolExecutor(len(presses)) as threads:
        return list(threads.map(lambda one: press(refund, *one), presses))


def test_two_supervisors_at_once_and_a_double_click_approve_once(
    open_house: Open, by: Actor
) -> None:
    """Failure mode 5: the second supervisor reads a sentence, the second click the same result."""
    house = open_house()
    two, twice = in_review(house.outside, by, 2)
    house.begin("web")
    one, other = (house.signed_in(UserFactory.create(role="supervisor")) for _ in range(2))
    said = at_once(two, (one, form_of(one, two)), (other, form_of(other, two)))
    assert sorted(answer.status_code for answer in said) == [302, 409]
    refused = next(answer for answer in said if answer.status_code == 409)
    assert "不在待审核" in refused.text or "改过" in refused.text, refused.text

    form = form_of(one, twice)
    said = at_once(twice, *[(one, form)] * 3)
    assert [answer.status_code for answer in said] == [302] * 3
    assert len({answer.headers["Location"] for answer in said}) == 1
    assert Approval.objects.count() == Act.objects.filter(verb="approve_refund").count() == 2

    goes_back_once(house, [two, twice])


def goes_back_once(house: House, rows: list[Refund]) -> None:
    """With the worker that runs, or a new one."""
    if not house.works:
        house.begin("worker")
    until(lambda: all_back(rows), lambda: str(states(rows)))
    assert sorted(house.paid_back()) == sorted((row.number, row.amount) for row in rows)


def test_the_broker_is_killed_with_a_call_in_flight_and_comes_back_empty(
    open_house: Open, by: Actor
) -> None:
    """Failure modes 10 and 14: while it is away a supervisor approves as ever.

    Redis is one of our own, killed and started again; with SQLite the broker's folder goes.
    """
    house = open_house(hangs=1.5, patience=10.0)
    first, second = in_review(house.outside, by, 2)
    house.begin("web")
    worker = house.begin("worker")
    house.outside.state.fault("alipay", "slow")
    lead = house.signed_in(UserFactory.create(role="supervisor"))
    form = form_of(lead, second)
    approved([first])
    until(lambda: bool(house.outside.state.effects("alipay", "refund")))  # and no answer yet
    house.broker.stop()
    assert states([first]) == ["sending"]
    assert press(second, lead, form).status_code == 302
    house.broker.start()
    goes_back_once(house, [first, second])
    assert worker.poll() is None, "it goes on"


@contextmanager
def no_database() -> Iterator[None]:
    """The server is stopped at once and started again, where it is ours to stop (`TEST_PG_CTL`).

    The machine's serves others, too: there the database is closed, which is the same to us: every
    connection cut, for a while none is let in.
    """
    if control := os.environ.get("TEST_PG_CTL"):
        connection.close()
        subprocess.run(control.format("stop -m immediate"), shell=True, check=True)  # noqa: S602
        try:
            yield
        finally:
            start = control.format("start -w -l /dev/null")
            subprocess.run(start, shell=True, check=True)  # noqa: S602
        return
    name = sql.Identifier(str(connection.settings_dict["NAME"]))
    connection.close()
    with psycopg.connect(TEST_DATABASE_URL, autocommit=True) as server:
        server.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        try:
            server.execute(CUT, [connection.settings_dict["NAME"]])
            yield
        finally:
            server.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))


CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
WAITS = "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"


@pytest.mark.postgres
def test_postgresql_goes_in_the_middle_of_an_approval_and_the_same_press_goes_through(
    open_house: Open, by: Actor
) -> None:
    """Failure mode 11: it fails whole, with our page; the next works without a restart of ours."""
    house = open_house()
    (row,) = in_review(house.outside, by)
    web, worker = house.begin("web"), house.begin("worker")
    lead = house.signed_in(UserFactory.create(role="supervisor"))
    form = form_of(lead, row)
    with ThreadPoolExecutor(1) as thread, somebody_has(row):
        pressed = thread.submit(press, row, lead, form)
        until(waits)
        with no_database():
            assert pressed.result(PATIENCE).status_code == 500
            again = press(row, lead, form)
            assert (again.status_code, "什么都没有改" in again.text) == (500, True)
            assert [look(house, path) for path in ("healthz", "readyz")] == [503, 503]
    assert (states([row]), Approval.objects.count()) == (["review"], 0)
    assert press(row, lead, form).status_code == 302
    goes_back_once(house, [row])
    assert Approval.objects.count() == 1
    assert [web.poll(), worker.poll()] == [None, None], "both go on"


def look(house: House, path: str) -> int:
    return httpx.get(f"http://127.0.0.1:{house.env['PORT']}/{path}", trust_env=False).status_code


@contextmanager
def somebody_has(row: Refund) -> Iterator[None]:
    """The order is locked: who approves has begun, and waits. Until the database goes."""
    with psycopg.connect(database_url()) as other:
        other.execute("SELECT 1 FROM orders_order WHERE id = %s FOR UPDATE", [row.order_id])
        yield
        other.close()


def database_url() -> str:
    return f"{TEST_DATABASE_URL.rpartition('/')[0]}/{connection.settings_dict['NAME']}"


def waits() -> bool:
    with psycopg.connect(TEST_DATABASE_URL) as server:
        name = connection.settings_dict["NAME"]
        return server.execute(WAITS, [name]).fetchone() is not None
