"""Taobao and Tmall: what is signed and asked, and what is understood of the answers."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from django.utils import timezone

from connectors.answers import Later, Rejected, SignedOut, Unknown
from connectors.platforms import Destination, Memo
from connectors.sandbox import taobao as imitated
from connectors.sandbox.server import Sandbox
from connectors.sandbox.taobao import CREDENTIALS
from connectors.taobao import Account, Taobao, many, sign, told
from connectors.taobao_errors import raise_for
from orders.formats.top import read_trade
from tests.connectors.trades import NUMBER, line, refund, trade, unpaid

ACCOUNT = Account(**CREDENTIALS)
NO = str(NUMBER)
HOME = Destination("李秋月", "13911112222", "", "浙江省", "杭州市", "西湖区", "文三路100号")


@pytest.fixture
def shop(sandbox: Sandbox) -> Taobao:
    put(sandbox, trade())
    return Taobao(ACCOUNT)


def put(sandbox: Sandbox, *rows: dict[str, Any]) -> None:
    imitated.trades(sandbox.state).update({str(row["tid"]): row for row in rows})


def apply_for(sandbox: Sandbox, *rows: dict[str, Any]) -> None:
    imitated.refunds(sandbox.state).update({row["refund_id"]: row for row in rows})


def done(sandbox: Sandbox) -> list[tuple[str, str]]:
    return [(effect.what, effect.key) for effect in sandbox.state.effects("taobao")]


def today() -> tuple[datetime, datetime]:
    now = timezone.now()
    return now - timedelta(hours=23), now + timedelta(minutes=1)


# Signing and reading


def test_the_signature_covers_names_and_values_in_order() -> None:
    values = {"v": "2.0", "app_key": "12345678", "fields": "昵称,tid", "sign": "whatever"}
    assert sign("secret", values) == "7C1CDFEF9165B8060F5F5E2B01679995"


def test_times_are_written_as_china_has_them() -> None:
    assert told(datetime(2026, 9, 24, 18, tzinfo=UTC)) == "2026-09-25 02:00:00"


def test_one_row_may_come_without_its_list() -> None:
    row = {"tid": 3}
    assert many({"trades": {"trade": row}}, "trades", "trade") == [row]
    assert many({"trades": {"trade": [row, row]}}, "trades", "trade") == [row, row]
    assert many({}, "trades", "trade") == many({"trades": {}}, "trades", "trade") == []


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": 27, "msg": "Invalid session", "sub_code": "invalid-sessionkey"}, SignedOut),
        ({"code": 26, "msg": "Missing session"}, SignedOut),
        ({"code": 7, "msg": "App Call Limited"}, Later),
        ({"code": 15, "msg": "Remote service error", "sub_code": "isp.top-timeout"}, Unknown),
        ({"code": 10, "msg": "Service Currently Unavailable"}, Unknown),
        ({"code": 15, "sub_code": "isv.trade-not-exist", "sub_msg": "交易不存在"}, Rejected),
        ({"code": 41, "msg": "Invalid arguments:tid"}, Rejected),
    ],
)
def test_an_error_says_whether_it_helps_to_wait(error: dict[str, Any], kind: type) -> None:
    with pytest.raises(kind) as raised:
        raise_for(error, timezone.now())
    assert raised.type is kind


def test_a_ban_says_how_long_it_lasts() -> None:
    now = timezone.now()
    words = "This ban will last for 31062 more seconds"
    with pytest.raises(Later) as later:
        raise_for({"code": 7, "msg": "App Call Limited", "sub_msg": words}, now)
    assert later.value.until == now + timedelta(seconds=31062)


def test_secrets_do_not_show() -> None:
    assert CREDENTIALS["app_secret"] not in repr(ACCOUNT)
    assert CREDENTIALS["session"] not in repr(ACCOUNT)


# Who asks


@pytest.mark.parametrize(
    ("name", "code"),
    [("app_secret", "isv.invalid-signature"), ("app_key", "isv.appkey-not-exists")],
)
def test_wrong_keys_are_refused(sandbox: Sandbox, name: str, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        Taobao(replace(ACCOUNT, **{name: "wrong"})).check()
    assert refused.value.code == code


def test_a_consent_that_ran_out_is_told_apart(sandbox: Sandbox) -> None:
    with pytest.raises(SignedOut, match="重新授权"):
        Taobao(replace(ACCOUNT, session="old")).check()


# Sold orders


def test_what_changed_is_found_page_by_page(
    sandbox: Sandbox, shop: Taobao, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.taobao.PAGE", 2)
    put(sandbox, *(trade(NUMBER + n) for n in range(5)))
    old = timezone.now() - timedelta(days=2)
    put(sandbox, trade(NUMBER + 9, at=old))
    found = [number for number, _ in shop.changed(*today())]
    assert sorted(found) == [str(NUMBER + n) for n in range(5)]


def test_one_or_none_is_read_as_well(sandbox: Sandbox, shop: Taobao) -> None:
    [(number, at)] = shop.changed(*today())
    assert (number, at) == (NO, re.sub(r"\D", "", shop.trade(NO)["modified"]))
    now = timezone.now()
    assert shop.changed(now, now) == []


def test_a_window_of_more_than_a_day_is_refused(shop: Taobao) -> None:
    now = timezone.now()
    with pytest.raises(Rejected, match="不能超过一天"):
        shop.changed(now - timedelta(days=2), now)


def test_a_trade_comes_with_all_that_the_platform_tells(shop: Taobao) -> None:
    found = shop.trade(NO)
    assert found["payment"] == "172.00"
    assert many(found, "orders", "order")[0]["outer_sku_id"] == "YM01-L"


def test_a_trade_that_it_does_not_know_is_refused(shop: Taobao) -> None:
    with pytest.raises(Rejected, match="平台上没有这一单"):
        shop.trade("1")


# What is told


def test_a_memo_is_written_once_however_often(sandbox: Sandbox, shop: Taobao) -> None:
    for _ in range(2):
        shop.write_memo(NO, Memo("送礼盒", 3))
    assert shop.memo(NO) == Memo("送礼盒", 3)
    assert done(sandbox) == [("memo", NO)]


def test_a_memo_that_is_too_long_is_not_cut(sandbox: Sandbox, shop: Taobao) -> None:
    shop.write_memo(NO, Memo("字" * 500))
    with pytest.raises(Rejected, match="超过 500 个字"):
        shop.write_memo(NO, Memo("字" * 501))
    assert done(sandbox) == [("memo", NO)]


def test_an_address_is_changed_before_shipping_only(sandbox: Sandbox, shop: Taobao) -> None:
    shop.change_address(NO, HOME)
    shop.change_address(NO, HOME)
    assert done(sandbox) == [("address", NO)]
    assert (shop.trade(NO)["receiver_city"], shop.trade(NO)["receiver_phone"]) == ("杭州市", "")
    put(sandbox, unpaid())
    with pytest.raises(Rejected, match="已付款"):
        shop.change_address(NO, HOME)


def test_closing_is_asked_for_once(sandbox: Sandbox, shop: Taobao) -> None:
    put(sandbox, unpaid())
    shop.close(NO, "未及时付款")
    shop.close(NO, "未及时付款")
    assert done(sandbox) == [("close", NO)]


def test_a_reason_that_the_platform_does_not_know_becomes_one_that_it_knows(
    sandbox: Sandbox, shop: Taobao
) -> None:
    put(sandbox, unpaid())
    shop.close(NO, "联系不上买家")
    [effect] = sandbox.state.effects("taobao")
    assert effect.data == {"reason": "买家不想买了"}


def test_right_after_the_order_it_waits(sandbox: Sandbox, shop: Taobao) -> None:
    put(sandbox, unpaid(created=told(timezone.now())))
    with pytest.raises(Later):
        shop.close(NO, "未及时付款")


def test_what_was_paid_is_not_closed(sandbox: Sandbox, shop: Taobao) -> None:
    with pytest.raises(Rejected):
        shop.close(NO, "未及时付款")
    assert done(sandbox) == []


# Dispatch


def test_dispatch_tells_carrier_and_waybill(sandbox: Sandbox, shop: Taobao) -> None:
    shop.dispatch(NO, "YD", "550281136794")
    [effect] = sandbox.state.effects("taobao")
    assert effect.data == {"waybill": "550281136794", "company": "YUNDA"}


def test_sent_already_is_well_when_it_was_this_waybill(sandbox: Sandbox, shop: Taobao) -> None:
    shop.dispatch(NO, "SF", "550281136794")
    shop.dispatch(NO, "SF", "550281136794")
    with pytest.raises(Rejected, match="已经发货或者关闭"):
        shop.dispatch(NO, "SF", "550281136795")
    assert done(sandbox) == [("send", NO)]


def test_a_used_or_impossible_waybill_is_refused(sandbox: Sandbox, shop: Taobao) -> None:
    put(sandbox, trade(NUMBER + 1, buyer_nick="别**人"))
    shop.dispatch(NO, "SF", "550281136794")
    for waybill in ("550281136794", "12"):
        with pytest.raises(Rejected, match="不符合规则，或者已经用过"):
            shop.dispatch(str(NUMBER + 1), "SF", waybill)


def test_one_parcel_may_carry_several_trades_of_one_buyer(sandbox: Sandbox, shop: Taobao) -> None:
    put(sandbox, trade(NUMBER + 1))
    for number in (NO, str(NUMBER + 1)):
        shop.dispatch(number, "SF", "550281136794")
    assert len(sandbox.state.effects("taobao", "send")) == 2


def test_a_split_tells_its_own_lines_only(sandbox: Sandbox, shop: Taobao) -> None:
    second = {"oid": NUMBER + 9}
    put(sandbox, trade(NUMBER, orders={"order": [line(NUMBER), line(NUMBER, **second)]}))
    for _ in range(2):
        shop.dispatch(NO, "SF", "550281136794", [NO])
    known = imitated.trades(sandbox.state)[NO]
    assert known["status"] == "SELLER_CONSIGNED_PART"
    shop.dispatch(NO, "SF", "550281136795", [str(NUMBER + 9)])
    assert known["status"] == "WAIT_BUYER_CONFIRM_GOODS"
    assert [e.data["waybill"] for e in sandbox.state.effects("taobao", "send")] == [
        "550281136794",
        "550281136795",
    ]


def test_another_waybill_takes_the_place_of_the_one_that_was_told(
    sandbox: Sandbox, shop: Taobao
) -> None:
    with pytest.raises(Rejected, match="不让改了"):
        shop.resend(NO, "SF", "550281136795")  # not sent yet
    shop.dispatch(NO, "SF", "550281136794")
    for _ in range(2):
        shop.resend(NO, "SF", "550281136795")
    assert len(sandbox.state.effects("taobao", "resend")) == 1


def test_a_carrier_that_the_platform_does_not_know_is_not_guessed(shop: Taobao) -> None:
    with pytest.raises(Rejected, match="没有这家快递的代码"):
        shop.dispatch(NO, "DBL", "550281136794")


# Refunds


def test_refunds_applied_for_are_read(
    sandbox: Sandbox, shop: Taobao, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.taobao.PAGE", 2)
    apply_for(sandbox, *(refund(str(n)) for n in range(100, 105)))
    found = shop.refunds(*today())
    assert sorted(each.number for each in found) == [str(n) for n in range(100, 105)]
    one = found[0]
    assert (one.amount, one.trade, one.version) == (Decimal("88.00"), NO, "1790301600000")
    assert (one.status, one.reason, one.goods_back) == ("WAIT_SELLER_AGREE", "其它原因", False)


@pytest.mark.parametrize("tmall", [False, True])
def test_agreeing_gives_the_money_back_once(sandbox: Sandbox, shop: Taobao, tmall: bool) -> None:
    apply_for(sandbox, refund())
    shop = Taobao(ACCOUNT, tmall=tmall)
    [applied] = shop.refunds(*today())
    shop.agree(applied, "王芳")
    with pytest.raises(Rejected, match="退款状态不对"):
        shop.agree(applied, "王芳")
    [effect] = sandbox.state.effects("taobao")
    assert (effect.key, effect.data) == ("83477001", {"cents": 8800})


def test_an_application_that_changed_since_is_not_agreed_to(sandbox: Sandbox, shop: Taobao) -> None:
    apply_for(sandbox, refund())
    [applied] = shop.refunds(*today())
    with pytest.raises(Rejected, match="版本已经变化"):
        shop.agree(replace(applied, version="1"), "王芳")
    with pytest.raises(Rejected, match="金额不一致"):
        shop.agree(replace(applied, amount=Decimal("87.99")), "王芳")
    assert done(sandbox) == []


def test_refusing_is_told_once_and_only_of_what_was_sent(sandbox: Sandbox, shop: Taobao) -> None:
    apply_for(sandbox, refund())
    [applied] = shop.refunds(*today())
    with pytest.raises(Rejected, match="卖家未发货"):
        shop.refuse(applied, "影响二次销售")
    imitated.trades(sandbox.state)[NO]["status"] = "WAIT_BUYER_CONFIRM_GOODS"
    shop.refuse(applied, "影响二次销售")
    with pytest.raises(Rejected, match="状态不对"):
        shop.refuse(applied, "影响二次销售")
    with pytest.raises(Rejected, match="要上传凭证"):
        Taobao(ACCOUNT, tmall=True).refuse(applied, "影响二次销售")
    [effect] = sandbox.state.effects("taobao")
    assert (effect.what, effect.data) == ("refuse", {"message": "影响二次销售"})


# When it is broken


def test_a_total_without_rows_is_not_taken_for_nothing(
    shop: Taobao, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Taobao, "_ask", lambda *_, **__: {"total_results": 5})
    with pytest.raises(Unknown, match="只有总数"):
        shop.refunds(*today())
    with pytest.raises(Unknown, match="只有总数"):
        shop.changed(*today())


def test_an_answer_that_nobody_understands_is_unknown(sandbox: Sandbox, shop: Taobao) -> None:
    sandbox.state.fault("taobao", "garbage")
    with pytest.raises(Unknown):
        shop.memo(NO)


def test_a_deed_whose_answer_was_lost_is_not_done_again(sandbox: Sandbox, shop: Taobao) -> None:
    sandbox.state.fault("taobao", "error_500_after")
    with pytest.raises(Unknown):
        shop.dispatch(NO, "SF", "550281136794")
    shop.dispatch(NO, "SF", "550281136794")
    sandbox.state.fault("taobao", "error_500_after")
    shop.write_memo(NO, Memo("送礼盒"))  # idempotent: asked again at once
    assert done(sandbox) == [("send", NO), ("memo", NO)]


# The buyers of the sandbox


def test_a_person_plays_the_buyer(sandbox: Sandbox, shop: Taobao) -> None:
    url = f"{sandbox.address}/taobao/_sell"
    said = httpx.post(url, data={"status": "WAIT_BUYER_PAY", "price": "129.00"}).text
    number, status = said.split()
    assert status == "WAIT_BUYER_PAY"
    assert number in dict(shop.changed(*today()))
    httpx.post(url, data={"tid": number})
    order = read_trade(shop.trade(number))
    assert (order.state, order.paid, order.platform_no) == ("paid", Decimal("129.00"), number)


def test_orders_that_the_demo_made_up_are_known_in_the_demo_only(
    sandbox: Sandbox, shop: Taobao, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Rejected, match="平台上没有这一单"):
        shop.close("3515311702000009999", "未及时付款")
    monkeypatch.setattr(sandbox.state, "demo", True)
    shop.close("3515311702000009999", "未及时付款")
    assert done(sandbox) == [("close", "3515311702000009999")]
    shop.write_memo("3515311702000008888", Memo("送礼盒"))
    shop.change_address("3515311702000008888", HOME)
    assert read_trade(shop.trade("3515311702000008888")).paid == 0
