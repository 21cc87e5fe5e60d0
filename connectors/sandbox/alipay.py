"""Alipay's gateway: knows the trades that were paid, pays each refund number back once.

`/_pay` is where the buyer pays (form: trade_no, amount, notify_url). `refuse` in its store holds
codes for the next refunds; with `after:` in front, the refund is done and the code told all the
same.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from connectors.sandbox import bills, keys
from connectors.sandbox.state import State
from connectors.sandbox.wire import Reply, Request, Routes, by_hand

SYSTEM = "alipay"
APP_ID = "2021000100000001"
BILLS = "alipay.data.dataservice.bill.downloadurl.query"
CHINA = ZoneInfo("Asia/Shanghai")
GOOD = {"code": "10000", "msg": "Success"}
Answer = dict[str, Any]
MESSAGES = {
    "ACQ.SYSTEM_ERROR": "系统错误",
    "ACQ.INVALID_PARAMETER": "参数无效",
    "ACQ.SELLER_BALANCE_NOT_ENOUGH": "卖家余额不足",
    "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL": "撤销或退款金额与订单金额不一致",
    "ACQ.REASON_TRADE_BEEN_FREEZEN": "请求退款的交易被冻结",
    "ACQ.TRADE_NOT_EXIST": "交易不存在",
    "ACQ.TRADE_HAS_FINISHED": "交易已完结",
    "ACQ.TRADE_STATUS_ERROR": "交易状态非法",
    "ACQ.DISCORDANT_REPEAT_REQUEST": "不一致的请求",
    "ACQ.REASON_TRADE_REFUND_FEE_ERR": "退款金额无效",
    "ACQ.TRADE_NOT_ALLOW_REFUND": "当前交易不允许退款",
    "ACQ.REFUND_FEE_ERROR": "交易退款金额有误",
}


def credentials() -> dict[str, str]:
    """What a shop types in to use it."""
    return {
        "app_id": APP_ID,
        "private_key": keys.private_pem("alipay-shop"),
        "alipay_public_key": keys.public_pem("alipay"),
    }


def routes(state: State) -> Routes:
    """The gateway, and the buyer."""
    methods: dict[str, Callable[[State, Answer], Answer]] = {
        "alipay.trade.refund": _refund,
        "alipay.trade.fastpay.refund.query": _query,
        BILLS: _bill,
    }

    def gateway(request: Request) -> Reply:
        asked = request.query | request.form
        method = asked.get("method", "")
        wrong = _not_understood(asked, method in methods)
        if wrong:
            return _unsigned(wrong)
        if not _is_signed(asked):
            return _told(method, _no("isv.invalid-signature", "验签出错", "40002"))
        try:
            content = json.loads(asked["biz_content"])
        except (KeyError, ValueError):
            content = None
        if not isinstance(content, dict):
            return _told(method, _no("ACQ.INVALID_PARAMETER"))
        content["_host"] = request.headers.get("Host", "")
        return _told(method, methods[method](state, content))

    def download(request: Request) -> Reply:
        day = bills.over(request.query.get("bizDates", ""))
        return Reply(bills.alipay_bill(state, day) if day else b"", 200, {}, "application/zip")

    @by_hand
    def pay(request: Request) -> Reply:
        form = request.form
        paid(state, form["trade_no"], Decimal(form["amount"]), form.get("notify_url", ""))
        return Reply(b"paid\n")

    return {
        ("POST", "/gateway.do"): gateway,
        ("GET", "/downloadBillFile.resource"): download,
        ("POST", "/_pay"): pay,
    }


def paid(state: State, trade_no: str, amount: Decimal, notify_url: str = "") -> None:
    """The buyer paid: from now on there is something to pay back."""
    at = datetime.now(CHINA)
    trade = {"amount": amount, "refunds": {}, "notify_url": notify_url, "at": at}
    state.store(SYSTEM).setdefault("trades", {})[trade_no] = trade
    if notify_url:
        _say(state, trade_no, {"trade_status": "TRADE_SUCCESS", "gmt_payment": _now()})


def _refund(state: State, content: Answer) -> Answer:
    refuse = state.store(SYSTEM).get("refuse") or []
    code = refuse.pop(0) if refuse else ""
    if code and not code.startswith("after:"):
        return _no(code)
    answer = _done(state, content)
    return _no(code.removeprefix("after:")) if code else answer


def _done(state: State, content: Answer) -> Answer:
    trade_no, number = str(content.get("trade_no", "")), str(content.get("out_request_no", ""))
    trade = state.store(SYSTEM).get("trades", {}).get(trade_no)
    amount = _amount(content.get("refund_amount"))
    if trade is None:
        return _no("ACQ.TRADE_NOT_EXIST")
    refunds: dict[str, Decimal] = trade["refunds"]
    if number in refunds:
        same = refunds[number] == amount
        return _state(trade_no, trade, "N") if same else _no("ACQ.DISCORDANT_REPEAT_REQUEST")
    if not number:
        return _no("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL" if amount else "ACQ.INVALID_PARAMETER")
    if amount is None:
        return _no("ACQ.REFUND_FEE_ERROR")
    if sum(refunds.values()) + amount > trade["amount"]:
        return _no("ACQ.REASON_TRADE_REFUND_FEE_ERR")
    refunds[number] = amount
    state.did(SYSTEM, "refund", number, trade_no=trade_no, amount=f"{amount:.2f}")
    _say_refund(state, trade_no, number)
    return _state(trade_no, trade, "Y")


def _query(state: State, content: Answer) -> Answer:
    trade_no, number = str(content.get("trade_no", "")), str(content.get("out_request_no", ""))
    trade = state.store(SYSTEM).get("trades", {}).get(trade_no)
    if trade is None:
        return _no("ACQ.TRADE_NOT_EXIST")
    amount = trade["refunds"].get(number)
    if amount is None:
        return dict(GOOD)
    return GOOD | {
        "trade_no": trade_no,
        "out_request_no": number,
        "total_amount": f"{trade['amount']:.2f}",
        "refund_amount": f"{amount:.2f}",
        "refund_status": "REFUND_SUCCESS",
        "gmt_refund_pay": _now(),
    }


def _bill(state: State, content: Answer) -> Answer:
    """Where the day's bill lies; a day on which nothing happened has none."""
    day = bills.over(str(content.get("bill_date", "")))
    if day is None or content.get("bill_type") != "trade":
        return _no("invalid_arguments", "入参不合法")
    if not bills.alipay_bill(state, day):
        return _no("isp.bill_not_exist", "账单不存在")
    where = f"http://{content['_host']}/alipay/downloadBillFile.resource?bizType=trade"
    return GOOD | {"bill_download_url": f"{where}&bizDates={day}&fileType=csv.zip"}


