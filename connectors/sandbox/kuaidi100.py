"""kuaidi100: takes subscriptions once, answers queries, pushes whatever happens to a parcel.

`/_news` is the carrier (form: company, number, state, context).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

from connectors.sandbox.parcels import Parcel
from connectors.sandbox.state import State
from connectors.sandbox.wire import Reply, Request, Routes, by_hand

SYSTEM = "kuaidi100"
CREDENTIALS = {
    "customer": "SANDBOXCUSTOMER0000000000000000A",
    "key": "sandboxKey01",
    "salt": "gendan-salt",
}
COMPANIES = {
    *("shunfeng", "yuantong", "zhongtong", "shentong", "yunda", "ems", "youzhengguonei", "jd"),
    *("jtexpress", "huitongkuaidi", "debangkuaidi", "tiantian", "zhaijisong", "danniao"),
}
MESSAGES = {
    "200": "提交成功",
    "500": "查询无结果，请隔段时间再查",
    "501": "POLL:重复订阅",
    "503": "验证签名失败",
    "600": "您不是合法的订阅者",
    "700": "订阅方的订阅数据存在错误",
    "701": "拒绝订阅的快递公司",
    "408": "验证码错误",
}


def routes(state: State) -> Routes:
    """Subscriptions, queries, and the carrier."""

    def poll(request: Request) -> Reply:
        param = _param(request.form)
        return _code(_refused(state, request.form, param) or _subscribe(state, param))

    def query(request: Request) -> Reply:
        form = request.form
        text = form.get("param", "")
        right = signature(text, CREDENTIALS["key"], CREDENTIALS["customer"])
        known = form.get("customer") == CREDENTIALS["customer"]
        if not known or not hmac.compare_digest(form.get("sign", "").encode(), right.encode()):
            return _code("503")
        param = _param(form)
        if param.get("com") == "shunfeng" and not param.get("phone"):
            return _code("408")
        parcel = state.store(SYSTEM).get("parcels", {}).get(str(param.get("num", "")))
        if parcel is None or parcel.carrier != param.get("com"):
            return _code("500")
        return Reply.json(_result(parcel))

    @by_hand
    def news(request: Request) -> Reply:
        form = request.form
        happened(state, form["company"], form["number"], form["state"], form["context"])
        return Reply(b"told\n")

    return {("POST", "/poll"): poll, ("POST", "/poll/query.do"): query, ("POST", "/_news"): news}


def happened(state: State, company: str, number: str, code: str, context: str) -> None:
    """The carrier did something; whoever subscribed hears of the whole way."""
    store = state.store(SYSTEM)
    parcel = store.setdefault("parcels", {}).setdefault(number, Parcel(company, number))
    parcel.moves(code, context)
    subscribed = store.get("subscriptions", {}).get(number)
    if subscribed:
        body = push(parcel, subscribed["salt"])
        form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        state.call_back(SYSTEM, subscribed["callbackurl"], body, form)


def push(parcel: Parcel, salt: str) -> bytes:
    """The form of a push."""
    ended = parcel.code.startswith("3")
    param = {
        "status": "shutdown" if ended else "polling",
        "billstatus": "check" if ended else "got",
        "message": "",
        "lastResult": _result(parcel),
    }
    text = json.dumps(param, ensure_ascii=False)
    return urlencode({"sign": signature(text, salt), "param": text}).encode()


def signature(*parts: str) -> str:
    """MD5 of the parts one after another, in capitals."""
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest().upper()


def _subscribe(state: State, param: dict[str, Any]) -> str:
    store = state.store(SYSTEM).setdefault("subscriptions", {})
    number, parameters = param["number"], param["parameters"]
    if number in store:
        return "501"
    store[number] = {
        "callbackurl": parameters["callbackurl"],
        "salt": parameters.get("salt", ""),
    }
    state.did(SYSTEM, "subscribe", number, company=param["company"])
    return "200"


def _refused(state: State, form: dict[str, str], param: dict[str, Any]) -> str:
    """Their code for what is wrong with a subscription."""
    number, parameters = param.get("number"), param.get("parameters")
    address = parameters.get("callbackurl", "") if isinstance(parameters, dict) else ""
    if param.get("key") != CREDENTIALS["key"]:
        return "600"
    if param.get("company") not in COMPANIES:
        return "701"
    fits = isinstance(number, str) and 6 <= len(number) <= 32
    if form.get("schema") != "json" or not fits or not address.startswith(("http://", "https://")):
        return "700"
    return ""


def _result(parcel: Parcel) -> dict[str, Any]:
    lines = [
        {"time": at, "ftime": at, "context": text, "location": "", "statusCode": code}
        for (at, text), code in reversed(list(zip(parcel.way, parcel.codes, strict=True)))
    ]
    return {
        "message": "ok",
        "nu": parcel.number,
        "ischeck": "1" if parcel.code.startswith("3") else "0",
        "com": parcel.carrier,
        "status": "200",
        "state": parcel.code,
        "condition": "F00",
        "data": lines,
    }


def _param(form: dict[str, str]) -> dict[str, Any]:
    try:
        param = json.loads(form.get("param", ""))
    except ValueError:
        return {}
    return param if isinstance(param, dict) else {}


def _code(code: str) -> Reply:
    told = {"result": code == "200", "returnCode": code, "message": MESSAGES[code]}
    return Reply.json(told)
