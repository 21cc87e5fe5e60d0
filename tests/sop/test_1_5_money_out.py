"""SOP 1.5, 1.2.f, 1.3.e: the money goes back to the paying account, once (failure modes 1-4)."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from connectors.sandbox import alipay as imitated
from connectors.sandbox.server import Sandbox
from connectors.sandbox.state import Callback
from core.acts import Actor
from core.messages import deliver_due
from core.models import InboxMessage, OutboxMessage
from core.sentences import from_act, render
from core.verdict import Refused
from orders.factories import OrderFactory
from orders.models import Order, Trade
from orders.selectors.order import timeline
from refunds import paying
from refunds.handlers import money
from refunds.models import Refund
from refunds.payees import Payee
from refunds.services.decide import approve_refund, undo_approval
from refunds.services.money import (
    confirm_transfer,
    enter_transfer,
    give_up_refund,
    pay_by_hand,
    send_again,
)
from refunds.services.timers import send_approved
from refunds.services.transfers import enter_payee, export_transfers
from staff.factories import UserFactory
from staff.models import User
from staff.selectors import unread_of
from staff.services.reveal import reveal
from stock.models import StockLevel
from tests.connectors.money import FAR, PAID, Till
from tests.refunds.asking import again, hold_of
from tests.refunds.paying import Case, deliver

pytestmark = pytest.mark.django_db
TO = Payee("陈建生", "6222021234567890", "工商银行深圳福田支行")


@pytest.fixture(params=["alipay", "wechatpay"])
def till(request: pytest.FixtureRequest, settings: Any, sandbox: Sandbox) -> Till:
    """Each gateway in turn, with a paid trade of 100 yuan."""
    settings.SHOP_ACCOUNTS = "tests.connectors.money.typed"
    settings.CALLBACK_URL = FAR
    return Till.open(request.param, sandbox)


@pytest.fixture
def alipay(settings: Any, sandbox: Sandbox) -> Till:
    settings.SHOP_ACCOUNTS = "tests.connectors.money.typed"
    settings.CALLBACK_URL = FAR
    return Till.open("alipay", sandbox)


@pytest.fixture
def finance(db: None) -> User:
    user: User = UserFactory.create(role="finance", full_name="钱多多")
    return user


class Killed(BaseException):
    """As `kill -9`: nothing is written any more."""


def die(*args: Any, **kwargs: Any) -> None:
    raise Killed


def say(callback: Callback, body: bytes | None = None) -> int:
    """The gateway calls us."""
    headers = {k: v for k, v in callback.headers.items() if k != "Content-Type"}
    answer = Client().post(
        urlsplit(callback.address).path,
        callback.body if body is None else body,
        content_type=callback.headers["Content-Type"],
        headers=headers,
    )
    return int(answer.status_code)


# Approved → sent → back


def test_it_goes_back_and_the_order_is_closed_its_stock_freed_the_buyer_told(
    till: Till, by: Actor
) -> None:
    case = Case.of(by, till.system).approve()
    assert case.state == "sending"
    deliver()
    deliver()
    order = again(case.row.order)
    assert (case.state, till.refunded()) == ("succeeded", [PAID])
    assert (order.state, order.refund_reserved, hold_of(case.row)) == ("closed", 100, None)
    assert StockLevel.objects.get(sku=order.lines.get().sku).reserved == 0
    said = next(from_act(act.say) for act in timeline(order) if act.say)
    assert said is not None
    assert "100.00" in render(said)
    deliver()
    assert till.refunded() == [PAID]


def test_a_part_goes_back_and_the_rest_ships(till: Till, by: Actor) -> None:
    case = Case.of(by, till.system, "30.00").approve()
    deliver()
    deliver()
    assert (case.state, till.refunded()) == ("succeeded", [Decimal(30)])
    assert again(case.row.order).state == "paid"


def test_within_the_time_to_undo_nothing_is_sent(alipay: Till, by: Actor) -> None:
    case, now = Case.of(by, "alipay"), timezone.now()
    lead = Actor.person(case.lead)
    approve_refund(case.refund.order, case.refund, role="supervisor", by=lead, now=now)
    assert send_approved(now + timedelta(seconds=29)) == 0
    undo_approval(case.refund.order, case.row, by=lead, now=now)
    assert send_approved(now + timedelta(hours=1)) == 0
    deliver()
    assert (case.state, alipay.refunded()) == ("review", [])
    case.approve()
    with pytest.raises(Refused, match="撤销不了了"):
        undo_approval(case.refund.order, case.row, by=lead, now=now)


# Unknown: asked for before anything else


@pytest.mark.parametrize("fault", ["timeout_after", "error_500_after", "timeout", "garbage"])
def test_what_is_unknown_is_asked_for_and_never_paid_twice(
    till: Till, by: Actor, fault: str
) -> None:
    case = Case.of(by, till.system).approve()
    till.sandbox.state.fault(till.system, fault)
    deliver()
    assert case.state == "unknown"
    assert "再查" in case.row.said
    for _ in range(3):
        deliver()
    assert (case.state, till.refunded()) == ("succeeded", [PAID])


def test_a_worker_that_died_after_the_call_is_found_out(
    alipay: Till, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = Case.of(by, "alipay").approve()
    with monkeypatch.context() as patched:
        patched.setattr(money, "take_answer", die)
        with pytest.raises(Killed):
            deliver()
    assert (case.state, alipay.refunded()) == ("sending", [PAID])
    deliver()  # when its lease is over
    assert (case.state, alipay.refunded()) == ("succeeded", [PAID])


def test_a_question_that_is_refused_says_nothing_of_the_refund(alipay: Till, by: Actor) -> None:
    """The key is changed between the deed and the question: it is not taken for failed."""
    case = Case.of(by, "alipay").approve()
    alipay.sandbox.state.fault("alipay", "timeout_after")
    deliver()
    trades = alipay.sandbox.state.store("alipay")["trades"]
    kept = trades.pop(case.row.trade.number)  # “trade not found”, of a trade that was paid back
    deliver()
    assert case.state == "unknown"
    trades[case.row.trade.number] = kept
    deliver()
    assert (case.state, alipay.refunded()) == ("succeeded", [PAID])


def test_unknown_for_an_hour_finance_hears_it_once(alipay: Till, by: Actor, finance: User) -> None:
    case = Case.of(by, "alipay").approve()
    OutboxMessage.objects.update(created_at=timezone.now() - timedelta(hours=2))
    alipay.sandbox.state.fault("alipay", "timeout", times=9)
    deliver()
    deliver()
    assert case.state == "unknown"
    assert [n.text for n in unread_of(finance)] == [
        f"{case.row.order.order_no} 退款 100.00 元结果不明超过 1 小时：{case.row.said}"
    ]


def test_unknown_for_long_finance_may_end_it_and_nothing_is_sent_any_more(
    alipay: Till, by: Actor, finance: User
) -> None:
    """It was not done, and the question is refused for ever: a person looks at the gateway's."""
    case, who = Case.of(by, "alipay").approve(), Actor.person(finance)
    alipay.sandbox.state.fault("alipay", "timeout")
    deliver()
    trades = alipay.sandbox.state.store("alipay")["trades"]
    kept = trades.pop(case.row.trade.number)
    deliver()
    with pytest.raises(Refused, match="不能放弃"):
        give_up_refund(case.row.order, case.row, "查过没有退", by=who, now=timezone.now())
    OutboxMessage.objects.update(created_at=timezone.now() - timedelta(hours=2))
    deliver()
    assert (case.state, case.row.code) == ("unknown", "UNSEEN")
    trades[case.row.trade.number] = kept  # the gateway answers again: it has none
    deliver()
    assert (case.state, alipay.refunded()) == ("failed", [])
    send_again(case.row.order, case.row, by=who, now=timezone.now())
    deliver()
    assert (case.state, alipay.refunded()) == ("succeeded", [PAID])


