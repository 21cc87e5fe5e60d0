"""Callbacks: only from whom they say, kept once, in any order (failure modes 3, 4)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
import time_machine
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors import accounts, views
from connectors import wechatpay as wechat
from connectors.accounts import gateway_of, tracker_of
from connectors.gateways import Forged, RefundState
from connectors.sandbox import alipay, kdniao, keys, kuaidi100, wechatpay
from connectors.sandbox.server import Sandbox
from connectors.sandbox.state import Callback
from core import messages
from core.acts import Actor
from core.messages import deliver_due, handles
from core.models import InboxMessage, MessageState
from orders.factories import ShopFactory
from orders.services.account import save_account
from tests.connectors.money import FAR, Till

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
WAYBILL = "YT8962646785389"
TAKEN = {"alipay": (200, b"success"), "wechatpay": (204, b"")}


def typed() -> dict[str, str]:
    return wechatpay.credentials()


def say(callback: Callback, *, body: bytes | None = None, **headers: Any) -> Any:
    """Send a callback to our address, as it came or altered."""
    sent = callback.headers | headers
    return Client(enforce_csrf_checks=True).post(
        urlsplit(callback.address).path,
        callback.body if body is None else body,
        content_type=sent["Content-Type"],
        headers={name: value for name, value in sent.items() if name != "Content-Type"},
    )


def refunded(till: Till, amount: str = "30.00", key: str = "R1") -> Callback:
    """What the gateway says of a refund that it made."""
    till.gateway.refund(till.request(amount, key))
    return till.sandbox.state.take_callbacks(till.system)[-1]


def pushed(sandbox: Sandbox, system: str) -> Callback:
    """What a tracker says of a parcel that we subscribed to."""
    carrier = "yuantong" if system == "kuaidi100" else "YTO"
    sandbox.state.store("kdniao")["push_url"] = f"{FAR}/callbacks/kdniao"
    module: Any = {"kuaidi100": kuaidi100, "kdniao": kdniao}[system]
    sandbox.state.store(system)["subscriptions"] = (
        {WAYBILL: {"callbackurl": f"{FAR}/callbacks/kuaidi100", "salt": "gendan-salt"}}
        if system == "kuaidi100"
        else {WAYBILL}
    )
    module.happened(sandbox.state, carrier, WAYBILL, "1", "【杭州市】已揽收")
    return sandbox.state.take_callbacks(system)[-1]


def inbox() -> set[tuple[str, str]]:
    return set(InboxMessage.objects.values_list("topic", "key"))


# Money


def test_a_refunds_news_is_kept_as_it_came_and_answered_as_the_gateway_wants(till: Till) -> None:
    callback = refunded(till)
    answer = say(callback)
    assert (answer.status_code, answer.content) == TAKEN[till.system]
    row = InboxMessage.objects.get()
    assert (row.topic, row.shop, bytes(row.raw)) == ("refund.notify", "tb1", callback.body)
    notice = till.gateway.read(bytes(row.raw))
    assert (notice.key, notice.amount, notice.state) == ("R1", Decimal(30), RefundState.SUCCEEDED)


def test_sent_twice_it_is_kept_once_and_answered_twice(till: Till) -> None:
    till.sandbox.state.fault(till.system, "callback_twice")
    till.gateway.refund(till.request())
    sent = till.sandbox.state.take_callbacks(till.system)
    assert [say(callback).status_code for callback in sent] == [TAKEN[till.system][0]] * 2
    assert InboxMessage.objects.count() == 1


def test_another_amount_is_other_news(till: Till) -> None:
    """Whoever handles it sees that the figures differ; nothing is overwritten."""
    for callback in (refunded(till, "30.00", "R1"), refunded(till, "20.00", "R2")):
        say(callback)
    assert InboxMessage.objects.filter(topic="refund.notify").count() == 2


def test_that_a_buyer_paid_is_news_of_its_own(house: None, sandbox: Sandbox) -> None:
    alipay.paid(sandbox.state, "2026", Decimal("5.50"), f"{FAR}/callbacks/alipay/tb1")
    wechatpay.paid(sandbox.state, "4200", 550, f"{FAR}/callbacks/wechatpay/tb1")
    for callback in sandbox.state.take_callbacks():
        assert say(callback).status_code == TAKEN[callback.system][0]
    for row, system in zip(InboxMessage.objects.order_by("pk"), TAKEN, strict=True):
        notice = gateway_of(system, "tb1").read(bytes(row.raw))
        assert (row.topic, notice.key, notice.amount) == ("payment.notify", "", Decimal("5.50"))
        assert notice.at is not None


def forgeries(callback: Callback) -> Iterator[tuple[str, dict[str, Any]]]:
    body = callback.body
    yield "altered", {"body": body.replace(b"R1", b"R2") + b" "}
    yield "empty", {"body": b""}
    yield "not text", {"body": b"\xff\xfe" + body}
    yield "a name twice", {"body": body + b"&trade_no=1&trade_no=2"}
    yield "no JSON", {"body": b"[]"}
    yield "NUL", {"body": b"\0" * 64}


def test_a_forged_one_is_refused_and_leaves_a_line_without_its_content(
    till: Till, caplog: pytest.LogCaptureFixture
) -> None:
    callback = refunded(till)
    for name, altered in forgeries(callback):
        caplog.clear()
        answer = say(callback, **altered)
        assert answer.status_code == 401, name
        assert "success" not in answer.content.decode().lower()
        [line] = [r.getMessage() for r in caplog.records if r.name == "connectors.views"]
        assert line.startswith(f"callback of {till.system} refused: ")
        assert not {"R1", "R2", "30.00", "trade"} & set(line.replace(":", " ").split())
    assert inbox() == set()


def test_a_signature_by_somebody_else_is_refused(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    callback = refunded(till)
    own = keys.private_key("alipay-shop")
    monkeypatch.setattr(keys, "private_key", lambda name: own)
    if till.system == "alipay":
        news = {"out_biz_no": "R1", "refund_fee": "30.00", "trade_status": "TRADE_SUCCESS"}
        body = alipay.notification("2026112522001403990500000001", Decimal(100), news)
        callback = Callback("alipay", callback.address, body, callback.headers)
    else:
        callback = wechatpay.said_again(callback)
    assert say(callback).status_code == 401
    assert inbox() == set()


@pytest.mark.parametrize("minutes", [-6, 6])
def test_what_wechat_signed_long_ago_or_ahead_may_have_been_listened_to(
    house: None, sandbox: Sandbox, minutes: int
) -> None:
    with time_machine.travel(NOW, tick=False):
        callback = refunded(Till.open("wechatpay", sandbox))
    with time_machine.travel(NOW + timedelta(minutes=minutes), tick=False):
        assert say(callback).status_code == 401
        assert say(wechatpay.said_again(callback)).status_code == 204  # WeChat signs each anew
    with time_machine.travel(NOW + timedelta(minutes=4), tick=False):
        assert say(callback).status_code == 204
    assert InboxMessage.objects.count() == 1


def test_wechats_other_marks(house: None, sandbox: Sandbox) -> None:
    callback = refunded(Till.open("wechatpay", sandbox))
    for header, value in (
        ("Wechatpay-Serial", "PUB_KEY_ID_OF_NOBODY"),
        ("Wechatpay-Signature", "WECHATPAY/SIGNTEST/probe"),
        ("Wechatpay-Signature-Type", "WECHATPAY2-SM2-WITH-SM3"),
        ("Wechatpay-Timestamp", "soon"),
        ("Wechatpay-Timestamp", "٣"),
        ("Wechatpay-Nonce", ""),
    ):
        marks: dict[str, Any] = {header: value}
        assert say(callback, **marks).status_code == 401, header
    assert inbox() == set()


def test_alipays_other_marks(
    house: None, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = Till.open("alipay", sandbox)
    news = {"out_biz_no": "R1", "refund_fee": "30.00", "trade_status": "TRADE_SUCCESS"}
    for wrong in ({"app_id": "another"}, {"charset": "utf-7"}, {"refund_fee": "NaN"}):
        body = alipay.notification("2026", Decimal(100), news | wrong)
        callback = Callback("alipay", f"{FAR}/callbacks/alipay/tb1", body, dict(alipay.FORM))
        assert say(callback).status_code == 401, wrong
    unsigned = urlencode({"app_id": alipay.APP_ID, "sign_type": "RSA2", "charset": "utf-8"})
    with pytest.raises(Forged):
        till.gateway.verify({}, unsigned.encode(), NOW)


def test_a_shop_that_is_not_there_or_has_no_account_is_refused(till: Till) -> None:
    callback = refunded(till)
    elsewhere = Callback(
        till.system, callback.address.replace("tb1", "tb9"), callback.body, callback.headers
    )
    assert say(elsewhere).status_code == 404
    assert inbox() == set()


def test_another_shops_news_fits_only_its_own_keys(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two shops with one account each: the news of one at the address of the other."""
    callback = refunded(till)
    module = alipay if till.system == "alipay" else wechatpay
    other = module.credentials() | {"app_id": "2021000199999999", "mchid": "1900000999"}
    monkeypatch.setattr("tests.connectors.money.typed", lambda shop, system: other)
    assert say(callback).status_code == 401


