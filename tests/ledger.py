"""What must hold after every test: stock levels are what their movements add up to (SOP 5.b)."""

from __future__ import annotations

from django.db import connection

from orders.selectors.stock_check import differences, said


def must_add_up() -> None:
    """Fail where they differ; a test that broke its own transaction cannot be asked."""
    if connection.in_atomic_block and connection.needs_rollback:
        return
    assert [said(each) for each in differences()] == []
