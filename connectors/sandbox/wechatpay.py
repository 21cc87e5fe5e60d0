"""WeChat Pay v3: checks signature, time and nonce; takes fen; pays each refund number back once.

`/_pay` is where the buyer pays (form: transaction_id, fen, notify_url). A refund is `PROCESSING`
in the answer and done a moment later, unless `held` is in its store: then it waits for `settle`.
`refuse` holds codes for the next refunds.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import time
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from connectors.sandbox import bills, keys
from connectors.sandbox.state import Callback, State
from connectors.sandbox.wire import Reply, Request, Routes, by_hand

SYSTEM = "wechatpay"
MCHID, SERIAL = "1900000109", "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"
API_V3_KEY = "sandbox-api-v3-key-of-32-letters"
KEY_ID = "PUB_KEY_ID_0119000001092024100000000000000001"
AUTHORIZATION = re.compile(
    r'WECHATPAY2-SHA256-RSA2048 mchid="(\d+)",nonce_str="(\w+)",signature="([^"]+)",'
    r'timestamp="(\d+)",serial_no="(\w+)"'
)
NUMBER = re.compile(r"[0-9A-Za-z_\-|*@]{1,64}")
STATUSES = {
    "SYSTEM_ERROR": 500,
    "FREQUENCY_LIMITED": 429,
    "NOT_ENOUGH": 403,
    "NO_AUTH": 403,
    "USER_ACCOUNT_ABNORMAL": 403,
    "MCH_NOT_EXISTS": 404,
    "RESOURCE_NOT_EXISTS": 404,
    "SIGN_ERROR": 401,
}
EVENTS = {"SUCCESS": "REFUND.SUCCESS", "CLOSED": "REFUND.CLOSED", "ABNORMAL": "REFUND.ABNORMAL"}


def credentials() -> dict[str, str]:
    """What a shop types in to use it."""
    return {
        "mchid": MCHID,
        "serial_no": SERIAL,
        "private_key": keys.private_pem("wechatpay-shop"),
        "api_v3_key": API_V3_KEY,
        "public_key_id": KEY_ID,
        "public_key": keys.public_pem("wechatpay"),
    }


def routes(state: State) -> Routes:
    """Refunds, and the buyer."""

    def refund(request: Request) -> Reply:
        return _unsigned(state, request) or _refund(state, request.json())

    def query(request: Request) -> Reply:
        wrong = _unsigned(state, request)
        if wrong:
            return wrong
        known = state.store(SYSTEM).get("refunds", {}).get(request.params["number"])
        return _told(known) if known else _no("RESOURCE_NOT_EXISTS", "退款单不存在")

    def bill(request: Request) -> Reply:
        return _unsigned(state, request) or _bill(state, request)

    def download(request: Request) -> Reply:
        wrong = _unsigned(state, request)
        if wrong:
            return wrong
        day = bills.over(request.query.get("token", ""))
        data = bills.wechat_bill(state, day) if day else b""
        return Reply(bills.packed(data), 200, {}, "application/octet-stream")

    @by_hand
    def pay(request: Request) -> Reply:
        form = request.form
        paid(state, form["transaction_id"], int(form["fen"]), form.get("notify_url", ""))
        return Reply(b"paid\n")

    return {
        ("POST", "/v3/refund/domestic/refunds"): refund,
        ("GET", "/v3/refund/domestic/refunds/{number}"): query,
        ("GET", "/v3/bill/tradebill"): bill,
        ("GET", "/v3/billdownload/file"): download,
        ("POST", "/_pay"): pay,
    }


def paid(state: State, transaction_id: str, fen: int, notify_url: str = "") -> None:
    """The buyer paid: from now on there is something to pay back."""
    state.store(SYSTEM).setdefault("trades", {})[transaction_id] = fen
    state.store(SYSTEM).setdefault("paid", []).append((transaction_id, fen, _now()))
    if notify_url:
        plain = {
            "mchid": MCHID,
            "transaction_id": transaction_id,
            "out_trade_no": "T" + transaction_id,
            "trade_state": "SUCCESS",
            "success_time": _china_time(),
            "amount": {"total": fen, "payer_total": fen, "currency": "CNY"},
        }
        body = event("TRANSACTION.SUCCESS", "transaction", plain)
        state.call_back(SYSTEM, notify_url, body, signature_of(body))


def settle(state: State, number: str, status: str = "SUCCESS") -> None:
    """The bank has decided; only now money moved, and WeChat says so."""
    refund = state.store(SYSTEM)["refunds"][number]
    refund["status"] = status
    refund["success_time"] = _china_time()
    if status == "SUCCESS":
        fen = refund["amount"]["refund"]
        state.did(SYSTEM, "refund", number, trade_no=refund["transaction_id"], fen=fen)
    if refund["_notify_url"]:
        body = notification(refund)
        state.call_back(SYSTEM, refund["_notify_url"], body, signature_of(body))


def _refund(state: State, asked: Any) -> Reply:
    refuse = state.store(SYSTEM).get("refuse") or []
    if refuse:
        return _no(refuse.pop(0), "按要求拒绝")
    wrong = _wrong(state, asked)
    if wrong:
        return wrong
    refunds = state.store(SYSTEM).setdefault("refunds", {})
    number = asked["out_refund_no"]
    if number in refunds:
        same = refunds[number]["_asked"] == _core(asked)
        return _told(refunds[number]) if same else _no("INVALID_REQUEST", "与之前的退款请求不一致")
    amount = asked["amount"]
    refund = refunds[number] = {
        "refund_id": f"503{secrets.randbelow(10**26):026d}",
        "out_refund_no": number,
        "transaction_id": asked["transaction_id"],
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        "status": "PROCESSING",
        "amount": amount | {"payer_refund": amount["refund"], "discount_refund": 0},
        "_asked": _core(asked),
        "_notify_url": asked.get("notify_url", ""),
        "_at": _now(),
    }
    reply = _told(refund)
    if not state.store(SYSTEM).get("held"):
        settle(state, number)
    return reply


def _bill(state: State, request: Request) -> Reply:
    """Where the day's bill lies, with the SHA-1 of what it says."""
    day = bills.over(request.query.get("bill_date", ""))
    if day is None:
        return _no("INVALID_REQUEST", "账单日期不对")
    data = bills.wechat_bill(state, day)
    if not data:
        return _no("NO_STATEMENT_EXIST", "账单文件不存在")
    where = f"http://{request.headers.get('Host', '')}/wechatpay/v3/billdownload/file?token={day}"
    digest = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    told = {"hash_type": "SHA1", "hash_value": digest, "download_url": where}
    body = json.dumps(told).encode()
    return Reply(body, 200, signature_of(body), "application/json")


