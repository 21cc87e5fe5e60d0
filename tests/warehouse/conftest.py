"""People of the warehouse, and an order on its way."""

from __future__ import annotations

import pytest

from staff.factories import UserFactory
from staff.models import User
from warehouse import factories


@pytest.fixture
def picker(db: None) -> User:
    return UserFactory.create(role="warehouse", full_name="张伟")


@pytest.fixture
def colleague(db: None) -> User:
    return UserFactory.create(role="warehouse", full_name="刘洋")


@pytest.fixture
def boxes(db: None) -> None:
    factories.boxes()
