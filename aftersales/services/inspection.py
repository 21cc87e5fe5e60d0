"""Look at what came back, and put it away once it is ours (SOP 1.4.f)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from aftersales.models import Case, CaseLine
from aftersales.policy import Found, accepting
from aftersales.services.acting import case_act
from aftersales.services.evidence import attach
from aftersales.services.waiting import wait_for
from aftersales.words import Acceptance, WaitsFor
from core.acts import Change, Log, lock
from core.evidence.keeping import Kept
from core.masking import scrub
from core.models import Act
from core.verdict import no
from staff.services.tell import tell
from stock.services import ledger
from stock.services.ledger import Move
from stock.words import MovementKind

INSPECTED = "inspection"


def inspect_goods(
    case: Case,
    found: Mapping[int, Found],
    notes: Mapping[int, str],
    evidence: Sequence[Kept] = (),
    **common: Any,
) -> Act:
    """Each line's pieces: good, defect, scrap, or not accepted; with photos (SOP 1.4.f).

    What differs from what the customer promised goes back to the agent who talked to them.
    Raises Refused, Conflict, Repeated.
    """
    with case_act("inspect_goods", case, **common) as (row, log):
        lines = [lock(line) for line in row.lines.order_by("id")]
        for line in lines:
            _inspect(line, found.get(line.pk, Found()), notes.get(line.pk, ""), log)
        attach(row, evidence, common["by"], common["now"], INSPECTED)
        _go_on(row, lines, log, common["now"])
        log.noted(f"验货 {row.number}：{_sum(lines)}", clause="1.4.f")
    return log.act


def _inspect(line: CaseLine, found: Found, note: str, log: Log) -> None:
    if found.accepted > line.got:
        no(
            "1.4.f", f"{line.label}只到了 {line.got} 件。", instead="几种等级加起来不能超过。"
        ).require()
    before = line.get_acceptance_display()
    line.inspect(found, scrub(note))
    text = f"{line.get_acceptance_display()} {line.accepted} 件"
    log.changed([Change(line.label, before, text)], line)


def _sum(lines: Sequence[CaseLine]) -> str:
    parts = (
        (sum(line.good for line in lines), "良品"),
        (sum(line.defect for line in lines), "次品"),
        (sum(line.scrap for line in lines), "报废"),
        (sum(line.got - line.accepted for line in lines), "不认可"),
    )
    return "，".join(f"{word} {count} 件" for count, word in parts if count) or "没有货"


def _go_on(case: Case, lines: Sequence[CaseLine], log: Log, now: datetime) -> None:
    facts = case.facts([line.facts() for line in lines])
    if not facts.differs:
        wait_for(case, WaitsFor.DECISION, log, now)
        return
    case.details = {**case.details, "why": _difference(lines)}
    case.give_to(case.opened_by_id, case.opened_name)
    wait_for(case, WaitsFor.AGREEMENT, log, now)
    text = f"退货 {case.number} 与买家说的不一样：{case.details['why']}，请跟买家谈。"
    key = f"case:{case.pk}:differs:{case.version}"
    tell(text, to=case.opened_by_id, url=case.get_absolute_url(), key=key)


def _difference(lines: Sequence[CaseLine]) -> str:
    """少到 1 件、1 件不认可（有穿过的痕迹）: as it is told to the customer."""
    found = []
    for line in lines:
        if line.got < line.pieces:
            found.append(f"{line.label}少了 {line.pieces - line.got} 件")
        elif line.got > line.pieces:
            found.append(f"{line.label}多了 {line.got - line.pieces} 件")
        if line.got > line.accepted or line.acceptance == Acceptance.PERSON:
            count = line.got - line.accepted
            why = f"（{line.note}）" if line.note else ""
            found.append(f"{line.label}有 {count or line.got} 件不符合{why}")
    return "、".join(found)[:200]


def agree_difference(
    case: Case, what: str, takes: Mapping[int, int] | None = None, **common: Any
) -> Act:
    """What was agreed with the customer (SOP 1.4.f): as it was found, unless `takes` says how many
    pieces of a line count. What came beyond them stays the customer's, and goes back.

    Raises Refused, Conflict, Repeated.
    """
    with case_act("agree_difference", case, **common) as (row, log):
        for line in [lock(line) for line in row.lines.order_by("id")]:
            found = Found(line.good, line.defect, line.scrap)
            pieces = (takes or {}).get(line.pk, line.accepted)
            _inspect(line, accepting(found, pieces), line.note, log)
        wait_for(row, WaitsFor.DECISION, log, common["now"])
        log.noted(f"谈妥差异（{row.number}）", clause="1.4.f", reason=scrub(what)[:300])
    return log.act


def put_away(case: Case, now: datetime) -> None:
    """What was accepted is ours now: into stock, defect stock, or away; inside a running act.

    Not before money or other goods went to the customer: until then it may go back to them.
    """
    rows = case.lines.filter(accepted__gt=0, stocked=False, sku__is_top_up=False)
    lines = [lock(line) for line in rows.exclude(sku=None).order_by("id")]
    ledger.change_all([move for line in lines for move in _moves(case, line)], now)
    for line in lines:
        line.stocked = True


def _moves(case: Case, line: CaseLine) -> list[Move]:
    sku, ref = line.sku_id or 0, case.number
    moves = [
        Move(sku, MovementKind.RETURNED, ref, on_hand=line.good, defect=line.defect + line.scrap),
        Move(sku, MovementKind.SCRAPPED, ref, defect=-line.scrap, note="验货报废"),
    ]
    return [move for move in moves if move.on_hand or move.defect]
