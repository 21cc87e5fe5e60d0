"""Alipay: alipay.trade.refund and alipay.trade.fastpay.refund.query, signed RSA2 (SOP 1.5).

`alipay-sdk-python` lays out what is signed, and verifies. Not used are its signing (pure Python is
slow), its HTTP (no breaker, no limits, the server's clock read as China's) and its model classes.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from alipay.aop.api.util.SignatureUtils import get_sign_content, verify_with_rsa
from cryptography.hazmat.primitives import serialization as ser
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from django.utils import timezone

from connectors.answers import Unknown
from connectors.bills import LARGEST, BillAnswer, BillState, later, refused
from connectors.gateways import Forged, Notice, RefundAnswer, RefundRequest, RefundState
from connectors.http import request as call
from connectors.http import url
from connectors.refusals import ALIPAY, Path, path_of, said_of
from core.money import ZERO

SYSTEM = "alipay"
CHINA = ZoneInfo("Asia/Shanghai")
CHARSETS = ("utf-8", "gbk", "gb2312", "gb18030")
UNSIGNED = "支付宝的回答没有有效的签名，结果不明，会再查。"
BUSY_CODES = {"20000", "10003"}
NO_BILL = {"isp.bill_not_exist", "BILL_NOT_EXIST"}  # as it answers, as it is documented


@dataclass(frozen=True, slots=True)
class Account:
    """A merchant's application at Alipay; keys as PEM or bare base64."""

    app_id: str
    private_key: str = field(repr=False)
    alipay_public_key: str


