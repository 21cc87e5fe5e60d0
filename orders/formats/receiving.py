"""Who receives an order and where, from what the platforms write (SOP 1.1.a)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from core.tables.cells import RUINED, is_ruined
from orders.addresses import clean_phone
from orders.formats.layout import Row


class Place(NamedTuple):
    """The address; the whole of it stands in `street` where it could not be split."""

    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    zip_code: str = ""
    address_is_split: bool = False


class Receiving(NamedTuple):
    """The fields of `ImportedOrder` of these names."""

    consignee: str
    mobile: str
    telephone: str
    masked: bool
    province: str
    city: str
    district: str
    street: str
    zip_code: str
    address_is_split: bool


_ONE_CELL = re.compile(
    r"([^，,]{1,64})[，,]\s*(?:\+?86[-\s]?)?(1[\d*]{10}(?:-\d{1,6})?|0\d{2,3}-?[\d*]{7,8})[，,]\s*(.+)",
    re.S,
)
_ZIP = re.compile(r"\s?[(（](\d{6})[)）]$")
_COUNTRY = re.compile(r"^(?:\+|00)?86[-\s]?(?=1[\d*]{10}|0\d{2,3})")
_MOBILE = re.compile(r"1[\d*]{10}(?:[-转]\d{1,6})?")
_PLAIN = re.compile(r"1\d{10}")
_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|"
    "海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
_PROVINCE = frozenset(name[:2] for name in _PROVINCES.split("|"))  # two characters tell it
_NO_DISTRICT = frozenset({"其它区", "其他区", "市辖区", "其它", "其他"})


def read_receiving(row: Row) -> Receiving:
    """Name, telephones and address; the buyer's own change (修改后的收货地址) wins."""
    changed = row.text("changed_address")
    place = changed or row.text("address")
    one = _ONE_CELL.fullmatch(place) if "，" in place or "," in place else None
    consignee = row.text("consignee")
    mobile, telephone = _phones(row)
    place = one[3] if one else place
    if one and changed:
        consignee, mobile = one[1].strip(), one[2]
    elif one:
        consignee, mobile = consignee or one[1].strip(), mobile or one[2]
    province, city, district, street, zip_code, is_split = (
        split_place(place) if changed else _where(row, place)
    )
    masked = hidden(consignee) or hidden(mobile) or hidden(telephone) or hidden(street, "**")
    zip_code = _zip(zip_code or row.text("zip_code"))
    return Receiving(
        consignee, mobile, telephone, masked, province, city, district, street, zip_code, is_split
    )


def hidden(text: str, star: str = "*") -> bool:
    """Masked by stars (an address may have a single one of its own), or encrypted."""
    return star in text or text.startswith(("##", "$$")) or (text[:1] == "~" and "~" in text[1:])


def _zip(text: str) -> str:
    return text if len(text) == 6 and text.isdigit() and text != "000000" else ""


def _phones(row: Row) -> tuple[str, str]:
    """Mobile and telephone; a number stands where it belongs, whatever its column."""
    mobile, telephone = _phone(row, "mobile"), _phone(row, "telephone")
    if not mobile and _MOBILE.fullmatch(telephone):
        return telephone, ""
    if mobile and not telephone and not _MOBILE.fullmatch(mobile) and mobile.startswith("0"):
        return "", mobile
    return mobile, "" if telephone == mobile else telephone


def _phone(row: Row, name: str) -> str:
    text = row.text(name)
    if is_ruined(text):
        raise row.bad(name, RUINED.replace("单号", "电话"))
    text = text.removesuffix(".0")
    return text if _PLAIN.fullmatch(text) else clean_phone(_COUNTRY.sub("", text))


def _where(row: Row, place: str) -> Place:
    """From columns of province, city and district where the export has them."""
    province, city, district = row.text("province"), row.text("city"), row.text("district")
    if not province:
        return split_place(place)
    if district in _NO_DISTRICT:
        district = ""
    street, zip_code = _without_zip(place)
    for part in (province, city, district):
        street = street.lstrip().removeprefix(part) if part else street
    town = row.text("town")
    street = street.strip()
    if (
        town
        and town not in _NO_DISTRICT
        and not street.startswith(town)
        and street[:2] not in ("##", "$$")
    ):
        street = f"{town}{street}"
    return Place(province, city, district, street, zip_code, bool(street and city))


def _without_zip(place: str) -> tuple[str, str]:
    """The address and the `(510180)` at its end, looked for nowhere else."""
    zipped = _ZIP.search(place, max(0, len(place) - 10))
    return (place[: zipped.start()], zipped[1]) if zipped else (place, "")


def split_place(place: str) -> Place:
    """`省 市 区 详情(邮编)`; what is written otherwise stays whole in `street`."""
    text, zip_code = _without_zip(place)
    parts = text.replace("\u3000", " ").split(" ", 3)
    if len(parts) == 4 and parts[3].strip() and parts[1] and parts[0][:2] in _PROVINCE:
        province, city, district, street = parts
        district = "" if district in _NO_DISTRICT else district
        return Place(province, city, district, street.strip(), zip_code, True)
    return Place(street=text.strip(), zip_code=zip_code)


# -- carrier and waybill ------------------------------------------------------------------------

_SEVERAL = re.compile(r"[,，;；、\s]+")
_WITH_CARRIER = re.compile(r"([A-Za-z0-9-]{6,})[-:：]([^-:：]*[\u4e00-\u9fff][^-:：]*)")
_LABEL = re.compile(r"^(?:No|运单号|快递单号|单号)[:：.]\s*", re.I)


def read_waybills(row: Row) -> tuple[str, tuple[str, ...]]:
    """Carrier, and the waybills in order: `No:75…`, `SF123-顺丰速运`, several in one cell."""
    carrier, numbers = row.text("carrier"), list[str]()
    if not row.text("waybill"):
        return carrier, ()
    for part in _SEVERAL.split(row.text("waybill")):
        number = _LABEL.sub("", part[:200])
        both = _WITH_CARRIER.fullmatch(number)
        if both:
            number, carrier = both[1], carrier or both[2]
        if is_ruined(number):
            raise row.bad("waybill", RUINED.replace("单号", "运单号"))
        if number and number not in numbers:
            numbers.append(number)
    return carrier, tuple(numbers)


_FREIGHT = re.compile(r"物流|货运|专线|托运")
_PICKUP = re.compile(r"自提|自取")


@lru_cache(maxsize=256)
def read_delivery(text: str) -> str:
    """express, freight or pickup (SOP 5.e); 无需物流 and 平邮 count as express."""
    if _PICKUP.search(text):
        return "pickup"
    return "freight" if _FREIGHT.search(text) and "无需" not in text else "express"
