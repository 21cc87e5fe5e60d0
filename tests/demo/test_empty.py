"""Into an empty database: the same demo each time, and only where a demo is wanted."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from orders.services.seed.demo.run import seed_demo
from staff.models import User
from tests.demo.conftest import NOON, fingerprint

pytestmark = pytest.mark.django_db


@pytest.mark.sqlite
def test_two_runs_give_the_same_orders() -> None:
    prints = []
    for _ in range(2):
        with transaction.atomic():
            seed_demo(NOON)
            prints.append(fingerprint())
            transaction.set_rollback(True)
    assert prints[0] == prints[1]


def test_it_is_refused_outside_a_demo(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="GENDAN_DEMO=1"):
        call_command("seed_demo")
    assert not User.objects.exists()
