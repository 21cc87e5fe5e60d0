"""Working days and office hours, as the owner sets them (SOP 1.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.urls import reverse

from core.acts import Actor, Change, act_on
from core.verdict import no
from core.workdays import CHINA, last_known
from staff.models import CalendarDay, OfficeHours
from staff.roles import Role
from staff.selectors import spans_of
from staff.services.tell import tell

WEEKDAYS = "一二三四五六日"
PUBLIC = "按国家日历"


def save_day(day: date, *, works: bool, why: str, by: Actor, now: datetime) -> CalendarDay:
    """Say that a day is worked, or is not, whatever the public calendar says.

    Raises Refused for a day that is over: what was promised by it stands.
    """
    _open(day, now)
    known = CalendarDay.objects.filter(day=day).first()
    before = _said(known.works) if known else PUBLIC
    with act_on("save_calendar", list[CalendarDay](), by=by, now=now, clause="1.5") as (_, log):
        row = known or CalendarDay(day=day)
        row.works, row.why, row.by_name, row.at = works, why, by.name, now
        row.save()
        log.about(row)
        log.changed([Change(str(day), before, _said(works))])
        log.noted("工作日历", reason=why)
    return row


def remove_day(row: CalendarDay, *, by: Actor, now: datetime) -> None:
    """The public calendar counts again. Raises Refused for a day that is over."""
    _open(row.day, now)
    with act_on("save_calendar", list[CalendarDay](), by=by, now=now, clause="1.5") as (_, log):
        log.about(row)
        log.changed([Change(str(row.day), _said(row.works), PUBLIC)])
        log.noted("工作日历")
        row.delete()


def save_hours(rows: Sequence[OfficeHours], *, by: Actor, now: datetime) -> None:
    """When the office is open, for each weekday given."""
    known = OfficeHours.objects.in_bulk()
    with act_on("save_calendar", list[OfficeHours](), by=by, now=now, clause="1.5") as (_, log):
        for row in rows:
            old = known.get(row.weekday)
            before, after = _hours(old) if old else "默认", _hours(row)
            if before == after:
                continue
            row.by_name, row.at = by.name, now
            row.save()
            log.about(row)
            log.changed([Change(f"星期{WEEKDAYS[row.weekday]}", before, after)])
        log.noted("上班时间")


def tell_of_end(today: date) -> bool:
    """Tell the owner, once a year, that the public calendar ends within 60 days (SOP 1.5)."""
    ends = last_known(today)
    if ends is None:
        return False
    text = f"工作日历只到 {ends}：之后答应的时间会标“日历未确认”。请更新软件，或先写上公司的日子。"
    tell(text, role=Role.OWNER, url=reverse("calendar"), key=f"calendar-ends:{ends.year}")
    return True


def _open(day: date, now: datetime) -> None:
    if day < now.astimezone(CHINA).date():
        no("1.5", f"{day} 已经过去，答应过的时间不会再变。请选今天或以后的日子。").require()


def _said(works: bool) -> str:
    return "上班" if works else "休息"


def _hours(row: OfficeHours) -> str:
    return "、".join(f"{begins:%H:%M}–{ends:%H:%M}" for begins, ends in spans_of(row))
