"""Why an imported order must wait for a person (SOP 2.b, 5.a)."""

from __future__ import annotations

from typing import NamedTuple

from core.masking import is_masked
from orders.addresses import problems, split_region
from orders.formats import ImportedOrder
from orders.models import Order
from orders.words import Delivery, HoldKind

UNSHIPPED = frozenset({"unpaid", "paid"})
ADDRESS, AFTER_SALE = "address", "platform"


class Where(NamedTuple):
    """Province, city, district, street, and what is doubtful about them."""

    province: str
    city: str
    district: str
    street: str
    doubts: tuple[str, ...] = ()


def where(order: ImportedOrder) -> Where:
    """The address in its parts; one that stands in one cell is split unless it is masked."""
    if order.address_is_split or order.masked or not order.street:
        return Where(order.province, order.city, order.district, order.street)
    found = split_region(order.street)
    return Where(found.province, found.city, found.district, found.street, found.doubts)


def told_receiving(record: ImportedOrder, order: Order) -> dict[str, str]:
    """What the platform says of who receives and where; not what it masks and we know in clear."""
    at = where(record)
    theirs = {
        **{name: getattr(record, name) for name in ("consignee", "mobile", "telephone")},
        **{name: getattr(at, name) for name in ("province", "city", "district", "street")},
        "zip_code": record.zip_code,
    }
    return {n: value for n, value in theirs.items() if value and not _hides(order, n, value)}


def _hides(order: Order, name: str, theirs: str) -> bool:
    ours = getattr(order, name)
    return bool(ours) and is_masked(theirs) and not is_masked(ours)


class Reason(NamedTuple):
    """A hold to open: its kind, its cause, and the sentence for the agent."""

    kind: HoldKind
    cause: str
    text: str


def reasons(order: ImportedOrder, at: Where) -> list[Reason]:
    """The holds with which an order comes in; [] for one that is clean or has left already."""
    if order.state not in UNSHIPPED:
        return []
    found = []
    if wrong := address_problems(order, at):
        found.append(Reason(HoldKind.REVIEW, ADDRESS, wrong))
    if order.after_sale_open:
        text = f"平台售后：{order.after_sale}。处理完之前不发货。"
        found.append(Reason(HoldKind.REFUND, AFTER_SALE, text))
    return found


def address_problems(order: ImportedOrder, at: Where) -> str:
    """What is wrong with consignee, telephone or address, as one text; '' when all is well.

    What the platform masked or encrypted cannot be checked: it prints such labels itself.
    """
    if order.masked or order.delivery == Delivery.PICKUP:
        return ""
    region = (at.province, at.city, at.district)
    found = problems(order.consignee, (order.mobile, order.telephone), region, at.street)
    return " ".join(dict.fromkeys([*at.doubts, *found]))
