"""What each station does with a code (SOP 2.d to 2.g; screens: a scanner alone)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from core.acts import lock_one
from core.verdict import Answer, Refused, no
from orders.words import Delivery
from warehouse import policy
from warehouse.codes import Kind
from warehouse.models import Parcel, ParcelLine, ShortPick
from warehouse.selectors.intercepts import stop_of
from warehouse.selectors.papers import carrier_name
from warehouse.selectors.parcels import line_of, parcels_of, seen_by
from warehouse.selectors.pick import single_for
from warehouse.services import pack as packing
from warehouse.services import pick as picking
from warehouse.services import short as shorts
from warehouse.services import verify as verifying
from warehouse.services.intercept import confirm_stop, too_late
from warehouse.services.reprint import PAPERS, another_waybill, reprint
from warehouse.services.scanned import Scanned, Told
from warehouse.services.ship import ship
from warehouse.services.undo import undo, unscan
from warehouse.services.waves import begin_wave
from warehouse.services.weigh import accept_weight, weigh
from warehouse.words import Command, Outcome, ParcelState, Station, Step, WaveState

P = ParcelState


def _wrong(clause: str, reason: str, instead: str = "") -> NoReturn:
    raise Refused(no(clause, reason, instead=instead))


def _on_bench(scanned: Scanned, **which: str) -> Parcel | None:
    """The parcel in hand, locked; `which`: only where it stands so."""
    if not scanned.in_hand:
        return None
    found = parcels_of(scanned.user).filter(number=scanned.in_hand.replace("\0", ""), **which)
    return lock_one(found)


def _in_hand(scanned: Scanned) -> Parcel:
    parcel = _on_bench(scanned)
    if parcel is None:
        _wrong("2.e", "手上没有包裹", "先扫底单上的包裹号。")
    return parcel


def _named(scanned: Scanned) -> Parcel:
    """The parcel whose number was scanned, locked."""
    number = scanned.code.value
    found = lock_one(parcels_of(scanned.user).filter(number=number))
    if found is None:
        _wrong("2.e", f"没有包裹 {number}", "看底单上的条码是不是别的单据。")
    return found


def _not_here(scanned: Scanned) -> NoReturn:
    code = scanned.code
    _wrong("2.e", f"{scanned.station.label}不用扫{code.kind.label} {code.text[:40]}")


def _common(scanned: Scanned, step: Step) -> Told | None:
    """Commands that mean the same at every bench; None: it is the station's own."""
    code = scanned.code
    if code.kind is not Kind.COMMAND:
        return None
    if code.value in (Command.OK, Command.OUT):
        return _answer_stop(scanned, late=code.value == Command.OUT)
    if code.value == Command.NEXT:
        if parcel := _on_bench(scanned):
            verifying.put_down(parcel, now=scanned.now)
        return Told(None, "放下了", "扫下一个包裹号。")
    if code.value == Command.UNDO:
        return _undo(scanned)
    if code.value == Command.WAYBILL:
        return another_waybill(scanned)
    paper = PAPERS.get(Command(code.value))
    return reprint(scanned, paper) if paper else None


def _answer_stop(scanned: Scanned, *, late: bool) -> Told | None:
    """Where somebody asked to stop the parcel in hand: stopped, or too late (SOP 1.1.e, 1.2.b)."""
    parcel = _on_bench(scanned)
    hold = stop_of(parcel.order_id) if parcel else None
    if parcel is None or hold is None:
        return None
    if late:
        too_late(hold, "", by=scanned.by, now=scanned.now)
        return Told(parcel, f"来不及：{parcel.number} 照常发", "已经告诉客服。")
    confirm_stop(hold, "", by=scanned.by, now=scanned.now)
    return Told(None, f"拦下了：{parcel.number}", "抽出底单作废，商品放回原货位。")


def _undo(scanned: Scanned) -> Told:
    parcel = _in_hand(scanned)
    if scanned.station is Station.VERIFY and parcel.state == P.PICKED:
        line = last_scanned(parcel)
        if line is None:
            _wrong("2.e", "没有可以撤销的一件。")
        unscan(parcel, line.pk, now=scanned.now)
        return Told(parcel, f"撤销了一件 {line.sku.label}", "拿出来，重新扫。")
    row = undo(parcel, by=scanned.by, now=scanned.now)
    return Told(row, f"撤销了，现在是“{row.get_state_display()}”")


