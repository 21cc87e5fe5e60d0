"""The dock: what came back is counted; collect-on-delivery is refused (SOP 1.4.e, 1.4.f)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from aftersales import policy
from aftersales.kinds import kind_of
from aftersales.models import Case, CaseLine
from aftersales.models.case import GIVEN_UP
from aftersales.selectors.arrivals import counted_by_code, line_by_code, sku_by_code
from aftersales.selectors.facts import facts_of
from aftersales.services.acting import case_act
from aftersales.services.waiting import give_up, standing, usual, wait_for
from aftersales.words import CaseKind, Reception, WaitsFor
from core.acts import Change, Log, lock
from core.models import Act
from core.verdict import no
from staff.roles import Role
from staff.services.tell import tell
from warehouse.services.tracking import came_back


def count_goods(case: Case, code: str, pieces: int, **common: Any) -> Act:
    """So many pieces of a scanned product are here; one that nobody expected is taken in, too.

    Raises Refused, Repeated.
    """
    with case_act("count_arrival", case, **common) as (row, log):
        line = lock(_line(row, code))
        line.counted += pieces
        if line.counted > 10_000:
            no("1.4.f", "数量太大了。", instead="是不是把条码扫进了件数？").require()
        _is_here(row, log, common["now"])
        log.noted(f"清点 {row.number}：{line.label}，数到 {line.counted} 件", clause="1.4.f")
    return log.act


def _is_here(case: Case, log: Log, now: datetime) -> None:
    """From now on it is counted; also what was given up (SOP 1.4.c)."""
    if not case.is_open:
        before = standing(case)
        case.come_after_all(now, usual(case, WaitsFor.COUNTING, now))
        log.changed([Change(f"售后单 {case.number}", before, standing(case))], case)
    elif case.waits_for != WaitsFor.COUNTING:
        _ask_no_more(case)
        wait_for(case, WaitsFor.COUNTING, log, now)
    else:
        return
    case.arrived_at = now


def undo_count(case: Case, code: str, pieces: int, **common: Any) -> Act:
    """So many counted pieces of a product are taken out again: scanned twice, or the wrong ones.

    Raises Refused, Repeated.
    """
    with case_act("undo_count", case, step="count_arrival", **common) as (row, log):
        found = counted_by_code(row, code, pieces)
        if found is None:
            no("1.4.f", "没有可以撤销的一件。", instead="看看下面数到几件。").require()
            raise AssertionError
        left = found.counted - pieces
        if left or found.pieces:
            lock(found).counted = left
        else:
            found.delete()  # nobody expected it, and it is not here
        log.noted(f"撤销清点 {row.number}：{found.label}，数到 {left} 件", clause="1.4.f")
        others = row.lines.filter(counted__gt=0).exclude(pk=found.pk)
        if GIVEN_UP in row.details and not left and not others.exists():
            row.arrived_at = None
            give_up(row, log, common["now"])  # it was a slip of the scanner: as before
    return log.act


def _ask_no_more(case: Case) -> None:
    """The goods are here before the answer: from now on they are waited for, and whoever asked
    hears of it (SOP 1.4.f).
    """
    if case.waits_for != WaitsFor.ANSWER:
        return
    known = dict(case.details)
    known.pop("waited_for", None)
    question = known.pop("why", "")
    case.details = known
    text = f"{case.number} 的货到了，问买家的还没有答复：{question}"
    key = f"case:{case.pk}:unanswered:{case.version}"
    tell(text, to=case.owner_id, url=case.get_absolute_url(), key=key)


def _line(case: Case, code: str) -> CaseLine:
    known = line_by_code(case, code)
    if known is not None:
        return known
    sku = sku_by_code(code)
    if sku is None:
        no("1.4.f", f"“{code}”不是商品条码。", instead="重新扫；没有条码的填商家编码。").require()
        raise AssertionError
    line = CaseLine(case=case, sku=sku, label=sku.label[:300], pieces=0)
    line.save()
    return line


def finish_arrival(case: Case, **common: Any) -> Act:
    """All is counted: what is missing or too much is said, and after-sales inspects (SOP 1.4.f).

    Raises Refused, Conflict, Repeated.
    """
    with case_act("finish_arrival", case, step="count_arrival", **common) as (row, log):
        now = common["now"]
        lines = [lock(line) for line in row.lines.order_by("id")]
        for line in lines:
            line.arrive(line.counted)
        log.changed([_counted(line) for line in lines], row)
        row.arrived_at = row.arrived_at or now
        _ask_no_more(row)
        if row.order is not None and row.waybill:
            came_back(row.order, row.waybill, now)
        wait_for(row, _next(row, lines), log, now)
        words = "、".join(_odd(row, lines))
        log.noted(f"清点完 {row.number}", clause="1.4.f", reason=words[:300])
        _tell(row, _arrived(row), "arrived", Role.AFTERSALES)
    return log.act


def _next(case: Case, lines: Sequence[CaseLine]) -> WaitsFor:
    """What comes after counting; of a parcel that is nobody's yet after-sales looks for whose."""
    if case.kind == CaseKind.UNOWNED:
        case.give_to(None, "")
        return WaitsFor.OWNER
    here = any(line.got for line in lines)
    return kind_of(case.kind).looks if here else WaitsFor.AGREEMENT


def _odd(case: Case, lines: Sequence[CaseLine]) -> list[str]:
    """What differs from what was expected; of an unowned parcel nothing was."""
    if case.kind == CaseKind.UNOWNED:
        return [f"{line.label} {line.got} 件" for line in lines]
    odd = (line for line in lines if line.reception != Reception.ARRIVED)
    return [f"{line.label}{line.get_reception_display()}" for line in odd]


def _arrived(case: Case) -> str:
    if case.kind == CaseKind.UNOWNED:
        return f"无主件 {case.number} 清点好了，请找是谁的。"
    looks = kind_of(case.kind).looks.label
    return f"{case.get_kind_display()} {case.number} 到了，请{looks}。"


def _counted(line: CaseLine) -> Change:
    return Change(line.label, f"应到 {line.pieces} 件", f"到了 {line.got} 件")


def refuse_cod(case: Case, **common: Any) -> Act:
    """It came with freight to pay: not taken in, and the agent tells the customer (SOP 1.4.e).

    Raises Refused, Conflict, Repeated.
    """
    with case_act("refuse_cod", case, step="count_arrival", **common) as (row, log):
        policy.may_refuse_cod(facts_of(row)).require()
        _ask_no_more(row)
        row.arrived_at = None
        row.details = {**row.details, "why": "寄来的是到付件，我们拒收了"}
        wait_for(row, WaitsFor.SENDING, log, common["now"])
        log.changed([Change("到付件", "", "拒收")], row)
        log.noted(f"到付拒收（{row.number}）", clause="1.4.e")
        text = f"退货 {row.number} 寄来的是到付件，已拒收，请告诉买家。"
        tell(text, to=row.owner_id, url=row.get_absolute_url())
    return log.act


def _tell(case: Case, text: str, what: str, role: Role) -> None:
    key = f"case:{case.pk}:{what}:{case.version}"
    tell(text, role=role, url=case.get_absolute_url(), key=key)
