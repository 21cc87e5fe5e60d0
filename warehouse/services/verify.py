"""Verify by scan: wrong, extra or missing goods stop it (SOP 2.e); the quality tick (SOP 5.f)."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.acts import Actor, lock, together
from core.verdict import no
from stock.models import Sku
from stock.selectors.goods import skus_by_text
from warehouse import policy
from warehouse.models import Parcel, ParcelLine
from warehouse.selectors.papers import slip_is_void
from warehouse.selectors.parcels import line_of, wanted
from warehouse.services.steps import parcel_act, require, save_counts
from warehouse.services.undo import count_anew
from warehouse.words import ParcelState, Step

ON_THE_BENCH = timedelta(minutes=5)


def take(parcel: Parcel, step: Step, *, by: Actor, now: datetime) -> Parcel:
    """Lay a parcel on the bench of a station; another bench that has it is told so.

    Raises Refused, Barred.
    """
    with together():
        row = lock(parcel)
        require(row, step)
        if step is Step.VERIFY and slip_is_void(row, row.order):
            no(
                "2.e",
                f"{row.number} 的底单作废了：打印以后订单改过",
                instead="重打发货单，旧的撕掉，再扫新的。",
            ).require()
        if _elsewhere(row, step, by, now):
            no(
                policy.CLAUSE[step],
                f"{row.number} 正在{_holder(row)}的台上",
                instead="同一个包裹不要两个台一起做；确实要接手，请他先扫 NEXT 放下。",
            ).require()
        Parcel.objects.filter(pk=row.pk).update(held_by=by.user_id, held_at=now)
    return row


def _elsewhere(parcel: Parcel, step: Step, by: Actor, now: datetime) -> bool:
    """Has somebody else this parcel on the bench of this step? A step that ended let it go."""
    if parcel.held_by_id in (None, by.user_id) or parcel.held_at is None:
        return False
    ended = {
        Step.PACK: parcel.verified_at,
        Step.WEIGH: parcel.packed_at,
        Step.SHIP: parcel.weighed_at,
    }.get(step)
    if ended is not None and parcel.held_at <= ended:
        return False
    return now - parcel.held_at < ON_THE_BENCH


def _holder(parcel: Parcel) -> str:
    return parcel.held_by.display_name if parcel.held_by else "别人"


def put_down(parcel: Parcel, *, now: datetime) -> None:
    """Take it off the bench; what was counted of it is counted anew by whoever takes it next."""
    with together():
        row = lock(parcel)
        if row.state == ParcelState.PICKED:
            count_anew(row)
        Parcel.objects.filter(pk=row.pk).update(held_by=None, held_at=None)


def verify_piece(parcel: Parcel, code: str, *, by: Actor, now: datetime) -> ParcelLine:
    """Count one scanned piece; the last one makes the parcel verified (SOP 2.e).

    Raises Refused for what is wrong or too much, Barred.
    """
    with together():
        row = lock(parcel)
        require(row, Step.VERIFY)
        line = line_of(row.goods, code)
        at = row.goods.index(line) if line else None
        said = line.sku.label if line else _named(code)
        policy.may_scan_goods(wanted(row.goods), at, said).require()
        assert line is not None  # noqa: S101 — the policy refuses what no line has
        if _asks_quality(line.sku):
            line.to_check += 1
        else:
            line.verified += 1
        save_counts(line)
        _close_if_complete(row, by, now)
    return line


def _asks_quality(sku: Sku) -> bool:
    return sku.check_quality


def _named(code: str) -> str:
    found = skus_by_text([code]).get(code, [])
    return found[0].label if len(found) == 1 else code[:40]


def _close_if_complete(parcel: Parcel, by: Actor, now: datetime) -> None:
    if not policy.may_close_goods(wanted(parcel.goods)).allowed:
        return
    with parcel_act("verify", parcel, by=by, now=now) as (_, row, log):
        row.verify(now)
        log.noted(f"校验完成 {row.number}", clause="2.e")


def tick_quality(parcel: Parcel, *, by: Actor, now: datetime) -> ParcelLine:
    """The piece in hand is good (SOP 5.f). Raises Refused, Barred."""
    with together():
        row = lock(parcel)
        require(row, Step.VERIFY)
        policy.may_tick_quality(wanted(row.goods)).require()
        line = next(each for each in row.goods if each.to_check)
        line.to_check -= 1
        line.verified += 1
        save_counts(line)
        _close_if_complete(row, by, now)
    return line


def close(parcel: Parcel) -> None:
    """Say whether everything is there; raises Refused that names what is missing (SOP 2.e)."""
    with together():
        row = lock(parcel)
        require(row, Step.VERIFY)
        policy.may_close_goods(wanted(row.goods)).require()