def _wrong(state: State, asked: Any) -> Reply | None:
    """What is wrong with a refund as it is asked for."""
    amount = asked.get("amount") if isinstance(asked, dict) else None
    if not isinstance(amount, dict) or not NUMBER.fullmatch(str(asked.get("out_refund_no", ""))):
        return _no("PARAM_ERROR", "参数错误")
    refund, total = amount.get("refund"), amount.get("total")
    if type(refund) is not int or type(total) is not int or amount.get("currency") != "CNY":
        return _no("PARAM_ERROR", "金额必须是整数分")
    if len(str(asked.get("reason", "")).encode()) > 80:
        return _no("PARAM_ERROR", "退款原因过长")
    paid_fen = state.store(SYSTEM).get("trades", {}).get(asked.get("transaction_id"))
    if paid_fen is None:
        return _no("RESOURCE_NOT_EXISTS", "订单不存在")
    if total != paid_fen or refund < 1:
        return _no("INVALID_REQUEST", "订单金额或退款金额与实际不一致")
    others = [
        r["amount"]["refund"]
        for number, r in state.store(SYSTEM).get("refunds", {}).items()
        if r["transaction_id"] == asked["transaction_id"]
        and number != asked["out_refund_no"]
        and r["status"] != "CLOSED"
    ]
    return _no("INVALID_REQUEST", "退款金额大于可退金额") if sum(others) + refund > total else None


