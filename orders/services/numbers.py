"""Our order numbers: G + yymmdd + at least 4 digits (SOP 0)."""

from __future__ import annotations

from datetime import date

from orders.models import OrderNumber


def take(day: date, count: int = 1) -> list[str]:
    """The next `count` numbers of a day, inside a running act; the day's row is the lock."""
    OrderNumber.objects.get_or_create(day=day)
    row = OrderNumber.objects.select_for_update().get(day=day)
    first, row.last = row.last + 1, row.last + count
    row.save(update_fields=["last"])
    prefix = f"G{day:%y%m%d}"
    return [f"{prefix}{number:04d}" for number in range(first, row.last + 1)]