def test_what_nobody_answers_for_finance_ends_with_what_was_found(
    alipay: Till, by: Actor, finance: User
) -> None:
    case, who = Case.of(by, "alipay").approve(), Actor.person(finance)
    OutboxMessage.objects.update(created_at=timezone.now() - timedelta(hours=2))
    alipay.sandbox.state.fault("alipay", "timeout", times=9)
    deliver()
    deliver()
    assert paying.may_give_up(case.row.facts(gone=False)).allowed
    assert not paying.may_pay_by_hand(case.row.facts(gone=False)).allowed
    give_up_refund(case.row.order, case.row, "后台查过没有退", by=who, now=timezone.now())
    deliver()
    assert (case.state, alipay.refunded()) == ("rejected", [])


def test_certainly_not_done_it_waits_and_goes_on(alipay: Till, by: Actor, settings: Any) -> None:
    case, there = Case.of(by, "alipay").approve(), settings.CONNECTOR_URLS
    settings.CONNECTOR_URLS = there | {"alipay": "http://127.0.0.1:9"}
    deliver()
    assert (case.state, OutboxMessage.objects.get(topic="refund.send").tries) == ("sending", 0)
    settings.CONNECTOR_URLS = there
    deliver()
    assert (case.state, alipay.refunded()) == ("succeeded", [PAID])