def _core(asked: dict[str, Any]) -> tuple[Any, ...]:
    return asked["transaction_id"], asked["amount"]["refund"], asked["amount"]["total"]


def _unsigned(state: State, request: Request) -> Reply | None:
    """What is wrong with the signature; each nonce is good once, each time for five minutes."""
    match = AUTHORIZATION.fullmatch(request.headers.get("Authorization", ""))
    if match is None or match[1] != MCHID or match[5] != SERIAL:
        return _no("SIGN_ERROR", "Authorization 不合法")
    nonce, signature, at = match[2], match[3], match[4]
    nonces: set[str] = state.store(SYSTEM).setdefault("nonces", set())
    if abs(_clock() - int(at)) > 300 or nonce in nonces:
        return _no("SIGN_ERROR", "时间或随机串不对")
    nonces.add(nonce)
    text = f"{request.method}\n{request.target}\n{at}\n{nonce}\n".encode() + request.body + b"\n"
    shop = keys.private_key("wechatpay-shop").public_key()
    try:
        shop.verify(base64.b64decode(signature, validate=True), text, PKCS1v15(), SHA256())
    except (ValueError, InvalidSignature):
        return _no("SIGN_ERROR", "签名错误")
    return None


def _told(refund: dict[str, Any]) -> Reply:
    shown = {name: value for name, value in refund.items() if not name.startswith("_")}
    body = json.dumps(shown, ensure_ascii=False).encode()
    return Reply(body, 200, signature_of(body), "application/json")


def _no(code: str, message: str) -> Reply:
    return Reply.json({"code": code, "message": message}, STATUSES.get(code, 400))


def notification(refund: dict[str, Any]) -> bytes:
    """The body of a callback: what it says is sealed with the shop's own key."""
    amount = refund["amount"]
    plain = {
        "mchid": MCHID,
        "transaction_id": refund["transaction_id"],
        "out_trade_no": "T" + refund["transaction_id"],
        "refund_id": refund["refund_id"],
        "out_refund_no": refund["out_refund_no"],
        "refund_status": refund["status"],
        "success_time": refund.get("success_time", ""),
        "user_received_account": refund["user_received_account"],
        "amount": {
            "total": amount["total"],
            "refund": amount["refund"],
            "payer_total": amount["total"],
            "payer_refund": amount["refund"],
        },
    }
    return event(EVENTS.get(refund["status"], "REFUND.SUCCESS"), "refund", plain)


def event(kind: str, of: str, plain: dict[str, Any]) -> bytes:
    """What WeChat says: the text of it sealed with the shop's APIv3 key."""
    nonce = secrets.token_hex(6)
    text = json.dumps(plain, ensure_ascii=False).encode()
    sealed = AESGCM(API_V3_KEY.encode()).encrypt(nonce.encode(), text, of.encode())
    told = {
        "id": secrets.token_hex(18),
        "create_time": plain["success_time"],
        "resource_type": "encrypt-resource",
        "event_type": kind,
        "summary": "微信支付通知",
        "resource": {
            "original_type": of,
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": base64.b64encode(sealed).decode(),
            "associated_data": of,
            "nonce": nonce,
        },
    }
    return json.dumps(told, ensure_ascii=False).encode()


def signature_of(body: bytes) -> dict[str, str]:
    """The headers by which WeChat signs what it says, now."""
    at, nonce = str(int(_clock())), secrets.token_hex(16)
    text = f"{at}\n{nonce}\n".encode() + body + b"\n"
    signature = keys.private_key("wechatpay").sign(text, PKCS1v15(), SHA256())
    return {
        "Content-Type": "application/json",
        "Wechatpay-Timestamp": at,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": KEY_ID,
        "Wechatpay-Signature": base64.b64encode(signature).decode(),
        "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
    }


def said_again(callback: Callback) -> Callback:
    """The same news later: WeChat signs it anew each time it sends it."""
    return Callback(SYSTEM, callback.address, callback.body, signature_of(callback.body))


def _china_time() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S+08:00", time.gmtime(_clock() + 8 * 3600))


def _now() -> datetime:
    return datetime.fromtimestamp(_clock(), bills.CHINA)


def _clock() -> float:
    return time.time()
