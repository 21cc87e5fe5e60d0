"""Parcels that belong to no known order yet, and whose they may be (无主件, SOP 1.1.b, 1.4.f)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.db.models import F, QuerySet

from aftersales.models import Case, UnownedParcel
from aftersales.models.case import OPEN
from aftersales.selectors.arrivals import expected
from aftersales.selectors.cases import ORDER, of_shops
from aftersales.words import CaseKind
from core.keyset import Page, page
from core.models import Act
from orders.models import Order
from orders.policy import GONE
from orders.reading import Kind, Reading
from orders.selectors.order import visible
from orders.selectors.ways import ways_of

KIND = CaseKind.UNOWNED.value
FEW = 10
_GONE = [state.value for state in GONE]


# -- the worklist ----------------------------------------------------------------------------------


def open_unowned(user: Any) -> QuerySet[Case]:
    """What lies here and is nobody's; what goes back to its sender, too."""
    return of_shops(user).filter(kind=KIND, state__in=OPEN)


def unowned_page(user: Any, cursor: str) -> Page[Case]:
    """The one that may be disposed of first stands first; four queries. Raises BadCursor."""
    rows = open_unowned(user).select_related("unowned").prefetch_related("lines", "evidence")
    return page(rows, ORDER, cursor, mark="unowned")


def lying(waybill: str) -> Case | None:
    """The open one that came with this waybill."""
    rows = Case.objects.filter(waybill=waybill, kind=KIND, state__in=OPEN)
    return rows.exclude(waybill="").first()


def by_label(code: str) -> Case | None:
    """The open one whose label was scanned, by its number or its waybill."""
    text = code.strip().upper()[:64]
    named = Case.objects.filter(number=text, kind=KIND, state__in=OPEN).first()
    return named or (lying(text) if text else None)


def case_of(done: Act) -> Case:
    """The case that an act made."""
    return Case.objects.get(pk=done.subject_id or 0)


def parcel_of(case: Case) -> UnownedParcel | None:
    """What stands on it; None for every other kind of case."""
    if case.kind != KIND:
        return None
    return UnownedParcel.objects.filter(case=case).select_related("case").first()


def sender_known(on_it: Any) -> bool:
    """Can it be sent back: is there a name and an address?"""
    return bool(on_it.sender_name and on_it.sender_address)


# -- whose it may be -------------------------------------------------------------------------------


@dataclass(slots=True)
class Candidate:
    """An order that it may be of, with what agrees, and its case that waits for goods."""

    order: Order
    points: int = 0
    why: list[str] = field(default_factory=list)
    case: Case | None = None

    @property
    def number(self) -> str:
        """What it is tied to."""
        return self.case.number if self.case else self.order.order_no


Found = tuple[str, int, list[Order]]


def candidates(user: Any, parcel: UnownedParcel) -> list[Candidate]:
    """Orders by waybill, slip and sender: what agrees most stands first; at most ten queries.

    A telephone's last four digits and a name prove nothing alone, but stand in the list.
    """
    found: dict[int, Candidate] = {}
    for why, points, orders in chain(_by_case(user, parcel), _by_order(user, parcel)):
        for order in orders:
            one = found.setdefault(order.pk, Candidate(order))
            one.points += points
            one.why.append(why)
    best = sorted(found.values(), key=lambda one: (-one.points, -one.order.ordered_at.timestamp()))
    return _with_cases(best[:FEW])


def _by_case(user: Any, parcel: UnownedParcel) -> Iterator[Found]:
    """Buyers tell the waybill of what they send back; the slip bears the case's number."""
    known = of_shops(user).exclude(order=None).select_related("order__shop")
    if parcel.case.waybill:
        rows = known.filter(waybill=parcel.case.waybill)
        yield "买家报的寄回运单号", 16, _orders(rows)
    if parcel.slip_no:
        rows = known.filter(number=parcel.slip_no.upper())
        yield "纸条上的售后单号", 16, _orders(rows)


def _orders(cases: QuerySet[Case]) -> list[Order]:
    return list({case.order_id: case.order for case in cases[:FEW] if case.order}.values())


def _by_order(user: Any, parcel: UnownedParcel) -> Iterator[Found]:
    phone = "".join(sign for sign in parcel.sender_phone if sign.isdigit() or sign == "*")
    keys: Sequence[tuple[str, int, Kind, str]] = (
        ("发货的运单号", 12, Kind.WAYBILL, parcel.case.waybill),
        ("纸条上的订单号", 12, Kind.ORDER_NO, parcel.slip_no.upper()),
        ("纸条上的平台单号", 12, Kind.PLATFORM_NO, parcel.slip_no),
        ("纸条上的账号", 8, Kind.WANGWANG, parcel.slip_account),
        ("寄件电话", 8, Kind.MOBILE, phone if len(phone) >= 11 and "*" not in phone else ""),
        ("电话后四位", 2, Kind.LAST4, phone[-4:] if phone[-4:].isdigit() else ""),
        ("寄件人姓名", 3, Kind.NAME, parcel.sender_name),
    )
    for why, points, kind, key in keys:
        if len(key) >= 2:
            yield why, points, _first_way(user, Reading(kind, key), points >= 12)


def _first_way(user: Any, reading: Reading, sure: bool) -> list[Order]:
    """What equals the key; by a weak key only what has left the house."""
    ranges = next(iter(ways_of(reading))).ranges
    narrow: Callable[[QuerySet[Order]], QuerySet[Order]] = (
        (lambda rows: rows) if sure else (lambda rows: rows.filter(state__in=_GONE))
    )
    mine = visible(user).values("pk") if user.shop_codes else None
    found: dict[int, Order] = {}
    for part in ranges:
        rows = narrow(part).select_related("shop").order_by("-ordered_at", "-id")
        rows = rows.filter(pk__in=mine) if mine is not None else rows
        found |= {order.pk: order for order in rows[:FEW]}
    return list(found.values())[:FEW]


def _with_cases(found: list[Candidate]) -> list[Candidate]:
    """With the case of each that waits for its goods."""
    orders = {one.order.pk: one for one in found}
    rows = expected().filter(order__in=list(orders)).exclude(kind=KIND)
    for case in rows.order_by(F("ended_at").asc(nulls_last=True), "id"):  # an open one is last
        orders[case.order_id or 0].case = case
    return found


def target_of(user: Any, number: str) -> Case | Order | None:
    """What a number names that a parcel may be tied to: a case, or an order; of a case that has
    ended its order.
    """
    text = number.strip().upper().replace("\0", "")
    case = of_shops(user).filter(number=text).exclude(kind=KIND).exclude(order=None)
    if (found := case.select_related("order__shop", "version_of").first()) is not None:
        if found.is_open:
            return found
        text = found.order_no
    order = visible(user).select_related("buyer").filter(order_no=text).first()
    return (order and _waiting_case(order)) or order


def _waiting_case(order: Order) -> Case | None:
    """An open one rather than one that was given up."""
    rows = expected().filter(order=order).exclude(kind=KIND)
    rows = rows.select_related("order__shop", "version_of")
    return rows.order_by(F("ended_at").desc(nulls_first=True), "id").first()
