"""Messages that wait or failed: seen, tried again, given up (failure modes 10, 12)."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from core import messages, policy, tasks
from core.acts import Actor
from core.lease import claim
from core.models import Act, InboxMessage, Message, MessageState, OutboxMessage
from core.undelivered import give_up_message, retry_message
from core.verdict import Refused
from desk.queues import counted
from orders.factories import OrderFactory, ShopFactory
from staff.factories import UserFactory
from staff.models import User

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
PERSONAL = {
    "order": 12,
    "buyer_nick": "小芳的店铺",
    "receiver": {"name": "欧阳建生", "mobile": "13812345678", "address": "农园路66号3栋201"},
    "memo": "请打 13812345678 找欧阳",
    "note": "欧阳建生家",
    "trade_no": "2026112522001",
}


@pytest.fixture
def lead(client: Client, monkeypatch: pytest.MonkeyPatch) -> User:
    monkeypatch.setattr(tasks.deliver_messages, "delay", lambda: None)
    user: User = UserFactory.create(role="supervisor", full_name="刘主管")
    client.force_login(user)
    return user


def made(key: str = "a", state: str = "failed", **about: Any) -> OutboxMessage:
    about = {"payload": {}, "not_before": NOW, "created_at": NOW, "tries": 6} | about
    return OutboxMessage.objects.create(topic="platform.dispatch", key=key, state=state, **about)


def received(raw: bytes, **about: Any) -> InboxMessage:
    about = {"state": "failed", "not_before": NOW, "created_at": NOW} | about
    return InboxMessage.objects.create(topic="paid", key=str(uuid.uuid4()), raw=raw, **about)


def at(row: Message, name: str = "message") -> str:
    box = "out" if isinstance(row, OutboxMessage) else "in"
    return reverse(name, args=[box, row.pk])


def text(answer: Any) -> str:
    return str(answer.content.decode())


# The list


def test_an_empty_list_says_what_would_stand_there(client: Client, lead: User) -> None:
    for box in ("out", "in"):
        for which, says in (
            ("failed", "没有失败"),
            ("waiting", "没有在等"),
            ("given_up", "没有放弃"),
        ):
            page = text(client.get(reverse("messages"), {"box": box, "list": which}))
            assert says in page


def test_it_says_how_many_wait_the_oldest_and_what_failed_why(client: Client, lead: User) -> None:
    order = OrderFactory.create()
    made("failed", error="OSError: no answer", order_no=order.order_no)
    made("old", state="pending", created_at=NOW - timedelta(days=3))
    made("done", state="done")
    received(b"{}", error="没有这家店。")
    page = client.get(reverse("messages"))
    assert [(s.waiting, s.failed) for s in page.context["standing"]] == [("1", "1"), ("0", "1")]
    assert page.context["standing"][0].oldest == NOW - timedelta(days=3)
    assert "OSError: no answer" in text(page)
    assert order.order_no in text(page)
    assert "没有这家店。" in text(client.get(reverse("messages"), {"box": "in"}))


def test_pages_are_cut_by_key_and_a_cut_address_leads_to_the_first(
    client: Client, lead: User
) -> None:
    rows = [made(str(n)) for n in range(25)]
    first = client.get(reverse("messages"))
    older = client.get(
        reverse("messages") + first.context["base"] + "&page=" + first.context["page"].older
    )
    shown = [row.pk for page in (first, older) for row in page.context["page"].rows]
    assert shown == [row.pk for row in reversed(rows)]
    assert client.get(reverse("messages"), {"page": "cut"}).status_code == 302


def test_the_waiting_and_the_given_up_have_lists_of_their_own(client: Client, lead: User) -> None:
    waiting, gone = made("w", state="pending"), made("g", state="given_up", done_at=NOW)
    made("d", state="done", done_at=NOW)
    for which, row in (("waiting", waiting), ("given_up", gone)):
        page = client.get(reverse("messages"), {"list": which})
        assert [found.pk for found in page.context["page"].rows] == [row.pk]


def test_the_queue_counts_what_failed_in_both_boxes(lead: User) -> None:
    made()
    received(b"{}")
    counts = {queue.label: queue.count for queue in counted(lead)[0]}
    assert counts["未送达"] == "2"
    agent = UserFactory.create(role="agent")
    assert "未送达" not in {queue.label for queue in counted(agent)[0]}


def test_who_is_limited_to_shops_sees_those_shops_messages(client: Client) -> None:
    mine = OrderFactory.create(shop=ShopFactory.create(code="tb1"))
    other = OrderFactory.create(shop=ShopFactory.create(code="jd1", channel="jd"))
    client.force_login(UserFactory.create(role="supervisor", shop_codes=["tb1"]))
    seen, hidden = made("1", order_no=mine.order_no), made("2", order_no=other.order_no)
    paid, foreign = received(b"{}", shop="tb1"), received(b"{}", shop="jd1")
    assert [r.pk for r in client.get(reverse("messages")).context["page"].rows] == [seen.pk]
    for row, status in ((seen, 200), (hidden, 404), (paid, 200), (foreign, 404)):
        assert client.get(at(row)).status_code == status
    client.post(reverse("messages-retry"), {"box": "out", "id": [seen.pk, hidden.pk]})
    hidden.refresh_from_db()
    assert hidden.state == MessageState.FAILED


@pytest.mark.parametrize("path", ["/messages/up/1", "/messages/out/999999999999999999999999"])
def test_a_message_that_there_is_not_is_404(client: Client, lead: User, path: str) -> None:
    assert client.get(path).status_code == 404


# One message: content without personal data


@pytest.mark.parametrize("way", ["out", "json", "form"])
def test_personal_data_is_masked_and_codes_are_readable(
    client: Client, lead: User, way: str
) -> None:
    if way == "out":
        row: Message = made(payload=PERSONAL, error="no answer for 13812345678")
    elif way == "json":
        row = received(json.dumps(PERSONAL).encode())
    else:
        row = received("receiver_name=欧阳建生&mobile=13812345678&trade_no=2026112522001".encode())
    page = text(client.get(at(row)))
    assert "2026112522001" in page
    for personal in ("欧阳建生", "13812345678", "农园路66号", "小芳的店铺", "找欧阳"):
        assert personal not in page.replace("no answer for 13812345678", "")


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"<xml/>", b"[" * 100_000, b"1" * 5000, b""])
def test_what_cannot_be_read_is_not_shown(client: Client, lead: User, raw: bytes) -> None:
    page = client.get(at(received(raw)))
    assert page.status_code == 200
    assert "没有可以显示的内容" in text(page) or "字节" in text(page)


@pytest.mark.parametrize(
    "payload", [{"a": "\ud800"}, {"a" * 999: "b" * 999}, {"a": list(range(999))}, ["<script>"]]
)
def test_any_content_makes_a_page(client: Client, lead: User, payload: Any) -> None:
    page = client.get(at(received(json.dumps(payload).encode())))
    assert page.status_code == 200
    assert b"<script>" not in page.content.split(b"<main")[1]


# Try again


def test_what_failed_is_tried_again_and_remembers_that_it_was_tried(
    client: Client, lead: User
) -> None:
    """The next try is the second at least, so the handler asks what the earlier ones have done."""
    row = made(error="OSError")
    assert client.post(at(row, "message-retry")).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.tries, row.lease) == (MessageState.PENDING, 1, None)
    act = Act.objects.get(verb="retry_message")
    assert (act.actor, act.subject_id, act.reason) == (lead, row.pk, "OSError")
    tries: list[int] = []
    messages.handle(_claimed(row), {"platform.dispatch": lambda m: tries.append(m.tries)})
    assert tries == [2]


def _claimed(row: OutboxMessage) -> OutboxMessage:
    (found,) = claim(messages.due(OutboxMessage), row.not_before, state="claimed")
    assert found.pk == row.pk
    return OutboxMessage.objects.get(pk=found.pk)


def test_all_that_is_shown_is_tried_again_and_nothing_else(client: Client, lead: User) -> None:
    shown, new, done = made("1"), made("2"), made("3", state="done")
    data = {"box": "out", "id": [shown.pk, done.pk, "x", "9" * 30]}
    answer = client.post(reverse("messages-retry"), data, follow=True)
    assert "1 条已经放回队列" in text(answer)
    states = OutboxMessage.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["pending", "failed", "done"]
    assert new.state == MessageState.FAILED
    assert "已经处理过了" in text(client.post(reverse("messages-retry"), data, follow=True))


def test_a_double_click_counts_once(client: Client, lead: User) -> None:
    row, token = made(), str(uuid.uuid4())
    for _ in range(2):
        assert client.post(at(row, "message-retry"), {"token": token}).status_code == 302
    assert Act.objects.filter(verb="retry_message").count() == 1


# Give up


def test_giving_up_wants_a_reason_that_stands_in_the_orders_timeline(
    client: Client, lead: User
) -> None:
    order = OrderFactory.create()
    row = made(order_no=order.order_no)
    assert client.post(at(row, "message-give-up"), {"why": " "}).status_code == 422
    row.refresh_from_db()
    assert row.state == MessageState.FAILED
    why = "已经打电话告诉买家"
    assert client.post(at(row, "message-give-up"), {"why": why}).status_code == 302
    row.refresh_from_db()
    assert row.state == MessageState.GIVEN_UP
    assert row.done_at is not None
    assert why in text(client.get(reverse("order", args=[order.order_no])))
    assert why in text(client.get(at(row)))


def test_what_was_given_up_can_be_taken_back(client: Client, lead: User) -> None:
    row = made(state="given_up", done_at=NOW)
    client.post(at(row, "message-retry"))
    row.refresh_from_db()
    assert (row.state, row.done_at) == (MessageState.PENDING, None)


# One policy greys and refuses


@pytest.mark.parametrize("state", [state.value for state in MessageState])
def test_the_button_is_greyed_with_the_reason_by_which_the_act_is_refused(
    client: Client, lead: User, state: str
) -> None:
    row = made(state=state)
    page = text(client.get(at(row)))
    for name, rule in (("retry", policy.may_retry), ("give-up", policy.may_give_up)):
        verdict = rule(state)
        answer = client.post(at(row, f"message-{name}"), {"why": "不用了"})
        if verdict.allowed:
            assert answer.status_code == 302
            OutboxMessage.objects.filter(pk=row.pk).update(state=state)
            continue
        assert answer.status_code == 409
        assert verdict.reason in page
        assert verdict.reason in text(answer)
        with pytest.raises(Refused):
            _do(name, row, Actor.person(lead))


def _do(name: str, row: OutboxMessage, by: Actor) -> Act:
    if name == "retry":
        return retry_message(row, by=by, now=NOW)
    return give_up_message(row, "不用了", by=by, now=NOW)


# The desk says what waits


def test_home_says_since_when_messages_wait(client: Client) -> None:
    made(state="pending", not_before=NOW)
    for role, link in (("agent", False), ("owner", True)):
        client.force_login(UserFactory.create(role=role))
        with time_machine.travel(NOW + timedelta(minutes=1)):
            assert "没有及时送出" not in text(client.get("/"))
        with time_machine.travel(NOW + timedelta(minutes=3)):
            page = text(client.get("/"))
            assert "没有及时送出" in page
            assert ("list=waiting" in page) is link


def test_what_waits_for_its_time_is_not_late(client: Client, lead: User) -> None:
    made(state="pending", not_before=NOW + timedelta(hours=8), created_at=NOW)
    with time_machine.travel(NOW + timedelta(hours=7)):
        assert "没有及时送出" not in text(client.get("/"))


def test_a_broker_that_is_away_is_said(
    client: Client, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "没有应答" not in text(client.get(reverse("messages")))

    def away() -> Any:
        raise ConnectionError

    monkeypatch.setattr("core.messages.current_app.connection_for_write", away)
    assert "没有应答" in text(client.get(reverse("messages")))
