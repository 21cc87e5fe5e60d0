"""WeChat Pay v3: domestic refunds in fen, callbacks encrypted with AES-256-GCM (SOP 1.5).

`wechatpayv3` signs, verifies and decrypts. Its own HTTP is not used (no breaker, no limits, and it
fetches certificates whenever a callback names one that it does not know).
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlsplit

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_pem_x509_certificates
from wechatpayv3.utils import (
    aes_decrypt,
    build_authorization,
    load_private_key,
    load_public_key,
    rsa_verify,
)

from connectors.answers import Answer, Unknown
from connectors.bills import LARGEST, BillAnswer, BillState, later, refused
from connectors.gateways import Forged, Notice, RefundAnswer, RefundRequest, RefundState
from connectors.http import LARGEST as SMALL
from connectors.http import request as call
from connectors.http import url
from connectors.refusals import WECHATPAY, Path, path_of, said_of

SYSTEM = "wechatpay"
REFUNDS = "/v3/refund/domestic/refunds"
BILL = "/v3/bill/tradebill"
MOST_UNPACKED = 200 * 2**20
SIGNATURE = "WECHATPAY2-SHA256-RSA2048"
WINDOW = timedelta(minutes=5)  # a signature older than this may be one that was listened to
REASON_BYTES = 80
UNSIGNED = "微信支付的回答没有有效的签名，结果不明，会再查。"

STATES = {
    "SUCCESS": RefundState.SUCCEEDED,
    "PROCESSING": RefundState.PROCESSING,
    "CLOSED": RefundState.REJECTED,
    "ABNORMAL": RefundState.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Account:
    """A merchant; keys as PEM. WeChat's side: its public key with its id, or its certificates."""

    mchid: str
    serial_no: str
    private_key: str = field(repr=False)
    api_v3_key: str = field(repr=False)
    public_key_id: str = ""
    public_key: str = ""
    certificates: str = ""


