"""SMS by Alibaba Cloud (Dysmsapi 2017-05-25, signed ACS3-HMAC-SHA256).

In China a text is sent by a template that was approved beforehand: a shop types in which template
stands for which kind of message. `OutId` carries our key, and by it an unknown outcome is asked.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from django.utils import timezone

from connectors.answers import Answer, Later, Rejected, Unknown
from connectors.http import request, url
from connectors.messenger import Text

SYSTEM = "sms"
VERSION = "2017-05-25"
PAGE = 50  # the most that QuerySendDetails gives at once
PAGES = 20  # a telephone that got 1000 texts in a day is not ours

# What a person can do about it; other codes show Alibaba's own words.
REASONS = {
    "isv.MOBILE_NUMBER_ILLEGAL": "手机号不对",
    "isv.AMOUNT_NOT_ENOUGH": "短信账户余额不足，请充值",
    "isv.OUT_OF_SERVICE": "短信账户已停机，请充值",
    "isv.SMS_TEMPLATE_ILLEGAL": "短信模板不存在或没有通过审核",
    "isv.SMS_SIGNATURE_ILLEGAL": "短信签名不存在或没有通过审核",
    "isv.TEMPLATE_MISSING_PARAMETERS": "短信模板缺少变量",
    "isv.DAY_LIMIT_CONTROL": "今天的短信发满了限额",
    "InvalidAccessKeyId.NotFound": "AccessKey ID 不对",
    "SignatureDoesNotMatch": "AccessKey Secret 不对",
    "isp.RAM_PERMISSION_DENY": "这个 AccessKey 没有短信的权限",
}
# Neither yes nor no: it has to be asked.
UNSURE = {"isp.SYSTEM_ERROR", "isp.UNKNOWN", "ServiceUnavailable", "InternalError"}
# Too many for now: minute and hour pass by themselves, the day's limit does not help today.
CROWDED = "isv.BUSINESS_LIMIT_CONTROL"


@dataclass(frozen=True, slots=True)
class Account:
    """A shop's account; `templates` has a line `kind=SMS_123` for each kind of message."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    sign_name: str
    templates: str

    def template_of(self, kind: str) -> str:
        """The template of a kind. Raises Rejected."""
        lines = (line.partition("=") for line in self.templates.splitlines())
        codes = {name.strip(): code.strip() for name, _, code in lines}
        if not codes.get(kind):
            raise Rejected(SYSTEM, "no template", f"没有给“{kind}”登记短信模板")
        return codes[kind]


class AliyunSms:
    """The messenger of one account."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def send(self, text: Text) -> None:
        """Send one text. Raises Rejected, Later, Unreachable, Unknown."""
        self._ask(
            "SendSms",
            {
                "PhoneNumbers": text.telephone,
                "SignName": self.account.sign_name,
                "TemplateCode": self.account.template_of(text.kind),
                "TemplateParam": json.dumps(dict(text.values), ensure_ascii=False),
                "OutId": text.key,
            },
            idempotent=False,
        )

    def was_sent(self, text: Text, on: date) -> bool:
        """Is a text with our key among those of the day? A failed delivery counts as sent."""
        for number in range(1, PAGES + 1):
            rows = self._details(text.telephone, on, number)
            if any(row.get("OutId") == text.key for row in rows):
                return True
            if len(rows) < PAGE:
                break
        return False

    def check(self) -> None:
        """Ask for texts to a number that has none: keys and rights are looked at first."""
        self._details("13000000000", timezone.localdate(), 1)

    def _details(self, telephone: str, on: date, number: int) -> list[dict[str, Any]]:
        answer = self._ask(
            "QuerySendDetails",
            {
                "PhoneNumber": telephone,
                "SendDate": f"{on:%Y%m%d}",
                "PageSize": str(PAGE),
                "CurrentPage": str(number),
            },
            idempotent=True,
        )
        found = answer.get("SmsSendDetailDTOs") or {}
        rows: list[dict[str, Any]] = found.get("SmsSendDetailDTO") or []
        return rows

    def _ask(self, action: str, query: Mapping[str, str], *, idempotent: bool) -> dict[str, Any]:
        address = url(SYSTEM, "/")
        headers = {
            "host": urlsplit(address).netloc,
            "x-acs-action": action,
            "x-acs-version": VERSION,
            "x-acs-date": f"{timezone.now():%Y-%m-%dT%H:%M:%SZ}",
            "x-acs-signature-nonce": uuid.uuid4().hex,
            "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        }
        headers["Authorization"] = authorization(
            self.account.access_key_id, self.account.access_key_secret, query, headers
        )
        answer = request(
            SYSTEM,
            "POST",
            f"{address}?{canonical(query)}",
            headers=headers,
            idempotent=idempotent,
        )
        return _understood(answer)


def canonical(query: Mapping[str, str]) -> str:
    """Sorted, percent-encoded as RFC 3986 has it: what is signed and what is sent."""
    pairs = ((quote(name, safe="-_.~"), quote(query[name], safe="-_.~")) for name in sorted(query))
    return "&".join(f"{name}={value}" for name, value in pairs)


def authorization(
    key_id: str, secret: str, query: Mapping[str, str], headers: Mapping[str, str]
) -> str:
    """The header of ACS3-HMAC-SHA256 over method, path, query, headers and body hash."""
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    whole = "\n".join(
        ("POST", "/", canonical(query), lines, names, headers["x-acs-content-sha256"])
    )
    digest = hashlib.sha256(whole.encode()).hexdigest()
    signature = hmac.new(
        secret.encode(), f"ACS3-HMAC-SHA256\n{digest}".encode(), hashlib.sha256
    ).hexdigest()
    return f"ACS3-HMAC-SHA256 Credential={key_id},SignedHeaders={names},Signature={signature}"


def _understood(answer: Answer) -> dict[str, Any]:
    told = answer.json()
    if not isinstance(told, dict) or not told.get("Code"):
        raise Unknown(SYSTEM, "回答读不懂")
    code, message = str(told["Code"]), str(told.get("Message", ""))
    if code == "OK":
        return told
    if code in UNSURE:
        raise Unknown(SYSTEM, f"系统出错（{code}）")
    until = _free_again(code, message, timezone.now())
    if until:
        raise Later(SYSTEM, until, "发得太密")
    raise Rejected(SYSTEM, code, REASONS.get(code, message or "不接受"))


def _free_again(code: str, message: str, now: datetime) -> datetime | None:
    if code.startswith("Throttling"):
        return now + timedelta(seconds=10)
    if code != CROWDED or "天级" in message:
        return None
    return now + (timedelta(hours=1) if "小时级" in message else timedelta(minutes=1))
