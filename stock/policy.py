"""Short goods: what to buy or to make, step by step, and whom it covers (SOP 5.d). Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from core.verdict import Verdict, ask, no, yes
from stock.words import SupplyKind, SupplyState

S = SupplyState
K = TypeVar("K", bound=Hashable)

# The steps of each kind, in their order; each stands in one state and leads to the next.
PATHS: dict[SupplyKind, tuple[SupplyState, ...]] = {
    SupplyKind.PURCHASE: (S.DRAFT, S.ORDERED, S.ARRIVED),
    SupplyKind.PRODUCTION: (
        *(S.DRAFT, S.MATERIALS, S.SCHEDULED, S.SAMPLED),
        *(S.ASSEMBLED, S.ARRIVED),
    ),
}
COMING = frozenset({S.ORDERED, S.SCHEDULED, S.SAMPLED, S.ASSEMBLED})  # these have a date
ENDED = frozenset({S.ARRIVED, S.CANCELLED})
# What the step to a state is called.
STEPS: dict[SupplyState, str] = {
    S.ORDERED: "下单",
    S.MATERIALS: "确认物料",
    S.SCHEDULED: "排产",
    S.SAMPLED: "确认样品",
    S.ASSEMBLED: "完工",
    S.ARRIVED: "收货",
}


@dataclass(frozen=True, slots=True)
class SupplyFacts:
    """What decisions on a purchase or a production order depend on. In pieces."""

    kind: SupplyKind
    state: SupplyState
    quantity: int = 1
    good: int = 0
    defect: int = 0

    @property
    def missing(self) -> int:
        """Good pieces that are still to come."""
        return max(0, self.quantity - self.good)


def next_state(supply: SupplyFacts) -> SupplyState | None:
    """What comes next on its path; None at the end."""
    path = PATHS[supply.kind]
    if supply.state not in path or supply.state is path[-1]:
        return None
    return path[path.index(supply.state) + 1]


def steps_left(supply: SupplyFacts) -> tuple[SupplyState, ...]:
    """The states on its path that it has not reached."""
    path = PATHS[supply.kind]
    return path[path.index(supply.state) + 1 :] if supply.state in path else ()


def may_step(supply: SupplyFacts, to: SupplyState) -> Verdict:
    """The next step of its path: none is left out, none is done twice (SOP 5.d)."""
    path, step = PATHS[supply.kind], STEPS[to]
    if to not in path:
        return no("5.d", f"{supply.kind.label}单没有“{step}”这一步。")
    if supply.state in ENDED:
        return no("5.d", f"这张{supply.kind.label}单{supply.state.label}，不能再{step}。")
    here, there = path.index(supply.state), path.index(to)
    if here >= there:
        return no("5.d", f"已经“{supply.state.label}”了，不用再{step}。")
    if here + 1 < there:
        first = STEPS[path[here + 1]]
        return no("5.d", f"还没有{first}，不能{step}。", instead=f"先{first}，一步一步来。")
    return yes("5.d", f"现在是“{supply.state.label}”，可以{step}。")


def may_draft(*, sold: bool) -> Verdict:
    """Order or make a SKU that is sold."""
    if sold:
        return yes("5.d", "建好是草稿，下单前可以改数量，也可以取消。")
    return no("5.d", "这个商品不在售，或者是补差价专用的，不用采购。")


def may_change(supply: SupplyFacts) -> Verdict:
    """Change quantity before anybody outside knows of it."""
    if supply.state in (S.DRAFT, S.MATERIALS):
        return yes("5.d", "还没有定下来，数量可以改。")
    return no(
        "5.d",
        f"{supply.state.label}，数量不能再改。",
        instead="多要的另开一张；不要的，取消没有到的部分。",
    )


def may_postpone(supply: SupplyFacts) -> Verdict:
    """Change the expected date; who waits for the goods is told (SOP 5.d)."""
    if supply.state in COMING:
        return yes("5.d", "改了以后，等这些货的订单上马上是新日期，跟单的同事会收到通知。")
    return no("5.d", f"{supply.state.label}，没有预计到货日期可以改。")


def may_receive(supply: SupplyFacts, pieces: int = 0, *, over: bool = False) -> Verdict:
    """Receive good and defect pieces; more than was ordered is asked about (SOP 5.d)."""
    verdict = may_step(supply, S.ARRIVED)
    if not verdict.allowed:
        return verdict
    extra = supply.good + pieces - supply.quantity
    if extra > 0 and not over:
        return ask(
            "5.d",
            f"良品比订的多出 {extra} 件。",
            instead="再数一遍；确实多送、也要收下的，勾“多出来的也收下”再提交。",
        )
    return yes("5.d", f"还差 {supply.missing} 件良品。可以分几次收。")


def may_cancel(supply: SupplyFacts) -> Verdict:
    """Give up what has not come yet."""
    if supply.state in ENDED:
        return no("5.d", f"这张{supply.kind.label}单{supply.state.label}，没有可以取消的。")
    if supply.good or supply.defect:
        return yes("5.d", f"已收的留下，还没到的 {supply.missing} 件不再等。")
    return yes("5.d", "取消后不再等这批货；等它的同事会收到通知。")


def propose(lacks: Mapping[K, int], coming: Mapping[K, int]) -> dict[K, int]:
    """What to order of each SKU: what open lines lack, minus what is on order (SOP 5.d)."""
    wanted = {key: lack - coming.get(key, 0) for key, lack in lacks.items()}
    return {key: pieces for key, pieces in wanted.items() if pieces > 0}


def covered(
    waiting: Iterable[tuple[K, int]], coming: Iterable[tuple[date, int]]
) -> dict[K, date | None]:
    """By when each waiting line has all its pieces; None when nothing that comes is enough.

    `waiting`: lines with what they lack, the one that is served first at the front. `coming`:
    dates with the pieces that come then. The earliest arrival serves the oldest line.
    """
    arrivals = sorted(coming)
    found: dict[K, date | None] = {}
    left, day = 0, None
    for key, lack in waiting:
        while left < lack and arrivals:
            day, pieces = arrivals.pop(0)
            left += pieces
        found[key] = day if left >= lack else None
        left -= min(left, lack)
    return found