class Alipay:
    """The gateway for one account. Raises ValueError for keys that are none."""

    def __init__(self, account: Account) -> None:
        key_of(account.private_key)
        ser.load_der_public_key(base64.b64decode(bare(account.alipay_public_key)))
        self.account = account

    def refund(self, request: RefundRequest) -> RefundAnswer:
        """Pay back; `fund_change=N` means that this number moved nothing *now*, so it is asked."""
        answer = self._ask(
            "alipay.trade.refund",
            {
                "trade_no": request.trade_no,
                "refund_amount": f"{request.amount:.2f}",
                "out_request_no": request.key,
                "refund_reason": request.reason[:128],
            },
        )
        if isinstance(answer, RefundAnswer):
            return answer
        if answer.get("fund_change") != "Y":
            return self._asked_again(request)
        # `refund_fee` is all that was ever paid back of the trade.
        if (
            answer.get("trade_no") != request.trade_no
            or _yuan(answer, "refund_fee") < request.amount
        ):
            return _other("支付宝说退了款，但交易号或金额不是我们要退的，请财务核对。")
        return RefundAnswer(RefundState.SUCCEEDED, at=_time(answer.get("gmt_refund_pay")))

    def query(self, request: RefundRequest) -> RefundAnswer:
        """Ask by trade and key; an answer without figures means that there is no such refund."""
        answer = self._ask(
            "alipay.trade.fastpay.refund.query",
            {
                "trade_no": request.trade_no,
                "out_request_no": request.key,
                "query_options": ["gmt_refund_pay"],
            },
            again=True,
        )
        if isinstance(answer, RefundAnswer):
            return answer
        status, amount = answer.get("refund_status", ""), _yuan(answer, "refund_amount")
        if not status and not amount:
            return RefundAnswer(RefundState.ABSENT)
        if status not in ("", "REFUND_SUCCESS"):
            return RefundAnswer(RefundState.PROCESSING, str(status))
        if amount != request.amount or answer.get("out_request_no", request.key) != request.key:
            return _other(
                f"支付宝按这个退款号退的是 {amount:.2f} 元，和我们要退的不同，请财务核对。"
            )
        return RefundAnswer(RefundState.SUCCEEDED, at=_time(answer.get("gmt_refund_pay")))

    def bill(self, day: date) -> BillAnswer:
        """业务明细 of a day, zipped: its address is asked for, and good for thirty seconds."""
        content = {"bill_type": "trade", "bill_date": f"{day:%Y-%m-%d}"}
        answer = self._ask("alipay.data.dataservice.bill.downloadurl.query", content, again=True)
        if isinstance(answer, RefundAnswer):
            return _no_bill(answer)
        address = str(answer.get("bill_download_url", ""))
        if url(SYSTEM, "").startswith("https:"):  # it is named with http
            address = address.replace("http://", "https://", 1)
        file = call(SYSTEM, "GET", address, idempotent=True, timeout=20.0, largest=LARGEST)
        if file.status != 200 or not file.body.startswith(b"PK"):
            return later(f"支付宝的账单没有下载成（HTTP {file.status}），会再取。")
        return BillAnswer(BillState.HERE, data=file.body, name=f"支付宝 {day:%Y-%m-%d}.zip")

    def verify(self, headers: Mapping[str, str], raw: bytes, now: datetime) -> None:
        """The signature over the form's values, and our own application. Raises Forged."""
        form = parsed(raw)
        signature = form.pop("sign", "")
        if form.pop("sign_type", "") != "RSA2" or form.get("app_id") != self.account.app_id:
            raise Forged("another application or kind of signature")
        message = get_sign_content(form).encode(charset_of(form))
        if not verified(self.account.alipay_public_key, message, signature):
            raise Forged("signature")

    def read(self, raw: bytes) -> Notice:
        """A trade's news; with `out_biz_no` it is of the refund under that number.

        Its amount is then all that was ever paid back of the trade: query for the one refund.
        """
        form = parsed(raw)
        key = form.get("out_biz_no", "") if form.get("refund_fee") else ""
        amount = _yuan(form, "refund_fee" if key else "total_amount")
        trade_no, code = form.get("trade_no"), form.get("trade_status")
        if not trade_no or not code or amount <= 0:
            raise Forged("shape")
        at = _time(form.get("gmt_refund" if key else "gmt_payment"))
        return Notice(SYSTEM, key, trade_no, amount, RefundState.SUCCEEDED, code, at)

    def _asked_again(self, request: RefundRequest) -> RefundAnswer:
        found = self.query(request)
        if found.state is RefundState.ABSENT:  # Alipay says that it may take some seconds
            return RefundAnswer(RefundState.UNKNOWN, "N", "支付宝还没有退这笔款的记录，会再查。")
        return found

    def _ask(
        self, method: str, content: dict[str, Any], *, again: bool = False
    ) -> dict[str, Any] | RefundAnswer:
        """The verified answer of a call that went well, or what it means that it did not."""
        query, body = signed(self.account, method, content, timezone.now())
        try:
            answer = call(
                SYSTEM,
                "POST",
                f"{url(SYSTEM, '/gateway.do')}?{urlencode(query)}",
                data=body,
                idempotent=again,
            )
        except Unknown as error:
            return RefundAnswer(
                RefundState.UNKNOWN, reason=f"支付宝{error.why}，会用原退款号再查。"
            )
        return opened(answer.body, method, self.account.alipay_public_key)


def signed(
    account: Account, method: str, content: dict[str, Any], now: datetime
) -> tuple[dict[str, str], dict[str, str]]:
    """The query and the form of a request: what all calls have, signed, and the content."""
    common = {
        "app_id": account.app_id,
        "method": method,
        "format": "json",
        "charset": "utf-8",
        "sign_type": "RSA2",
        "timestamp": f"{now.astimezone(CHINA):%Y-%m-%d %H:%M:%S}",
        "version": "1.0",
    }
    body = {"biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":"))}
    text = get_sign_content(common | body)
    signature = key_of(account.private_key).sign(text.encode(), PKCS1v15(), SHA256())
    return common | {"sign": base64.b64encode(signature).decode()}, body


def opened(body: bytes, method: str, public_key: str) -> dict[str, Any] | RefundAnswer:
    """The content of an answer whose signature is right; else what is known of the refund."""
    try:
        whole = json.loads(body)
        name = next(iter(whole))  # error_response, when the request was not understood at all
        node = raw_node(body, name)
        answer = json.loads(node)
        code, sub_code = str(answer["code"]), str(answer.get("sub_code", ""))
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration):
        return RefundAnswer(RefundState.UNKNOWN, reason=UNSIGNED)
    trusted = name == method.replace(".", "_") + "_response"
    if not trusted or not verified(public_key, node, str(whole.get("sign", ""))):
        return RefundAnswer(RefundState.UNKNOWN, sub_code or code, said_of(sub_code) or UNSIGNED)
    if code == "10000":
        return dict(answer)
    if code in BUSY_CODES or path_of(sub_code) is Path.AGAIN:
        busy = said_of(sub_code) or ALIPAY["ACQ.SYSTEM_ERROR"].said
        return RefundAnswer(RefundState.UNKNOWN, sub_code or code, busy)
    text = str(answer.get("sub_msg") or answer.get("msg") or "")
    reason = said_of(sub_code) or f"支付宝不同意退款：{text}（{sub_code or code}）。"
    return RefundAnswer(RefundState.REJECTED, sub_code or code, reason)


