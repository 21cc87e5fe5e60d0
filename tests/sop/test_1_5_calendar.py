"""SOP 1.5, reading of the promises: working days and hours as the owner keeps them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from core.acts import Actor
from core.models import Act
from core.verdict import Refused
from core.workdays import CHINA, promise
from orders.factories import OrderFactory, ShopFactory
from staff.factories import UserFactory
from staff.models import CalendarDay, Notice, OfficeHours, User
from staff.selectors import office_calendar
from staff.services.calendar import remove_day, save_day
from staff.tasks import look_at_calendar
from stock.factories import SkuFactory
from tests.sop.test_1_1_products import swap

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=CHINA)  # a Monday
HOURS = {
    f"h{n}-{name}": value
    for n in range(7)
    for name, value in {
        "opens": "09:00",
        "break_from": "12:00",
        "break_to": "13:00",
        "closes": "18:00",
    }.items()
}


@pytest.fixture(autouse=True)
def monday() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def owner(db: None) -> User:
    return UserFactory.create(role="owner", full_name="周总")


@pytest.fixture
def boss(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_day_off_moves_what_is_promised_from_then_on(boss: Client) -> None:
    assert "没有：全部按国家日历" in text(boss.get(reverse("calendar")))
    data = {"day": "2026-11-24", "works": "0", "why": "公司年会"}
    page = text(boss.post(reverse("calendar-day"), data, follow=True))
    assert "2026-11-24 按休息算" in page
    assert "公司年会" in page
    assert promise(NOW, 1, office_calendar()).at == datetime(2026, 11, 25, 18, tzinfo=CHINA)
    boss.post(reverse("calendar-day"), data | {"works": "1", "why": ""})
    assert promise(NOW, 1, office_calendar()).at == datetime(2026, 11, 24, 18, tzinfo=CHINA)
    boss.post(reverse("calendar-day-remove", args=[CalendarDay.objects.get().pk]))
    assert not CalendarDay.objects.exists()
    changes = [act.changes[0] for act in Act.objects.filter(verb="save_calendar").order_by("id")]
    assert sorted(changes) == sorted(
        [
            ["2026-11-24", "按国家日历", "休息"],
            ["2026-11-24", "休息", "上班"],
            ["2026-11-24", "上班", "按国家日历"],
        ]
    )
    assert "<del>休息</del>" in text(boss.get(reverse("calendar")))


def test_office_hours_are_kept_by_weekday(boss: Client) -> None:
    data = HOURS | {"h4-break_from": "", "h4-break_to": "", "h4-closes": "16:30"}
    boss.post(reverse("calendar-hours"), data)
    thursday = datetime(2026, 11, 26, 10, 0, tzinfo=CHINA)
    found = promise(thursday, 1, office_calendar())
    assert found.at == datetime(2026, 11, 27, 16, 30, tzinfo=CHINA)
    assert OfficeHours.objects.get(weekday=4).break_from is None
    page = text(boss.get(reverse("calendar")))
    assert 'value="16:30"' in page
    assert "星期五：<del>默认</del> → <ins>09:00–16:30</ins>" in page


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("h0-closes", "11:00", "时间要从早到晚"),
        ("h0-break_to", "", "午休要么开始和结束都填"),
        ("h0-opens", "", "这个字段是必填项"),
        ("h0-opens", "25:00", "输入一个有效的时间"),
    ],
)
def test_hours_that_cannot_be_are_told(boss: Client, field: str, value: str, said: str) -> None:
    answer = boss.post(reverse("calendar-hours"), HOURS | {field: value})
    assert answer.status_code == 422
    assert said in text(answer)
    assert not OfficeHours.objects.exists()


@pytest.mark.parametrize(
    ("day", "status", "said"),
    [
        ("2026-11-20", 409, "已经过去"),
        ("2036-11-20", 422, "年份太远了"),
        ("20261124", 422, "有效的日期"),
        ("", 422, "必填"),
    ],
)
def test_a_day_that_cannot_be_is_told(boss: Client, day: str, status: int, said: str) -> None:
    answer = boss.post(reverse("calendar-day"), {"day": day, "works": "0", "why": "团建"})
    assert answer.status_code == status
    assert said in text(answer)
    assert 'value="团建"' in text(answer), "what was typed stays"
    assert not CalendarDay.objects.exists()


def test_a_day_that_is_over_stays(owner: User) -> None:
    by = Actor.person(owner)
    row = save_day(date(2026, 11, 23), works=False, why="", by=by, now=NOW)
    with pytest.raises(Refused, match="已经过去"):
        remove_day(row, by=by, now=NOW + timedelta(days=1))


def test_the_page_shows_what_the_state_council_announced_and_where_it_ends(boss: Client) -> None:
    page = text(boss.get(reverse("calendar")))
    assert "日历只到 2026年12月31日" in page
    assert "1月1日" in page
    with time_machine.travel(datetime(2026, 9, 1, 10, tzinfo=CHINA), tick=False):
        page = text(boss.get(reverse("calendar")))
        assert "日历只到" not in page
        assert "10月1日" in page


def test_the_owner_is_told_once_that_the_calendar_ends(owner: User) -> None:
    assert look_at_calendar()
    assert look_at_calendar()
    notice = Notice.objects.get(role="owner")
    assert "2026-12-31" in notice.text
    assert notice.url == reverse("calendar")
    with time_machine.travel(datetime(2026, 9, 1, tzinfo=CHINA)):
        assert not look_at_calendar()


def test_a_cheaper_swap_promises_by_the_owners_calendar(owner: User) -> None:
    """Swapped on a Thursday; the Friday after it is off."""
    linen, cheap = SkuFactory.create(price="159.00"), SkuFactory.create(price="129.00")
    by = Actor.person(owner)
    save_day(date(2026, 11, 27), works=False, why="", by=by, now=NOW)
    own = ShopFactory.create(channel="own")  # on a platform the buyer applies first
    order = swap(OrderFactory.create(state="paid", shop=own, lines=[(linen, 1)]), cheap, by)
    say = Act.objects.get(order_no=order.order_no, verb="modify_products").say
    assert say["values"]["by"] == "12月1日 18:00"
