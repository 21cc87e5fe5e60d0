"""SKUs: a new one, another name, weight or shelf (SOP 5.b, 5.f)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from core.acts import Actor, Change, act, act_on
from core.models import Act
from core.money import ZERO
from core.verdict import no
from stock.models import Sku, StockLevel
from stock.services import ledger

LABELS: dict[str, str] = {
    "barcode": "条码",
    "style_no": "款号",
    "name": "品名",
    "colour": "颜色",
    "size": "尺码",
    "price": "售价",
    "weight_g": "重量（克）",
    "length_mm": "长（毫米）",
    "width_mm": "宽（毫米）",
    "height_mm": "高（毫米）",
    "shelf": "货位",
    "check_quality": "发货前质检",
    "made": "自己生产",
    "active": "在售",
}


def add_sku(
    code: str,
    values: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    token: uuid.UUID | None = None,
) -> Sku:
    """A new SKU with an empty shelf. Raises Refused when the code is taken, Repeated."""
    rows: list[Sku] = []
    with act_on("add_sku", rows, by=by, now=now, token=token) as (_, log):
        sku = Sku(code=code, **{"price": ZERO} | dict(values))
        try:
            with transaction.atomic():
                sku.save()
        except IntegrityError:
            no(
                "", f"已经有商家编码 {code} 了。", instead="在商品里搜这个编码，改原来那个。"
            ).require()
        ledger.open_levels([StockLevel(sku=sku)], now)
        log.about(sku)
        log.noted(f"新商品：{sku.label}")
    return sku


def save_sku(sku: Sku, values: Mapping[str, Any], **common: Any) -> Act:
    """Change what a SKU is called, weighs, where it lies. Raises Conflict, Repeated."""
    with act("save_sku", sku, **common) as (row, log):
        log.changed(differences(row, values))
        for name, value in values.items():
            setattr(row, name, value)
        log.noted("改商品资料")
    return log.act


def differences(sku: Sku, values: Mapping[str, Any]) -> list[Change]:
    """What the values would change, as the timeline shows it."""
    return [
        Change(LABELS[name], _said(getattr(sku, name)), _said(value))
        for name, value in values.items()
        if getattr(sku, name) != value
    ]


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)
