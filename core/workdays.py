"""Working days of China: weekends and public holidays are skipped, make-up days (调休) count.

`chinesecalendar` knows the years whose holidays the State Council has announced; for later ones
`holidays` knows the statutory days, and what is reckoned with it is not confirmed (SOP 1.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar
import holidays

CHINA = ZoneInfo("Asia/Shanghai")
CLOSE = time(18, 0)
REFUND_DAYS = 2  # what the customer is told, always (SOP 1.5.e)


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


def promise(start: datetime, days: int) -> Promise:
    """The close of business of the n-th working day after the day it starts (SOP 1.5)."""
    day, left, confirmed = start.astimezone(CHINA).date(), days, True
    while left:
        day += timedelta(days=1)
        left -= is_workday(day)
        confirmed = confirmed and is_announced(day)
    return Promise(datetime.combine(day, CLOSE, CHINA), confirmed)


@lru_cache(maxsize=4096)
def is_workday(day: date) -> bool:
    """Does the office work on this day?"""
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


@lru_cache(maxsize=1)
def _later() -> holidays.HolidayBase:
    return holidays.country_holidays("CN")
