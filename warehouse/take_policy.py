"""Who may accept what a stock-take found, and when it has ended. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from core.verdict import Verdict, no, yes
from warehouse.words import TakeLineState, TakeState

L = TakeLineState


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One SKU of a stock-take; `counters`: who counted it in this round."""

    state: TakeLineState
    difference: int | None = None
    counters: frozenset[int] = frozenset()


def may_count(state: TakeState, line: TakeLineState) -> Verdict:
    """Count a SKU while its stock-take is open and nobody has accepted it."""
    if state is not TakeState.OPEN:
        return no("5.b", f"这次盘点{state.label}，不能再数。", instead="要重新数，另开一次盘点。")
    if line is L.ACCEPTED:
        return no("5.b", "这个商品已经复核过了。", instead="觉得不对的，另开一次盘点。")
    return yes("5.b", "扫一件加一件；也可以直接填件数。")


def may_accept(state: TakeState, line: LineFacts, person: int | None) -> Verdict:
    """Accept a difference: never by somebody who counted it (four eyes)."""
    if state is not TakeState.OPEN:
        return no("5.b", f"这次盘点{state.label}。")
    if line.state is L.ACCEPTED:
        return no("5.b", "已经有人复核过了。")
    if line.state is L.PENDING:
        return no("5.b", "还没有数，没有差异可以认。", instead="先数一遍；没有货的填 0。")
    if person is None or person in line.counters:
        return no("5.b", "您数过这个商品，不能自己认可。", instead="请另一位同事复核。")
    return yes("5.b", "认可后库存马上按差异改；等货的、占着货的订单会自动跟着变。")


def may_recount(state: TakeState, line: LineFacts) -> Verdict:
    """Have it counted once more."""
    if state is TakeState.OPEN and line.state is L.COUNTED:
        return yes("5.b", "原来数的不算，从头再数一遍。")
    return no("5.b", "没有数过，或者已经复核了，不用复盘。")


def may_finish(state: TakeState, *, pending: bool, open_differences: bool) -> Verdict:
    """End it when all is counted and every difference is accepted."""
    if state is not TakeState.OPEN:
        return no("5.b", f"这次盘点{state.label}。")
    if pending:
        return no("5.b", "还有商品没有数。", instead="数完再结束；没有货的填 0。")
    if open_differences:
        return no("5.b", "还有差异没有复核。", instead="请没有数过的同事认可，或者复盘。")
    return yes("5.b", "都数完了，差异都复核了。")


def may_cancel(state: TakeState) -> Verdict:
    """Give it up; what was accepted stays."""
    if state is TakeState.OPEN:
        return yes("5.b", "没有复核的都不算；已经复核入账的不变。")
    return no("5.b", f"这次盘点{state.label}。")
