"""Alibaba Cloud SMS (Dysmsapi 2017-05-25): checks ACS3-HMAC-SHA256, dedupes nothing."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from connectors.sandbox.state import State
from connectors.sandbox.wire import Reply, Request, Routes

SYSTEM = "sms"
CHINA = ZoneInfo("Asia/Shanghai")
SKEW = timedelta(minutes=15)
SIGN_NAMES = {"跟单台演练"}
# Kind of message → the template that a shop had approved for it, with its variables.
APPROVED = {
    "payment_reminder": ("SMS_100001", {"order_no", "amount"}),
    "closed_unpaid": ("SMS_100002", {"order_no"}),
    "order_received": ("SMS_100003", {"order_no"}),
    "shipped": ("SMS_100004", {"order_no", "carrier", "waybill"}),
    "delayed": ("SMS_100005", {"order_no"}),
    "refunded": ("SMS_100006", {"order_no", "amount"}),
    "delivered": ("SMS_100007", {"order_no"}),
    "feedback": ("SMS_100008", {"order_no"}),
}
TEMPLATES = dict(APPROVED.values())
# What a shop types in to use it.
CREDENTIALS = {
    "access_key_id": "LTAI5tSandboxSandboxSand",
    "access_key_secret": "sandbox-secret-of-the-sms-account",
    "sign_name": "跟单台演练",
    "templates": "\n".join(f"{kind}={template}" for kind, (template, _) in APPROVED.items()),
}
SIGNED = {
    *("host", "x-acs-action", "x-acs-content-sha256"),
    *("x-acs-date", "x-acs-signature-nonce", "x-acs-version"),
}
AUTHORIZATION = re.compile(
    r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})"
)


def routes(state: State) -> Routes:
    """One address; the header names the action."""

    def answer(request: Request) -> Reply:
        refused = _unsigned(state, request)
        if refused is not None:
            return refused
        action = request.headers["x-acs-action"]
        known = {"SendSms": _send, "QuerySendDetails": _details}
        if action not in known or request.headers["x-acs-version"] != "2017-05-25":
            return _no("InvalidAction.NotFound", "Specified api is not found.", 404)
        return known[action](state, request.query)

    return {("POST", "/"): answer, ("GET", "/"): answer}


def _no(code: str, message: str, status: int = 200) -> Reply:
    told = {"Code": code, "Message": message, "RequestId": str(uuid.uuid4()).upper()}
    return Reply.json(told, status)


def _unsigned(state: State, request: Request) -> Reply | None:
    """What is wrong with the signature, in the order in which the gateway looks."""
    match = AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    if match is None or not set(match[2].split(";")) >= SIGNED:
        return _no("IncompleteSignature", "The request signature is incomplete.", 400)
    if match[1] != CREDENTIALS["access_key_id"]:
        return _no("InvalidAccessKeyId.NotFound", "Specified access key is not found.", 404)
    if _stale(request.headers["x-acs-date"]):
        return _no("InvalidTimeStamp.Expired", "Specified time stamp is expired.", 400)
    if not hmac.compare_digest(_signature(request, match[2].split(";")), match[3]):
        return _no("SignatureDoesNotMatch", "Specified signature is not matched.", 400)
    nonces: set[str] = state.store(SYSTEM).setdefault("nonces", set())
    if request.headers["x-acs-signature-nonce"] in nonces:
        return _no("SignatureNonceUsed", "Specified signature nonce was used already.", 400)
    nonces.add(request.headers["x-acs-signature-nonce"])
    return None


def _stale(text: str) -> bool:
    try:
        at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return True
    return abs(datetime.now(UTC) - at) > SKEW


def _signature(request: Request, names: list[str]) -> str:
    """Worked out anew from what arrived."""
    query = "&".join(
        f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
        for name, value in sorted(request.query.items())
    )
    parts = [request.method, request.path, query]
    parts += [f"{name}:{request.headers.get(name, '').strip()}" for name in names]
    parts += ["", ";".join(names), hashlib.sha256(request.body).hexdigest()]
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    text = f"ACS3-HMAC-SHA256\n{digest}"
    secret = CREDENTIALS["access_key_secret"]
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def _send(state: State, query: dict[str, str]) -> Reply:
    telephone = query.get("PhoneNumbers", "")
    if not re.fullmatch(r"1[3-9]\d{9}", telephone):
        return _no("isv.MOBILE_NUMBER_ILLEGAL", "号码格式错误")
    if query.get("SignName") not in SIGN_NAMES:
        return _no("isv.SMS_SIGNATURE_ILLEGAL", "账号下找不到对应签名")
    template = query.get("TemplateCode", "")
    if template not in TEMPLATES:
        return _no("isv.SMS_TEMPLATE_ILLEGAL", "账号下找不到对应模板")
    try:
        values = json.loads(query.get("TemplateParam") or "{}")
    except ValueError:
        return _no("isv.INVALID_JSON_PARAM", "参数格式错误，请修改为字符串值")
    if not isinstance(values, dict) or not all(isinstance(v, str) for v in values.values()):
        return _no("isv.INVALID_JSON_PARAM", "参数格式错误，请修改为字符串值")
    if not TEMPLATES[template] <= set(values):
        return _no("isv.TEMPLATE_MISSING_PARAMETERS", "模板变量缺少对应参数值")
    return _sent(state, telephone, template, values, query.get("OutId", ""))


def _sent(state: State, telephone: str, template: str, values: Any, key: str) -> Reply:
    limit = state.store(SYSTEM).get("limit")  # a test sets the text of the control to play
    if limit:
        return _no("isv.BUSINESS_LIMIT_CONTROL", limit)
    state.did(SYSTEM, "SendSms", key, telephone=telephone, template=template, values=values)
    told = {"Code": "OK", "Message": "OK", "RequestId": str(uuid.uuid4()).upper()}
    return Reply.json(told | {"BizId": f"{uuid.uuid4().int % 10**18}^0"})


def _details(state: State, query: dict[str, str]) -> Reply:
    if not re.fullmatch(r"\d{8}", query.get("SendDate", "")):
        return _no("isv.QUERY_DATE_ILLEGAL", "日期格式错误")
    size, number = query.get("PageSize", ""), query.get("CurrentPage", "")
    if not (size.isdecimal() and number.isdecimal() and 0 < int(size) <= 50 and int(number) > 0):
        return _no("isv.INVALID_PARAMETERS", "参数格式不正确")
    found = [
        {
            "PhoneNum": effect.data["telephone"],
            "OutId": effect.key,
            "TemplateCode": effect.data["template"],
            "SendDate": f"{effect.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
            "SendStatus": 3,
            "ErrCode": "DELIVERED",
        }
        for effect in state.effects(SYSTEM, "SendSms")
        if effect.data["telephone"] == query.get("PhoneNumber")
        and f"{effect.at.astimezone(CHINA):%Y%m%d}" == query["SendDate"]
    ]
    start = (int(number) - 1) * int(size)
    rows = {"SmsSendDetailDTO": found[::-1][start : start + int(size)]}  # the newest first
    told = {"Code": "OK", "Message": "OK", "RequestId": str(uuid.uuid4()).upper()}
    return Reply.json(told | {"TotalCount": str(len(found)), "SmsSendDetailDTOs": rows})