def _say_refund(state: State, trade_no: str, number: str) -> None:
    trade = state.store(SYSTEM)["trades"][trade_no]
    back = sum(trade["refunds"].values())
    status = "TRADE_CLOSED" if back == trade["amount"] else "TRADE_SUCCESS"
    news = {"out_biz_no": number, "refund_fee": f"{back:.2f}", "gmt_refund": _now() + ".000"}
    if trade["notify_url"]:
        _say(state, trade_no, news | {"trade_status": status})


def _say(state: State, trade_no: str, news: dict[str, str]) -> None:
    trade = state.store(SYSTEM)["trades"][trade_no]
    state.call_back(
        SYSTEM, trade["notify_url"], notification(trade_no, trade["amount"], news), FORM
    )


FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


def notification(trade_no: str, amount: Decimal, news: dict[str, str]) -> bytes:
    """The signed form of a callback."""
    form = {
        "notify_id": f"{trade_no}{len(news)}",
        "notify_type": "trade_status_sync",
        "notify_time": _now(),
        "charset": "utf-8",
        "version": "1.0",
        "app_id": APP_ID,
        "trade_no": trade_no,
        "total_amount": f"{amount:.2f}",
        "subject": "棉衬衫 & 长裤",
    } | news
    return urlencode(form | {"sign_type": "RSA2", "sign": _sign(_sorted(form))}).encode()


def _state(trade_no: str, trade: dict[str, Any], change: str) -> Answer:
    return GOOD | {
        "trade_no": trade_no,
        "buyer_logon_id": "dem***@sandbox.com",
        "fund_change": change,
        "gmt_refund_pay": _now(),
        "refund_fee": f"{sum(trade['refunds'].values()):.2f}",
        "send_back_fee": "0.00",
    }


def _no(sub_code: str, sub_msg: str = "", code: str = "40004") -> Answer:
    if sub_code == "isp.unknow-error":
        return {
            "code": "20000",
            "msg": "Service Currently Unavailable",
            "sub_code": sub_code,
            "sub_msg": "系统繁忙",
        }
    message = sub_msg or MESSAGES.get(sub_code, sub_code)
    return {"code": code, "msg": "Business Failed", "sub_code": sub_code, "sub_msg": message}


def _not_understood(asked: dict[str, str], known: bool) -> str:
    """What is wrong before the signature is looked at."""
    if asked.get("app_id") != APP_ID:
        return "isv.invalid-app-id"
    if not known:
        return "isv.invalid-method"
    if asked.get("sign_type") != "RSA2" or asked.get("charset") != "utf-8":
        return "isv.invalid-signature-type"
    try:
        datetime.strptime(asked.get("timestamp", ""), "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007
    except ValueError:
        return "isv.invalid-timestamp"
    return ""


def _is_signed(asked: dict[str, str]) -> bool:
    form = {name: value for name, value in asked.items() if name != "sign"}
    shop = keys.private_key("alipay-shop").public_key()
    try:
        signature = base64.b64decode(asked.get("sign", ""), validate=True)
        shop.verify(signature, _sorted(form).encode(), PKCS1v15(), SHA256())
    except (ValueError, InvalidSignature):
        return False
    return True


def _sorted(form: dict[str, str]) -> str:
    return "&".join(f"{name}={form[name]}" for name in sorted(form))


def _sign(text: str) -> str:
    signature = keys.private_key("alipay").sign(text.encode(), PKCS1v15(), SHA256())
    return base64.b64encode(signature).decode()


def _told(method: str, answer: Answer) -> Reply:
    node = json.dumps(answer, ensure_ascii=False)
    body = f'{{"{method.replace(".", "_")}_response":{node},"sign":"{_sign(node)}"}}'
    return Reply(body.encode(), content_type="text/html;charset=utf-8")


def _unsigned(sub_code: str) -> Reply:
    return Reply.json({"error_response": _no(sub_code, sub_code, "40002")})


def _amount(text: Any) -> Decimal | None:
    """Yuan with at most two places, more than nothing."""
    try:
        amount = Decimal(str(text))
    except InvalidOperation:
        return None
    fits = amount.is_finite() and amount > 0 and amount == amount.quantize(Decimal("0.01"))
    return amount if fits else None


def _now() -> str:
    return f"{datetime.now(CHINA):%Y-%m-%d %H:%M:%S}"
