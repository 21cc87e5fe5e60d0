"""SMS by Alibaba Cloud: what is signed and sent, what is understood of the answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import timezone

from connectors.answers import Later, Rejected, Unknown
from connectors.messenger import Text, send_once
from connectors.sandbox import sms as imitated
from connectors.sandbox.server import Sandbox
from connectors.sandbox.sms import CREDENTIALS
from connectors.sms import Account, AliyunSms, authorization
from orders.words import MessageKind

ACCOUNT = Account(**CREDENTIALS)
TEXT = Text(
    "payment_reminder",
    "G1:payment_reminder:1",
    "13800001111",
    {"order_no": "G1", "amount": "88.00"},
)


@pytest.fixture
def sms(sandbox: Sandbox) -> AliyunSms:
    return AliyunSms(ACCOUNT)


def today() -> date:
    return timezone.localdate()


def sent(sandbox: Sandbox) -> list[str]:
    return [effect.key for effect in sandbox.state.effects("sms", "SendSms")]


def test_the_signature_is_the_one_of_alibabas_own_example() -> None:
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    query = {
        "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
        "RegionId": "cn-shanghai",
    }
    told = authorization("YourAccessKeyId", "YourAccessKeySecret", query, headers)
    assert told.endswith(
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_a_text_arrives_with_template_values_and_our_key(sandbox: Sandbox, sms: AliyunSms) -> None:
    sms.send(TEXT)
    [effect] = sandbox.state.effects("sms")
    assert effect.key == TEXT.key
    assert effect.data == {
        "telephone": "13800001111",
        "template": "SMS_100001",
        "values": {"order_no": "G1", "amount": "88.00"},
    }


def test_what_went_out_is_found_by_our_key(sms: AliyunSms) -> None:
    assert not sms.was_sent(TEXT, today())
    sms.send(TEXT)
    assert sms.was_sent(TEXT, today())
    assert not sms.was_sent(replace(TEXT, key="another"), today())
    assert not sms.was_sent(TEXT, today() - timedelta(days=1))


def test_it_is_found_behind_a_full_page_of_others(sandbox: Sandbox, sms: AliyunSms) -> None:
    sms.send(TEXT)
    for number in range(50):
        sandbox.state.did("sms", "SendSms", str(number), telephone=TEXT.telephone, template="x")
    assert sms.was_sent(TEXT, today())


def test_done_without_an_answer_is_asked_before_it_is_sent_again(
    sandbox: Sandbox, sms: AliyunSms
) -> None:
    sandbox.state.fault("sms", "timeout_after")
    with pytest.raises(Unknown):
        send_once(sms, TEXT, tried=False, on=today())
    send_once(sms, TEXT, tried=True, on=today())
    assert sent(sandbox) == [TEXT.key]


def test_not_done_and_without_an_answer_is_sent_again(sandbox: Sandbox, sms: AliyunSms) -> None:
    sandbox.state.fault("sms", "timeout")
    with pytest.raises(Unknown):
        send_once(sms, TEXT, tried=False, on=today())
    send_once(sms, TEXT, tried=True, on=today())
    assert sent(sandbox) == [TEXT.key]


def test_the_sandbox_would_show_a_text_that_went_out_twice(
    sandbox: Sandbox, sms: AliyunSms
) -> None:
    sms.send(TEXT)
    sms.send(TEXT)
    assert sent(sandbox) == [TEXT.key] * 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"access_key_secret": "wrong"}, "SignatureDoesNotMatch"),
        ({"access_key_id": "wrong"}, "InvalidAccessKeyId.NotFound"),
        ({"sign_name": "别家"}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ({"templates": "payment_reminder=SMS_9"}, "isv.SMS_TEMPLATE_ILLEGAL"),
        ({"templates": "shipped=SMS_100004"}, "no template"),
        ({"templates": ""}, "no template"),
    ],
)
def test_a_wrong_account_is_rejected_with_a_reason(
    sandbox: Sandbox, change: dict[str, str], code: str
) -> None:
    with pytest.raises(Rejected) as no:
        AliyunSms(replace(ACCOUNT, **change)).send(TEXT)
    assert no.value.code == code
    assert str(no.value).startswith("短信：")
    assert sent(sandbox) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (replace(TEXT, telephone="1380000"), "isv.MOBILE_NUMBER_ILLEGAL"),
        (replace(TEXT, values={"order_no": "G1"}), "isv.TEMPLATE_MISSING_PARAMETERS"),
    ],
)
def test_a_wrong_text_is_rejected(sms: AliyunSms, text: Text, code: str) -> None:
    with pytest.raises(Rejected) as no:
        sms.send(text)
    assert no.value.code == code


@pytest.mark.parametrize(
    ("limit", "minutes"), [("触发分钟级流控Permits:1", 1), ("触发小时级流控Permits:5", 60)]
)
def test_too_many_in_a_minute_or_an_hour_wait(
    sandbox: Sandbox, sms: AliyunSms, limit: str, minutes: int
) -> None:
    sandbox.state.store("sms")["limit"] = limit
    with pytest.raises(Later) as later:
        sms.send(TEXT)
    wait = later.value.until - timezone.now()
    assert timedelta(minutes=minutes - 1) < wait <= timedelta(minutes=minutes)


def test_too_many_in_a_day_is_a_no(sandbox: Sandbox, sms: AliyunSms) -> None:
    sandbox.state.store("sms")["limit"] = "触发天级流控Permits:10"
    with pytest.raises(Rejected):
        sms.send(TEXT)


def test_the_sandbox_refuses_an_old_time_as_alibaba_does() -> None:
    now = timezone.now()
    assert imitated._stale(f"{now - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}")
    assert imitated._stale("yesterday")
    assert not imitated._stale(f"{now:%Y-%m-%dT%H:%M:%SZ}")


def test_a_check_changes_nothing_and_sees_wrong_keys(sandbox: Sandbox, sms: AliyunSms) -> None:
    sms.check()
    assert sandbox.state.effects() == []
    with pytest.raises(Rejected):
        AliyunSms(replace(ACCOUNT, access_key_secret="x")).check()


def test_the_sandbox_has_a_template_for_every_kind_that_is_sent() -> None:
    for kind in MessageKind:
        assert ACCOUNT.template_of(kind) in imitated.TEMPLATES


def test_nothing_secret_or_personal_in_what_python_prints() -> None:
    assert CREDENTIALS["access_key_secret"] not in repr(ACCOUNT)
    assert "13800001111" not in repr(TEXT)