def raw_node(body: bytes, name: str) -> bytes:
    """The bytes of the first member as they came: they are what is signed, and what is read."""
    text = body.decode("utf-8", "surrogateescape")
    start = text.find("{", text.find(f'"{name}"'))
    try:
        end = json.JSONDecoder().raw_decode(text, start)[1]
    except ValueError:
        return b""
    return text[start:end].encode("utf-8", "surrogateescape")


def verified(public_key: str, message: bytes, signature: str) -> bool:
    """Did Alipay sign this? A key or signature that is none means no."""
    try:
        return bool(verify_with_rsa(bare(public_key), message, signature))
    except Exception:  # the library has an error of its own for each way to be wrong
        return False


def parsed(raw: bytes) -> dict[str, str]:
    """The form of a callback, each name once, in the encoding that it names. Raises Forged."""
    try:
        text = raw.decode("ascii")
        first = dict(
            parse_qsl(text, keep_blank_values=True, encoding="latin-1", max_num_fields=100)
        )
        pairs = parse_qsl(text, keep_blank_values=True, encoding=charset_of(first), errors="strict")
    except ValueError as error:
        raise Forged("shape") from error
    form = dict(pairs)
    if len(form) != len(pairs):
        raise Forged("a name twice")
    return form


def charset_of(form: Mapping[str, str]) -> str:
    """The encoding that the form names; raises Forged for one that Alipay does not use."""
    charset = form.get("charset", "utf-8").lower()
    if charset not in CHARSETS:
        raise Forged("charset")
    return charset


def bare(key: str) -> str:
    """A key without the lines around it, as the library wants it."""
    lines = [line.strip() for line in key.splitlines()]
    return "".join(line for line in lines if not line.startswith("-----"))


@lru_cache(maxsize=16)  # reading a key costs more than signing
def key_of(private_key: str) -> RSAPrivateKey:
    """The key, in whichever form it was typed in; raises ValueError for text that is none."""
    text = bare(private_key)
    for kind in ("PRIVATE KEY", "RSA PRIVATE KEY"):
        pem = f"-----BEGIN {kind}-----\n{text}\n-----END {kind}-----\n".encode()
        try:
            key = ser.load_pem_private_key(pem, None)
        except (ValueError, TypeError):
            continue
        if isinstance(key, RSAPrivateKey):
            return key
    raise ValueError("no private key")


def _no_bill(answer: RefundAnswer) -> BillAnswer:
    """Alipay says the same of a day without trades and of a bill that is not made yet."""
    if answer.code in NO_BILL:
        return later("支付宝没有这一天的账单：还没有生成，或者当天没有交易。")
    if answer.state is RefundState.UNKNOWN:
        return later("支付宝没有答清楚，会再取账单。")
    return refused(f"支付宝不给账单（{answer.code}），请负责人核对应用的权限和密钥。")


def _other(reason: str) -> RefundAnswer:
    return RefundAnswer(RefundState.UNKNOWN, "DIFFERS", reason)


def _yuan(answer: Mapping[str, Any], name: str) -> Decimal:
    try:
        amount = Decimal(str(answer.get(name) or "0"))
    except InvalidOperation:
        return ZERO
    return amount if amount.is_finite() else ZERO


def _time(text: Any) -> datetime | None:
    try:
        return datetime.strptime(str(text)[:19], "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
    except ValueError:
        return None
