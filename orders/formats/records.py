"""What comes out of a file: orders as the platform knows them, and rows that were rejected.

Orders and lines are meant to be left as they are, but not frozen: that makes one four times as
slow to build, and a file has a hundred thousand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from core.money import ZERO
from core.tables.errors import RowRejected


@dataclass(slots=True)
class ImportedLine:
    """One product of an order. `amount` is what is owed for the line, discounts spread, yuan.

    `replaced_code` is the code of the SKU that the buyer had before 修改后的sku; `code` is then ''.
    """

    title: str
    quantity: int
    price: Decimal = ZERO
    amount: Decimal = ZERO
    code: str = ""
    spec: str = ""
    colour: str = ""
    size: str = ""
    item_id: str = ""
    sku_id: str = ""
    line_no: str = ""
    status: str = ""
    replaced_code: str = ""


class RawRow(NamedTuple):
    """A row as it stood in the file."""

    line: int
    cells: tuple[str, ...]


@dataclass(slots=True)
class ImportedOrder:
    """One order of an export. Money in yuan, times aware (Asia/Shanghai), texts cleaned.

    - `state` is ours: unpaid, paid, shipped, received, completed or closed; `status` the platform's
      word. Where the file has no status `state_known` is False and `state` follows from the times
      and payments.
    - `total` = `goods_amount` + `freight` is what buyer and platform owe together (shop discounts
      are off already); `platform_discount` is the platform's part, `due` = the buyer's.
      `paid` is what the buyer paid before any refund, `refunded` what went back.
    - Without `address_is_split` the whole address stands in `street`.
    - `masked`: the platform hid or encrypted name, telephone or address; they are kept as they are.
    - `lines_unclear` says what the file does say when it cannot be split into lines by rule.
    - `changed_address`, `changed_sku` are the buyer's own changes as written; they are in place
      in the other fields already.
    - `ordered_at` is None only where the file has no time at all.
    - `digest` (32 hex digits) differs when anything in the order's rows differs; `raw` are they.
    """

    format: str
    line: int
    raw: tuple[RawRow, ...]
    digest: str
    platform_no: str
    state: str
    status: str = ""
    state_known: bool = True
    close_reason: str = ""
    after_sale: str = ""
    after_sale_open: bool = False
    terms: str = "prepaid"
    shop_name: str = ""
    buyer_account: str = ""
    pay_account: str = ""
    trade_no: str = ""

    consignee: str = ""
    mobile: str = ""
    telephone: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    zip_code: str = ""
    address_is_split: bool = False
    masked: bool = False
    changed_address: str = ""

    delivery: str = "express"
    carrier: str = ""
    waybill: str = ""
    other_waybills: tuple[str, ...] = ()

    buyer_message: str = ""
    seller_memo: str = ""
    flag: str = ""
    invoice_title: str = ""
    presale_steps: str = ""

    ordered_at: datetime | None = None
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    received_at: datetime | None = None
    completed_at: datetime | None = None

    goods_amount: Decimal = ZERO
    freight: Decimal = ZERO
    total: Decimal = ZERO
    due: Decimal = ZERO
    paid: Decimal = ZERO
    refunded: Decimal = ZERO
    platform_discount: Decimal = ZERO
    shop_discount: Decimal = ZERO
    points: int = 0

    lines: tuple[ImportedLine, ...] = ()
    lines_unclear: str = ""
    changed_sku: str = ""


Record = ImportedOrder | RowRejected