def test_the_keys_are_those_that_the_shop_typed_in(
    sandbox: Sandbox, settings: Any, by: Actor
) -> None:
    settings.CALLBACK_URL = FAR
    shop: Any = ShopFactory.create(code="tb1")
    typed = wechatpay.credentials() | {"certificates": ""}
    account = save_account(shop, "wechatpay", typed, by=by, now=NOW)
    callback = refunded(Till.open("wechatpay", sandbox))
    assert say(callback).status_code == 204
    save_account(shop, "wechatpay", typed, by=by, now=NOW, active=False)
    assert say(callback).status_code == 404
    garbled = typed | {"private_key": "no key"}
    save_account(shop, "wechatpay", garbled, by=by, now=NOW, active=True)
    assert say(callback).status_code == 404
    assert account.system == "wechatpay"


@pytest.mark.django_db(transaction=True)
def test_over_real_http_a_gateway_that_calls_back_twice_is_heard_once(
    till: Till, live_server: Any
) -> None:
    """The sandbox sends them by itself, after its answer."""
    system, state = till.system, till.sandbox.state
    address = f"{live_server.url}/callbacks/{system}/tb1"
    if system == "alipay":
        state.store(system)["trades"][till.request().trade_no]["notify_url"] = address
    else:
        till.gateway = wechat.WechatPay(accounts.account(wechat.Account, typed()), address)
    state.fault(system, "callback_twice")
    answered: list[int] = []
    seen = threading.Event()
    post = httpx.post

    def watched(*args: Any, **kwargs: Any) -> Any:
        answered.append(post(*args, **kwargs).status_code)
        if len(answered) == 2:
            seen.set()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx, "post", watched)
        till.gateway.refund(till.request())
        assert seen.wait(10)
    assert answered == [TAKEN[system][0]] * 2
    assert InboxMessage.objects.count() == 1


