"""Money back through a gateway, over real HTTP (SOP 1.5; failure modes 1-3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connectors.accounts import NoAccount, gateway_of
from connectors.answers import BreakerOpen, Unreachable
from connectors.gateways import RefundRequest, RefundState, pay_back
from connectors.refusals import ALIPAY, WECHATPAY, Path, Refusal
from connectors.sandbox import wechatpay
from connectors.sandbox.server import Sandbox
from connectors.services.breaker import FAILURES
from tests.connectors.money import Till

S = RefundState
DONE = (S.SUCCEEDED, S.PROCESSING)  # WeChat says `PROCESSING` first


def test_a_refund_is_paid_once_and_can_be_asked_for(till: Till) -> None:
    assert till.gateway.query(till.request()).state is S.ABSENT
    assert till.gateway.refund(till.request()).state in DONE
    found = till.gateway.query(till.request())
    assert (found.state, till.refunded()) == (S.SUCCEEDED, [Decimal(30)])
    assert found.at is not None
    assert found.at.utcoffset() is not None


def test_the_same_key_again_pays_nothing_and_says_how_it_stands(till: Till) -> None:
    till.gateway.refund(till.request())
    assert till.gateway.refund(till.request()).state is S.SUCCEEDED
    assert till.refunded() == [Decimal(30)]


@pytest.mark.parametrize("fault", ["timeout_after", "error_500_after", "garbage"])
def test_an_answer_that_is_lost_is_unknown_then_found_by_key(till: Till, fault: str) -> None:
    """Failure mode 3: it was done all the same (or, with garbage, it was not)."""
    till.sandbox.state.fault(till.system, fault)
    lost = till.gateway.refund(till.request())
    assert (lost.state, "原退款号" in lost.reason or "会再查" in lost.reason) == (S.UNKNOWN, True)
    found = till.gateway.query(till.request())
    if found.state is S.ABSENT:
        till.gateway.refund(till.request())
    assert till.gateway.query(till.request()).state is S.SUCCEEDED
    assert till.refunded() == [Decimal(30)]


@pytest.mark.parametrize("fault", ["timeout", "error_500"])
def test_what_was_not_done_is_absent_and_sent_again_under_the_same_key(
    till: Till, fault: str
) -> None:
    till.sandbox.state.fault(till.system, fault)
    assert till.gateway.refund(till.request()).state is S.UNKNOWN
    assert till.gateway.query(till.request()).state is S.ABSENT
    assert till.gateway.refund(till.request()).state in DONE
    assert till.refunded() == [Decimal(30)]


def test_a_refund_is_never_sent_twice_by_itself(till: Till) -> None:
    till.sandbox.state.fault(till.system, "error_500_after")
    till.gateway.refund(till.request())
    sent = [c for c in till.sandbox.state.calls if c.system == till.system]
    assert len(sent) == 1


def test_parts_add_up_to_what_was_paid_and_no_further(till: Till) -> None:
    for key, amount in (("R1", "60.00"), ("R2", "40.00")):
        assert till.gateway.refund(till.request(amount, key)).state in DONE
    more = till.gateway.refund(till.request("0.01", "R3"))
    assert more.state is S.REJECTED
    assert more.reason.endswith("。")
    assert till.refunded() == [Decimal(60), Decimal(40)]


def test_a_key_that_was_used_for_another_amount_is_refused(till: Till) -> None:
    till.gateway.refund(till.request("30.00"))
    assert till.gateway.refund(till.request("31.00")).state is S.REJECTED
    assert till.refunded() == [Decimal(30)]


def test_asked_for_with_another_amount_it_is_no_success(till: Till) -> None:
    till.gateway.refund(till.request("30.00"))
    differs = till.gateway.query(till.request("31.00"))
    assert (differs.state, differs.code) == (S.UNKNOWN, "DIFFERS")
    assert "财务核对" in differs.reason


def test_a_trade_that_the_gateway_does_not_know_is_refused_in_words(till: Till) -> None:
    no = till.gateway.refund(till.request(trade_no="4200009999999999999999999999"))
    assert no.state is S.REJECTED
    assert "没有这笔交易" in no.reason


PATHS = {Path.AGAIN: S.UNKNOWN, Path.ASK: S.REJECTED, Path.PERSON: S.REJECTED}


@pytest.mark.parametrize(("system", "table"), [("alipay", ALIPAY), ("wechatpay", WECHATPAY)])
def test_every_documented_error_has_its_words_and_its_path(
    system: str, table: dict[str, Refusal], house: None, sandbox: Sandbox
) -> None:
    till = Till.open(system, sandbox)
    for code, refusal in table.items():
        till.refuse(code)
        no = pay_back(till.gateway, till.request(), tried=False)
        assert no.state is PATHS[refusal.path]
        if code != "SYSTEM_ERROR":  # WeChat says it with HTTP 500, which nobody reads further
            assert (no.code, no.reason) == (code, refusal.said)
    till.refuse("BRAND_NEW")
    no = till.gateway.refund(till.request())
    assert (no.state, "BRAND_NEW" in no.reason, till.refunded()) == (S.REJECTED, True, [])


def test_what_is_refused_as_done_already_is_asked_for_by_its_number(till: Till) -> None:
    said = "ACQ.TRADE_HAS_CLOSE" if till.system == "alipay" else "INVALID_REQUEST"
    till.gateway.refund(till.request("30.00"))
    for amount, state in (("30.00", S.SUCCEEDED), ("31.00", S.UNKNOWN)):
        till.refuse(said)
        assert pay_back(till.gateway, till.request(amount), tried=False).state is state
    till.refuse(said)
    there = pay_back(till.gateway, till.request("30.00", "R2"), tried=False)
    assert (there.state, "已按原退款号查过" in there.reason) == (S.REJECTED, True)
    assert till.refunded() == [Decimal(30)]


def test_alipay_that_says_system_error_after_the_deed_is_found_by_key(
    house: None, sandbox: Sandbox
) -> None:
    till = Till.open("alipay", sandbox)
    till.refuse("after:ACQ.SYSTEM_ERROR")
    assert till.gateway.refund(till.request()).state is S.UNKNOWN
    assert till.gateway.query(till.request()).state is S.SUCCEEDED
    assert till.gateway.refund(till.request()).state is S.SUCCEEDED
    assert till.refunded() == [Decimal(30)]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("SUCCESS", S.SUCCEEDED),
        ("CLOSED", S.REJECTED),
        ("ABNORMAL", S.REJECTED),
        ("NEW", S.UNKNOWN),
    ],
)
def test_wechat_decides_later(
    status: str, state: RefundState, house: None, sandbox: Sandbox
) -> None:
    till = Till.open("wechatpay", sandbox)
    sandbox.state.store("wechatpay")["held"] = True
    assert till.gateway.refund(till.request()).state is S.PROCESSING
    assert till.gateway.query(till.request()).state is S.PROCESSING
    wechatpay.settle(sandbox.state, "R1", status)
    assert till.gateway.query(till.request()).state is state
    assert till.refunded() == ([Decimal(30)] if state is S.SUCCEEDED else [])


def test_the_breaker_and_a_dead_host_mean_certainly_not_done(till: Till, settings: Any) -> None:
    for _ in range(FAILURES):
        till.sandbox.state.fault(till.system, "error_500")
        till.gateway.refund(till.request())
    with pytest.raises(BreakerOpen):
        till.gateway.refund(till.request())
    assert till.refunded() == []


def test_a_host_that_does_not_answer_at_all(till: Till, settings: Any) -> None:
    settings.CONNECTOR_URLS = settings.CONNECTOR_URLS | {till.system: "http://127.0.0.1:9"}
    with pytest.raises(Unreachable):
        till.gateway.refund(till.request())


def test_a_signature_that_the_gateway_does_not_know_is_refused(
    house: None, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for system, words in (("alipay", "应用私钥"), ("wechatpay", "商户私钥")):
        till = Till.open(system, sandbox)
        with monkeypatch.context() as other:
            name = "_is_signed" if system == "alipay" else "AUTHORIZATION"
            module = f"connectors.sandbox.{system}.{name}"
            nothing: Any = (lambda asked: False) if system == "alipay" else NEVER
            other.setattr(module, nothing)
            no = till.gateway.refund(till.request())
        assert (no.state, words in no.reason) == (S.REJECTED, True)
        assert till.refunded() == []


class _Never:
    def fullmatch(self, text: str) -> None:
        return None


NEVER = _Never()


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": Decimal(0)},
        {"amount": Decimal("-1")},
        {"amount": Decimal("100.01")},
        {"amount": Decimal("1.001")},
        {"key": ""},
        {"key": "退款1"},
        {"key": "R" * 65},
        {"trade_no": ""},
    ],
)
def test_nonsense_never_leaves_the_house(wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {
        "key": "R1",
        "trade_no": "T",
        "amount": Decimal(1),
        "total": Decimal(100),
    }
    with pytest.raises(ValueError, match=r"."):
        RefundRequest(**(right | wrong))


def test_a_bank_transfer_is_a_task_for_a_person() -> None:
    transfer = gateway_of("manual", "tb1")
    request = RefundRequest("R1", "T", Decimal(30), Decimal(100))
    for told in (transfer.refund(request), transfer.query(request)):
        assert (told.state, told.by_hand) == (S.PROCESSING, True)
        assert "30.00 元" in told.reason
        assert "R1" in told.reason


def test_a_shop_without_an_account_says_what_to_fill_in(house: None) -> None:
    with pytest.raises(NoAccount, match="tb9 没有启用的支付宝账户"):
        gateway_of("alipay", "tb9")
    with pytest.raises(NoAccount, match="没有叫"):
        gateway_of("paypal", "tb1")
