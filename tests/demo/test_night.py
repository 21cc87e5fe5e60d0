"""A demo that is made in the night, when nobody has been reminded for a while."""

from __future__ import annotations

from datetime import datetime

import pytest

from orders.selectors.unpaid import to_tell
from orders.services.seed.demo.run import seed_demo
from staff.models import User
from tests.demo.conftest import NOON


@pytest.mark.sqlite
@pytest.mark.django_db
@pytest.mark.parametrize("now", [NOON.replace(hour=3)])
def test_there_is_something_to_tell(now: datetime) -> None:
    seed_demo(now)
    assert to_tell(User.objects.get(username="agent")).exists()