# Parcels


@pytest.mark.parametrize("system", ["kuaidi100", "kdniao"])
def test_a_push_is_kept_once_and_answered_letter_by_letter(
    house: None, sandbox: Sandbox, system: str
) -> None:
    callback = pushed(sandbox, system)
    answers = [say(callback) for _ in range(2)]
    for answer in answers:
        assert answer.status_code == 200
        if system == "kuaidi100":
            told = '{"result":true,"returnCode":"200","message":"成功"}'
            assert answer.content.decode() == told
        else:
            assert (answer.json()["EBusinessID"], answer.json()["Success"]) == ("1000001", True)
    row = InboxMessage.objects.get()
    assert row.topic == "carrier.push"
    [track] = tracker_of(system).read(bytes(row.raw))
    assert (track.waybill, track.state.value) == (WAYBILL, "collected")


@pytest.mark.parametrize("system", ["kuaidi100", "kdniao"])
def test_a_forged_push_is_refused(
    house: None, sandbox: Sandbox, system: str, caplog: pytest.LogCaptureFixture
) -> None:
    callback = pushed(sandbox, system)
    for name, altered in forgeries(callback):
        if name != "a name twice":
            assert say(callback, **altered).status_code == 401, name
    assert WAYBILL not in caplog.text
    assert inbox() == set()


