"""Words of the stock room, as users see them (SOP §8)."""

from __future__ import annotations

from core.words import Words


class MovementKind(Words):
    """Why a stock level changed."""

    OPENING = "opening", "期初"
    RECEIVED = "received", "收货入库"
    MADE = "made", "生产入库"
    RETURNED = "returned", "退货入库"
    RESERVED = "reserved", "预占"
    FREED = "freed", "释放"
    SHIPPED = "shipped", "发货出库"
    SHORT_PICK = "short_pick", "配货缺货"
    DEFECT = "defect", "转次品"
    REPAIRED = "repaired", "次品转良品"
    SCRAPPED = "scrapped", "次品报废"
    ADJUSTED = "adjusted", "手工调整"
    COUNTED = "counted", "盘点"
    IMPORTED = "imported", "导入库存"


class Amount(Words):
    """What is counted of a SKU."""

    ON_HAND = "on_hand", "在库"
    RESERVED = "reserved", "已预占"
    DEFECT = "defect", "次品"


class SupplyKind(Words):
    """Where short goods come from (SOP 5.d)."""

    PURCHASE = "purchase", "采购"
    PRODUCTION = "production", "生产"


class SupplyState(Words):
    """How far goods are that were ordered or are being made (SOP 5.d)."""

    DRAFT = "draft", "草稿"
    ORDERED = "ordered", "已下单"
    MATERIALS = "materials", "物料已齐"
    SCHEDULED = "scheduled", "已排产"
    SAMPLED = "sampled", "样品合格"
    ASSEMBLED = "assembled", "已完工"
    ARRIVED = "arrived", "已到齐"
    CANCELLED = "cancelled", "已取消"
