"""The open platform of Taobao and Tmall (TOP): signature, session, parameters, one error each.

`/_sell` is the buyer (form: tid, status, title, price): a new trade, or one that moves on. A test
puts trades into `trades(state)` and refunds into `refunds(state)`, keyed by number.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connectors.sandbox.state import State
from connectors.sandbox.wire import Reply, Request, Routes, by_hand

SYSTEM = "taobao"
REFUSED = "SELLER_REFUSE_BUYER"
CHINA = ZoneInfo("Asia/Shanghai")
SKEW = timedelta(minutes=10)
DAY = timedelta(days=1)
# What a shop types in to use it.
CREDENTIALS = {
    "app_key": "23000001",
    "app_secret": "sandbox-secret-of-the-application",
    "session": "6100000sandbox-session-of-the-seller",
}
REASONS = {
    *("未及时付款", "买家不想买了", "买家信息填写错误，重新拍", "恶意买家/同行捣乱", "缺货"),
    *("买家拍错了", "同城见面交易"),
}
COMPANIES = {"SF", "YTO", "ZTO", "STO", "YUNDA", "EMS", "POSTB", "HTKY", "TTKDEX", "ZJS"}
Values = dict[str, str]
Trade = dict[str, Any]


class _No(Exception):
    """An `error_response`."""

    def __init__(self, code: int, msg: str, sub: str = "", sub_msg: str = "") -> None:
        super().__init__(msg)
        self.told = {"code": code, "msg": msg, "request_id": uuid.uuid4().hex[:12]}
        self.told |= {"sub_code": sub} if sub else {}
        self.told |= {"sub_msg": sub_msg} if sub_msg else {}


def trades(state: State) -> dict[str, Trade]:
    """What was sold, by number."""
    found: dict[str, Trade] = state.store(SYSTEM).setdefault("trades", {})
    return found


def refunds(state: State) -> dict[str, dict[str, Any]]:
    """What buyers applied for, by number."""
    found: dict[str, dict[str, Any]] = state.store(SYSTEM).setdefault("refunds", {})
    return found


def routes(state: State) -> Routes:
    """One address; a parameter names the method."""

    def answer(request: Request) -> Reply:
        values = request.query | request.form
        try:
            _check(state, values)
            method = values["method"]
            if method not in _METHODS:
                raise _No(22, "Invalid method", "isv.invalid-method")
            name = f"{method.removeprefix('taobao.').replace('.', '_')}_response"
            return Reply.json({name: _METHODS[method](state, values)})
        except _No as no:
            return Reply.json({"error_response": no.told})

    @by_hand
    def sell(request: Request) -> Reply:
        return Reply(f"{_sell(state, request.form)}\n".encode())

    gateway = {("POST", "/router/rest"): answer, ("GET", "/router/rest"): answer}
    return gateway | {("POST", "/_sell"): sell}


def _sell(state: State, form: Values) -> str:
    """Number and state of the trade."""
    known = trades(state)
    number = form.get("tid") or str(3515311702009000001 + len(known))
    trade = known.setdefault(number, _ordered(number, form))
    now = f"{datetime.now(CHINA):%Y-%m-%d %H:%M:%S}"
    trade["status"] = form.get("status") or "WAIT_SELLER_SEND_GOODS"
    trade["modified"] = now
    if trade["status"] not in ("WAIT_BUYER_PAY", "TRADE_CLOSED_BY_TAOBAO"):
        trade.setdefault("pay_time", now)
        trade.setdefault("alipay_no", f"20261125{number}")
    return f"{number} {trade['status']}"


def _ordered(number: str, form: Values) -> Trade:
    """One piece of one kind; the platform masks who receives it."""
    price = form.get("price") or "88.00"
    line = {
        "oid": int(number),
        "title": form.get("title") or "亚麻衬衫 男士长袖",
        "price": price,
        "num": 1,
        "sku_properties_name": "颜色分类:藏青;尺码:L",
        "payment": price,
        "refund_status": "NO_REFUND",
    }
    return {
        "tid": int(number),
        "type": "fixed",
        "created": f"{datetime.now(CHINA):%Y-%m-%d %H:%M:%S}",
        "payment": price,
        "post_fee": "0.00",
        "buyer_nick": "演**家",
        "buyer_open_uid": f"AAH{number[-8:]}",
        "receiver_name": "陈**",
        "receiver_mobile": "*******1234",
        "receiver_state": "广东省",
        "receiver_city": "深圳市",
        "receiver_district": "福田区",
        "receiver_address": "香蜜湖街道农园路**号",
        "orders": {"order": [line]},
    }


def _check(state: State, values: Values) -> None:
    """In the order in which the gateway looks."""
    for name, code in (("method", 21), ("app_key", 28), ("timestamp", 30), ("sign", 24)):
        if not values.get(name):
            raise _No(code, f"Missing {name}", f"isv.missing-{name}")
    if values["app_key"] != CREDENTIALS["app_key"]:
        raise _No(29, "Invalid app Key", "isv.appkey-not-exists")
    if abs(datetime.now(CHINA) - _moment(values["timestamp"], 31)) > SKEW:
        raise _No(31, "Invalid timestamp", "isv.invalid-timestamp")
    if values.get("v") != "2.0" or values.get("format") != "json":
        raise _No(35, "Invalid version", "isv.invalid-version")
    if values.get("sign_method") != "md5" or values["sign"] != _signature(values):
        raise _No(25, "Invalid signature", "isv.invalid-signature")
    _check_session(state, values)


def _check_session(state: State, values: Values) -> None:
    """A test sets `expired` or `limited` in the store."""
    if not values.get("session"):
        raise _No(26, "Missing session", "missing-session")
    if values["session"] != CREDENTIALS["session"] or state.store(SYSTEM).get("expired"):
        raise _No(27, "Invalid session", "invalid-sessionkey")
    if state.store(SYSTEM).get("limited"):
        words = "This ban will last for 120 more seconds"
        raise _No(7, "App Call Limited", "accesscontrol.limited-by-app-access-count", words)


def _signature(values: Values) -> str:
    pairs = "".join(name + values[name] for name in sorted(set(values) - {"sign"}))
    text = f"{CREDENTIALS['app_secret']}{pairs}{CREDENTIALS['app_secret']}"
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()


def _moment(text: str, code: int = 41) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
    except ValueError:
        raise _No(code, "Invalid arguments:date", "isv.invalid-parameter") from None


def _trade(state: State, values: Values) -> Trade:
    number = values.get("tid", "")
    if state.demo and re.fullmatch(r"\d{12,20}", number):
        _know(state, number, values["method"])
    found = trades(state).get(number)
    if found is None:
        raise _remote("isv.trade-not-exist", "交易不存在")
    return found


def _know(state: State, number: str, method: str) -> None:
    """An order that the demo made up is here, too, and as far as the question supposes."""
    made_up = {
        "tid": int(number),
        "status": "WAIT_BUYER_PAY",
        "created": "2020-01-01 00:00:00",
        "modified": "2020-01-01 00:00:00",
        "payment": "0.00",
    }
    trade = trades(state).setdefault(number, made_up)
    if trade["payment"] == "0.00" and method.endswith(("address.update", "offline.send")):
        trade["status"] = "WAIT_SELLER_SEND_GOODS"


def _remote(sub: str, words: str) -> _No:
    return _No(15, "Remote service error", sub, words)


def _page(values: Values, rows: list[Any]) -> tuple[list[Any], bool]:
    """The rows of the page, the newest first, and whether there are more."""
    size, number = values.get("page_size", "40"), values.get("page_no", "1")
    if not (size.isdecimal() and number.isdecimal() and 0 < int(size) <= 100 and int(number)):
        raise _No(41, "Invalid arguments:page_size", "isv.invalid-parameter")
    start = (int(number) - 1) * int(size)
    return rows[start : start + int(size)], len(rows) > start + int(size)


def _modified(values: Values, rows: list[Any], longest: timedelta) -> list[Any]:
    if not values.get("fields"):
        raise _No(40, "Missing required arguments:fields", "isv.missing-parameter")
    since, until = _moment(values["start_modified"]), _moment(values["end_modified"])
    if until < since or until - since > longest:
        raise _remote("isv.invalid-parameter:date", "时间跨度不能超过一天")
    found = [row for row in rows if since <= _moment(row["modified"]) <= until]
    return sorted(found, key=lambda row: str(row["modified"]), reverse=True)


def _listed(outer: str, inner: str, rows: list[Any]) -> dict[str, Any]:
    """One row alone comes as an object, as it sometimes does in earnest."""
    return {outer: {inner: rows[0] if len(rows) == 1 else rows}} if rows else {}


def _sold(state: State, values: Values) -> dict[str, Any]:
    found = _modified(values, list(trades(state).values()), DAY)
    rows, more = _page(values, found)
    short = [{"tid": row["tid"], "modified": row["modified"]} for row in rows]
    listed = _listed("trades", "trade", short)
    if values.get("use_has_next") == "true":
        return {"has_next": more} | listed
    return {"total_results": len(found)} | listed


def _fullinfo(state: State, values: Values) -> dict[str, Any]:
    if not values.get("fields"):
        raise _No(40, "Missing required arguments:fields", "isv.missing-parameter")
    return {"trade": _trade(state, values)}


def _memo(state: State, values: Values) -> dict[str, Any]:
    trade = _trade(state, values)
    flag = values.get("flag", "0")
    if flag not in set("012345") or len(values.get("memo", "").encode("gbk", "replace")) > 1000:
        raise _No(41, "Invalid arguments:memo", "isv.invalid-parameter")
    before = trade.get("seller_memo", ""), trade.get("seller_flag", 0)
    if values.get("memo"):
        trade["seller_memo"] = values["memo"]
    trade["seller_flag"] = int(flag)
    if before != (trade["seller_memo"], trade["seller_flag"]):
        state.did(SYSTEM, "memo", values["tid"], memo=trade["seller_memo"], flag=int(flag))
    return _touched(trade)


def _touched(trade: Trade) -> dict[str, Any]:
    trade["modified"] = f"{datetime.now(CHINA):%Y-%m-%d %H:%M:%S}"
    return {"trade": {"tid": trade["tid"], "modified": trade["modified"]}}


def _address(state: State, values: Values) -> dict[str, Any]:
    trade = _trade(state, values)
    if trade["status"] != "WAIT_SELLER_SEND_GOODS":
        raise _remote("isv.trade-service-rejection", "只能修改买家已付款、等待卖家发货的交易")
    new = {n: "" if v == "-1" else v for n, v in values.items() if n.startswith("receiver_")}
    if any(trade.get(name, "") != value for name, value in new.items()):
        trade.update(new)
        state.did(SYSTEM, "address", values["tid"], city=trade.get("receiver_city", ""))
    return _touched(trade)


def _close(state: State, values: Values) -> dict[str, Any]:
    trade = _trade(state, values)
    if values.get("close_reason") not in REASONS:
        raise _No(41, "Invalid arguments:close_reason", "isv.invalid-parameter")
    if trade["status"] != "WAIT_BUYER_PAY":
        raise _remote("isv.trade-service-rejection", "交易状态不对，不能关闭")
    if datetime.now(CHINA) - _moment(trade["created"]) < timedelta(seconds=10):
        raise _remote("CLOSE_TRADE_TOO_FAST", "下单后 10 秒内不能关闭")
    trade["status"] = "TRADE_CLOSED_BY_TAOBAO"
    state.did(SYSTEM, "close", values["tid"], reason=values["close_reason"])
    return _touched(trade)


def _send(state: State, values: Values) -> dict[str, Any]:
    trade, waybill = _trade(state, values), values.get("out_sid", "")
    code = "isv.logistics-offline-service-error"
    if values.get("company_code") not in COMPANIES:
        raise _remote(f"{code}:B01", "物流公司编码不存在")
    lines = _of_parcel(trade, values)
    sendable = trade["status"] in ("WAIT_SELLER_SEND_GOODS", "SELLER_CONSIGNED_PART")
    if not sendable or any(line.get("invoice_no") for line in lines):
        words = "订单状态不对该物流订单已经发货或者已关闭，不能重复发货"
        raise _remote(f"{code}:B04", words)
    _use(state, trade, waybill, f"{code}:B60")
    for line in lines:
        line |= {"invoice_no": waybill, "logistics_company": values["company_code"]}
    left = [line for line in _lines(trade) if not line.get("invoice_no")]
    trade["status"] = "SELLER_CONSIGNED_PART" if left else "WAIT_BUYER_CONFIRM_GOODS"
    state.did(SYSTEM, "send", values["tid"], waybill=waybill, company=values["company_code"])
    return {"shipping": {"is_success": True}}


def _lines(trade: dict[str, Any]) -> list[dict[str, Any]]:
    return list(trade.get("orders", {}).get("order", []))


def _of_parcel(trade: dict[str, Any], values: Values) -> list[dict[str, Any]]:
    """All its lines, or those that a split names."""
    if values.get("is_split") != "1":
        return _lines(trade)
    named = values.get("sub_tid", "").split(",")
    return [line for line in _lines(trade) if str(line["oid"]) in named]


def _use(state: State, trade: dict[str, Any], waybill: str, code: str) -> None:
    """One waybill may carry several trades of one buyer (a merged parcel), and nobody else's."""
    used: dict[str, str] = state.store(SYSTEM).setdefault("waybills", {})
    buyer = str(trade.get("buyer_nick", ""))
    fits = waybill.isalnum() and 8 <= len(waybill) <= 20
    if not fits or used.get(waybill, buyer) != buyer:
        raise _remote(code, "运单号不符合规则或已经被使用")
    used[waybill] = buyer


