"""Whoever tries whatever on whichever order: nothing is lost, paid twice, or done unseen (SOP).

People of all roles try acts on two orders of one buyer, legal ones and others; the warehouse works,
gateways answer, timers run. What a rule refuses changes nothing; what it allows is done. After each
step money, goods, states and the timeline are looked at. `make soak` plays other lives, and more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from aftersales.kinds import kind_of
from aftersales.kinds.kind import COMMON as COMMON_STEPS
from aftersales.kinds.kind import offered, verdict_on
from aftersales.models import Case
from aftersales.selectors.facts import facts_of
from core.models import Act, ActOutcome
from core.money import ZERO
from core.remembered import forget_all
from core.verdict import Refused, Verdict
from orders.models import Order
from orders.selectors.order import closing_facts
from orders.selectors.stock_check import differences
from refunds.models import Refund
from staff.matrix import role_may
from staff.models import User
from stock.models import StockLevel
from tests.dice import steps
from tests.dice.deeds import DEEDS, NothingThere, Try
from tests.dice.world import Change, Row, World, acts_since, changes, snapshot

# From → to, in one step, as the SOP allows them.
ALLOWED = {
    *(("unpaid", "paid"), ("paid", "unpaid"), ("unpaid", "closed"), ("closed", "unpaid")),
    *(("paid", "closed"), ("closed", "paid"), ("paid", "completed")),  # the last: a top-up order
    *(("paid", "picking"), ("picking", "packed"), ("packed", "shipped")),
    *(("picking", "paid"), ("packed", "paid"), ("shipped", "paid")),  # stopped
    *(("shipped", "received"), ("received", "completed")),
}
GONE = {"shipped", "received", "completed"}
# What a shipped order may not have changed by hand (SOP 1.1.c).
BOUGHT = ("sku_id", "quantity", "price", "amount")
WHERE = ("consignee", "mobile", "province", "city", "district", "street", "delivery")
OVER = {"succeeded", "rejected", "withdrawn"}
MONEY_BACK = {"rejected", "withdrawn"}  # a refund in these keeps no money reserved
COMMON = {step.verb for step in COMMON_STEPS}


class AnyLife(RuleBasedStateMachine):
    """One example is one life; it is rolled back at its end."""

    @initialize(
        first=st.sampled_from(["unpaid", "paid", "released"]),
        second=st.sampled_from(["shipped", "received"]),
    )
    def begin(self, first: str, second: str) -> None:
        self.undo = transaction.atomic()
        self.undo.__enter__()
        forget_all()
        self.world = World.begin(first, second)
        self.rows, self.seen, self.known = snapshot(), self.world.now, set[Any]()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    # -- who does what -----------------------------------------------------------------------

    @rule(seed=st.integers(0, 2**30))
    def something_happens(self, seed: int) -> None:
        """Drawn by our own dice: each thing as often as in a real life."""
        dice = Random(seed)
        happenings, weights = zip(*self.happenings(), strict=True)
        dice.choices(happenings, weights)[0](dice)

    def happenings(self) -> Iterator[tuple[Callable[[Random], None], int]]:
        """What can happen now, and how often."""
        yield from ((self.somebody_tries, 10), (self.time_goes_by, 2))
        if any(row["released_at"] and row["state"] not in GONE for row in self.all("Order")):
            yield self.the_warehouse_works, 6
        if any(row["state"] == "shipped" for row in self.all("Parcel")):
            yield self.the_courier_comes, 1
        if any(row["stop"] == "asked" for row in self.all("Hold")):
            yield self.the_warehouse_answers, 3
        if self.all("Case"):
            yield self.somebody_works_on_a_case, 14
        if self.all("Refund"):
            yield self.somebody_decides_a_refund, 4
            yield self.a_refund_is_agreed_to_and_paid, 2

    def trial(self, dice: Random, verb: str = "note") -> Try:
        orders = Order.objects.filter(is_top_up=False).select_related("shop").order_by("id")
        order, now = dice.choice(list(orders)), self.world.tick()
        number = self.world.next()
        owner = self.world.people[0]
        t = Try(owner, order, self.world.skus, now, dice.randrange(1000), number)
        return self.by_somebody(t, verb, dice)

    def by_somebody(self, t: Try, verb: str, dice: Random) -> Try:
        """Mostly somebody who may open the page at all."""
        may = [user for user in self.world.people if role_may(user.role, verb)]
        return replace(t, user=dice.choice(may if dice.random() < 0.9 else self.world.people))

    def somebody_tries(self, dice: Random) -> None:
        """What a button offers, or anything."""
        t = self.trial(dice)
        facts = closing_facts(t.order)
        offered_now = [deed for deed in DEEDS if deed.may(facts).allowed]
        deed = dice.choice(offered_now if dice.random() < 0.6 else DEEDS)
        t = self.by_somebody(t, deed.verb, dice)
        self.attempt(deed.verb, t, lambda: deed.do(t), deed.may(facts), surely=deed.surely)

    def somebody_works_on_a_case(self, dice: Random) -> None:
        """One of the steps that the page offers, or any."""
        cases = list(Case.objects.select_related("order__shop", "version_of", "shop"))
        case = dice.choice([c for c in cases if not c.ended_at and dice.random() < 0.9] or cases)
        facts, kind = facts_of(case), kind_of(case.kind)
        steps_now = [step.verb for step, verdict in offered(kind, facts) if verdict.allowed]
        mine = [verb for verb in steps_now if verb in steps.STEPS and verb not in COMMON]
        any_step = mine and dice.random() < 0.8
        verb = dice.choice(mine if any_step else sorted(steps.STEPS))
        t = self.trial(dice, verb)
        verdict = verdict_on(kind, verb, facts)
        self.attempt(verb, t, lambda: steps.STEPS[verb](case, t), verdict)

    def somebody_decides_a_refund(self, dice: Random) -> None:
        verb = dice.choice(sorted(steps.REFUND_STEPS))
        t, refund = self.trial(dice, verb), self.refund(dice)
        self.attempt(verb, t, lambda: steps.REFUND_STEPS[verb](refund, t))

    def refund(self, dice: Random) -> Refund:
        return dice.choice(list(Refund.objects.select_related("order__shop", "trade")))

    def a_refund_is_agreed_to_and_paid(self, dice: Random) -> None:
        """The usual way: a supervisor, the time to undo, the gateway."""
        t, refund = self.trial(dice, "approve_refund"), self.refund(dice)
        approve = steps.REFUND_STEPS["approve_refund"]
        self.attempt("approve_refund", t, lambda: approve(refund, t))
        self.time_goes_by(dice, 2)
        self.attempt("gateway", None, lambda: steps.gateway_answers(refund, t.dice, self.world.now))

    def the_warehouse_works(self, dice: Random) -> None:
        for _ in range(dice.randrange(1, 7)):
            t = self.trial(dice, "scan")
            self.attempt("scan", t, lambda t=t: steps.warehouse_goes_on(t.user, t))  # type: ignore[misc]

    def the_warehouse_answers(self, dice: Random) -> None:
        t = self.trial(dice, "confirm_stop")
        self.attempt("confirm_stop", t, lambda: steps.warehouse_answers(t))

    def the_courier_comes(self, dice: Random) -> None:
        t = self.trial(dice, "hand_over")
        self.attempt("hand_over", t, lambda: steps.courier_comes(t.user, t))

    def time_goes_by(self, dice: Random, minutes: int = 0) -> None:
        self.world.tick(minutes or dice.choice([1, 60, 60 * 24, 60 * 24 * 4]))
        self.attempt("time", None, self.sweep)

    def sweep(self) -> None:
        for one in steps.SWEEPS:
            one(self.world.now)

    # -- what came of it ---------------------------------------------------------------------

    def attempt(
        self,
        verb: str,
        t: Try | None,
        do: Callable[[], Any],
        verdict: Verdict | None = None,
        *,
        surely: bool = False,
    ) -> None:
        """Try it, where the role may open the page at all; then look at all that changed."""
        note(f"{t.user.role if t else 'time'} {verb} {t.order.order_no if t else ''}")
        if t is not None and not role_may(t.user.role, verb):
            return
        refused = None
        try:
            do()
        except NothingThere:
            return
        except Refused as refusal:
            refused = refusal
        if verdict is not None:
            self.button_told_the_truth(verb, verdict, refused, surely)
        before, self.rows = self.rows, snapshot()
        changed, new = changes(before, self.rows), self.new_acts()
        if refused is not None and verb != "count_arrival":  # counting is several acts
            assert changed == [] or reviewed(new), (verb, changed)
            assert any(act.outcome == ActOutcome.REFUSED for act in new), verb
        self.is_in_the_timeline(changed, new, t.user if t else None)
        for change in changed:
            self.may_have_changed(change)

    def new_acts(self) -> list[Act]:
        since = [act for act in acts_since(self.seen) if act.pk not in self.known]
        self.known = {act.pk for act in since if act.at == self.world.now}
        self.seen = self.world.now
        return since

    def button_told_the_truth(
        self, verb: str, verdict: Verdict, refused: Refused | None, surely: bool
    ) -> None:
        """Simulate = perform: what was greyed is refused, what was not is done."""
        if not verdict.allowed:
            assert refused is not None or verdict.answer == "ask", (verb, verdict)
        elif surely:
            assert refused is None, (verb, verdict, refused and refused.verdict)

    def is_in_the_timeline(self, changed: list[Change], new: list[Act], user: User | None) -> None:
        """Every change has an act that says who, when, and of which order."""
        done = [act for act in new if act.outcome == ActOutcome.DONE]
        assert bool(done) or not changed, changed
        for act in new:
            assert act.actor_name
            assert act.verb
            assert act.at <= self.world.now
            assert user is None or act.actor_id in (user.pk, None), act
        told = {act.order_no for act in done}
        reasons = {act.pk for act in done}
        for change in changed:
            row = change.after or {}
            if change.model in ("Order", "Case", "Refund") and change.moved("version"):
                model: Any = {"Order": Order, "Case": Case, "Refund": Refund}[change.model]
                past = model.history.filter(id=change.key, version=row["version"])
                assert past.filter(history_change_reason__in=reasons).exists(), change
                no = row.get("order_no") or self.order_no(row["order_id"])
                assert not no or no in told, (change, told)

    def order_no(self, key: int | None) -> str:
        """ "" of a parcel that is nobody's."""
        return str(self.rows["Order", key]["order_no"]) if key else ""

    def may_have_changed(self, change: Change) -> None:
        """States move along the allowed ways; what left the house and what ended stays."""
        before, after = change.before, change.after
        if change.model == "Order" and change.moved("state"):
            assert before
            assert after
            assert (before["state"], after["state"]) in ALLOWED, change
        if before and self.has_left(change):
            fixed = WHERE if change.model == "Order" else BOUGHT
            assert after
            assert not any(change.moved(name) for name in fixed), change
        if change.model == "Refund" and before and before["state"] in OVER:
            assert not change.moved("state"), change
            assert not change.moved("amount"), change
        if change.model == "Case" and before and before["ended_at"]:
            came = "given_up" in str(before["details"])  # its goods may come after all
            assert came or not change.moved("state"), change

    def has_left(self, change: Change) -> bool:
        """Is it a shipped order, or a line of one?"""
        if change.model == "Order":
            return bool(change.before) and (change.before or {})["state"] in GONE
        key = (change.before or {}).get("order_id")
        known = self.rows.get(("Order", key))
        return change.model == "OrderLine" and known is not None and known["state"] in GONE

    # -- what always holds ---------------------------------------------------------------------

    def all(self, model: str) -> list[dict[str, Any]]:
        return [_exact(row) for (name, _), row in self.rows.items() if name == model]

    @invariant()
    def money_is_conserved(self) -> None:
        """Paid = kept + on its way back + gone back, for each order and each trade."""
        live = defaultdict[int, Decimal](Decimal)
        for payment in self.all("Payment"):
            if not payment["reversed"]:
                live[payment["order_id"]] += payment["amount"]
        of_order, of_trade = defaultdict[int, Decimal](Decimal), defaultdict[int, Decimal](Decimal)
        for refund in self.all("Refund"):
            if refund["state"] not in MONEY_BACK:
                of_order[refund["order_id"]] += refund["amount"]
                of_trade[refund["trade_id"]] += refund["amount"]
        for order in self.all("Order"):
            key = order["id"]
            assert order["paid"] == live[key], order
            assert order["refund_reserved"] == of_order[key] <= order["paid"], order
        for trade in self.all("Trade"):
            assert trade["refund_reserved"] == of_trade[trade["id"]] <= trade["paid"]

    @invariant()
    def no_piece_is_paid_back_twice(self) -> None:
        refunds = {row["id"]: row["state"] for row in self.all("Refund")}
        back = defaultdict[int, int](int)
        for row in self.all("RefundLine"):
            if row["line_id"] and refunds[row["refund_id"]] not in MONEY_BACK:
                back[row["line_id"]] += row["pieces"]
        for line in self.all("OrderLine"):
            assert back[line["id"]] <= line["quantity"], line

    @invariant()
    def stock_is_conserved(self) -> None:
        assert list(differences()) == []
        for level in StockLevel.objects.all():
            assert 0 <= level.reserved <= level.on_hand
            assert level.defect >= 0

    @invariant()
    def nothing_is_due_below_nothing(self) -> None:
        for order in self.all("Order"):
            assert min(order["due"], order["owed_back"], order["topped_up"]) >= ZERO, order
            if order["state"] == "paid" and order["released_at"]:
                holds = [h for h in self.all("Hold") if h["order_id"] == order["id"]]
                assert not any(h["state"] == "open" for h in holds), order


def _exact(row: Row) -> dict[str, Any]:
    """SQLite gives yuan as floats."""
    return {k: Decimal(str(v)) if isinstance(v, float) else v for k, v in row.items()}


def reviewed(new: list[Act]) -> bool:
    """Who releases lets the review look first; what it found stays, whatever comes of it (2.b)."""
    return any(act.verb == "review" for act in new)


@pytest.mark.soak
@pytest.mark.django_db
def test_any_life_loses_nothing_and_hides_nothing() -> None:
    run_state_machine_as_test(
        AnyLife,
        settings=settings(
            max_examples=6,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],  # a life of its own says more than a shrunk one, and sooner
        ),
    )