class WechatPay:
    """The gateway for one account; `notify_url` is where it reports refunds, if anywhere.

    Raises ValueError for keys that are none.
    """

    def __init__(self, account: Account, notify_url: str = "") -> None:
        private_key(account.private_key)
        if not public_keys(account) or len(account.api_v3_key.encode()) != 32:
            raise ValueError("no key of WeChat's, or an APIv3 key that is not 32 letters long")
        self.account = account
        self.notify_url = notify_url

    def refund(self, request: RefundRequest) -> RefundAnswer:
        """Hand it in; nearly always it is `PROCESSING` at first."""
        content = {
            "transaction_id": request.trade_no,
            "out_refund_no": request.key,
            "amount": {
                "refund": fen(request.amount),
                "total": fen(request.total),
                "currency": "CNY",
            },
        }
        if request.reason:
            content["reason"] = request.reason.encode()[:REASON_BYTES].decode(errors="ignore")
        if self.notify_url:
            content["notify_url"] = self.notify_url
        return self._answer("POST", REFUNDS, request, json.dumps(content, ensure_ascii=False))

    def query(self, request: RefundRequest) -> RefundAnswer:
        """Ask by key."""
        return self._answer("GET", f"{REFUNDS}/{quote(request.key)}", request)

    def bill(self, day: date) -> BillAnswer:
        """交易账单 of a day: its address and SHA-1 are signed, the file itself is not."""
        answer = self._call(
            "GET", f"{BILL}?bill_date={day:%Y-%m-%d}&bill_type=ALL&tar_type=GZIP", ""
        )
        content = answer.json()
        if not isinstance(content, dict):
            return later(UNSIGNED)
        if answer.status >= 400:
            return _no_bill(str(content.get("code", "")))
        if not signed_by_wechat(self.account, answer.headers, answer.body):
            return later("微信支付的回答没有有效的签名，会再取账单。")
        file = self._download(str(content.get("download_url", "")))
        data = _unzipped(file.body) if file.status == 200 else b""
        known = str(content.get("hash_value", "")).lower()
        if not known or known not in (_sha1(data), _sha1(file.body)):
            return later("微信支付的账单和它的校验值对不上，会再取。")
        return BillAnswer(BillState.HERE, data=data, name=f"微信支付 {day:%Y-%m-%d}.csv")

    def verify(self, headers: Mapping[str, str], raw: bytes, now: datetime) -> None:
        """The signature over time, nonce and raw body, and its age. Raises Forged."""
        said = headers.get("Wechatpay-Timestamp", "")
        if not said.isdecimal() or len(said) > 12:
            raise Forged("timestamp")
        if abs(now.timestamp() - int(said)) > WINDOW.total_seconds():
            raise Forged("too old, or from the future")
        if not signed_by_wechat(self.account, headers, raw):
            raise Forged("signature")

    def read(self, raw: bytes) -> Notice:
        """Decrypt; refunds say `refund_status` here, and `status` when asked. Raises Forged."""
        try:
            resource = json.loads(raw)["resource"]
            plain = json.loads(decrypted(resource, self.account.api_v3_key))
            trade_no, amount = plain["transaction_id"], plain["amount"]
            if plain["mchid"] != self.account.mchid:
                raise Forged("another merchant")
            code = plain.get("refund_status") or plain["trade_state"]
            key = plain["out_refund_no"] if "refund_status" in plain else ""
            paid = yuan(amount["refund" if key else "total"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Forged("shape") from error
        state = STATES.get(code, RefundState.UNKNOWN)
        return Notice(SYSTEM, key, trade_no, paid, state, code, _time(plain.get("success_time")))

    def _answer(
        self, method: str, path: str, request: RefundRequest, body: str = ""
    ) -> RefundAnswer:
        try:
            answer = self._call(method, path, body)
            content = answer.json()
        except Unknown as error:
            why = f"微信支付{error.why}，会用原退款号再查。"
            return RefundAnswer(RefundState.UNKNOWN, reason=why)
        if not isinstance(content, dict):
            return RefundAnswer(RefundState.UNKNOWN, reason=UNSIGNED)
        if answer.status >= 400:
            return refused_by(content, asked=method == "GET")
        if not signed_by_wechat(self.account, answer.headers, answer.body):
            return RefundAnswer(RefundState.UNKNOWN, reason=UNSIGNED)
        return _told(content, request)

    def _download(self, address: str) -> Answer:
        """The file, asked for with a signature over its path as WeChat sees it."""
        base = urlsplit(url(SYSTEM, ""))
        parts = urlsplit(address)
        path = f"{parts.path.removeprefix(base.path)}?{parts.query}"
        return self._call("GET", path, "", address=address, largest=LARGEST)

    def _call(
        self, method: str, path: str, body: str, *, address: str = "", largest: int = SMALL
    ) -> Answer:
        account = self.account
        authorization = build_authorization(
            path,
            method,
            account.mchid,
            account.serial_no,
            private_key(account.private_key),
            data=body,
        )
        headers = {
            "Authorization": authorization,
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": "gendan",
        }
        if account.public_key_id:
            headers["Wechatpay-Serial"] = account.public_key_id
        return call(
            SYSTEM,
            method,
            address or url(SYSTEM, path),
            content=body.encode() if body else None,
            headers=headers,
            idempotent=method == "GET",
            largest=largest,
        )


def _no_bill(code: str) -> BillAnswer:
    """Errors carry no signature; none of them makes a bill."""
    if code == "NO_STATEMENT_EXIST":
        return BillAnswer(BillState.EMPTY, "微信支付说这一天没有收款，也没有退款。")
    if not code or code == "STATEMENT_CREATING" or path_of(code) is Path.AGAIN:
        return later("微信支付的账单还没有生成，会再取。")
    return refused(f"微信支付不给账单（{code}），请负责人核对商户号、密钥和下载账单的权限。")


def _unzipped(body: bytes) -> bytes:
    """The bill as text; cut off where it is larger than any bill."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return zlib.decompressobj(wbits=31).decompress(body, MOST_UNPACKED)
    except zlib.error:
        return b""


def _sha1(data: bytes) -> str:
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()


def _told(content: dict[str, Any], request: RefundRequest) -> RefundAnswer:
    """What a refund as WeChat has it says of the one that was asked for."""
    try:
        same = (
            content["out_refund_no"] == request.key
            and content["amount"]["refund"] == fen(request.amount)
            and content.get("transaction_id", request.trade_no) == request.trade_no
        )
        code = str(content["status"])
    except (KeyError, TypeError):
        return RefundAnswer(RefundState.UNKNOWN, reason="微信支付的回答缺内容，会再查。")
    if not same:
        why = "微信支付按这个退款号退的，交易号或金额和我们要退的不同，请财务核对。"
        return RefundAnswer(RefundState.UNKNOWN, "DIFFERS", why)
    state = STATES.get(code, RefundState.UNKNOWN)
    return RefundAnswer(state, code, said_of(code), _time(content.get("success_time")))


def refused_by(content: dict[str, Any], *, asked: bool) -> RefundAnswer:
    """A documented error. Errors carry no signature; none of them can make a refund succeed."""
    code = str(content.get("code", ""))
    if asked and code == "RESOURCE_NOT_EXISTS":
        return RefundAnswer(RefundState.ABSENT, code)
    if asked or not code or path_of(code) is Path.AGAIN:
        busy = said_of(code) or WECHATPAY["SYSTEM_ERROR"].said
        return RefundAnswer(RefundState.UNKNOWN, code, busy)
    text = str(content.get("message", ""))
    reason = said_of(code) or f"微信支付不同意退款：{text}（{code}）。"
    return RefundAnswer(RefundState.REJECTED, code, reason)


def signed_by_wechat(account: Account, headers: Mapping[str, str], body: bytes) -> bool:
    """Is this WeChat's signature? A key that we do not hold, or no text, means no."""
    serial = headers.get("Wechatpay-Serial", "")
    key = public_keys(account).get(serial) or public_keys(account).get(serial.lstrip("0").upper())
    kind = headers.get("Wechatpay-Signature-Type", SIGNATURE)
    if key is None or kind != SIGNATURE:
        return False
    try:
        text = body.decode()
        return bool(
            rsa_verify(
                headers["Wechatpay-Timestamp"],
                headers["Wechatpay-Nonce"],
                text,
                headers["Wechatpay-Signature"],
                key,
            )
        )
    except (ValueError, KeyError):
        return False


@lru_cache(maxsize=16)  # reading a key costs more than signing
def private_key(pem: str) -> Any:
    """The merchant's key. Raises ValueError for text that is none."""
    try:
        key = load_private_key(pem)
    except Exception as error:  # the library raises nothing more precise
        raise ValueError("no private key") from error
    if key is None:
        raise ValueError("no private key")
    return key


@lru_cache(maxsize=16)
def public_keys(account: Account) -> dict[str, RSAPublicKey]:
    """WeChat's keys by the serial that a signature names; while they change there are several.

    Raises ValueError for text that is none.
    """
    keys: dict[str, RSAPublicKey] = {}
    if account.public_key_id:
        try:
            keys[account.public_key_id] = load_public_key(account.public_key)
        except Exception as error:  # the library raises nothing more precise
            raise ValueError("no public key") from error
    if account.certificates.strip():
        for one in load_pem_x509_certificates(account.certificates.encode()):
            key = one.public_key()
            if isinstance(key, RSAPublicKey):
                keys[f"{one.serial_number:X}"] = key
    return keys


def decrypted(resource: Mapping[str, str], api_v3_key: str) -> str:
    """The text inside a callback. Raises Forged when it was sealed with another key."""
    if resource["algorithm"] != "AEAD_AES_256_GCM":
        raise Forged("algorithm")
    plain = aes_decrypt(
        resource["nonce"],
        resource["ciphertext"],
        resource.get("associated_data") or "",
        api_v3_key,
    )
    if plain is None:
        raise Forged("sealed with another key")
    return str(plain)


def fen(amount: Decimal) -> int:
    """Yuan in fen; the request saw to it that nothing is lost."""
    return int(amount * 100)


def yuan(amount: Any) -> Decimal:
    """Fen in yuan. Raises ValueError."""
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise ValueError("fen are whole")
    return Decimal(amount) / 100


def _time(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
