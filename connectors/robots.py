"""Robots in the colleagues' groups: WeCom's and DingTalk's, by their webhook addresses."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone

from connectors.answers import Answer, Later, Rejected, Unknown
from connectors.http import request, url
from connectors.messenger import Robot

MINUTE = timedelta(minutes=1)  # both let 20 messages through in it
LONGEST = 2000  # bytes: WeCom refuses more than 2048


@dataclass(frozen=True, slots=True)
class WeComRobot:
    """`key` is the last part of the webhook address that WeCom shows."""

    key: str = field(repr=False)

    def tell(self, text: str) -> None:
        """Say it in the group. Raises Rejected, Later, Unreachable, Unknown."""
        address = f"{url('wecom', '/cgi-bin/webhook/send')}?{urlencode({'key': self.key})}"
        _understood(_post("wecom", address, text), busy={45009}, unsure={-1})


@dataclass(frozen=True, slots=True)
class DingTalkRobot:
    """`token` is the address's access_token, `secret` the one of 加签 (SEC…)."""

    token: str = field(repr=False)
    secret: str = field(repr=False)

    def tell(self, text: str) -> None:
        """Say it in the group. Raises Rejected, Later, Unreachable, Unknown."""
        at = str(round(time.time() * 1000))
        query = {"access_token": self.token, "timestamp": at, "sign": signed(self.secret, at)}
        address = f"{url('dingtalk', '/robot/send')}?{urlencode(query)}"
        _understood(_post("dingtalk", address, text), busy={410100, 130101}, unsure={-1})


def signed(secret: str, at: str) -> str:
    """DingTalk's signature: HMAC-SHA256 of “milliseconds, new line, secret”."""
    whole = f"{at}\n{secret}".encode()
    return base64.b64encode(hmac.new(secret.encode(), whole, hashlib.sha256).digest()).decode()


def house_robots() -> dict[str, Robot]:
    """The robots that the environment names, by system; none is fine."""
    robots: dict[str, Robot] = {}
    if settings.WECOM_ROBOT_KEY:
        robots["wecom"] = WeComRobot(settings.WECOM_ROBOT_KEY)
    if settings.DINGTALK_ROBOT_TOKEN:
        robots["dingtalk"] = DingTalkRobot(
            settings.DINGTALK_ROBOT_TOKEN, settings.DINGTALK_ROBOT_SECRET
        )
    return robots


def _post(system: str, address: str, text: str) -> Answer:
    cut = text.encode()[:LONGEST].decode(errors="ignore")
    body = {"msgtype": "text", "text": {"content": cut}}
    return request(system, "POST", address, json=body, idempotent=False)


def _understood(answer: Answer, busy: set[int], unsure: set[int]) -> None:
    told: Any = answer.json()
    if not isinstance(told, dict) or not isinstance(told.get("errcode"), int):
        raise Unknown(answer.system, "回答读不懂")
    code = told["errcode"]
    if code in busy:
        raise Later(answer.system, timezone.now() + MINUTE, "说得太密")
    if code in unsure:
        raise Unknown(answer.system, "系统忙")
    if code:
        raise Rejected(answer.system, str(code), str(told.get("errmsg", ""))[:200])
