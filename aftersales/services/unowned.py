"""Parcels that belong to no known order: registered, tied, sent back, kept (无主件, SOP 1.4.f)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from aftersales.kinds.goods_back import COMING
from aftersales.kinds.unowned import may_become
from aftersales.models import Case, UnownedParcel
from aftersales.policy import Found
from aftersales.selectors.arrivals import expected
from aftersales.selectors.left import pieces_left
from aftersales.selectors.telling import tell_of
from aftersales.selectors.unowned import lying, sender_known
from aftersales.services.acting import case_act, order_of, require
from aftersales.services.arrivals import count_goods, finish_arrival
from aftersales.services.evidence import attach
from aftersales.services.goods_back import GoodsBack
from aftersales.services.inspection import INSPECTED, put_away
from aftersales.services.opening import Opening, begin
from aftersales.services.returns import open_return
from aftersales.services.undeliverable import let_return, open_undeliverable
from aftersales.services.versions import version_at
from aftersales.services.waiting import resolve, wait_for
from aftersales.words import CaseKind, Outcome, WaitsFor
from core.acts import Actor, Change, Conflict, Log, act_on, flush, lock
from core.evidence.keeping import Kept
from core.masking import scrub
from core.models import Act
from core.verdict import no
from orders.models import Order
from orders.services import numbers
from orders.services.acting import order_act
from orders.words import OrderState
from staff.roles import Role
from staff.services.tell import tell


@dataclass(frozen=True, slots=True)
class OnIt:
    """What stands on the parcel and on the paper inside; "" where nothing does."""

    carrier: str = ""
    waybill: str = ""
    sender_name: str = ""
    sender_phone: str = ""
    sender_address: str = ""
    slip_no: str = ""
    slip_account: str = ""
    place: str = ""
    said: str = ""


def register_unowned(
    on_it: OnIt,
    *,
    by: Actor,
    now: datetime,
    token: uuid.UUID | None = None,
    evidence: Sequence[Kept] = (),
) -> Act:
    """A parcel that no case expects gets its number, and is counted next (SOP 1.4.f).

    Raises Refused, Repeated.
    """
    rows: list[Case] = []
    with act_on("register_unowned", rows, by=by, token=token, now=now) as (_, log):
        _is_new(on_it.waybill)
        case = _written(on_it, by, now)
        parcel = UnownedParcel(case=case, **_label(on_it))
        parcel.save()
        attach(case, evidence, by, now)
        log.about(case)
        log.changed([Change("无主件", "", case.number), *_changes({}, parcel.masked())])
        log.noted(f"登记无主件 {case.number}", clause="1.4.f", reason=on_it.said)
    return log.act


def _is_new(waybill: str) -> None:
    """Is it really nobody's, and not registered yet? Raises Refused."""
    if not waybill:
        return
    if (known := expected().filter(waybill=waybill).first()) is not None:
        here = f"在等的包裹 {known.number} 就是这个运单号。"
        no("1.4.f", here, instead="直接清点，不用登记。").require()
    if (same := lying(waybill)) is not None:
        no("1.4.f", f"这个运单号已经登记过：{same.number}。", instead="打开它接着办。").require()


def _written(on_it: OnIt, by: Actor, now: datetime) -> Case:
    """The case; its number is of the day's row of numbers, which orders have, too."""
    case = Case(
        number=f"N{numbers.take(timezone.localdate(now))[0][1:]}",
        version_of=version_at(now),
        kind=CaseKind.UNOWNED.value,
        carrier=on_it.carrier,
        waybill=on_it.waybill,
        wants=scrub(on_it.said)[:300],
        details={"sender": sender_known(on_it)},
        opened_by_id=by.user_id,
        opened_name=by.name,
        opened_at=now,
        arrived_at=now,
        waits_since=now,
        due_at=now,
    )
    begin(case, Opening(CaseKind.UNOWNED, WaitsFor.COUNTING), by=by, now=now)
    return case


def _label(on_it: OnIt) -> dict[str, str]:
    values: dict[str, str] = asdict(on_it)
    return {name: text for name, text in values.items() if name not in _OF_THE_CASE}


_OF_THE_CASE = ("carrier", "waybill", "said")


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    return [
        Change(label, before.get(label, ""), text)
        for label, text in after.items()
        if text != before.get(label, "")
    ]


def correct_unowned(case: Case, on_it: OnIt, **common: Any) -> Act:
    """What stands on it was read wrong, or more was found out. Raises Refused, Conflict, …"""
    with case_act("correct_unowned", case, **common) as (row, log):
        parcel = UnownedParcel.objects.get(case=row)
        before = parcel.masked() | {"运单号": row.waybill}
        for name, text in _label(on_it).items():
            setattr(parcel, name, text)
        parcel.save()
        row.carrier, row.waybill = on_it.carrier, on_it.waybill
        row.wants = scrub(on_it.said)[:300]
        row.details = {**row.details, "sender": sender_known(on_it)}
        log.changed(_changes(before, parcel.masked() | {"运单号": row.waybill}), row)
        log.noted(f"改无主件登记（{row.number}）", clause="1.4.f")
    return log.act


# -- whose it is -----------------------------------------------------------------------------------