# The gateway says no: each with its words and its way on


@pytest.mark.parametrize(
    ("system", "code", "words"),
    [
        ("alipay", "ACQ.SELLER_BALANCE_NOT_ENOUGH", "充值"),
        ("alipay", "ACQ.REASON_TRADE_BEEN_FREEZEN", "冻结"),
        ("alipay", "ACQ.TRADE_NOT_EXIST", "没有这笔交易"),
        ("alipay", "ACQ.TRADE_HAS_FINISHED", "银行转账"),
        ("alipay", "ACQ.DISCORDANT_REPEAT_REQUEST", "核对"),
        ("alipay", "ACQ.REASON_TRADE_REFUND_FEE_ERR", "金额"),
        ("alipay", "ACQ.TRADE_NOT_ALLOW_REFUND", "签约"),
        ("alipay", "ACQ.BRAND_NEW", "ACQ.BRAND_NEW"),
        ("wechatpay", "NOT_ENOUGH", "充值"),
        ("wechatpay", "USER_ACCOUNT_ABNORMAL", "注销"),
        ("wechatpay", "RESOURCE_NOT_EXISTS", "没有这笔交易"),
        ("wechatpay", "NO_AUTH", "权限"),
    ],
)
def test_a_refusal_fails_in_words_and_is_sent_again_by_finance(
    system: str, code: str, words: str, settings: Any, sandbox: Sandbox, by: Actor, finance: User
) -> None:
    settings.SHOP_ACCOUNTS = "tests.connectors.money.typed"
    till = Till.open(system, sandbox)
    case = Case.of(by, system).approve()
    till.refuse(code)
    deliver()
    row = case.row
    assert (row.state, row.code, words in row.said) == ("failed", code, True)
    assert "没有退成" in unread_of(finance).get().text
    assert again(row.order).refund_reserved == 100
    send_again(row.order, row, by=Actor.person(finance), now=timezone.now())
    deliver()
    deliver()
    assert (case.state, till.refunded()) == ("succeeded", [PAID])


def test_sent_again_with_a_wrong_trade_number_it_fails_again(
    alipay: Till, by: Actor, finance: User
) -> None:
    """Nothing was under way: that the question is refused is an answer, and a way on is left."""
    case, who = Case.of(by, "alipay"), Actor.person(finance)
    Trade.objects.filter(pk=case.row.trade_id).update(number="2026112622000000")
    case.approve()
    deliver()
    assert (case.state, case.row.code) == ("failed", "ACQ.TRADE_NOT_EXIST")
    for _ in range(2):
        send_again(case.row.order, case.row, by=who, now=timezone.now())
        deliver()
        assert (case.state, case.row.code) == ("failed", "ACQ.TRADE_NOT_EXIST")
    assert "没有这笔交易" in case.row.said
    pay_by_hand(case.row.order, case.row, TO, by=who, now=timezone.now())
    assert (case.state, alipay.refunded()) == ("sending", [])


