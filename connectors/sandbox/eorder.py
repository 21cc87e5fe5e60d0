"""kdniao's electronic waybills: checks DataSign and what must stand in an order, gives numbers.

The same `OrderCode` again is answered with 106 and the order as it was. A carrier that is not
among `CARRIERS`, a receiver without a province with its 省 or an unknown customer is refused.
"""

from __future__ import annotations

import hmac
import json
from typing import Any

from connectors.sandbox.kdniao import SIGN_WRONG, signature
from connectors.sandbox.state import State
from connectors.sandbox.wire import Reply, Request, Routes

SYSTEM = "eorder"
CREDENTIALS = {
    "business_id": "1000001",
    "app_key": "sandbox-app-key",
    "carriers": "YTO=K0001,secret,510001\nZTO=Z0001,secret\nSF=S0001,,,7551234567",
    "sender_name": "棉麻生活馆",
    "sender_phone": "13900000001",
    "sender_province": "广东省",
    "sender_city": "深圳市",
    "sender_district": "福田区",
    "sender_street": "农园路 66 号",
}
PREFIX = {"YTO": "YT", "ZTO": "7", "SF": "SF"}
CUSTOMERS = {"YTO": "K0001", "ZTO": "Z0001", "SF": "S0001"}
CITIES = ("北京", "天津", "上海", "重庆")
ENDS = ("省", "自治区", "行政区")
NEEDED = {"OrderCode", "ShipperCode", "PayType", "ExpType", "Quantity", "Sender", "Receiver"}
NEEDED |= {"Commodity", "CustomerName"}
OF_A_PERSON = {"Name", "ProvinceName", "CityName", "ExpAreaName", "Address"}


def routes(state: State) -> Routes:
    """Orders and cancellations."""

    def ask(request: Request) -> Reply:
        form = request.form
        wrong, wanted = _checked(form)
        if wrong:
            return wrong
        return (_cancel if form["RequestType"] == "1147" else _order)(state, wanted)

    return {("POST", "/api/EOrderService"): ask}


def _checked(form: dict[str, str]) -> tuple[Reply | None, dict[str, Any]]:
    text = form.get("RequestData", "")
    right = signature(text, CREDENTIALS["app_key"])
    if form.get("EBusinessID") != CREDENTIALS["business_id"]:
        return _no("104", "用户不存在"), {}
    if not hmac.compare_digest(form.get("DataSign", "").encode(), right.encode()):
        return _no("104", SIGN_WRONG), {}
    if form.get("RequestType") not in ("1007", "1147") or form.get("DataType") != "2":
        return _no("102", "不支持的接口指令"), {}
    try:
        wanted = json.loads(text)
    except ValueError:
        return _no("401", "RequestData格式有误"), {}
    return (None, wanted) if isinstance(wanted, dict) else (_no("401", "RequestData格式有误"), {})


def _order(state: State, wanted: dict[str, Any]) -> Reply:
    reason = _fault(wanted)
    if reason:
        return _no("101" if "缺少" in reason else "102", reason)
    orders = state.store(SYSTEM).setdefault("orders", {})
    known = orders.get(wanted["OrderCode"])
    if known:
        return _yes("106", "该订单号已下单成功", known)
    number = f"{PREFIX[wanted['ShipperCode']]}{8800000000000 + len(orders) + 1}"
    order = {
        "OrderCode": wanted["OrderCode"],
        "ShipperCode": wanted["ShipperCode"],
        "LogisticCode": number,
        "MarkDestination": f"{wanted['Receiver']['CityName'].removesuffix('市')}-A01",
    }
    orders[wanted["OrderCode"]] = order
    state.did(SYSTEM, "order", number, order=wanted["OrderCode"])
    return _yes("100", "成功", order)


def _fault(wanted: dict[str, Any]) -> str:
    if missing := sorted(name for name in NEEDED if not wanted.get(name)):
        return f"缺少必要参数 {missing[0]}"
    if len(wanted["OrderCode"]) > 30:
        return "OrderCode 过长"
    if CUSTOMERS.get(wanted["ShipperCode"]) != wanted["CustomerName"]:
        return "电子面单客户号有误"
    for name in ("Sender", "Receiver"):
        if fault := _fault_of(name, wanted[name]):
            return fault
    return ""


def _fault_of(name: str, person: dict[str, Any]) -> str:
    if missing := sorted(part for part in OF_A_PERSON if not person.get(part)):
        return f"缺少必要参数 {name}.{missing[0]}"
    if not (person.get("Mobile") or person.get("Tel")):
        return f"缺少必要参数 {name}.Mobile"
    province = person["ProvinceName"]
    if province not in CITIES and not province.endswith(ENDS):
        return f"{name}.ProvinceName 不是省份全称"
    return ""


def _cancel(state: State, wanted: dict[str, Any]) -> Reply:
    order = state.store(SYSTEM).get("orders", {}).get(wanted.get("OrderCode"))
    if order is None or order["LogisticCode"] != wanted.get("ExpNo"):
        return _no("105", "订单不存在或单号不符")
    if not order.get("cancelled"):
        order["cancelled"] = True
        state.did(SYSTEM, "cancel", order["LogisticCode"], order=order["OrderCode"])
    return Reply.json(_head() | {"Success": True, "ResultCode": "100", "Reason": "成功"})


def _head() -> dict[str, Any]:
    return {"EBusinessID": CREDENTIALS["business_id"]}


def _yes(code: str, reason: str, order: dict[str, Any]) -> Reply:
    told = {name: value for name, value in order.items() if name != "cancelled"}
    answer = {"Order": told, "ResultCode": code, "Reason": reason, "Success": True}
    return Reply.json(_head() | answer)


def _no(code: str, reason: str) -> Reply:
    return Reply.json(_head() | {"Success": False, "ResultCode": code, "Reason": reason})
