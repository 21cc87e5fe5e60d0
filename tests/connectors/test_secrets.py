"""No key and no telephone in any log, whatever is logged and whatever fails (failure mode 28)."""

from __future__ import annotations

import logging
from contextlib import suppress

import pytest
from django.utils import timezone

from connectors.answers import ConnectorError
from connectors.messenger import Text
from connectors.robots import DingTalkRobot, WeComRobot
from connectors.sandbox import dingtalk, sms, wecom
from connectors.sandbox.server import Sandbox
from connectors.sms import Account, AliyunSms
from core.acts import TIMER
from core.messages import deliver_due
from orders.factories import ShopFactory
from orders.services.account import save_account, try_account
from staff.factories import UserFactory

SECRETS = (sms.CREDENTIALS["access_key_secret"], wecom.KEY, dingtalk.TOKEN, dingtalk.SECRET)
TELEPHONE = "13800001111"


def use_everything() -> None:
    messenger = AliyunSms(Account(**sms.CREDENTIALS))
    text = Text("shipped", "k", TELEPHONE, {"order_no": "G1", "carrier": "x", "waybill": "1"})
    robots = WeComRobot(wecom.KEY), DingTalkRobot(dingtalk.TOKEN, dingtalk.SECRET)
    with suppress(ConnectorError):
        messenger.send(text)
    with suppress(ConnectorError):
        messenger.was_sent(text, timezone.localdate())
    for robot in robots:
        with suppress(ConnectorError):
            robot.tell("好")


@pytest.mark.parametrize("fault", ["", "error_500", "garbage", "redirect", "timeout_after"])
def test_clients_log_no_secret(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    caplog.set_level(logging.DEBUG)
    for system in ("sms", "wecom", "dingtalk"):
        if fault:
            sandbox.state.fault(system, fault, 2)
    use_everything()
    assert not [s for s in (*SECRETS, TELEPHONE) if s in caplog.text]


def test_setting_and_trying_an_account_logs_no_secret(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    now, shop = timezone.now(), ShopFactory.create()
    UserFactory.create(role="owner")
    account = save_account(shop, "sms", sms.CREDENTIALS, by=TIMER, now=now)
    try_account(account, by=TIMER, now=now)
    sandbox.state.fault("sms", "error_500", 2)
    deliver_due()
    assert not [secret for secret in SECRETS if secret in caplog.text]
