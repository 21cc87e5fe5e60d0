"""Two sweeps at once, a row that is worked on, a kill in the middle (failure modes 2, 13)."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from config.paths import BASE_DIR
from core import messages
from core.acts import TIMER, act
from core.models import Act, OutboxMessage
from orders import reminding
from orders.models import CustomerMessage, Order
from orders.services import remind
from orders.services.close_unpaid import close_due
from orders.services.remind import remind_due
from tests.house.conftest import home, own_services  # noqa: F401 - fixtures of its processes
from tests.importing.test_killed import shell
from tests.sop.test_2_a_reminders import unpaid

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
HOUR = timedelta(hours=1)
LIMIT = NOON + 72 * HOUR
ORDERS = 12


@pytest.fixture(autouse=True)
def nobody_delivers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "hint", lambda: None)


def both(sweep: Any, timer: str, due: datetime) -> list[BaseException]:
    """Two threads sweep until nothing is left, in small batches; one may find the other at it."""
    start, failed = threading.Barrier(2), list[BaseException]()

    def run() -> None:
        try:
            start.wait()
            while Order.objects.filter(**{f"{timer}__lte": due}).exists():
                sweep()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_remind_each_order_once() -> None:
    orders = [unpaid() for _ in range(ORDERS - 2)]
    orders += [unpaid(buyer=orders[0].buyer), unpaid(buyer=orders[0].buyer)]
    assert both(lambda: remind_due(NOON + HOUR, 3), "remind_at", NOON + HOUR) == []
    steps = CustomerMessage.objects.values_list("order", "step")
    assert sorted(steps) == sorted((order.pk, 1) for order in orders)
    assert OutboxMessage.objects.count() == ORDERS - 2, "one for the buyer of three"
    assert Act.objects.filter(verb="remind").exclude(order_no="").count() == ORDERS


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_close_each_order_once() -> None:
    for _ in range(ORDERS):
        unpaid()
    assert both(lambda: close_due(LIMIT, 3), "close_at", LIMIT) == []
    assert Order.objects.filter(state="closed", version=2).count() == ORDERS
    assert Act.objects.filter(verb="close_unpaid").exclude(order_no="").count() == ORDERS


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_order_that_somebody_works_on_waits_for_the_next_sweep() -> None:
    busy, free = unpaid(), unpaid()
    done = list[int]()

    def sweep() -> None:
        done.append(remind_due(NOON + HOUR))
        connection.close()

    with act("note", busy, by=TIMER, now=NOON):
        thread = threading.Thread(target=sweep)
        thread.start()
        thread.join()
    assert done == [1]
    assert list(CustomerMessage.objects.values_list("order", flat=True)) == [free.pk]
    assert remind_due(NOON + HOUR) == 1


@pytest.mark.django_db
def test_a_batch_that_breaks_leaves_nothing_half_done(monkeypatch: pytest.MonkeyPatch) -> None:
    order = unpaid()
    with monkeypatch.context() as broken:
        broken.setattr(remind, "write_tellings", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            remind_due(NOON + HOUR)
    order.refresh_from_db()
    assert (order.remind_step, order.history.filter(history_type="~").count()) == (0, 1)
    assert not Act.objects.filter(verb="remind").exists()
    assert remind_due(NOON + HOUR) == 1


@pytest.mark.django_db
def test_at_night_a_sweep_asks_nothing(django_assert_num_queries: Any) -> None:
    unpaid()
    with django_assert_num_queries(0):
        assert remind_due(NOON + 11 * HOUR) == 0
    assert reminding.is_quiet(NOON + 11 * HOUR)


PREPARE = """
from datetime import datetime, timedelta
from core.acts import TIMER, act
from orders.factories import OrderFactory
from orders.services.timers import start_timers
noon = datetime.fromisoformat("{noon}")
for _ in range(9):
    order = OrderFactory.create(state="unpaid", ordered_at=noon, lines=[])
    with act("register_order", order, by=TIMER, now=noon) as (row, _log):
        start_timers(row, noon)
print("ready")
"""
SWEEP = """
import json, os, signal
from datetime import datetime, timedelta
from core import messages
from core.models import Act, OutboxMessage
from orders.models import CustomerMessage, Order
from orders.services import remind
messages.hint = lambda: None
real, batches = remind.write_tellings, []
def write(*args):
    real(*args)
    batches.append(1)
    if len(batches) == {killed}:  # the batch is written, and not committed
        os.kill(os.getpid(), signal.SIGKILL)
remind.write_tellings = write
now = datetime.fromisoformat("{noon}") + timedelta(hours=1)
while remind.remind_due(now, 4):
    pass
print(json.dumps([
    CustomerMessage.objects.count(), OutboxMessage.objects.count(),
    Order.objects.filter(remind_step=1).count(),
    Act.objects.filter(verb="remind").exclude(order_no="").count(),
]))
"""


@pytest.mark.processes
@pytest.mark.soak
def test_a_sweep_killed_in_the_middle_is_gone_on_with(home: dict[str, str]) -> None:  # noqa: F811
    shell(home, PREPARE.format(noon=NOON.isoformat()))
    code = SWEEP.format(noon=NOON.isoformat(), killed=2)
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", code]
    killed = subprocess.run(command, cwd=BASE_DIR, env=home, check=False)
    assert killed.returncode == -signal.SIGKILL
    again = SWEEP.format(noon=NOON.isoformat(), killed=0)
    assert json.loads(shell(home, again)) == [9, 9, 9, 9]