def _resend(state: State, values: Values) -> dict[str, Any]:
    trade, waybill = _trade(state, values), values.get("out_sid", "")
    code = "isv.logistics-update-company-or-mailno-error"
    if values.get("company_code") not in COMPANIES:
        raise _remote(f"{code}:P01", "物流公司编码不存在")
    lines = _of_parcel(trade, values)
    sent = all(line.get("invoice_no") for line in lines)
    if not sent or trade.get("too_late_to_resend"):
        raise _remote(f"{code}:P08", "该订单不支持修改")
    _use(state, trade, waybill, f"{code}:P04")
    for line in lines:
        line |= {"invoice_no": waybill, "logistics_company": values["company_code"]}
    state.did(SYSTEM, "resend", values["tid"], waybill=waybill, company=values["company_code"])
    return {"shipping": {"is_success": True}}


def _applied(state: State, values: Values) -> dict[str, Any]:
    found = _modified(values, list(refunds(state).values()), timedelta(days=90))
    rows, more = _page(values, found)
    return {"has_next": more} | _listed("refunds", "refund", rows)


def _review(state: State, values: Values) -> dict[str, Any]:
    refund = _refund(state, values["refund_id"], values.get("refund_version", ""))
    refund["reviewed"] = values.get("result") == "true"
    return {"is_success": True}


