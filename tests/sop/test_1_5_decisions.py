"""SOP 1.5, 1.2.f: supervisors decide; limits, a second person, never one's own; 30 s to undo."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from core.acts import Actor, Repeated
from core.sentences import from_act, render
from core.verdict import Refused
from orders.factories import BuyerFactory, OrderFactory
from orders.models import HandTask, Hold, Order
from orders.selectors.order import timeline
from orders.services.blocking import block
from orders.words import BlockKind
from refunds.deciding import Limits, RiskFacts, enough, risks
from refunds.models import Approval, Refund
from refunds.services.applying import match_application
from refunds.services.ask import Applied
from refunds.services.decide import (
    approve_refund,
    reject_refund,
    return_refund,
    undo_approval,
)
from refunds.services.limits import save_limits
from refunds.services.resubmit import resubmit_refund
from refunds.words import Fault, RefundKind, RiskKind, TrueReason
from staff.factories import UserFactory
from staff.models import User
from staff.selectors import unread_of
from stock.models import StockLevel
from tests.refunds.asking import (
    WED,
    again,
    ask,
    by_alipay,
    goods,
    hold_of,
    own_shop,
    paid_order,
    wanted,
)

pytestmark = pytest.mark.django_db
SECONDS = timedelta(seconds=1)
LATER = WED + timedelta(hours=1)


def in_review(by: Actor, price: str = "100.00", **values: Any) -> Refund:
    """A refund of a whole order of our own shop, ready to be decided."""
    values.setdefault("lines", [(goods(price), 1)])
    return ask(by_alipay(paid_order(30, shop=own_shop(), **values)), by)


def person(role: str = "supervisor") -> User:
    user: User = UserFactory.create(role=role)
    return user


def approve(refund: Refund, user: User, **more: Any) -> Refund:
    values: dict[str, Any] = {"by": Actor.person(user), "now": LATER} | more
    approve_refund(refund.order, refund, role=user.role, **values)
    row: Refund = again(refund)
    return row


# Approving


def test_one_supervisor_suffices_up_to_the_limit(by: Actor) -> None:
    refund = approve(in_review(by, "500.00"), person())
    assert (refund.state, refund.not_before) == ("approved", LATER + 30 * SECONDS)
    assert timeline(refund.order)[0].summary == f"通过退款 {refund.number}：500.00 元"


def test_above_it_a_second_person_agrees(by: Actor) -> None:
    first, second = person(), person("finance")
    refund = approve(in_review(by, "2000.01"), first)
    assert (refund.state, refund.not_before) == ("review", None)
    with pytest.raises(Refused, match="已经同意了"):
        approve(refund, first)
    refund = approve(refund, second)
    assert (refund.state, refund.approved_by) == ("approved", second)
    assert refund.approvals.count() == 2


def test_each_role_has_its_own_limit_and_the_owner_none(by: Actor) -> None:
    assert approve(in_review(by, "1500.00"), person("finance")).state == "approved"
    assert approve(in_review(by, "90000.00"), person("owner")).state == "approved"


def test_the_owner_moves_the_limits(by: Actor) -> None:
    owner, values = Actor.person(person("owner")), {"finance": Decimal(9), "often": 2}
    values |= {"supervisor": Decimal(50), "large": Decimal(80), "payout": Decimal(60)}
    act = save_limits(values, by=owner, now=WED, seen=1)
    assert act.changes[0] == ["主管一人可批", "500.00", "50"]
    refund = in_review(by, "100.00")
    assert approve(refund, person()).state == "review"
    assert [risk.kind for risk in refund.risks.all()] == ["large"]


@given(
    amount=st.decimals("0.01", "99999.99", places=2),
    role=st.sampled_from(["supervisor", "finance", "owner", "agent"]),
    agreed=st.sets(st.integers(1, 3)),
)
def test_nothing_above_a_limit_goes_with_one_alone(
    amount: Decimal, role: str, agreed: set[int]
) -> None:
    alone = Limits().alone(role)
    assert enough(amount, role, Limits(), agreed) == (
        bool(agreed) or alone is None or amount <= alone
    )


def test_never_ones_own_request(by: Actor) -> None:
    lead = person()
    mine = in_review(Actor.person(lead))
    for decide in (
        lambda: approve(mine, lead),
        lambda: reject_refund(mine.order, mine, "不退", by=Actor.person(lead), now=LATER),
        lambda: return_refund(mine.order, mine, "缺图", by=Actor.person(lead), now=LATER),
    ):
        with pytest.raises(Refused, match="要别人来审"):
            decide()
    with OrderFactory.act(), pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.create(
            refund=mine, decision="approved", by=lead, by_name="x", asked_by=lead, at=WED
        )
    assert again(mine).state == "review"


def test_what_is_not_ready_is_not_approved(by: Actor) -> None:
    noted = ask(paid_order(30), by)  # the buyer has not applied on the platform
    with pytest.raises(Refused, match="不在待审核"):
        approve(noted, person())
    in_warehouse = in_review(by, state="packed")
    with pytest.raises(Refused, match="拦没拦住"):
        approve(in_warehouse, person())


def test_the_same_press_twice_approves_once(by: Actor) -> None:
    refund, lead, token = in_review(by), person(), uuid.uuid4()
    approve(refund, lead, token=token)
    with pytest.raises(Repeated):
        approve(refund, lead, token=token)
    with pytest.raises(Refused, match="已通过"):
        approve(refund, person())
    assert refund.approvals.count() == 1


# Undo


def test_an_approval_is_taken_back_before_it_is_sent(by: Actor) -> None:
    lead = person()
    refund = approve(in_review(by), lead)
    undo_approval(refund.order, refund, by=Actor.person(lead), now=LATER + SECONDS)
    refund = again(refund)
    assert (refund.state, refund.not_before, refund.approved_by) == ("review", None, None)
    assert approve(refund, lead).state == "approved"  # one may change one's mind again


def test_ones_own_agreement_is_taken_back_while_a_second_is_missing(by: Actor) -> None:
    lead, other = person(), person()
    refund = approve(in_review(by, "900.00"), lead)
    with pytest.raises(Refused, match="没有什么可撤销"):
        undo_approval(refund.order, refund, by=Actor.person(other), now=LATER)
    undo_approval(refund.order, refund, by=Actor.person(lead), now=LATER)
    assert approve(refund, other).state == "review"


# Rejecting, giving back


def test_a_rejection_lets_the_order_go_on_and_tells_the_customer_why(by: Actor) -> None:
    refund = in_review(by)
    lead = Actor.person(person())
    reject_refund(refund.order, refund, "已经按约定发货", by=lead, now=LATER)
    refund, order = again(refund), again(refund.order)
    assert (refund.state, refund.ended_why) == ("rejected", "已经按约定发货")
    assert (hold_of(refund), order.refund_reserved, refund.trade.refund_reserved) == (None, 0, 0)
    said = from_act(timeline(order)[0].say)
    assert said is not None
    assert "没有通过，原因是：已经按约定发货" in render(said)
    asker = User.objects.get(pk=by.user_id or 0)
    assert "被驳回" in unread_of(asker).get().text


def test_what_was_split_off_for_it_comes_back(by: Actor) -> None:
    order = paid_order(30, shop=own_shop(), lines=[(goods("60.00"), 1), (goods("40.00"), 2)])
    by_alipay(order)
    line = order.lines.get(quantity=2)
    refund = ask(order, by, wanted(RefundKind.GOODS, TrueReason.STOCK_OUT, pieces={line.pk: 2}))
    reject_refund(refund.order, refund, "到货了", by=Actor.person(person()), now=LATER)
    assert again(order).paid == 140
    assert Order.objects.get(pk=refund.order_id).merged_into_id == order.pk


def test_on_the_platform_it_is_refused_by_hand(by: Actor) -> None:
    refund = ask(paid_order(30), by)
    match_application(refund.order, refund, Applied("98765", WED), by=by, now=WED)
    reject_refund(refund.order, again(refund), "影响二次销售", by=Actor.person(person()), now=LATER)
    task = HandTask.objects.get(kind="refuse")
    assert "98765" in task.text
    assert "影响二次销售" in task.text


def test_given_back_it_is_handed_in_again_and_decided_anew(by: Actor) -> None:
    refund = in_review(by, "900.00")
    approve(refund, person())
    lead = Actor.person(person())
    return_refund(refund.order, refund, "缺照片", by=lead, now=LATER)
    assert (again(refund).state, again(refund).ended_why) == ("returned", "缺照片")
    assert "要补充：缺照片" in unread_of(User.objects.get(pk=by.user_id or 0)).get().text
    more = {"fault": Fault.SELLER, "freight_payer": None, "why": "补了"}
    resubmit_refund(refund.order, again(refund), **more, by=by, now=LATER)  # type: ignore[arg-type]
    assert approve(again(refund), person()).state == "review", "who agreed before counts no more"
    assert not Hold.objects.filter(order=refund.order, kind="review").exists()


# Risks


@given(
    amount=st.decimals("0.01", "5000.00", places=2),
    earlier=st.integers(0, 9),
    blocked=st.booleans(),
    received=st.booleans(),
)
def test_risks_are_found_by_rule(
    amount: Decimal, earlier: int, blocked: bool, received: bool
) -> None:
    facts = RiskFacts(amount, earlier, ("买家在黑名单。",) * blocked, WED if received else None)
    found = {kind for kind, why in risks(facts, Limits()) if why}
    assert found == {
        kind
        for kind, is_one in {
            RiskKind.BLOCKED: blocked,
            RiskKind.OFTEN: earlier >= 3,
            RiskKind.LARGE: amount > 1000,
            RiskKind.RECEIVED: received,
        }.items()
        if is_one
    }


def test_they_are_kept_with_the_refund(by: Actor) -> None:
    block(BlockKind.PHONE, "13800001111", "多次骗退", by=by, now=WED)
    buyer = BuyerFactory.create()
    for _ in range(3):
        in_review(by, buyer=buyer)
    refund = in_review(by, "1200.00", buyer=buyer, mobile="13800001111")
    assert [risk.kind for risk in refund.risks.all()] == ["blocked", "often", "large"]
    assert "多次骗退" in refund.risks.all()[0].why
    extra = wanted(RefundKind.PARTIAL, TrueReason.DAMAGED, extra=Decimal(10), fault=Fault.CARRIER)
    order = by_alipay(paid_order(200, state="received", shop=own_shop()))
    assert [risk.kind for risk in ask(order, by, extra).risks.all()] == ["received"]


def test_the_stock_stays_until_the_money_is_back(by: Actor) -> None:
    refund = approve(in_review(by), person())
    sku = refund.order.lines.get().sku
    assert StockLevel.objects.get(sku=sku).reserved == 1
