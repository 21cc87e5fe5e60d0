"""Working days and hours of China: weekends and public holidays are skipped, make-up days count.

`chinesecalendar` knows the years whose holidays the State Council has announced; for later ones
`holidays` knows the statutory days, and what is reckoned with it is not confirmed (SOP 1.5). What
the owner says of single days and of hours goes before both: a `Calendar`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar
import holidays

CHINA = ZoneInfo("Asia/Shanghai")
REFUND_DAYS = 2  # what the customer is told, always (SOP 1.5.e)
DAY = timedelta(days=1)
SOON = 60 * DAY  # the end of the calendar is told so long before

Span = tuple[time, time]
OFFICE: tuple[Span, ...] = ((time(9), time(12)), (time(13), time(18)))


@dataclass(frozen=True, slots=True)
class Promise:
    """By when it is done. Not `confirmed`: the year's holidays are not announced yet."""

    at: datetime
    confirmed: bool

    @property
    def said(self) -> str:
        """11月27日 18:00, as it is told to the customer."""
        at = self.at.astimezone(CHINA)
        return f"{at.month}月{at.day}日 {at:%H:%M}"


@dataclass(frozen=True, slots=True)
class Calendar:
    """What the owner says: single days that are worked or not, hours by weekday (Monday is 0).

    A weekday without hours of its own has the usual ones, also where it is a make-up day.
    """

    days: Mapping[date, bool] = field(default_factory=dict)
    hours: Mapping[int, Sequence[Span]] = field(default_factory=dict)

    def works(self, day: date) -> bool:
        """Does the office work on this day?"""
        return self.days[day] if day in self.days else is_workday(day)

    def confirmed(self, day: date) -> bool:
        """Is it certain, or will it be announced?"""
        return day in self.days or is_announced(day)

    def spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """When the office is open on this day; [] when it is not."""
        hours = self.hours.get(day.weekday()) or OFFICE
        if not self.works(day):
            return []
        return [
            (datetime.combine(day, begins, CHINA), datetime.combine(day, ends, CHINA))
            for begins, ends in hours
        ]

    def closes(self, day: date) -> datetime:
        """The close of business of a working day."""
        return self.spans(day)[-1][1]


PLAIN = Calendar()


def promise(start: datetime, days: int, calendar: Calendar = PLAIN) -> Promise:
    """The close of business of the n-th working day after the day it starts (SOP 1.5)."""
    day, left, confirmed = start.astimezone(CHINA).date(), days, True
    while left:
        day += DAY
        left -= calendar.works(day)
        confirmed = confirmed and calendar.confirmed(day)
    return Promise(calendar.closes(day), confirmed)


def worked(start: datetime, end: datetime, calendar: Calendar = PLAIN) -> timedelta:
    """How much working time lies between the two; nothing when `end` is not later."""
    total = timedelta()
    for begins, ends in _spans(start, DAY, calendar):
        if begins >= end:
            return total
        total += max(timedelta(), min(end, ends) - max(start, begins))
    return total


def after(start: datetime, work: timedelta, calendar: Calendar = PLAIN) -> datetime:
    """The moment at which so much working time has passed since `start`."""
    for begins, ends in _spans(start, DAY, calendar):
        begins = max(begins, start)
        if ends - begins >= work:
            return begins + work
        work -= max(timedelta(), ends - begins)
    raise AssertionError("the days do not end")


def before(end: datetime, work: timedelta, calendar: Calendar = PLAIN) -> datetime:
    """The moment from which so much working time is left until `end`."""
    for begins, ends in _spans(end, -DAY, calendar):
        ends = min(ends, end)
        if ends - begins >= work:
            return ends - work
        work -= max(timedelta(), ends - begins)
    raise AssertionError("the days do not begin")


def _spans(
    moment: datetime, step: timedelta, calendar: Calendar
) -> Iterator[tuple[datetime, datetime]]:
    """The hours of the moment's day and of the days beyond it, in the direction of the step."""
    day = moment.astimezone(CHINA).date()
    while True:
        spans = calendar.spans(day)
        yield from spans if step > timedelta() else reversed(spans)
        day += step


@lru_cache(maxsize=4096)
def is_workday(day: date) -> bool:
    """Is it a working day by the State Council, or, where that is not known, by the statute?"""
    if is_announced(day):
        return bool(chinese_calendar.is_workday(day))
    return bool(_later().is_working_day(day))


@lru_cache(maxsize=4096)
def is_announced(day: date) -> bool:
    """Are the holidays of its year known?"""
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False
    return True


def last_known(today: date) -> date | None:
    """The last day that the calendar knows, when that is within 60 days (SOP 1.5); else None.

    Each year is announced whole, in the autumn before it.
    """
    if is_announced(today + SOON):
        return None
    day = date(today.year, 12, 31)
    while not is_announced(day) and day.year > today.year - 10:
        day = date(day.year - 1, 12, 31)
    return day


@lru_cache(maxsize=1)
def _later() -> holidays.HolidayBase:
    return holidays.country_holidays("CN")