def _refund(state: State, number: str, version: str) -> dict[str, Any]:
    refund = refunds(state).get(number)
    if refund is None or str(refund.get("refund_version", "")) != version:
        raise _remote("isv.refund-version-error", "退款版本已经变化，请重新查询")
    return refund


def _agree(state: State, values: Values) -> dict[str, Any]:
    """One refund at a time; of Tmall (`phase`) it has to be reviewed first."""
    parts = values.get("refund_infos", "").split("|")
    if len(parts) not in (3, 4):
        raise _No(41, "Invalid arguments:refund_infos", "isv.invalid-parameter")
    refund = _refund(state, parts[0], parts[2])
    why = ""
    if int(float(refund["refund_fee"]) * 100 + 0.5) != int(parts[1]):
        why = "退款金额不一致"
    elif refund["status"] != "WAIT_SELLER_AGREE":
        why = "退款状态不对"
    elif len(parts) == 4 and not refund.get("reviewed"):
        why = "退款没有审核"
    if why:
        row = {"refund_id": parts[0], "succ": False, "message": why}
        return {"succ": False, "msg_code": "OP_FAILURE_UE"} | _listed(
            "results", "refund_mapping_result", [row]
        )
    refund["status"] = "SUCCESS"
    state.did(SYSTEM, "refund", parts[0], cents=int(parts[1]))
    return {"succ": True, "msg_code": "OP_SUCC"}


