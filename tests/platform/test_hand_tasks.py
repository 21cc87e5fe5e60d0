"""What is done by hand on a platform stands on the order and in a worklist, and is ticked once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.acts import Actor
from core.models import Act
from core.verdict import Refused
from orders.factories import OrderFactory, ShopFactory
from orders.models import HandTask, Order
from orders.policy import Contacted
from orders.services.close import close_order, reopen_order
from orders.services.hand import finish_hand_task, reopen_hand_task
from orders.services.note import note
from orders.words import Channel, IdentityKey
from staff.factories import UserFactory
from staff.models import User
from tests.acts.pages import do

NOW = timezone.now()
LATER = NOW + timedelta(minutes=1)


def order_of(channel: Channel = Channel.JD, **values: Any) -> Order:
    shop = ShopFactory.create(code=channel.value, channel=channel.value, name=channel.label)
    return OrderFactory.create(shop=shop, **values)


@pytest.fixture
def task(by: Actor) -> HandTask:
    order = order_of()
    note(order, "送礼盒", for_shop=True, by=by, now=NOW)
    return order.hand_tasks.get()


def tick(client: Client, task: HandTask, **more: str) -> Any:
    """Press the button as the page draws it."""
    url = reverse("finish-hand-task", args=[task.order.order_no, task.pk])
    return client.post(url, {"token": str(task.token), "seen": task.order.version} | more)


def test_the_order_page_shows_it_and_a_tick_says_who_did_it(
    agent_client: Client, task: HandTask
) -> None:
    page = agent_client.get(task.order.get_absolute_url()).content.decode()
    assert "把这条备注写进卖家备注：送礼盒" in page
    assert "京麦 → 订单管理" in page
    assert tick(agent_client, task).status_code == 302
    task.refresh_from_db()
    assert (task.done_by_name, task.done_at is not None) == ("王芳", True)
    assert "取消勾选" in agent_client.get(task.order.get_absolute_url()).content.decode()


def test_a_double_click_ticks_once(agent_client: Client, task: HandTask) -> None:
    token = str(task.token)
    assert [tick(agent_client, task, token=token).status_code for _ in range(2)] == [302, 302]
    assert Act.objects.filter(verb="finish_hand_task", outcome="done").count() == 1


def test_of_two_colleagues_the_second_is_told_who_was_first(task: HandTask, by: Actor) -> None:
    finish_hand_task(task.order, task, by=by, now=NOW)
    with pytest.raises(Refused) as refused:
        finish_hand_task(task.order, task, by=by, now=LATER)
    assert refused.value.verdict.reason == "王芳已经做完了，不用再做。"


def test_a_tick_is_taken_back_within_a_day(agent_client: Client, task: HandTask) -> None:
    tick(agent_client, task)
    url = reverse("reopen-hand-task", args=[task.order.order_no, task.pk])
    shown = agent_client.get(url).content.decode()
    token = shown.split('name="token" value="')[1].split('"')[0]
    answer = agent_client.post(url, {"token": token, "seen": task.order.version})
    assert answer.status_code == 302
    task.refresh_from_db()
    assert (task.done_at, task.done_by_name) == (None, "")


def test_later_it_is_not(task: HandTask, by: Actor) -> None:
    finish_hand_task(task.order, task, by=by, now=NOW)
    with pytest.raises(Refused, match="超过一天"):
        reopen_hand_task(task.order, task, by=by, now=NOW + timedelta(hours=25))


def test_what_ended_by_itself_is_not_taken_up_again(by: Actor) -> None:
    order = order_of(state="unpaid")
    closed = Contacted("qq", frozenset({IdentityKey.ORDER_NO, IdentityKey.MOBILE}))
    close_order(order, "拍错重拍", by=by, now=NOW, contact=closed)
    order.refresh_from_db()
    reopen_order(order, by=by, now=LATER)
    with pytest.raises(Refused, match="不是人勾的"):
        reopen_hand_task(order, order.hand_tasks.get(), by=by, now=LATER)


def test_what_was_closed_on_the_platform_is_not_reopened_here(by: Actor) -> None:
    order = order_of(state="unpaid")
    closed = Contacted("qq", frozenset({IdentityKey.ORDER_NO, IdentityKey.MOBILE}))
    close_order(order, "拍错重拍", by=by, now=NOW, contact=closed)
    order.refresh_from_db()
    finish_hand_task(order, order.hand_tasks.get(), by=by, now=LATER)
    with pytest.raises(Refused, match="平台关单"):
        reopen_order(order, by=by, now=LATER)


# The worklist


def test_the_worklist_has_the_oldest_first_and_comes_back_after_a_tick(
    agent_client: Client, by: Actor, task: HandTask
) -> None:
    younger = order_of(Channel.PDD)
    note(younger, "开发票", for_shop=True, by=by, now=LATER)
    page = agent_client.get(reverse("hand-tasks")).content.decode()
    assert page.index(task.order.platform_no) < page.index(younger.platform_no)
    answer = tick(agent_client, task, back="list")
    assert answer.url == reverse("hand-tasks")
    page = agent_client.get(reverse("hand-tasks")).content.decode()
    assert f">{task.order.order_no}</a> 做完了" in page
    assert task.order.platform_no not in page


def test_it_is_narrowed_to_a_platform(agent_client: Client, by: Actor, task: HandTask) -> None:
    note(order_of(Channel.PDD), "开发票", for_shop=True, by=by, now=LATER)
    page = agent_client.get(reverse("hand-tasks"), {"channel": "pdd"}).content.decode()
    assert "开发票" in page
    assert "送礼盒" not in page
    nonsense = agent_client.get(reverse("hand-tasks"), {"channel": "<x>"}).content.decode()
    assert "送礼盒" in nonsense


def test_it_has_pages(agent_client: Client, by: Actor) -> None:
    order = order_of()
    for number in range(23):
        note(order, f"备注{number:02}", for_shop=True, by=by, now=NOW + timedelta(seconds=number))
    first = agent_client.get(reverse("hand-tasks")).content.decode()
    assert "备注19" in first
    assert "备注20" not in first
    address = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = agent_client.get(reverse("hand-tasks") + address).content.decode()
    assert "备注20" in second
    assert "备注19" not in second
    cut = agent_client.get(reverse("hand-tasks"), {"page": "x"})
    assert cut["Location"] == reverse("hand-tasks")


def test_an_empty_worklist_says_what_would_stand_there(agent_client: Client) -> None:
    assert "没有要手工做的" in agent_client.get(reverse("hand-tasks")).content.decode()


@pytest.mark.usefixtures("task")
def test_the_header_counts_it_and_another_shops_agent_sees_none(agent_client: Client) -> None:
    live = reverse("live")
    assert "手工事项<em>1</em>" in agent_client.get(live).content.decode()
    other = Client()
    other.force_login(UserFactory.create(role="agent", shop_codes=["tb9"]))
    assert "手工事项<em>0</em>" in other.get(live).content.decode()
    assert "没有要手工做的" in other.get(reverse("hand-tasks")).content.decode()


def test_another_shops_task_is_not_found(task: HandTask) -> None:
    other = Client()
    other.force_login(UserFactory.create(role="agent", shop_codes=["tb9"]))
    assert tick(other, task).status_code == 404


def test_a_task_of_another_order_is_not_found(agent_client: Client, task: HandTask) -> None:
    url = reverse("finish-hand-task", args=[order_of(Channel.PDD).order_no, task.pk])
    assert agent_client.post(url, {"token": str(task.token), "seen": 0}).status_code == 404


def test_who_may_not_tick_sees_no_button(task: HandTask) -> None:
    warehouse = Client()
    warehouse.force_login(UserFactory.create(role="warehouse"))
    page = warehouse.get(task.order.get_absolute_url()).content.decode()
    assert "手工事项" in page
    assert "做完了" not in page


@time_machine.travel(NOW, tick=False)
def test_a_note_typed_on_its_page_arrives_there(agent_client: Client, agent: User) -> None:
    order = order_of(Channel.DOUYIN)
    do(agent_client, "note", order, text="改发顺丰", for_shop="on")
    task = order.hand_tasks.get()
    assert (task.where, task.opened_at) == ("抖店 → 订单管理", NOW)
