"""kdniao: checks DataSign, takes subscriptions, answers queries, pushes whatever happens.

`/_news` is the carrier (form: shipper, number, state, station). Where it pushes stands in
`push_url` of its store, as it does on kdniao's own pages.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from connectors.sandbox.parcels import CHINA, Parcel
from connectors.sandbox.state import State
from connectors.sandbox.wire import Reply, Request, Routes, by_hand

SYSTEM = "kdniao"
CREDENTIALS = {"business_id": "1000001", "app_key": "sandbox-app-key"}
SIGN_WRONG, NO_SUCH = "数据签名验证失败", "没有可用套餐或单号有误"


def routes(state: State) -> Routes:
    """Subscriptions, queries, and the carrier."""

    def subscribe(request: Request) -> Reply:
        wrong, wanted = _checked(request.form, {"1008", "8008"})
        if wrong:
            return _no(wrong)
        number = wanted["LogisticCode"]
        known = state.store(SYSTEM).setdefault("subscriptions", set())
        if number not in known:
            known.add(number)
            state.did(SYSTEM, "subscribe", number, shipper=wanted["ShipperCode"])
        return Reply.json(_head() | {"UpdateTime": _now(), "Success": True, "Reason": ""})

    def query(request: Request) -> Reply:
        wrong, wanted = _checked(request.form, {"1002", "8001"})
        if wrong:
            return _no(wrong)
        parcel = state.store(SYSTEM).get("parcels", {}).get(wanted["LogisticCode"])
        parcel = parcel or Parcel(wanted["ShipperCode"], wanted["LogisticCode"])
        return Reply.json(_result(parcel))

    @by_hand
    def news(request: Request) -> Reply:
        form = request.form
        happened(state, form["shipper"], form["number"], form["state"], form["station"])
        return Reply(b"told\n")

    return {
        ("POST", "/api/dist"): subscribe,
        ("POST", "/Ebusiness/EbusinessOrderHandle.aspx"): query,
        ("POST", "/_news"): news,
    }


def happened(state: State, shipper: str, number: str, code: str, station: str) -> None:
    """The carrier did something; whoever subscribed hears of the whole way."""
    store = state.store(SYSTEM)
    parcel = store.setdefault("parcels", {}).setdefault(number, Parcel(shipper, number))
    parcel.moves(code, station)
    if number in store.get("subscriptions", set()) and store.get("push_url"):
        form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        state.call_back(SYSTEM, store["push_url"], push([parcel]), form)


def push(parcels: list[Parcel]) -> bytes:
    """The form of a push, which may speak of several parcels."""
    data = [_result(parcel) for parcel in parcels]
    told = _head() | {"PushTime": _now(), "Count": str(len(data)), "Data": data}
    text = json.dumps(told, ensure_ascii=False)
    sign = signature(text, CREDENTIALS["app_key"])
    return urlencode({"RequestData": text, "RequestType": "102", "DataSign": sign}).encode()


def signature(data: str, app_key: str) -> str:
    """base64 of the MD5 in small letters."""
    digest = hashlib.md5((data + app_key).encode(), usedforsecurity=False).hexdigest()
    return base64.b64encode(digest.encode()).decode()


def _checked(form: dict[str, str], kinds: set[str]) -> tuple[str, dict[str, str]]:
    """What is wrong with a request, and what it wants."""
    text = form.get("RequestData", "")
    right = signature(text, CREDENTIALS["app_key"])
    if form.get("EBusinessID") != CREDENTIALS["business_id"]:
        return "用户不存在", {}
    if not hmac.compare_digest(form.get("DataSign", "").encode(), right.encode()):
        return SIGN_WRONG, {}
    if form.get("RequestType") not in kinds or form.get("DataType") != "2":
        return "不支持的接口指令", {}
    try:
        wanted: Any = json.loads(text)
    except ValueError:
        return "请求内容不是 JSON", {}
    if not isinstance(wanted, dict) or not {"ShipperCode", "LogisticCode"} <= set(wanted):
        return NO_SUCH, {}
    return "", wanted


def _result(parcel: Parcel) -> dict[str, Any]:
    traces = [
        {"AcceptTime": at, "AcceptStation": text, "Location": "", "Action": code}
        for (at, text), code in zip(parcel.way, parcel.codes, strict=True)
    ]
    simple = parcel.code if parcel.code == "10" else parcel.code[:1]
    return _head() | {
        "ShipperCode": parcel.carrier,
        "LogisticCode": parcel.number,
        "Success": True,
        "State": simple,
        "StateEx": parcel.code,
        "Traces": traces,
    }


def _head() -> dict[str, Any]:
    return {"EBusinessID": CREDENTIALS["business_id"]}


def _no(reason: str) -> Reply:
    return Reply.json(_head() | {"Success": False, "Reason": reason})


def _now() -> str:
    return f"{datetime.now(CHINA):%Y-%m-%d %H:%M:%S}"