def _refuse(state: State, values: Values) -> dict[str, Any]:
    """What was not sent cannot be refused; a reason has 2 to 200 letters."""
    if not 2 <= len(values.get("refuse_message", "")) <= 200:
        raise _No(41, "Invalid arguments:refuse_message", "isv.invalid-parameter")
    refund = _refund(state, values["refund_id"], values.get("refund_version", ""))
    trade = trades(state).get(str(refund["tid"]), {})
    if refund["status"] != "WAIT_SELLER_AGREE":
        raise _remote("isv.refund-status-error", "退款状态不对，不能拒绝")
    if trade.get("status") in ("WAIT_SELLER_SEND_GOODS", "SELLER_CONSIGNED_PART"):
        raise _remote("isv.refuse-not-sent", "卖家未发货，不能拒绝退款")
    refund["status"] = REFUSED
    refund["modified"] = f"{datetime.now(CHINA):%Y-%m-%d %H:%M:%S}"
    state.did(SYSTEM, "refuse", values["refund_id"], message=values["refuse_message"])
    shown = {"refund_id": refund["refund_id"], "status": REFUSED, "modified": refund["modified"]}
    return {"refund": shown, "is_success": True}


_METHODS: dict[str, Callable[[State, Values], dict[str, Any]]] = {
    "taobao.trades.sold.increment.get": _sold,
    "taobao.trade.fullinfo.get": _fullinfo,
    "taobao.trade.memo.update": _memo,
    "taobao.trade.shippingaddress.update": _address,
    "taobao.trade.close": _close,
    "taobao.logistics.offline.send": _send,
    "taobao.logistics.consign.resend": _resend,
    "taobao.refunds.receive.get": _applied,
    "taobao.rp.refund.review": _review,
    "taobao.rp.refunds.agree": _agree,
    "taobao.refund.refuse": _refuse,
}
