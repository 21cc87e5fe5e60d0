"""A label is looked up in a table that was read once; migrations still name its enumeration."""

from __future__ import annotations

from typing import Any

from core.choices import KnownChoices
from orders.models import Order
from orders.words import OrderState


def test_labels_come_from_a_table_and_migrations_name_the_enumeration() -> None:
    field: Any = Order._meta.get_field("state")
    assert isinstance(field.choices, KnownChoices)
    assert list(field.choices) == OrderState.choices()
    assert Order(state="shipped").get_state_display() == "已发货"
    assert field.deconstruct()[3]["choices"] == OrderState.choices