def last_scanned(parcel: Parcel) -> ParcelLine | None:
    """The line of the newest piece that was scanned and not taken out again."""
    taken_out = 0
    scans = parcel.scans.filter(station=Station.VERIFY.value, outcome=Outcome.RIGHT.value)
    for each in scans.order_by("-id")[:200]:
        if each.code.upper() in ("UNDO", "CMD:UNDO"):
            taken_out += 1
        elif line := line_of(parcel.goods, each.code):
            if not taken_out and line.verified + line.to_check:
                return line
            taken_out = max(0, taken_out - 1)
    return next((line for line in parcel.goods if line.verified + line.to_check), None)


# -- verify (SOP 2.e, 5.f) -------------------------------------------------------------------------


def verify(scanned: Scanned) -> Told:
    told = _common(scanned, Step.VERIFY)
    if told is not None:
        return told
    code = scanned.code
    if code.kind is Kind.PARCEL:
        return _take_to_verify(scanned, _named(scanned))
    if code.kind is Kind.COMMAND:
        return _verify_command(scanned, Command(code.value))
    if code.kind is not Kind.OTHER:
        _not_here(scanned)
    parcel = _on_bench(scanned, state=P.PICKED.value)
    if parcel is None:
        sorted_out = single_for(parcels_of(scanned.user), code.value)
        if sorted_out is not None:
            parcel = verifying.take(sorted_out, Step.VERIFY, by=scanned.by, now=scanned.now)
    parcel = parcel or _on_bench(scanned)
    if parcel is None:
        _wrong("2.e", f"手上没有包裹，{code.text[:40]} 也不是单件波次里的", "先扫底单上的包裹号。")
    line = verifying.verify_piece(parcel, code.value, by=scanned.by, now=scanned.now)
    return _counted(line)


def _take_to_verify(scanned: Scanned, parcel: Parcel) -> Told:
    held = seen_by(scanned.user, scanned.in_hand) if scanned.in_hand != parcel.number else None
    goods = held.goods if held is not None and held.state == P.PICKED else []
    if held is not None and any(line.verified + line.to_check for line in goods):
        left = sum(line.left_to_verify for line in goods)
        _wrong(
            "2.e",
            f"{held.number} 还差 {left} 件，没有做完",
            "接着扫它的商品；要放下，扫 NEXT。",
        )
    row = verifying.take(parcel, Step.VERIFY, by=scanned.by, now=scanned.now)
    pieces = sum(line.quantity for line in row.goods)
    first = f"扫 {row.goods[0].sku.label}" if row.goods else ""
    return Told(row, f"{row.number} 共 {pieces} 件", first)


def _counted(line: ParcelLine) -> Told:
    parcel = line.parcel
    if parcel.state == P.VERIFIED:
        return Told(parcel, f"校验完成 {parcel.number}", "底单和商品一起拿到打包台。")
    if line.to_check:
        return Told(parcel, f"质检：{line.sku.label}", "看过没问题扫 CMD:OK，有瑕疵扫 CMD:DEFECT。")
    left = sum(each.left_to_verify for each in parcel.goods)
    return Told(parcel, f"{line.sku.label} {line.verified} / {line.quantity}", f"还差 {left} 件。")


def _verify_command(scanned: Scanned, command: Command) -> Told:
    parcel = _in_hand(scanned)
    if command is Command.OK:
        if any(line.to_check for line in parcel.goods):
            return _counted(verifying.tick_quality(parcel, by=scanned.by, now=scanned.now))
        verifying.close(parcel)
    if command is Command.SHORT:
        return _told_short(shorts.tell_missing(parcel, by=scanned.by, now=scanned.now))
    if command is Command.DEFECT:
        return _defect(scanned, parcel)
    _not_here(scanned)


def _defect(scanned: Scanned, parcel: Parcel) -> Told:
    line = shorts.defect(parcel, by=scanned.by, now=scanned.now)
    if line.parcel.state == P.STOPPED:
        return Told(
            line.parcel,
            f"{line.sku.label} 没有别的了：缺货，已退回客服",
            "其余商品放回货位，底单作废。",
        )
    return Told(line.parcel, f"{line.sku.label} 已转次品", "放到次品区，另取一件来扫。")


def _told_short(short: ShortPick) -> Told:
    text = f"报缺 {short.line.sku.label} × {short.quantity}"
    return Told(short.line.parcel, text, "请另一个人到货位再找一次，在“报缺复核”里确认。")


# -- pack (SOP 2.f) --------------------------------------------------------------------------------


def pack(scanned: Scanned) -> Told:
    told = _common(scanned, Step.PACK)
    if told is not None:
        return told
    code = scanned.code
    if code.kind is Kind.PARCEL:
        row = verifying.take(_named(scanned), Step.PACK, by=scanned.by, now=scanned.now)
        return Told(row, f"打包 {row.number}", "底单放进箱子，扫箱码；用推荐的箱子扫 CMD:OK。")
    if code.kind is Kind.BOX or (code.kind is Kind.COMMAND and code.value == Command.OK):
        box = code.value if code.kind is Kind.BOX else ""
        row = packing.pack(_in_hand(scanned), box, by=scanned.by, now=scanned.now)
        return Told(row, f"打包完成 {row.number}：{row.box}", "拿到称重台。")
    _not_here(scanned)


