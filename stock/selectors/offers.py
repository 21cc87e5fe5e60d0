"""What can be done with a row of the stock room, and the words of its timeline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from core.models import Act
from core.verdict import Verdict
from staff.matrix import may
from stock import policy
from stock.models import Supply
from stock.policy import SupplyFacts
from stock.verbs import VERBS
from stock.words import SupplyState

S = SupplyState


@dataclass(frozen=True, slots=True)
class Offer:
    """One button: greyed with the policy's reason when refused."""

    verb: str
    label: str
    url: str
    verdict: Verdict
    key: str = ""
    main: bool = False


# The step that each act takes; its address has the act's name with dashes.
STEPS: dict[SupplyState, str] = {
    S.ORDERED: "order_supply",
    S.MATERIALS: "confirm_materials",
    S.SCHEDULED: "schedule_supply",
    S.SAMPLED: "check_sample",
    S.ASSEMBLED: "assemble_supply",
    S.ARRIVED: "receive_supply",
}
_BESIDE: list[tuple[str, Callable[[SupplyFacts], Verdict]]] = [
    ("move_expected", policy.may_postpone),
    ("change_supply", policy.may_change),
    ("cancel_supply", policy.may_cancel),
]


def offers(supply: Supply, user: Any) -> list[Offer]:
    """The steps that are left, the next one accented; then what may be done beside them."""
    facts, found = supply.facts(), []
    following = policy.next_state(facts)
    for state in policy.steps_left(facts):
        verdict = policy.may_step(facts, state)
        found.append(_offer(supply, STEPS[state], verdict, main=state is following))
    for verb, rule in _BESIDE:
        verdict = rule(facts)
        if verdict.allowed:
            found.append(_offer(supply, verb, verdict))
    return [offer for offer in found if may(user, offer.verb)]


def _offer(supply: Supply, verb: str, verdict: Verdict, *, main: bool = False) -> Offer:
    url = reverse(verb.replace("_", "-"), args=[supply.pk])
    return Offer(verb, VERBS[verb], url, verdict, "", main)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the path as the page shows it."""

    label: str
    done: bool
    now: bool


def steps(supply: Supply) -> list[Step]:
    """Its path, with where it stands; a cancelled one stands nowhere."""
    facts = supply.facts()
    path = policy.PATHS[facts.kind]
    at = path.index(facts.state) if facts.state in path else -1
    return [Step(state.label, place < at, place == at) for place, state in enumerate(path)]


def labelled(acts: list[Act]) -> list[Act]:
    """Acts with the word that the timeline shows for their verb."""
    for act in acts:
        act.label = VERBS.get(act.verb, act.verb)  # type: ignore[attr-defined]
    return acts
