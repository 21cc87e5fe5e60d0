"""Trades as the open platform of Taobao tells them, made up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from connectors.taobao import told

NUMBER = 3515311702000000001


def trade(number: int = NUMBER, *, at: datetime | None = None, **values: Any) -> dict[str, Any]:
    """A paid trade of two shirts, 2 × 88.00 − 10.00 + 6.00 = 172.00; changed at `at`."""
    at = at or timezone.now() - timedelta(minutes=5)
    made: dict[str, Any] = {
        "tid": number,
        "type": "fixed",
        "status": "WAIT_SELLER_SEND_GOODS",
        "created": told(at - timedelta(minutes=30)),
        "pay_time": told(at),
        "modified": told(at),
        "payment": "172.00",
        "total_fee": "176.00",
        "post_fee": "6.00",
        "discount_fee": "0.00",
        "adjust_fee": "0.00",
        "point_fee": 0,
        "buyer_nick": "亚麻***控",
        "alipay_no": f"20260920{number}",
        "buyer_message": "请发顺丰",
        "seller_flag": 0,
        "shipping_type": "express",
        "receiver_name": "陈**",
        "receiver_mobile": "*******1234",
        "receiver_state": "广东省",
        "receiver_city": "深圳市",
        "receiver_district": "福田区",
        "receiver_address": "香蜜湖街道农园路**号",
        "receiver_zip": "518000",
        "orders": {"order": [line(number)]},
    }
    return made | values


def line(number: int = NUMBER, **values: Any) -> dict[str, Any]:
    """Two shirts of one kind."""
    return {
        "oid": number,
        "title": "亚麻衬衫 男士长袖",
        "price": "88.00",
        "num": 2,
        "num_iid": 37000001,
        "sku_id": "5638000001",
        "outer_sku_id": "YM01-L",
        "sku_properties_name": "颜色分类:藏青;尺码:L",
        "payment": "172.00",
        "total_fee": "176.00",
        "part_mjz_discount": "10.00",
        "divide_order_fee": "166.00",
        "refund_status": "NO_REFUND",
        "status": "WAIT_SELLER_SEND_GOODS",
    } | values


def unpaid(number: int = NUMBER, **values: Any) -> dict[str, Any]:
    """The same before the payment."""
    made = trade(number, status="WAIT_BUYER_PAY", **values)
    del made["pay_time"], made["alipay_no"]
    made["orders"]["order"][0]["status"] = "WAIT_BUYER_PAY"
    return made


def refund(number: str = "83477001", **values: Any) -> dict[str, Any]:
    """Applied for, not yet answered."""
    return {
        "refund_id": number,
        "tid": NUMBER,
        "oid": NUMBER,
        "refund_fee": "88.00",
        "status": "WAIT_SELLER_AGREE",
        "dispute_type": "REFUND",
        "refund_phase": "onsale",
        "refund_version": 1790301600000,
        "reason": "其它原因",
        "has_good_return": False,
        "created": told(timezone.now()),
        "modified": told(timezone.now()),
    } | values