def test_sent_again_and_perhaps_done_a_refused_question_says_nothing(
    alipay: Till, by: Actor, finance: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, who = Case.of(by, "alipay").approve(), Actor.person(finance)
    alipay.refuse("ACQ.SELLER_BALANCE_NOT_ENOUGH")
    deliver()
    send_again(case.row.order, case.row, by=who, now=timezone.now())
    with monkeypatch.context() as patched:
        patched.setattr(money, "take_answer", die)
        with pytest.raises(Killed):
            deliver()
    trades = alipay.sandbox.state.store("alipay")["trades"]
    kept = trades.pop(case.row.trade.number)
    deliver()
    assert case.state == "unknown"
    trades[case.row.trade.number] = kept
    deliver()
    assert (case.state, alipay.refunded()) == ("succeeded", [PAID])


@pytest.mark.parametrize(
    ("system", "code"),
    [
        ("alipay", "ACQ.SYSTEM_ERROR"),
        ("alipay", "after:ACQ.SYSTEM_ERROR"),
        ("alipay", "isp.unknow-error"),
        ("wechatpay", "SYSTEM_ERROR"),
        ("wechatpay", "FREQUENCY_LIMITED"),
    ],
)
def test_a_gateway_that_is_busy_is_asked_again_by_itself(
    system: str, code: str, settings: Any, sandbox: Sandbox, by: Actor
) -> None:
    settings.SHOP_ACCOUNTS = "tests.connectors.money.typed"
    till = Till.open(system, sandbox)
    case = Case.of(by, system).approve()
    till.refuse(code)
    deliver()
    assert case.state == "unknown"
    for _ in range(3):
        deliver()
    assert (case.state, till.refunded()) == ("succeeded", [PAID])


ALREADY = {"alipay": "ACQ.DISCORDANT_REPEAT_REQUEST", "wechatpay": "INVALID_REQUEST"}


def test_paid_back_already_under_our_number_it_has_succeeded(till: Till, by: Actor) -> None:
    case = Case.of(by, till.system).approve()
    till.gateway.refund(money.request_of(case.row))
    till.refuse(ALREADY[till.system])
    deliver()
    assert (case.state, till.refunded()) == ("succeeded", [PAID])


def test_another_amount_under_our_number_is_finances_to_look_at(
    till: Till, by: Actor, finance: User
) -> None:
    case, who = Case.of(by, till.system).approve(), Actor.person(finance)
    till.gateway.refund(till.request("20.00", case.row.number))
    deliver()
    deliver()
    row = case.row
    assert (row.state, row.code) == ("unknown", "DIFFERS")
    (told,) = unread_of(finance)
    assert "对不上" in told.text
    assert "财务核对" in told.text
    give_up_refund(row.order, row, "已退 20 元，余下转账", by=who, now=timezone.now())
    deliver()
    assert (case.state, till.refunded()) == ("rejected", [Decimal(20)])


def test_paid_back_already_at_the_gateways_own_pages_a_person_decides(
    till: Till, by: Actor, finance: User
) -> None:
    case = Case.of(by, till.system).approve()
    till.gateway.refund(till.request("100.00", "CONSOLE1"))
    deliver()
    assert (case.state, till.refunded()) == ("failed", [PAID])
    assert "已按原退款号查过，不是这笔" in unread_of(finance).get().text


def test_a_shop_without_keys_fails_in_words(sandbox: Sandbox, by: Actor, settings: Any) -> None:
    settings.SHOP_ACCOUNTS = "orders.selectors.account.typed_for"
    case = Case.of(by, "alipay").approve()
    deliver()
    assert (case.state, case.row.code) == ("failed", "NO_ACCOUNT")
    assert "请负责人在店铺页填写" in case.row.said


def test_finance_gives_up_what_cannot_be_paid_back(alipay: Till, by: Actor, finance: User) -> None:
    case, who = Case.of(by, "alipay").approve(), Actor.person(finance)
    now = timezone.now()
    with pytest.raises(Refused, match="不能放弃"):
        give_up_refund(case.row.order, case.row, "重复", by=who, now=now)
    alipay.refuse("ACQ.TRADE_HAS_FINISHED")
    deliver()
    give_up_refund(case.row.order, case.row, "买家同意换货", by=who, now=now)
    order = again(case.row.order)
    assert (case.state, order.refund_reserved, order.state) == ("rejected", 0, "paid")
    assert hold_of(case.row) is None
    told = unread_of(User.objects.get(pk=by.user_id or 0)).get().text
    assert "没有退成，不再退了：买家同意换货" in told
    said = next(from_act(act.say) for act in timeline(order) if act.say)
    assert said is not None
    assert "原因是：买家同意换货" in render(said)


# News: twice, late, before the answer, wrong


def test_news_twice_and_late_changes_nothing(till: Till, by: Actor) -> None:
    case = Case.of(by, till.system).approve()
    deliver()
    news = till.sandbox.state.take_callbacks(till.system)
    deliver()
    acts = len(timeline(case.row.order))
    for one in [*news, *news]:
        assert say(one) in (200, 204)
    deliver()
    assert (case.state, till.refunded()) == ("succeeded", [PAID])
    assert len(timeline(case.row.order)) == acts
    assert not InboxMessage.objects.exclude(state="done").filter(topic="refund.notify").exists()


def test_news_before_the_answer_is_taken_and_the_answer_is_late(alipay: Till, by: Actor) -> None:
    case = Case.of(by, "alipay").approve()
    alipay.sandbox.state.fault("alipay", "timeout_after")
    message = OutboxMessage.objects.get(topic="refund.send")
    OutboxMessage.objects.filter(pk=message.pk).update(
        not_before=timezone.now() + timedelta(days=1)
    )
    alipay.gateway.refund(money.request_of(case.row))  # the call, whose answer is still under way
    for one in alipay.sandbox.state.take_callbacks("alipay"):
        say(one)
    deliver_due()
    assert case.state == "succeeded"
    OutboxMessage.objects.filter(pk=message.pk).update(not_before=timezone.now())
    deliver()
    assert alipay.refunded() == [PAID]


def test_forged_news_is_refused_and_a_wrong_amount_is_asked_about(alipay: Till, by: Actor) -> None:
    case = Case.of(by, "alipay", "30.00").approve()
    till_key = case.row.number
    alipay.gateway.refund(alipay.request("20.00", "OTHER"))
    (news,) = alipay.sandbox.state.take_callbacks("alipay")
    form = dict(parse_qsl(news.body.decode()))
    forged = urlencode(form | {"out_biz_no": till_key, "refund_fee": "30.00"}).encode()
    assert say(news, forged) == 401
    fields = {"out_biz_no": till_key, "refund_fee": "99.00", "trade_status": "TRADE_SUCCESS"}
    signed = imitated.notification(case.row.trade.number, PAID, fields)
    assert say(news, signed) == 200  # truly signed; what it says is asked for, and is not so
    OutboxMessage.objects.update(not_before=timezone.now() + timedelta(days=1))
    deliver_due()
    assert case.state == "sending"
    assert alipay.refunded() == [Decimal(20)]


def test_paid_back_at_the_gateways_own_pages_finance_hears_it(
    alipay: Till, by: Actor, finance: User
) -> None:
    Case.of(by, "alipay")
    alipay.gateway.refund(alipay.request("20.00", "CONSOLE1"))
    for one in alipay.sandbox.state.take_callbacks("alipay"):
        say(one)
    deliver()
    assert InboxMessage.objects.get(topic="refund.notify").state == "failed"
    assert "CONSOLE1" in "".join(n.text for n in unread_of(finance))


# Never more than was paid


def test_the_database_keeps_order_and_trade_within_what_was_paid(by: Actor) -> None:
    case = Case.of(by, "alipay")
    for model, key in ((Order, case.row.order_id), (Trade, case.row.trade_id)):
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.filter(pk=key).update(refund_reserved=Decimal("100.01"))


# By transfer: two persons


def test_a_bank_transfer_is_made_by_one_and_checked_by_another(
    sandbox: Sandbox, by: Actor, finance: User
) -> None:
    case, now = Case.of(by, "bank").approve(), timezone.now()
    deliver()
    row = case.row
    assert (row.state, row.by_hand) == ("sending", True)
    assert "网银" in row.said
    assert "要人来办" in unread_of(finance).get().text
    who, other = Actor.person(finance), Actor.person(UserFactory.create(role="owner"))
    with pytest.raises(Refused, match="还没有登记"):
        confirm_transfer(row.order, row, by=other, now=now)
    enter_transfer(row.order, row, "ICBC20261126001", by=who, now=now)
    with pytest.raises(Refused, match="另一个人复核"):
        confirm_transfer(row.order, case.row, by=who, now=now)
    with OrderFactory.act(), pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.filter(pk=row.pk).update(checked_by=finance)
    confirm_transfer(row.order, case.row, by=other, now=now)
    assert (case.state, again(row.order).state) == ("succeeded", "closed")
    assert "ICBC20261126001" in case.row.ended_why


def test_what_the_gateway_refused_is_transferred(alipay: Till, by: Actor, finance: User) -> None:
    case, who = Case.of(by, "alipay").approve(), Actor.person(finance)
    with pytest.raises(Refused, match="还不能改为手工转账"):
        pay_by_hand(case.row.order, case.row, TO, by=who, now=timezone.now())
    alipay.refuse("ACQ.TRADE_HAS_FINISHED")
    deliver()
    pay_by_hand(case.row.order, case.row, TO, by=who, now=timezone.now())
    enter_transfer(case.row.order, case.row, "ICBC1234", by=who, now=timezone.now())
    other = Actor.person(UserFactory.create(role="owner"))
    confirm_transfer(case.row.order, case.row, by=other, now=timezone.now())
    deliver()
    assert (case.state, alipay.refunded()) == ("succeeded", [])


def test_a_transfer_says_to_whom(alipay: Till, by: Actor, finance: User) -> None:
    """The buyer's way is closed: agent or finance writes the account down, the file has it."""
    case, who = Case.of(by, "alipay").approve(), Actor.person(finance)
    with pytest.raises(Refused, match="用不着收款账户"):
        enter_payee(case.row.order, case.row, TO, by=by, now=timezone.now())
    alipay.refuse("ACQ.BUYER_NOT_EXIST")
    deliver()
    with pytest.raises(Refused, match="还不知道转给谁"):
        pay_by_hand(case.row.order, case.row, None, by=who, now=timezone.now())
    enter_payee(case.row.order, case.row, TO, by=by, now=timezone.now())
    pay_by_hand(case.row.order, case.row, None, by=who, now=timezone.now())
    file = export_transfers([case.row], by=who, now=timezone.now()).decode("utf-8-sig")
    head, line = list(csv.reader(io.StringIO(file)))
    told = dict(zip(head, line, strict=True))
    assert (told["收款人"], told["收款账号"].strip(), told["开户行"]) == (
        TO.name,
        TO.account,
        TO.bank,
    )
    enter_transfer(case.row.order, case.row, "ICBC1234", by=who, now=timezone.now())
    with pytest.raises(Refused, match="不能再改"):
        enter_payee(case.row.order, case.row, TO, by=by, now=timezone.now())


def test_the_account_is_masked_until_shown_and_kept_out_of_the_timeline(
    alipay: Till, by: Actor, finance: User, client: Client
) -> None:
    case = Case.of(by, "alipay").approve()
    alipay.refuse("ACQ.BUYER_NOT_EXIST")
    deliver()
    pay_by_hand(case.row.order, case.row, TO, by=Actor.person(finance), now=timezone.now())
    client.force_login(finance)
    page = client.get(case.row.get_absolute_url()).content.decode()
    assert "陈*生 62***90 工商银行" in page
    assert TO.account not in page
    for act in timeline(case.row.order):
        assert TO.account not in f"{act.summary}{act.changes}"
    reveal(finance, "order", case.row.order_id, reason="联系买家", now=timezone.now())
    assert f"陈建生 {TO.account}" in client.get(case.row.get_absolute_url()).content.decode()


def test_the_second_person_sees_what_to_check(
    alipay: Till, by: Actor, finance: User, client: Client
) -> None:
    case = Case.of(by, "alipay").approve()
    alipay.refuse("ACQ.BUYER_NOT_EXIST")
    deliver()
    at = datetime(2026, 11, 26, 6, 30, tzinfo=UTC)
    pay_by_hand(case.row.order, case.row, TO, by=Actor.person(finance), now=at)
    enter_transfer(case.row.order, case.row, "ICBC1234", by=Actor.person(finance), now=at)
    client.force_login(UserFactory.create(role="owner"))
    url = reverse("confirm-transfer", args=[case.row.order.order_no, case.row.pk])
    page = client.get(url).content.decode()
    for words in (
        "<b>100.00</b> 元",
        "陈*生 62***90",
        "<b>ICBC1234</b>",
        "钱多多 2026-11-26 14:30",
    ):
        assert words in page
