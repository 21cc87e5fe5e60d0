"""The promise of working days, by the examples of the procedure (SOP 1.5, failure mode 16)."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.workdays import CHINA, is_workday, promise


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("start", "first", "second"),
    [
        ("2026-11-23 10:00", "2026-11-24", "2026-11-25"),  # Monday
        ("2026-11-23 23:00", "2026-11-24", "2026-11-25"),
        ("2026-11-27 10:00", "2026-11-30", "2026-12-01"),  # Friday
        ("2026-11-28 12:00", "2026-11-30", "2026-12-01"),  # Saturday: on Monday
        ("2026-11-29 12:00", "2026-11-30", "2026-12-01"),  # Sunday
        ("2025-09-28 12:00", "2025-09-29", "2025-09-30"),  # a make-up Sunday works
        ("2025-09-30 12:00", "2025-10-09", "2025-10-10"),  # 国庆
        ("2026-02-13 12:00", "2026-02-14", "2026-02-24"),  # a make-up Saturday, then 春节
        ("2026-11-26 10:02", "2026-11-27", "2026-11-30"),  # a window that opens on Thursday
    ],
)
def test_the_examples_of_the_procedure(start: str, first: str, second: str) -> None:
    for days, day in ((1, first), (2, second)):
        found = promise(at(start), days)
        assert found.at == at(f"{day} 18:00")
        assert found.confirmed


def test_a_year_that_the_calendar_does_not_know_is_said_not_to_be_confirmed() -> None:
    found = promise(at("2026-12-31 12:00"), 2)
    assert found.at.year == 2027
    assert not found.confirmed
    assert not is_workday(date(2027, 1, 1))


def test_it_is_told_as_people_say_it() -> None:
    assert promise(at("2026-11-23 10:00"), 2).said == "11月25日 18:00"


@given(st.dates(date(2024, 1, 1), date(2026, 12, 1)), st.times(), st.integers(1, 5))
def test_a_promise_ends_on_a_working_day_and_more_days_end_later(
    day: date, hour: time, days: int
) -> None:
    start = datetime.combine(day, hour, CHINA)
    found, next_one = promise(start, days), promise(start, days + 1)
    assert start < found.at < next_one.at
    assert is_workday(found.at.date())
