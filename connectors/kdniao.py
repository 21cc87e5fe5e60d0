"""kdniao (快递鸟): subscribe, query and the pushes; DataSign = base64(md5) (SOP 1.4, 6.b)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from connectors.answers import Rejected, Unknown
from connectors.gateways import Forged
from connectors.http import request as call
from connectors.http import url
from connectors.trackers import CHINA, Names, Parcel, Track, TrackState, events

SYSTEM = "kdniao"
QUERY, SUBSCRIBE = "8001", "8008"
S = TrackState

# The finer code (StateEx) where there is one, else the simple one.
STATES = {
    "0": S.UNCLEAR,
    "1": S.COLLECTED,
    "10": S.BOOKED,
    "2": S.MOVING,
    "201": S.MOVING,
    "204": S.MOVING,
    "205": S.MOVING,
    "206": S.MOVING,
    "202": S.DELIVERING,
    "211": S.AT_LOCKER,
    "3": S.SIGNED,
    "301": S.SIGNED,
    "302": S.SIGNED,
    "304": S.SIGNED,
    "311": S.SIGNED,
    "4": S.PROBLEM,
    "401": S.PROBLEM,
    "402": S.PROBLEM,
    "403": S.PROBLEM,
    "404": S.REFUSED,
    "405": S.PROBLEM,
    "406": S.RETURNED,
    "407": S.RETURNING,
    "412": S.AT_LOCKER,
    "413": S.RETURNING,
    "414": S.PROBLEM,
    "415": S.CANCELLED,
    "416": S.PROBLEM,
    "417": S.PROBLEM,
    "418": S.PROBLEM,
    "419": S.DELIVERING,
    "420": S.PROBLEM,
    "421": S.PROBLEM,
    "422": S.PROBLEM,
    "423": S.PROBLEM,
    "5": S.FORWARDED,
    "6": S.CUSTOMS,
    "601": S.CUSTOMS,
    "602": S.CUSTOMS,
    "603": S.CUSTOMS,
    "604": S.PROBLEM,
}
LINE = Names("AcceptTime", "AcceptStation", ("Location",), "Action", STATES)


@dataclass(frozen=True, slots=True)
class Account:
    """The house's account."""

    business_id: str
    app_key: str = field(repr=False)


class Kdniao:
    """The tracker for one account; where it pushes is set on kdniao's own pages."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def subscribe(self, parcel: Parcel) -> None:
        """Follow it. Raises Rejected."""
        self._ask(SUBSCRIBE, "/api/dist", parcel)

    def query(self, parcel: Parcel) -> Track:
        """Where it is. Raises Rejected."""
        return track(self._ask(QUERY, "/Ebusiness/EbusinessOrderHandle.aspx", parcel))

    def verify(self, headers: Mapping[str, str], raw: bytes, now: datetime) -> None:
        """DataSign over RequestData as it came. Raises Forged."""
        form = parsed(raw)
        right = signature(form["RequestData"], self.account.app_key)
        if not hmac.compare_digest(right.encode(), form.get("DataSign", "").encode()):
            raise Forged("signature")
        if str(_pushed(form).get("EBusinessID", "")) != self.account.business_id:
            raise Forged("another account")

    def read(self, raw: bytes) -> list[Track]:
        """The whole way of each parcel in it. Raises Forged."""
        rows = _pushed(parsed(raw)).get("Data")
        rows = rows if isinstance(rows, list) else []
        found = [track(row) for row in rows if isinstance(row, dict)]
        return [each for each in found if each.waybill]

    def taken(self, now: datetime) -> str:
        """Our number there and the time."""
        told = {
            "EBusinessID": self.account.business_id,
            "UpdateTime": f"{now.astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
            "Success": True,
            "Reason": "",
        }
        return json.dumps(told)

    def _ask(self, kind: str, path: str, parcel: Parcel) -> dict[str, Any]:
        wanted = {"ShipperCode": parcel.carrier, "LogisticCode": parcel.waybill}
        if parcel.phone:
            wanted["CustomerName"] = parcel.phone
        text = json.dumps(wanted, ensure_ascii=False, separators=(",", ":"))
        form = {
            "RequestData": text,
            "EBusinessID": self.account.business_id,
            "RequestType": kind,
            "DataSign": signature(text, self.account.app_key),
            "DataType": "2",
        }
        answer = call(SYSTEM, "POST", url(SYSTEM, path), data=form, idempotent=True).json()
        if not isinstance(answer, dict):
            raise Unknown(SYSTEM, "回答读不懂")
        if answer.get("Success") is not True:
            code = str(answer.get("ResultCode") or "FAIL")
            raise Rejected(SYSTEM, code, str(answer.get("Reason") or "不行，没有说为什么"))
        return answer


def track(result: Mapping[str, Any]) -> Track:
    """Their result as ours; any part of it may be missing."""
    code = str(result.get("StateEx") or result.get("State") or "")
    state = STATES.get(code) or STATES.get(str(result.get("State") or ""), TrackState.UNCLEAR)
    return Track(
        str(result.get("ShipperCode") or ""),
        str(result.get("LogisticCode") or ""),
        state,
        code,
        events(result.get("Traces"), LINE, newest_first=False),
    )


def signature(data: str, app_key: str) -> str:
    """base64 of the MD5 in small letters."""
    digest = hashlib.md5((data + app_key).encode(), usedforsecurity=False).hexdigest()
    return base64.b64encode(digest.encode()).decode()


def parsed(raw: bytes) -> dict[str, str]:
    """The form of a push, with its `RequestData` as it came. Raises Forged."""
    try:
        text = raw.decode()
        form = dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=20))
    except ValueError as error:
        raise Forged("shape") from error
    if not form.get("RequestData"):
        raise Forged("no RequestData")
    return form


def _pushed(form: Mapping[str, str]) -> dict[str, Any]:
    try:
        pushed = json.loads(form["RequestData"])
    except ValueError as error:
        raise Forged("shape") from error
    if not isinstance(pushed, dict):
        raise Forged("shape")
    return pushed
