"""The promise of working days, by the examples of the procedure (SOP 1.5, failure mode 16)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.workdays import CHINA, Calendar, after, before, is_workday, last_known, promise, worked


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


# 国庆 2025 and 春节 2026, by hand from the State Council's notices


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2025-09-28", True),  # Sunday, made up
        ("2025-09-30", True),
        *((f"2025-10-0{n}", False) for n in range(1, 9)),  # 国庆 and 中秋
        ("2025-10-09", True),
        ("2025-10-11", True),  # Saturday, made up
        ("2025-10-12", False),
        ("2026-02-14", True),  # Saturday, made up
        *((f"2026-02-{n}", False) for n in range(15, 24)),  # 春节
        ("2026-02-24", True),
        ("2026-02-28", True),  # Saturday, made up
        ("2026-03-01", False),
    ],
)
def test_holidays_and_make_up_days_are_those_of_the_notices(day: str, works: bool) -> None:
    assert is_workday(date.fromisoformat(day)) is works


# What the owner says goes before the public calendar


def test_the_owners_day_moves_a_promise_and_makes_it_certain() -> None:
    closed = Calendar({date(2026, 11, 24): False})
    assert promise(at("2026-11-23 10:00"), 1, closed).at == at("2026-11-25 18:00")
    open_days = Calendar({date(2027, 1, n): True for n in (1, 2, 3, 4)})
    found = promise(at("2026-12-31 12:00"), 2, open_days)
    assert found.at == at("2027-01-02 18:00")
    assert found.confirmed


def test_the_promise_ends_when_the_office_closes_that_weekday() -> None:
    fridays = Calendar(hours={4: [(time(9), time(12)), (time(13), time(16, 30))]})
    assert promise(at("2026-11-26 10:00"), 1, fridays).at == at("2026-11-27 16:30")
    assert promise(at("2026-11-25 10:00"), 1, fridays).at == at("2026-11-26 18:00")


# Working hours


@pytest.mark.parametrize(
    ("end", "hours", "start"),
    [
        ("2026-11-25 18:00", 4, "2026-11-25 14:00"),
        ("2026-11-25 18:00", 6, "2026-11-25 11:00"),  # the break is no working time
        ("2026-11-30 10:00", 4, "2026-11-27 15:00"),  # over a week-end
        ("2026-11-29 12:00", 1, "2026-11-27 17:00"),  # from a Sunday
        ("2025-10-09 10:00", 2, "2025-09-30 17:00"),  # over 国庆
    ],
)
def test_so_many_working_hours_before(end: str, hours: int, start: str) -> None:
    assert before(at(end), timedelta(hours=hours)) == at(start)
    assert worked(at(start), at(end)) == timedelta(hours=hours)


def test_working_time_that_begins_in_the_night_begins_when_the_office_opens() -> None:
    assert after(at("2026-11-27 23:00"), timedelta(hours=1)) == at("2026-11-30 10:00")
    assert worked(at("2026-11-27 18:00"), at("2026-11-30 09:00")) == timedelta()
    assert worked(at("2026-11-30 10:00"), at("2026-11-27 10:00")) == timedelta()


@given(st.dates(date(2025, 1, 1), date(2026, 11, 1)), st.times(), st.integers(1, 20 * 60))
def test_forth_and_back_meet(day: date, hour: time, minutes: int) -> None:
    begin, work = datetime.combine(day, hour, CHINA), timedelta(minutes=minutes)
    end = after(begin, work)
    assert worked(begin, end) == work
    assert before(end, work) >= begin
    assert worked(before(end, work), end) == work


# The end of the calendar


@pytest.mark.parametrize(
    ("today", "ends"),
    [
        ("2026-11-01", None),  # 60 days on is still known
        ("2026-11-02", "2026-12-31"),
        ("2026-12-31", "2026-12-31"),
        ("2027-03-01", "2026-12-31"),
    ],
)
def test_the_end_of_the_calendar_is_told_sixty_days_before(today: str, ends: str | None) -> None:
    found = last_known(date.fromisoformat(today))
    assert found == (date.fromisoformat(ends) if ends else None)