def tie_unowned(case: Case, to: Case, **common: Any) -> Act:
    """It is what this case waits for: counted there, and inspected next (SOP 1.4.f).

    Raises Refused, Conflict, Repeated.
    """
    with _tying(case, order_of(to), **common) as (row, _, log):
        _give(row, to, log, common["by"], common["now"])
    return log.act


def tie_to_order(case: Case, order: Order, back: GoodsBack, *, senior: bool, **common: Any) -> Act:
    """It is of an order without a case: a return is opened, and it is tied to that (SOP 1.4.a).

    What never reached its customer is undeliverable (1.4′). `back.pieces` come from what was
    counted. Raises Refused, Conflict, Repeated.
    """
    by, now = common["by"], common["now"]
    with _tying(case, order, **common) as (row, order, log):
        may_become(OrderState(order.state)).require()
        if order.state == OrderState.SHIPPED:
            _came_back(order, by, now)
        else:
            back = replace(back, pieces=_pieces(row, order), here=True)
            open_return(order, back, by=by, now=now, senior=senior)
        target = Case.objects.filter(order=order, ended_at=None).latest("id")
        _give(row, target, log, by, now)
    return log.act


@contextmanager
def _tying(
    case: Case,
    order: Order,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Iterator[tuple[Case, Order, Log]]:
    """The order is locked before its cases, and the parcel that belongs to nobody last."""
    with order_act("tie_unowned", order, by=by, token=token, now=now) as (order, log):
        row = lock(case)
        if seen is not None and row.version != seen:
            raise Conflict(row, seen)
        require(row, "tie_unowned")
        yield row, order, log


def _came_back(order: Order, by: Actor, now: datetime) -> None:
    """What the carrier could not deliver is here again, with a case or without one."""
    known = Case.objects.filter(order=order, kind=CaseKind.UNDELIVERABLE.value, ended_at=None)
    if not known.exists():
        open_undeliverable(order, "turned_back", None, by=by, now=now)
    case = known.get()
    if case.waits_for not in COMING:
        let_return(case, "已经到仓库", by=by, now=now)


def _pieces(case: Case, order: Order) -> dict[int, int]:
    """Of the order's lines as many pieces as were counted and may still come back."""
    here, found = _counted(case), dict[int, int]()
    left = pieces_left(order)
    for line in order.lines.order_by("id"):
        count = min(here.get(line.sku_id or 0, 0), left.get(line.pk, 0))
        if count:
            found[line.pk] = count
            here[line.sku_id or 0] -= count
    if not found:
        no("1.4.a", "里面的商品不在那一单里，或者已经退过了。", instead="看看别的单。").require()
    return found


def _counted(case: Case) -> dict[int, int]:
    return {line.sku_id: line.got for line in case.lines.all() if line.sku_id and line.got}


def _give(case: Case, to: Case, log: Log, by: Actor, now: datetime) -> None:
    """What was counted counts there, and the parcel has an owner."""
    for line in case.lines.select_related("sku").order_by("id"):
        if line.got and line.sku:
            count_goods(to, line.sku.code, line.got, by=by, now=now)
    finish_arrival(to, by=by, now=now)
    target = lock(to)
    target.details = {**target.details, "unowned": case.number}
    if not target.waybill:
        target.carrier, target.waybill = case.carrier, case.waybill
    case.order, case.shop = order_of(target), target.shop
    resolve(case, log, now, Outcome.TIED, f"认到 {target.number}")
    log.changed([Change("无主件", case.number, target.number)], target)
    log.noted(f"无主件 {case.number} 认到 {target.number}", clause="1.4.f")
    log.tell(tell_of(target))


# -- nobody's --------------------------------------------------------------------------------------


def return_to_sender(case: Case, why: str, **common: Any) -> Act:
    """Not ours, or nobody wants it: the warehouse sends it back (SOP 1.4.f).

    Raises Refused, Conflict, Repeated.
    """
    with case_act("return_to_sender", case, **common) as (row, log):
        row.details = {**row.details, "why": scrub(why)[:200]}
        wait_for(row, WaitsFor.SHIPPING, log, common["now"])
        log.noted(f"退回寄件人（{row.number}）", clause="1.4.f", reason=why)
        key = f"case:{row.pk}:back:{row.version}"
        text = f"无主件 {row.number} 退回寄件人，请寄出。"
        tell(text, role=Role.WAREHOUSE, url=row.get_absolute_url(), key=key)
    return log.act


def dispose_unowned(
    case: Case, found: Mapping[int, Found], notes: Mapping[int, str], **common: Any
) -> Act:
    """It was kept long enough: each piece goes to stock, defect stock, or away (SOP 1.4.f).

    Raises Refused, Conflict, Repeated.
    """
    evidence = common.pop("evidence", ())
    with case_act("dispose_unowned", case, **common) as (row, log):
        for line in [lock(line) for line in row.lines.order_by("id")]:
            line.inspect(found.get(line.pk, Found()), scrub(notes.get(line.pk, "")))
            flush(line)
        attach(row, evidence, common["by"], common["now"], INSPECTED)
        put_away(row, common["now"])
        resolve(row, log, common["now"], Outcome.DISPOSED, "保管期到了，没有人认")
        log.noted(f"处置无主件 {row.number}", clause="1.4.f")
    return log.act
