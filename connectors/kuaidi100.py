"""kuaidi100 (快递100): subscribe, query, and the pushes, each with its own MD5 (SOP 1.4, 6.b)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from connectors.answers import Answer, Rejected, Unknown
from connectors.carriers import from_kuaidi100, to_kuaidi100
from connectors.gateways import Forged
from connectors.http import request as call
from connectors.http import url
from connectors.trackers import Names, Parcel, Track, TrackState, events

SYSTEM = "kuaidi100"
TAKEN = '{"result":true,"returnCode":"200","message":"成功"}'
S = TrackState

# Theirs has a simple state (one digit, 14) and, where it is switched on, a finer one.
STATES = {
    "0": S.MOVING,
    "1001": S.MOVING,
    "1002": S.MOVING,
    "1003": S.MOVING,
    "1": S.COLLECTED,
    "101": S.BOOKED,
    "102": S.BOOKED,
    "103": S.COLLECTED,
    "2": S.PROBLEM,
    "3": S.SIGNED,
    "301": S.SIGNED,
    "302": S.SIGNED,
    "303": S.SIGNED,
    "304": S.SIGNED,
    "4": S.RETURNED,
    "401": S.CANCELLED,
    "14": S.REFUSED,
    "5": S.DELIVERING,
    "501": S.AT_LOCKER,
    "6": S.RETURNING,
    "7": S.FORWARDED,
    "8": S.CUSTOMS,
    "10": S.CUSTOMS,
    "11": S.CUSTOMS,
    "12": S.CUSTOMS,
    "13": S.PROBLEM,
}
LINE = Names("time", "context", ("areaName", "location"), "statusCode", STATES)
REASONS = {
    "400": "查询的内容不完整，请核对运单号和快递公司。",
    "408": "要填收件人或寄件人电话的后四位才能查。",
    "500": "暂时没有这个运单的轨迹，请过一会儿再查。",
    "503": "签名不对，请负责人核对授权 key 和 customer。",
    "600": "不是合法的订阅者，请负责人核对授权 key。",
    "601": "授权 key 已过期，请负责人续费。",
    "700": "订阅的内容有误，请核对运单号、快递公司和回调地址。",
    "701": "这家快递公司不能订阅。",
    "702": "认不出这个运单属于哪家快递公司。",
}
AGAIN = {"501", "502"}  # of a query: their server is busy
SUBSCRIBED = {"200", "501"}  # of a subscription 501 means: it is followed already


@dataclass(frozen=True, slots=True)
class Account:
    """The house's account; `salt` is a word of ours by which pushes are signed."""

    customer: str
    key: str = field(repr=False)
    salt: str = field(repr=False)


class Kuaidi100:
    """The tracker for one account; `callback_url` is where it pushes."""

    def __init__(self, account: Account, callback_url: str = "") -> None:
        self.account = account
        self.callback_url = callback_url

    def subscribe(self, parcel: Parcel) -> None:
        """Follow it; a parcel that is followed already is no error. Raises Rejected."""
        if not self.callback_url:
            raise Rejected(SYSTEM, "PUBLIC_URL", "没有设置对外网址，不能订阅物流推送")
        parameters = {"callbackurl": self.callback_url, "salt": self.account.salt, "resultv2": "4"}
        if parcel.phone:
            parameters["phone"] = parcel.phone
        param = {
            "company": to_kuaidi100(parcel.carrier),
            "number": parcel.waybill,
            "key": self.account.key,
            "parameters": parameters,
        }
        form = {"schema": "json", "param": packed(param)}
        answer = _content(call(SYSTEM, "POST", url(SYSTEM, "/poll"), data=form, idempotent=True))
        code = str(answer.get("returnCode", ""))
        if code == "500":
            raise Unknown(SYSTEM, "出错了，会再订阅")
        if code not in SUBSCRIBED:
            raise Rejected(SYSTEM, code, _reason(code, answer))

    def query(self, parcel: Parcel) -> Track:
        """Where it is; a parcel that they know nothing of is `UNCLEAR`. Raises Rejected."""
        param = {"com": to_kuaidi100(parcel.carrier), "num": parcel.waybill, "resultv2": "4"}
        if parcel.phone:
            param["phone"] = parcel.phone
        text = packed(param)
        sign = signature(text, self.account.key, self.account.customer)
        form = {"customer": self.account.customer, "sign": sign, "param": text}
        address = url(SYSTEM, "/poll/query.do")
        answer = _content(call(SYSTEM, "POST", address, data=form, idempotent=True))
        if "nu" in answer or "data" in answer:
            return track(answer)
        code = str(answer.get("returnCode", ""))
        if code == "500":
            return Track(parcel.carrier, parcel.waybill, TrackState.UNCLEAR, code)
        if code in AGAIN:
            raise Unknown(SYSTEM, "忙，请过一会儿再查")
        raise Rejected(SYSTEM, code, _reason(code, answer))

    def verify(self, headers: Mapping[str, str], raw: bytes, now: datetime) -> None:
        """The MD5 over the text of `param` as it came, and our salt. Raises Forged."""
        form = parsed(raw)
        right = signature(form["param"], self.account.salt)
        if not hmac.compare_digest(right.encode(), form.get("sign", "").upper().encode()):
            raise Forged("signature")

    def read(self, raw: bytes) -> list[Track]:
        """The whole way of one parcel, each time. Raises Forged."""
        try:
            last = json.loads(parsed(raw)["param"]).get("lastResult")
        except (ValueError, AttributeError) as error:
            raise Forged("shape") from error
        found = track(last) if isinstance(last, dict) else None
        return [found] if found and found.waybill else []

    def taken(self, now: datetime) -> str:
        """Letter by letter."""
        return TAKEN


def track(result: Mapping[str, Any]) -> Track:
    """Their result as ours; any part of it may be missing."""
    code = str(result.get("state") or "")
    return Track(
        from_kuaidi100(str(result.get("com") or "")),
        str(result.get("nu") or ""),
        STATES.get(code, TrackState.UNCLEAR),
        code,
        events(result.get("data"), LINE, newest_first=True),
    )


def signature(*parts: str) -> str:
    """MD5 of the parts one after another, in capitals: how they sign queries and pushes."""
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest().upper()


def parsed(raw: bytes) -> dict[str, str]:
    """The form of a push, with its `param` as it came. Raises Forged."""
    try:
        text = raw.decode()
        form = dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=20))
    except ValueError as error:
        raise Forged("shape") from error
    if not form.get("param"):
        raise Forged("no param")
    return form


def packed(param: Mapping[str, Any]) -> str:
    """JSON without spaces: the text that is sent is the text that is signed."""
    return json.dumps(param, ensure_ascii=False, separators=(",", ":"))


def _content(answer: Answer) -> dict[str, Any]:
    content = answer.json()
    if not isinstance(content, dict):
        raise Unknown(SYSTEM, "回答读不懂")
    return content


def _reason(code: str, answer: Mapping[str, Any]) -> str:
    return REASONS.get(code) or str(answer.get("message") or "不行，没有说为什么")
