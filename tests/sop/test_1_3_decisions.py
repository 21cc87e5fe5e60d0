"""SOP 1.3: the nine ways of a stock-out and waiting for the goods, each by one choice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from aftersales.kinds.stock_outs import Pieces, ways
from aftersales.models import Case
from aftersales.services.hearing import hear_refunds
from aftersales.services.stock_outs import Decision, hear_goods, record_decision
from aftersales.words import Sending, Way
from core.acts import Actor, act, act_on
from core.models import Act
from core.sentences import from_act, render
from core.verdict import Refused
from orders.factories import ShopFactory
from orders.models import Contact, Hold, Note, Order, ReviewHit
from orders.policy import Contacted
from orders.selectors.calls import to_call
from orders.services.correct import correct_stock, losers
from orders.services.hold import hold_order, lift_hold, open_hold
from orders.services.note import note
from orders.services.release_due import review_due
from orders.situation import situation
from orders.words import ContactChannel, HoldKind
from refunds.models import Refund
from staff.models import User
from stock.factories import SkuFactory
from stock.models import Sku
from stock.words import MovementKind
from tests.acts.pages import fields
from tests.refunds.asking import goods, own_shop, paid_order
from tests.stock.orders import arrive, at, fresh, kept, paid

pytestmark = pytest.mark.django_db
T, F = Sending.TOGETHER, Sending.FIRST
NOW = at(60)


@pytest.fixture
def gone() -> Sku:
    """A product that is out of stock."""
    return SkuFactory.create(price="60.00", on_hand=0)


@pytest.fixture
def other() -> Sku:
    """What the customer takes instead; dearer by ten yuan."""
    return SkuFactory.create(price="70.00", on_hand=9)


@pytest.fixture
def one(gone: Sku) -> Order:
    """One product, and it is missing."""
    return paid_order(now=NOW, lines=[(gone, 1)])


@pytest.fixture
def several(gone: Sku) -> Order:
    """One product is missing, two pieces of another are here."""
    return paid_order(now=NOW, lines=[(gone, 1), (goods("40.00"), 2)])


def decide(order: Order, way: Way, sending: Sending = T, **more: Any) -> Act:
    by = more.pop("by", Actor("person", "王芳"))
    choice = Decision(way, sending, more.pop("swaps", {}), more.pop("again", None))
    return record_decision(order, choice, by=by, now=NOW, **more)


def swap(order: Order, sku: Sku) -> dict[int, Sku]:
    """The missing line becomes this."""
    line = order.lines.order_by("id").first()
    return {line.pk: sku} if line else {}


def part_of(order: Order) -> Order:
    """What was split off."""
    return Order.objects.select_related("shop").get(platform_no=order.platform_no, part=1)


def held(order: Order) -> set[str]:
    return set(order.holds.filter(state="open").values_list("kind", flat=True))


def bought(order: Order) -> list[tuple[str, int]]:
    return list(order.lines.order_by("id").values_list("code", "quantity"))


def said(done: Act) -> str:
    say = from_act(done.say)
    return say.key if say else ""


def doubts(order: Order) -> set[str]:
    """What a person has to look at before it is released."""
    return set(ReviewHit.objects.filter(order=order, state="open").values_list("code", flat=True))


def notes(order: Order) -> str:
    return " ".join(Note.objects.filter(order=order).values_list("text", flat=True))


def called(user: User) -> set[str]:
    """Numbers of the orders in the call list."""
    return set(to_call(user).values_list("order__order_no", flat=True))


# One product: exchange, refund, consider


def test_one_product_exchanged(one: Order, other: Sku) -> None:
    done = decide(one, Way.EXCHANGE, swaps=swap(one, other))
    assert (bought(one), held(one)) == ([(other.code, 1)], {"top_up"})
    assert (done.clause, said(done)) == ("1.3.b", "modify.products.dearer")
    assert other.label in notes(one)
    assert not Case.objects.exists(), "done at once"


def test_one_product_refunded(one: Order) -> None:
    done = decide(one, Way.REFUND)
    refund, case = Refund.objects.get(), Case.objects.get()
    assert (refund.order, refund.amount, refund.kind) == (one, one.paid, "whole")
    assert (refund.true_reason, refund.told_reason) == ("stock_out", "other"), "SOP 1.5.b"
    assert (case.order, case.state, list(case.refunds.all())) == (one, "money", [refund])
    assert done.clause == "1.3.c"
    assert done.say is not None
    assert done.say["values"]["told"] == "其它原因"


def test_one_product_considered(one: Order, agent: User) -> None:
    again = NOW + timedelta(days=2)
    done = decide(one, Way.CONSIDER, again=again)
    assert held(one) == {"customer", "stock_out"}
    assert list(to_call(agent).values_list("kind", "call_at")) == [("customer", again)]
    case = Case.objects.get()
    assert (case.state, case.waits_for, case.due_at, case.close_at) == (
        "customer",
        "answer",
        again,
        None,
    )
    assert said(done) == "decided.consider"


# Several products: each of them × ship together or in-stock first


def test_several_exchanged_and_sent_together(several: Order, other: Sku) -> None:
    decide(several, Way.EXCHANGE, T, swaps=swap(several, other))
    assert Order.objects.count() == 1
    assert other.code in dict(bought(several))
    assert held(several) == {"top_up"}


def test_several_exchanged_and_in_stock_first(several: Order, other: Sku) -> None:
    decide(several, Way.EXCHANGE, F, swaps=swap(several, other))
    part = part_of(several)
    assert (held(several), held(part)) == (set(), {"top_up"})
    assert bought(part) == [(other.code, 1)]
    assert part.order_no in notes(several)
    assert several.order_no in notes(part)


def test_several_refunded_all_of_it(several: Order) -> None:
    decide(several, Way.REFUND, T)
    refund = Refund.objects.get()
    assert (refund.order, refund.amount) == (several, several.paid)
    assert "refund" in held(several)


def test_several_refunded_and_in_stock_first(several: Order) -> None:
    decide(several, Way.REFUND, F)
    part, refund, case = part_of(several), Refund.objects.get(), Case.objects.get()
    assert (refund.order, refund.amount) == (part, part.paid)
    assert (held(several), "refund" in held(part)) == (set(), True)
    assert (case.order, case.orders.get().order) == (part, several)
    assert part.order_no in notes(several)
    assert several.order_no in notes(part)


def test_several_considered_together(several: Order) -> None:
    decide(several, Way.CONSIDER, T)
    assert Order.objects.count() == 1
    assert held(several) == {"customer", "stock_out"}


def test_several_considered_and_in_stock_first(several: Order) -> None:
    decide(several, Way.CONSIDER, F)
    part = part_of(several)
    assert (held(several), held(part)) == (set(), {"customer", "stock_out"})
    assert (Case.objects.get().order, bought(several)[0][1]) == (part, 2)


@pytest.mark.parametrize("way", ways(Pieces(missing=1)))
def test_the_customer_hears_what_leaves_first(several: Order, other: Sku, way: Way) -> None:
    """SOP 1.3.b to 1.3.d: only where something leaves first."""
    swaps = swap(several, other) if way is Way.EXCHANGE else {}
    say = from_act(decide(several, way, F, swaps=swaps).say)
    assert say is not None
    assert "有货的我们先给您发出" in render(say)
    assert "有货的先发" in notes(several)


@pytest.mark.parametrize("way", ways(Pieces(missing=1)))
def test_of_one_product_nothing_is_said_of_splitting(one: Order, other: Sku, way: Way) -> None:
    done = decide(one, way, swaps=swap(one, other) if way is Way.EXCHANGE else {})
    say = from_act(done.say)
    assert say is not None
    assert "有货的" not in render(say)
    assert done.summary.startswith(f"缺货，买家定了：{way.label}")
    assert "不拆" not in f"{done.summary}{notes(one)}"


# Waiting for the goods, which goes on by itself


@pytest.mark.parametrize("sending", [T, F])
def test_who_waits_for_the_goods_goes_on_by_itself(
    several: Order, gone: Sku, agent: User, sending: Sending
) -> None:
    done = decide(several, Way.WAIT, sending)
    part = several if sending is T else part_of(several)
    assert held(part) == {"goods", "stock_out"}
    assert (held(several) == set()) is (sending is F)
    assert (called(agent), said(done)) == (set(), "decided.wait"), "nobody calls again"
    case = Case.objects.get()
    assert (case.order, case.state, hear_goods(NOW)) == (part, "goods", 0)
    arrive(gone, 1, minutes=90)
    assert held(part) == set()
    assert hear_goods(at(91)) == 1
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("resolved", "settled")


def test_who_considers_is_only_raised_in_the_call_list(
    several: Order, gone: Sku, agent: User
) -> None:
    """SOP 1.3.d: goods that come do not send what the customer has not decided."""
    decide(several, Way.CONSIDER, F, again=NOW + timedelta(days=3))
    part = part_of(several)
    arrive(gone, 1, minutes=90)
    hold = Hold.objects.get(order=part, state="open")
    assert (hold.kind, hold.call_at) == ("customer", at(90))
    assert hold.reason.startswith("货到了")
    assert (called(agent), hear_goods(at(91))) == ({part.order_no}, 0)


def test_goods_that_are_lost_again_have_not_come(one: Order, gone: Sku, by: Actor) -> None:
    """SOP 1.3.d: the customer is told that they are here only while they are."""
    decide(one, Way.CONSIDER)
    arrive(gone, 1, minutes=30)
    assert [hold.came for hold in fresh(one).facts().holds] == [True]
    orders = losers(gone.pk, -1)
    with act_on("receive_goods", orders, by=by, now=at(40)) as (rows, _):
        why, ref = MovementKind.COUNTED, "T1"
        correct_stock(gone.pk, -1, rows, why=why, ref=ref, note="", now=at(40))
    hold = Hold.objects.get(order=one, kind="customer", state="open")
    assert (hold.came_at, hold.reason) == (None, "缺货，买家在考虑")
    arrive(gone, 1, minutes=50)
    hold.refresh_from_db()
    assert (hold.came_at, hold.reason) == (at(50), "货到了，买家在考虑")


def test_what_a_colleague_writes_does_not_make_goods_come(gone: Sku, by: Actor) -> None:
    order = paid((gone, 1))
    hold_order(order, HoldKind.CUSTOMER, "货到了，再联系买家", by=by, now=at(1))
    assert not any(hold.came for hold in fresh(order).facts().holds)
    assert "解除前不会下发" in situation(fresh(order).facts(), now=at(2)).detail


# Part of a line is here: what ships first keeps it


@pytest.mark.parametrize("way", [Way.REFUND, Way.CONSIDER, Way.WAIT, Way.EXCHANGE])
@pytest.mark.parametrize(("ordered", "here"), [(2, 1), (3, 1), (3, 2), (4, 2)])
def test_what_ships_first_keeps_what_lies_here(
    way: Way, ordered: int, here: int, other: Sku
) -> None:
    """SOP 1.3.d: as many missing as there are here is no reason to send the wrong part."""
    order = paid((SkuFactory.create(price="60.00", on_hand=here), ordered))
    assert (kept(order), held(order)) == ([here], {"stock_out"})
    decide(order, way, F, swaps=swap(order, other))
    part = part_of(order)
    assert (kept(order), held(order)) == ([here], set())
    assert (
        held(part)
        == {
            Way.REFUND: {"refund", "stock_out"},
            Way.CONSIDER: {"customer", "stock_out"},
            Way.WAIT: {"goods", "stock_out"},
            Way.EXCHANGE: {"top_up"},
        }[way]
    )


# It goes on by itself: what the decision noted is nothing to review


@pytest.mark.parametrize("sending", [T, F])
def test_nothing_that_we_noted_stops_it_in_review(gone: Sku, sending: Sending) -> None:
    order = paid((gone, 1), (goods("40.00"), 2))
    decide(order, Way.WAIT, sending)
    arrive(gone, 1, minutes=90)
    for minutes in (91, 200):
        review_due(at(minutes))
    every = [order] if sending is T else [order, part_of(order)]
    assert [doubts(each) for each in every] == [set() for _ in every]
    assert all(fresh(each).released_at for each in every)


@pytest.mark.parametrize("sending", [T, F])
def test_what_a_colleague_noted_before_is_still_to_be_read(
    gone: Sku, by: Actor, sending: Sending
) -> None:
    order = paid((gone, 1), (goods("40.00"), 2))
    note(order, "买家说周五以后再发", by=by, now=NOW)
    decide(fresh(order), Way.WAIT, sending)
    arrive(gone, 1, minutes=90)
    review_due(at(200))
    assert doubts(order) == {"memo"}
    assert not fresh(order).released_at
    if sending is F:
        assert doubts(part_of(order)) == {"memo"}


def test_a_note_after_the_decision_is_a_doubt(gone: Sku, by: Actor) -> None:
    order = paid((gone, 1))
    decide(order, Way.WAIT)
    note(fresh(order), "换成送货上门", by=by, now=at(70))
    arrive(gone, 1, minutes=90)
    review_due(at(200))
    assert doubts(order) == {"memo"}


# Deciding later, and what ends a case


def test_the_customer_decides_later_and_the_first_case_ends(one: Order, gone: Sku) -> None:
    decide(one, Way.CONSIDER)
    decide(fresh(one), Way.WAIT)
    assert held(one) == {"goods", "stock_out"}
    assert list(Case.objects.order_by("id").values_list("state", flat=True)) == [
        "resolved",
        "goods",
    ]


def test_the_goods_came_and_the_customer_wants_them(one: Order, gone: Sku) -> None:
    decide(one, Way.CONSIDER)
    arrive(gone, 1, minutes=30)
    with pytest.raises(Refused, match="货已经齐了，不用等"):
        decide(fresh(one), Way.WAIT)
    done = decide(fresh(one), Way.SEND)
    assert (held(one), Case.objects.get().state) == (set(), "resolved")
    assert said(done) == "decided.goes_on"
    assert done.summary == "货到了，买家定了：要了，发货"
    assert done.summary in notes(one)
    with pytest.raises(Refused, match="还缺 1 件"):
        decide(paid_order(now=NOW, lines=[(gone, 1)]), Way.SEND)


@pytest.mark.sqlite
def test_the_page_says_that_the_goods_came(one: Order, gone: Sku, agent_client: Client) -> None:
    """SOP 1.3.d: what to ask, and a choice called what it is."""
    url = f"/orders/{one.order_no}/record-decision"
    first = agent_client.get(url).content.decode()
    assert ("等货" in first, "要了，发货" in first) == (True, False)
    decide(one, Way.CONSIDER)
    arrive(gone, 1, minutes=90)
    page = agent_client.get(f"/orders/{one.order_no}").content.decode()
    assert "客户考虑挂起：货到了，买家在考虑" in page
    assert "您等的商品已经到货，先给您留着" in page
    html = agent_client.get(url).content.decode()
    assert 'value="send"' in html
    assert 'value="wait"' not in html
    answer = agent_client.post(url, fields(html) | {"way": "send"})
    assert answer.status_code == 302
    assert held(one) == set()


@pytest.mark.parametrize(
    ("way", "headline", "key"),
    [
        (Way.WAIT, "等货挂起：缺货，买家愿意等", "now.goods"),
        (Way.CONSIDER, "客户考虑挂起：缺货，买家在考虑", "now.customer"),
    ],
)
def test_what_was_decided_is_not_asked_once_more(
    several: Order, way: Way, headline: str, key: str
) -> None:
    """SOP 1.3.d: the part that waits says for what, and no choice is offered again."""
    decide(several, way, F)
    found = situation(part_of(several).facts(), now=NOW)
    assert (found.headline, found.say and found.say.key) == (headline, key)


def test_the_part_says_what_is_missing_of_its_own_pieces() -> None:
    order = paid((SkuFactory.create(price="60.00", on_hand=1), 2))
    decide(order, Way.WAIT, F)
    reason = Hold.objects.get(order=part_of(order), kind="stock_out").reason
    assert reason.endswith("缺 1 件（要 1 件）")


def test_a_hold_lifted_by_hand_ends_the_case(one: Order, gone: Sku, by: Actor) -> None:
    decide(one, Way.WAIT)
    for hold in list(one.holds.filter(state="open")):
        lift_hold(fresh(one), hold, "货找到了", by=by, role="supervisor", now=NOW)
    assert hear_goods(NOW) == 1


def test_a_refund_that_is_done_ends_the_case(gone: Sku, by: Actor) -> None:
    decide(paid_order(30, NOW, lines=[(gone, 1)]), Way.WAIT)  # the ids of both tables differ
    decide(paid_order(30, NOW, shop=own_shop(), lines=[(gone, 1)]), Way.REFUND)
    with act("finish_there", Refund.objects.get(), by=by, now=NOW) as (row, _):
        row.succeed(NOW)
    assert hear_refunds(NOW) == 1
    assert Case.objects.latest("id").outcome == "refunded"


# What is refused


@pytest.mark.parametrize(
    ("way", "sending", "why"),
    [
        (Way.WAIT, F, "没有现货可以先发"),
        (Way.EXCHANGE, T, "还没有选缺的商品换成什么"),
    ],
)
def test_what_cannot_be_done_is_refused_and_kept(
    one: Order, way: Way, sending: Sending, why: str
) -> None:
    contact = Contacted(ContactChannel.TELEPHONE, said="先发有的")
    with pytest.raises(Refused, match=why):
        decide(one, way, sending, contact=contact)
    assert why in Contact.objects.get(about="record_decision").said
    assert Act.objects.get(verb="record_decision").outcome == "refused"
    assert held(one) == {"stock_out"}


def test_nothing_short_is_nothing_to_decide(db: None) -> None:
    with pytest.raises(Refused, match="没有缺货"):
        decide(paid_order(now=NOW), Way.WAIT)


# On the screen


@pytest.mark.sqlite
def test_one_guided_choice_on_the_screen(agent_client: Client, several: Order, other: Sku) -> None:
    url = f"/orders/{several.order_no}/record-decision"
    hold = Hold.objects.get(order=several, kind=HoldKind.STOCK_OUT.value)
    assert url in agent_client.get(f"/orders/{several.order_no}").content.decode()
    call = agent_client.get(f"/orders/{several.order_no}/holds/{hold.pk}/call")
    assert url in call.content.decode()
    typed = fields(agent_client.get(url).content.decode())
    typed |= {"way": "exchange", "sending": "first", f"line{hold.cause}-find": other.code}
    shown: Any = agent_client.post(url, typed | {"preview": "1"})
    assert "有货的先发；缺的拆成一单，换成选好的商品" in shown.content.decode()
    answer: Any = agent_client.post(url, typed)
    assert answer.status_code == 302, answer.content.decode()
    assert bought(part_of(several)) == [(other.code, 1)]


def test_a_shop_may_leave_the_reason_to_the_customer(one: Order) -> None:
    """SOP 1.5.b: the sentence names the reason, unless the shop says no."""
    assert said(decide(one, Way.REFUND)) == "refund.waiting.platform"
    other = paid_order(now=NOW, shop=ShopFactory.create(code="s2", names_reason=False))
    with act("hold", other, by=Actor("person", "王芳"), now=NOW) as (row, _):
        open_hold(row, HoldKind.STOCK_OUT, "缺货", by=Actor("person", "王芳"), now=NOW)
    assert said(decide(other, Way.REFUND)) == "refund.waiting.platform.free"