def test_a_push_to_a_house_without_an_account_is_refused(
    house: None, sandbox: Sandbox, settings: Any
) -> None:
    callback = pushed(sandbox, "kdniao")
    at_a_shop = Callback("kdniao", f"{callback.address}/tb1", callback.body, callback.headers)
    assert say(at_a_shop).status_code == 404  # it has no account of its own
    settings.TRACKER_ACCOUNTS = {}
    assert say(callback).status_code == 404
    assert inbox() == set()


# All of them


def test_what_is_too_large_is_refused_before_it_is_read(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    callback = refunded(till)
    monkeypatch.setattr(views, "LARGEST", len(callback.body) - 1)
    assert say(callback).status_code == 413
    assert inbox() == set()


def test_a_get_shows_and_changes_nothing(house: None) -> None:
    for path in ("alipay/tb1", "wechatpay/tb1", "kuaidi100", "kdniao"):
        assert Client().get(f"/callbacks/{path}").status_code == 405


def test_a_long_key_is_cut_and_stays_its_own() -> None:
    one, two = views.short("a" * 200), views.short("a" * 199 + "b")
    assert (len(one), one != two, views.short("a" * 200)) == (120, True, one)


# In any order (failure mode 4)


@pytest.fixture
def news(house: None, sandbox: Sandbox) -> list[Callback]:
    """Five callbacks of two gateways and a tracker, and one that is forged."""
    pay, wechat = Till.open("alipay", sandbox), Till.open("wechatpay", sandbox)
    real = [
        *(refunded(pay, "30.00", "R1"), refunded(pay, "20.00", "R2")),
        *(refunded(wechat, "30.00", "R3"), refunded(wechat, "5.00", "R4")),
        pushed(sandbox, "kuaidi100"),
    ]
    forged = Callback("alipay", real[0].address, real[0].body + b"&x=1", real[0].headers)
    return [*real, forged]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(order=st.permutations([0, 1, 2, 3, 4, 5, 0, 2, 4]))
def test_every_order_of_callbacks_ends_in_the_same_inbox(
    order: list[int], news: list[Callback]
) -> None:
    with transaction.atomic():
        for each in order:
            say(news[each])
        ended = {(m.topic, m.key, bytes(m.raw)) for m in InboxMessage.objects.all()}
        transaction.set_rollback(True)
    assert {raw for _, _, raw in ended} == {callback.body for callback in news[:5]}
    assert len({key for _, key, _ in ended}) == 5


# Kept until a room handles it


@pytest.fixture
def nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """No room handles refunds; a handler that this test adds is gone after it."""
    others = {topic: done for topic, done in messages.handlers().items() if "refund" not in topic}
    monkeypatch.setattr(messages, "_handlers", others)


def test_news_that_no_room_handles_yet_is_kept_and_is_no_failure(
    till: Till, nobody_listens: None
) -> None:
    say(refunded(till))
    deliver_due()
    row = InboxMessage.objects.get()
    assert (row.state, row.tries, row.error) == (MessageState.KEPT, 0, "")


def test_it_is_handled_once_a_room_handles_it(till: Till, nobody_listens: None) -> None:
    say(refunded(till))
    deliver_due()
    seen: list[str] = []

    @handles("refund.notify")
    def handler(message: InboxMessage) -> None:
        gateway = gateway_of(till.system, message.shop)
        seen.append(gateway.read(bytes(message.raw)).key)

    deliver_due()
    deliver_due()
    assert (seen, InboxMessage.objects.get().state) == (["R1"], MessageState.DONE)


def test_no_callback_writes_a_name_or_a_figure_into_the_log(
    till: Till, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        say(refunded(till))
    assert "30.00" not in caplog.text
    assert "棉衬衫" not in caplog.text