# -- weigh (SOP 2.g) -------------------------------------------------------------------------------


def weigh_(scanned: Scanned) -> Told:
    told = _common(scanned, Step.WEIGH)
    if told is not None:
        return told
    code = scanned.code
    if code.kind is Kind.PARCEL:
        row = verifying.take(_named(scanned), Step.WEIGH, by=scanned.by, now=scanned.now)
        return Told(row, f"称重 {row.number}", "放上秤，输入重量。")
    if code.kind is Kind.WEIGHT:
        return _weight(scanned, _in_hand(scanned), int(code.value))
    if code.kind is Kind.COMMAND and code.value == Command.OK:
        row = accept_weight(_in_hand(scanned), by=scanned.by, now=scanned.now)
        return Told(row, f"复核通过 {row.number}：{row.weight_g} 克", _where_to(row))
    _not_here(scanned)


def _weight(scanned: Scanned, parcel: Parcel, grams: int) -> Told:
    verdict = weigh(parcel, grams, by=scanned.by, now=scanned.now)
    if verdict.answer is Answer.ASK:
        return Told(parcel, verdict.reason, verdict.instead, Outcome.WRONG)
    return Told(parcel, f"{grams} 克 {parcel.number}", f"{verdict.reason}{_where_to(parcel)}")


def _where_to(parcel: Parcel) -> str:
    return policy.LEAVES[Delivery(parcel.delivery)]


# -- ship (SOP 2.g) --------------------------------------------------------------------------------


def ship_(scanned: Scanned) -> Told:
    told = _common(scanned, Step.SHIP)
    if told is not None:
        return told
    code = scanned.code
    if code.kind is Kind.PARCEL:
        parcel = _named(scanned)
        policy.may_leave_by(Delivery(parcel.delivery), Delivery.EXPRESS).require()
        row = verifying.take(parcel, Step.SHIP, by=scanned.by, now=scanned.now)
        return Told(row, f"发货 {row.number}", "扫面单上的运单号。")
    if code.kind is Kind.OTHER:
        row = ship(_in_hand(scanned), code.value, by=scanned.by, now=scanned.now)
        return Told(
            row, f"已发货 {row.number}", f"抽出底单，包裹放到{carrier_name(row.carrier)}的笼车。"
        )
    _not_here(scanned)


# -- pick (SOP 2.d) --------------------------------------------------------------------------------


def pick(scanned: Scanned) -> Told:
    code, wave = scanned.code, scanned.wave
    if wave is None:
        _wrong("2.d", "手上没有波次", "先扫配货单上的波次号。")
    if code.kind is Kind.WAVE and code.value == wave.number:
        if wave.state == WaveState.OPEN:
            begin_wave(wave, by=scanned.by, now=scanned.now)
        return Told(None, f"波次 {wave.number}", "按货位从上往下取，取一件扫一件。")
    if code.kind is Kind.OTHER:
        line = picking.pick_piece(wave, code.value, by=scanned.by, now=scanned.now)
        where = f"放 {line.parcel.slot} 号格"
        return Told(line.parcel, f"{where} · {line.sku.label}", f"{line.picked} / {line.quantity}")
    if code.kind is Kind.COMMAND:
        return _pick_command(scanned, Command(code.value))
    _not_here(scanned)


def _pick_command(scanned: Scanned, command: Command) -> Told:
    wave = scanned.wave
    assert wave is not None  # noqa: S101 — `pick` asked
    if wave.state == WaveState.OPEN:
        _wrong("2.d", f"波次 {wave.number} 还没有领取", f"扫波次号 {wave.number} 领取。")
    if command is Command.OK:
        done = picking.pick_list(wave, by=scanned.by, now=scanned.now)
        return Told(None, f"配完 {done} 个包裹", "拿到校验台。")
    if command is Command.SHORT:
        return _told_short(shorts.tell_next(wave, by=scanned.by, now=scanned.now))
    if command is Command.UNDO:
        line = picking.unpick_last(wave, by=scanned.by, now=scanned.now)
        return Told(line.parcel, f"撤销了一件 {line.sku.label}", "放回货位。")
    _not_here(scanned)


BENCHES: dict[Station, Callable[[Scanned], Told]] = {
    Station.PICK: pick,
    Station.VERIFY: verify,
    Station.PACK: pack,
    Station.WEIGH: weigh_,
    Station.SHIP: ship_,
}
