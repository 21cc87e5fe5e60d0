"""Pick: piece by piece at the shelves, or a whole list that was ticked on paper (SOP 2.d)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.acts import Actor, act_on, lock, lock_all, lock_found, together
from core.verdict import no
from warehouse import policy
from warehouse.models import Parcel, ParcelLine, Scan, ShortPick, Wave
from warehouse.selectors.parcels import facts_of, line_of, read_bars
from warehouse.selectors.pick import by_goods, picking
from warehouse.services.steps import parcel_act, require, save_counts
from warehouse.words import Outcome, ParcelState, Station, Step


def pick_piece(wave: Wave, code: str, *, by: Actor, now: datetime) -> ParcelLine:
    """Take one piece from the shelf for the first parcel of the wave that needs it (SOP 2.d).

    The last piece of a parcel makes it picked. Raises Refused.
    """
    for line in by_goods(picking(wave), code)[:20]:
        with together():
            parcel = lock(Parcel(pk=line.parcel_id))
            line.refresh_from_db(fields=["picked", "quantity"])
            if line.left_to_pick > 0 and policy.may_step(facts_of(parcel), Step.PICK).allowed:
                line.picked += 1
                save_counts(line)
                line.parcel = parcel
                if not _missing(parcel):
                    _picked(parcel, by, now)
                return line
    no(
        "2.d",
        f"扫错了：{code[:40]} 不在这个波次要配的里面",
        instead="放回去，按配货单上的货位取。",
    ).require()
    raise AssertionError


def _missing(parcel: Parcel) -> bool:
    return any(line.left_to_pick for line in parcel.lines.all())


def _picked(parcel: Parcel, by: Actor, now: datetime) -> None:
    with parcel_act("pick", parcel, by=by, now=now) as (_, row, log):
        require(row, Step.PICK)
        row.pick(now)
        log.noted(f"配完 {row.number}", clause="2.d")
        finish_if_done(row)


def pick_list(wave: Wave, *, by: Actor, now: datetime) -> int:
    """All of a list that was picked on paper: every parcel that nothing bars or lacks (SOP 2.d).

    Says how many parcels are picked now; those with a piece told short stay. Raises Refused.
    """
    with together():
        short = ShortPick.objects.filter(line__parcel__wave=wave, looked_at__isnull=True)
        waiting = Parcel.objects.filter(wave=wave, state=ParcelState.PICKING.value)
        parcels = lock_found(waiting.exclude(pk__in=short.values("line__parcel")))
        if not parcels:
            no("2.d", f"波次 {wave.number} 没有等配货的包裹。").require()
        with act_on("pick", [parcel.order for parcel in parcels], by=by, now=now) as (_, log):
            lock_all(parcels)
            done = _pick_all(parcels, now)
            log.noted(f"配完：波次 {wave.number}", clause="2.d")
            if done:
                finish_if_done(*done)
    return len(done)


def _pick_all(parcels: Sequence[Parcel], now: datetime) -> list[Parcel]:
    """Those that nothing bars."""
    read_bars(parcels)
    free = [each for each in parcels if policy.may_step(facts_of(each), Step.PICK).allowed]
    lines = list(ParcelLine.objects.filter(parcel__in=free))
    for line in lines:
        line.picked = line.quantity
    save_counts(*lines)
    for parcel in free:
        parcel.pick(now)
    return free


def unpick_last(wave: Wave, *, by: Actor, now: datetime) -> ParcelLine:
    """Put the piece back that this person picked last (`UNDO` at the shelves). Raises Refused."""
    last = Scan.objects.filter(
        by=by.user_id, station=Station.PICK.value, outcome=Outcome.RIGHT.value, parcel__wave=wave
    ).order_by("-id")
    scan = last.first()
    line = line_of(scan.parcel.goods, scan.code) if scan and scan.parcel else None
    if line is None:
        no("2.d", "没有可以撤销的一件。").require()
        raise AssertionError
    with together():
        parcel = lock(Parcel(pk=line.parcel_id))
        line.refresh_from_db(fields=["picked"])
        if line.picked == 0 or parcel.state != ParcelState.PICKING:
            no("2.d", f"{parcel.number} 已经配完，不能撤销。", instead="拿到校验台再看。").require()
        line.picked -= 1
        save_counts(line)
    line.parcel = parcel
    return line


def finish_if_done(*ended: Parcel) -> None:
    """Inside an act: end the wave of these parcels when none of it waits any more."""
    wave_id = ended[0].wave_id
    if wave_id is None:
        return
    wave = lock(Wave(pk=wave_id))
    waiting = Parcel.objects.filter(
        wave=wave, state__in=[ParcelState.QUEUED.value, ParcelState.PICKING.value]
    )
    if not waiting.exclude(pk__in=[each.pk for each in ended]).exists() and wave.state != "done":
        wave.finish()
