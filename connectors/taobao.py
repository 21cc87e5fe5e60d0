"""Taobao and Tmall by the open platform (TOP): signed forms to one address, answers in JSON.

Times are GMT+8 text. Where one row is meant, an answer may hold an object instead of a list.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from connectors.answers import Rejected, Unknown
from connectors.http import request, url
from connectors.platforms import Application, Destination, Memo
from connectors.taobao_errors import SYSTEM, on_its_pages, raise_for

CHINA = ZoneInfo("Asia/Shanghai")
PAGE = 100  # the most that a page holds
PAGES = 100  # more in one window is no shop of ours
LONGEST_MEMO = 1000  # bytes of GBK
LONGEST_REFUSAL = 200  # letters of a reason
CLOSED, UNPAID = "TRADE_CLOSED_BY_TAOBAO", "WAIT_BUYER_PAY"
SENT = {"WAIT_BUYER_CONFIRM_GOODS", "TRADE_BUYER_SIGNED", "TRADE_FINISHED"}
TRADE_FIELDS = (
    "tid,type,status,created,modified,pay_time,consign_time,end_time,payment,received_payment,"
    "total_fee,post_fee,discount_fee,adjust_fee,buyer_cod_fee,point_fee,buyer_nick,buyer_open_uid,"
    "buyer_alipay_no,alipay_no,buyer_message,seller_memo,seller_flag,seller_nick,shipping_type,"
    "step_trade_status,step_paid_fee,receiver_name,receiver_mobile,receiver_phone,receiver_state,"
    "receiver_city,receiver_district,receiver_town,receiver_address,receiver_zip,"
    "orders.oid,orders.title,orders.price,orders.num,orders.num_iid,orders.sku_id,orders.status,"
    "orders.outer_iid,orders.outer_sku_id,orders.sku_properties_name,orders.payment,"
    "orders.total_fee,orders.divide_order_fee,orders.part_mjz_discount,orders.refund_status,"
    "orders.invoice_no,orders.logistics_company"
)
REFUND_FIELDS = (
    "refund_id,tid,oid,refund_fee,status,dispute_type,refund_phase,refund_version,reason,"
    "has_good_return,created"
)
REASONS = ("未及时付款", "买家不想买了", "买家信息填写错误，重新拍", "缺货", "买家拍错了")
COMPANIES = {  # our codes → the platform's, where they differ
    **dict.fromkeys(("SF", "YTO", "ZTO", "STO", "EMS", "HTKY", "ZJS")),
    "YD": "YUNDA",
    "YZPY": "POSTB",
    "HHTT": "TTKDEX",
}


@dataclass(frozen=True, slots=True)
class Account:
    """A shop's credentials: of our application, and the seller's consent (`session`)."""

    app_key: str
    app_secret: str = field(repr=False)
    session: str = field(repr=False)


def sign(secret: str, values: Mapping[str, str]) -> str:
    """Upper-case MD5 of secret, names and values in order, secret."""
    text = "".join(f"{name}{values[name]}" for name in sorted(values) if name != "sign")
    return (
        hashlib.md5(f"{secret}{text}{secret}".encode(), usedforsecurity=False).hexdigest().upper()
    )


def told(at: datetime) -> str:
    """A moment as the platform writes it."""
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"


def many(parent: Any, outer: str, inner: str) -> list[dict[str, Any]]:
    """The rows of `{outer: {inner: [ … ]}}`, one alone too; none where there is no such part."""
    box = parent.get(outer) if isinstance(parent, dict) else None
    rows = box.get(inner) if isinstance(box, dict) else box
    if isinstance(rows, dict):
        rows = [rows]
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


class Taobao:
    """One shop. `tmall`: refunds are reviewed before they are agreed to."""

    def __init__(self, account: Account, *, tmall: bool = False) -> None:
        self.account = account
        self.tmall = tmall

    # -- what was sold ---------------------------------------------------------------------

    def changed(self, since: datetime, until: datetime) -> list[tuple[str, str]]:
        """From the last page to the first: the newest come first, and more may come meanwhile."""
        window = {
            "fields": "tid,modified",
            "start_modified": told(since),
            "end_modified": told(until),
            "page_size": str(PAGE),
        }
        first = self._sold(window, 1)
        pages = -(-_count(first) // PAGE)
        if pages > PAGES:
            raise Rejected(SYSTEM, "too many", f"这段时间的订单超过 {PAGES * PAGE} 单")
        answers = [self._sold(window, number) for number in range(pages, 1, -1)] + [first]
        rows = [row for each in answers for row in many(each, "trades", "trade")]
        return list({str(row["tid"]): (str(row["tid"]), _changed(row)) for row in rows}.values())

    def _sold(self, window: Mapping[str, str], page: int) -> dict[str, Any]:
        answer = self._read("taobao.trades.sold.increment.get", {**window, "page_no": str(page)})
        return _whole(answer, "trades", "trade")

    def trade(self, number: str) -> dict[str, Any]:
        return self._trade(number, TRADE_FIELDS)

    def _trade(self, number: str, fields: str) -> dict[str, Any]:
        values = {"tid": number, "fields": fields}
        found = self._read("taobao.trade.fullinfo.get", values).get("trade")
        if not isinstance(found, dict):
            raise Unknown(SYSTEM, "回答里没有订单")
        return found

    def check(self) -> None:
        """Do keys and consent work? Changes nothing."""
        now = timezone.now()
        self._sold(
            {
                "fields": "tid",
                "start_modified": told(now),
                "end_modified": told(now),
                "page_size": "1",
            },
            1,
        )

    # -- what is told ----------------------------------------------------------------------

    def memo(self, number: str) -> Memo:
        found = self._trade(number, "tid,seller_memo,seller_flag")
        return Memo(str(found.get("seller_memo") or ""), int(found.get("seller_flag") or 0))

    def write_memo(self, number: str, memo: Memo) -> None:
        if len(memo.text.encode("gbk", "replace")) > LONGEST_MEMO:
            raise Rejected(SYSTEM, "memo too long", f"卖家备注加起来超过 {LONGEST_MEMO // 2} 个字")
        self._ask(
            "taobao.trade.memo.update",
            {"tid": number, "memo": memo.text, "flag": str(memo.flag)},
            idempotent=True,
        )

    def change_address(self, number: str, to: Destination) -> None:
        """`-1` takes a telephone away."""
        values = {
            "tid": number,
            "receiver_name": to.name,
            "receiver_mobile": to.mobile or "-1",
            "receiver_phone": to.telephone or "-1",
            "receiver_state": to.province,
            "receiver_city": to.city,
            "receiver_district": to.district,
            "receiver_address": to.street,
        }
        self._ask("taobao.trade.shippingaddress.update", values, idempotent=True)

    def close(self, number: str, why: str) -> None:
        """Read first: an earlier try, or the buyer, may have closed it."""
        if self._trade(number, "tid,status").get("status") != CLOSED:
            reason = why if why in REASONS else "买家不想买了"
            values = {"tid": number, "close_reason": reason}
            self._ask("taobao.trade.close", values, idempotent=False)

    def dispatch(self, number: str, carrier: str, waybill: str, lines: Sequence[str] = ()) -> None:
        """B04 (sent already, or closed) is well when it was sent."""
        values = _shipping(number, carrier, waybill, lines)
        try:
            answer = self._ask("taobao.logistics.offline.send", values, idempotent=False)
        except Rejected as refusal:
            if refusal.code.endswith(":B04") and self._went_out(number, waybill, lines):
                return
            raise
        _require_shipping(answer)

    def resend(self, number: str, carrier: str, waybill: str, lines: Sequence[str] = ()) -> None:
        """Read first: an earlier try may have done it. Within 24 hours of the sending."""
        values = _shipping(number, carrier, waybill, lines)
        if not self._went_out(number, waybill, lines):
            answer = self._ask("taobao.logistics.consign.resend", values, idempotent=True)
            _require_shipping(answer)

    def _went_out(self, number: str, waybill: str, lines: Sequence[str]) -> bool:
        found = self._trade(number, "tid,status,orders.oid,orders.invoice_no")
        sent = {
            str(row.get("oid")): row.get("invoice_no") for row in many(found, "orders", "order")
        }
        if lines:
            return all(sent.get(line) == waybill for line in lines)
        return found.get("status") in SENT and waybill in sent.values()

    # -- refunds ---------------------------------------------------------------------------

    def refunds(self, since: datetime, until: datetime) -> list[Application]:
        found = list[Application]()
        for number in range(1, PAGES + 1):
            values = {
                "fields": REFUND_FIELDS,
                "start_modified": told(since),
                "end_modified": told(until),
                "page_size": str(PAGE),
                "page_no": str(number),
                "use_has_next": "true",
            }
            answer = _whole(self._read("taobao.refunds.receive.get", values), "refunds", "refund")
            found += [_application(row) for row in many(answer, "refunds", "refund")]
            if answer.get("has_next") is not True:
                return found
        raise Rejected(SYSTEM, "too many", f"这段时间的退款超过 {PAGES * PAGE} 笔")

    def agree(self, application: Application, by: str) -> None:
        """Of Tmall a review goes before. Amounts in fen."""
        if self.tmall:
            self._review(application, by)
        cents = str(int(application.amount * 100))
        parts = [application.number, cents, application.version]
        parts += [application.phase] if self.tmall else []
        answer = self._ask(
            "taobao.rp.refunds.agree", {"refund_infos": "|".join(parts)}, idempotent=False
        )
        if answer.get("msg_code") != "OP_SUCC":
            rows = many(answer, "results", "refund_mapping_result")
            why = next((str(row["message"]) for row in rows if row.get("message")), "")
            why = why or str(answer.get("message") or "平台没有同意退款")
            raise Rejected(SYSTEM, str(answer.get("msg_code") or "no code"), on_its_pages(why))

    def refuse(self, application: Application, why: str) -> None:
        """`taobao.refund.refuse`: only what was sent; Tmall wants a picture and its own reason."""
        if self.tmall:
            raise Rejected(SYSTEM, "proof", "天猫拒绝退款要上传凭证、选它的原因，接口不收")
        values = {
            "refund_id": application.number,
            "refuse_message": why[:LONGEST_REFUSAL].ljust(2, "。"),
            "refund_version": application.version,
        }
        answer = self._ask("taobao.refund.refuse", values, idempotent=False)
        if answer.get("is_success") is not True:
            raise Rejected(SYSTEM, "is_success=false", "平台没有接受拒绝退款")

    def _review(self, application: Application, by: str) -> None:
        values = {
            "refund_id": application.number,
            "operator": by,
            "refund_phase": application.phase,
            "refund_version": application.version,
            "result": "true",
            "message": "同意退款",
        }
        self._ask("taobao.rp.refund.review", values, idempotent=True)

    # -- the wire --------------------------------------------------------------------------

    def _read(self, method: str, values: Mapping[str, str]) -> dict[str, Any]:
        return self._ask(method, values, idempotent=True)

    def _ask(self, method: str, values: Mapping[str, str], *, idempotent: bool) -> dict[str, Any]:
        form = {
            **values,
            "method": method,
            "app_key": self.account.app_key,
            "session": self.account.session,
            "timestamp": told(timezone.now()),
            "format": "json",
            "v": "2.0",
            "sign_method": "md5",
        }
        form["sign"] = sign(self.account.app_secret, form)
        address = url(SYSTEM, "/router/rest")
        body = request(SYSTEM, "POST", address, data=form, idempotent=idempotent).json()
        if isinstance(body, dict) and isinstance(body.get("error_response"), dict):
            raise_for(body["error_response"], timezone.now())
        name = f"{method.removeprefix('taobao.').replace('.', '_')}_response"
        if not isinstance(body, dict) or not isinstance(body.get(name), dict):
            raise Unknown(SYSTEM, "回答读不懂")
        answer: dict[str, Any] = body[name]
        return answer


def _shipping(number: str, carrier: str, waybill: str, lines: Sequence[str]) -> dict[str, str]:
    """Raises Rejected for a carrier that the platform does not know."""
    if carrier not in COMPANIES:
        raise Rejected(SYSTEM, "carrier", "平台没有这家快递的代码")
    values = {"tid": number, "out_sid": waybill, "company_code": COMPANIES[carrier] or carrier}
    return values | ({"is_split": "1", "sub_tid": ",".join(lines)} if lines else {})


def _require_shipping(answer: Mapping[str, Any]) -> None:
    shipping = answer.get("shipping")
    if not (isinstance(shipping, dict) and shipping.get("is_success") is True):
        raise Rejected(SYSTEM, "is_success=false", "平台没有接受发货")


def _changed(row: Mapping[str, Any]) -> str:
    """When the row says that it changed, without the blanks."""
    return re.sub(r"\D", "", str(row.get("modified") or ""))


def _whole(answer: dict[str, Any], outer: str, inner: str) -> dict[str, Any]:
    """A page that says that there are rows has them. Raises Unknown."""
    if _count(answer) and not many(answer, outer, inner):
        raise Unknown(SYSTEM, "回答只有总数，没有内容")
    return answer


def _count(answer: Mapping[str, Any]) -> int:
    total = answer.get("total_results", 0)
    return total if isinstance(total, int) else 0


def _application(row: Mapping[str, Any]) -> Application:
    """One refund of a list. Raises Unknown when it has no number or no amount."""
    try:
        amount, number = Decimal(str(row["refund_fee"])), str(row["refund_id"])
    except (KeyError, InvalidOperation):
        raise Unknown(SYSTEM, "退款单读不懂") from None
    return Application(
        number=number,
        trade=str(row.get("tid") or ""),
        line=str(row.get("oid") or ""),
        amount=amount,
        status=str(row.get("status") or ""),
        kind=str(row.get("dispute_type") or ""),
        phase=str(row.get("refund_phase") or ""),
        version=str(row.get("refund_version") or ""),
        reason=str(row.get("reason") or ""),
        goods_back=row.get("has_good_return") is True,
        applied_at=read_moment(row.get("created")),
    )


def read_moment(text: Any) -> datetime | None:
    """A moment that the platform wrote; None when there is none or it is none."""
    try:
        return datetime.strptime(str(text), "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
    except ValueError:
        return None
