"""What stands on each paper. Texts that are printed carry the label by which users know them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from core.money import ZERO

T = TypeVar("T")


def text(label: str, *, personal: bool = False) -> Any:
    """A printed text; what is personal stays out of every `repr`, and so out of logs."""
    return field(default="", repr=not personal, metadata={"label": label})


@dataclass(frozen=True, slots=True)
class Party:
    """Who sends or gets a parcel."""

    name: str = text("收货人", personal=True)
    phone: str = text("电话", personal=True)
    region: str = text("地区")
    street: str = text("详细地址", personal=True)


@dataclass(frozen=True, slots=True)
class Sender:
    """The shop, as its return address says."""

    name: str = text("寄件人")
    phone: str = text("寄件电话")
    address: str = text("寄件地址")


@dataclass(frozen=True, slots=True)
class Good:
    """One SKU of a parcel or, on a pick list, of a wave."""

    quantity: int
    code: str = text("商家编码")
    name: str = text("品名")
    spec: str = text("规格")
    shelf: str = text("货位")
    places: tuple[str, ...] = ()  # of a pick list: the slots of the cart, how many in each

    @property
    def label(self) -> str:
        return " ".join(part for part in (self.code, self.name, self.spec) if part)


@dataclass(frozen=True, slots=True)
class Printing:
    """When it is printed, and for which time: the second says so on the paper."""

    at: datetime
    nth: int = 1

    @property
    def said(self) -> str:
        again = f" · 第 {self.nth} 次打印" if self.nth > 1 else ""
        return f"{self.at:%Y-%m-%d %H:%M}{again}"


@dataclass(frozen=True, slots=True)
class Label:
    """The 100 × 150 mm waybill label: the one paper with personal data whole."""

    printing: Printing
    parcel_no: str
    order_no: str
    waybill: str
    to: Party
    sender: Sender
    goods: tuple[Good, ...]
    carrier: str = text("快递公司")
    mark: str = text("大头笔")
    collect: Decimal = ZERO  # cash on delivery, yuan

    @property
    def pieces(self) -> int:
        return sum(good.quantity for good in self.goods)


@dataclass(frozen=True, slots=True)
class Slip:
    """What lies in the box: goods, and how to send them back. Names are masked."""

    printing: Printing
    parcel_no: str
    order_no: str
    platform_no: str
    wave_no: str
    ordered: datetime
    sender: Sender
    goods: tuple[Good, ...]
    shop: str = text("店铺")
    consignee: str = text("收货人")
    carrier: str = text("快递公司")


@dataclass(frozen=True, slots=True)
class PickList:
    """A wave's goods in the order in which one walks along the shelves (SOP 2.d)."""

    printing: Printing
    wave_no: str
    kind: str
    goods: tuple[Good, ...]
    orders: int
    parcels: tuple[tuple[str, str], ...] = ()  # slot on the cart → parcel
    expedited: bool = False
    carrier: str = text("快递公司")
    shop: str = text("店铺")


@dataclass(frozen=True, slots=True)
class Handed:
    """One parcel on a hand-over list."""

    parcel_no: str
    waybill: str
    weight_g: int | None
    region: str = text("地区")


@dataclass(frozen=True, slots=True)
class HandOver:
    """What a carrier takes along and signs for (SOP 2.g)."""

    printing: Printing
    number: str
    parcels: tuple[Handed, ...]
    carrier: str = text("快递公司")


@dataclass(frozen=True, slots=True)
class Badge:
    """An operator's badge: scanned at a station, then the PIN."""

    code: str
    name: str = text("姓名")
    role: str = text("角色")


Sheet = Label | Slip | PickList | HandOver


def texts(sheet: Any) -> Iterator[tuple[str, str]]:
    """Label and text of all that is printed of it with letters."""
    for each in fields(sheet):
        value = getattr(sheet, each.name)
        if isinstance(value, str) and "label" in each.metadata:
            yield str(each.metadata["label"]), value
        elif isinstance(value, tuple):
            for part in value:
                if is_dataclass(part):
                    yield from texts(part)
        elif is_dataclass(value):
            yield from texts(value)


def rewritten(sheet: T, change: Any) -> T:
    """The sheet with `change` applied to each printed text."""
    new: dict[str, Any] = {}
    for each in fields(sheet):  # type: ignore[arg-type]
        value = getattr(sheet, each.name)
        if isinstance(value, str) and "label" in each.metadata:
            new[each.name] = change(value)
        elif isinstance(value, tuple) and value and is_dataclass(value[0]):
            new[each.name] = tuple(rewritten(part, change) for part in value)
        elif is_dataclass(value):
            new[each.name] = rewritten(value, change)
    return replace(sheet, **new)  # type: ignore[type-var]
