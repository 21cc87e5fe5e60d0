"""2.b Review and release: hits are kept and passed with a reason; clean orders go by themselves."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from core.acts import TIMER, Actor, act
from core.models import Act
from core.verdict import Refused
from orders.factories import BuyerFactory, OrderFactory, ShopFactory
from orders.models import Hold, Order, ReviewHit, Shop
from orders.policy import Receiving
from orders.selectors.review_queue import live_hits
from orders.selectors.reviewing import review_facts
from orders.services.acting import order_act
from orders.services.bulk import do_bulk
from orders.services.hold import hold_order, lift_hold, open_hold
from orders.services.modify import modify_receiving
from orders.services.note import note, write_note
from orders.services.passing import pass_review
from orders.services.pay import Paid, mark_paid
from orders.services.release import release, take_back
from orders.services.release_due import review_due
from orders.words import Gateway, HoldKind
from staff.factories import UserFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def paid(**values: Any) -> Order:
    """Paid at noon, as an import brings it: the timer looks at it at once."""
    known = {"ordered_at": NOON - HOUR, "review_at": NOON} | values
    order: Order = OrderFactory.create(**known)
    return order


def shop(**values: Any) -> Shop:
    return ShopFactory.create(code="rv1", **values)


def codes(order: Order, state: str = "open") -> list[str]:
    return [hit.code for hit in order.hits.filter(state=state).order_by("id")]


def again(order: Order) -> Order:
    order.refresh_from_db()
    return order


@pytest.fixture
def senior() -> Actor:
    return Actor.person(UserFactory.create(role="senior", full_name="李雷"))


# The timer


def test_a_clean_order_is_released_after_the_shops_cooling_time() -> None:
    order = paid()
    assert review_due(NOON) == 1
    assert again(order).released_at is None
    assert (order.paid_at, order.review_at) == (NOON, NOON + 30 * MINUTE)
    assert review_due(NOON + 29 * MINUTE) == 0
    assert review_due(NOON + 30 * MINUTE) == 1
    assert again(order).released_at == NOON + 30 * MINUTE
    assert order.version == 2
    assert not Order.objects.filter(review_at__isnull=False).exists()
    line = Act.objects.get(verb="release", order_no=order.order_no)
    assert (line.actor_name, line.summary) == ("系统", "审单通过，自动下发")
    assert order.history.filter(history_change_reason=line.part_of_id).exists()


def test_a_shop_may_leave_the_release_to_people(by: Actor) -> None:
    order = paid(shop=shop(auto_release=False))
    review_due(NOON)
    assert again(order).review_at is None
    assert review_due(NOON + 24 * HOUR) == 0
    release(order, by=by, now=NOON + HOUR)
    assert again(order).released_at


def test_the_cooling_time_is_the_shops() -> None:
    order = paid(shop=shop(cooling_min=90))
    review_due(NOON)
    assert again(order).review_at == NOON + 90 * MINUTE


def test_a_doubtful_order_waits_for_a_person_with_its_reasons() -> None:
    order = paid(buyer_message="周五再发", street="")
    review_due(NOON)
    assert codes(again(order)) == ["address", "message"]
    assert (order.released_at, order.review_by) == (None, order.ship_by)
    assert Act.objects.get(order_no=order.order_no, verb="review").summary == "审单：地址、买家留言"
    review_due(NOON + 2 * HOUR)
    assert codes(order) == ["address", "message"], "looked at again, and not told again"
    assert Act.objects.filter(order_no=order.order_no, verb="review").count() == 1


def test_what_was_released_or_closed_meanwhile_leaves_the_timer() -> None:
    gone, closed = paid(released=True), paid(state="closed", paid=0)
    assert review_due(NOON) == 2
    assert again(gone).review_at is None
    assert again(closed).review_at is None
    assert not ReviewHit.objects.exists()


def test_a_hold_bars_the_timer_and_its_end_wakes_it(by: Actor) -> None:
    order = paid()
    hold_order(order, HoldKind.CUSTOMER, "想想", by=by, now=NOON)
    review_due(NOON + HOUR)
    assert again(order).released_at is None
    hold = Hold.objects.get(order=order)
    lift_hold(order, hold, "想好了", by=by, role="agent", now=NOON + 2 * HOUR)
    assert again(order).review_at == NOON + 2 * HOUR
    review_due(NOON + 2 * HOUR)
    assert again(order).released_at == NOON + 2 * HOUR


@pytest.mark.parametrize("terms", ["cod", "account"])
def test_what_is_paid_later_is_released_without_a_payment(terms: str) -> None:
    """SOP 5.g."""
    order = paid(terms=terms, created_at=NOON - HOUR)
    review_due(NOON)
    assert again(order).released_at == NOON


def test_the_timer_asks_the_same_number_of_queries_however_many(
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(12):
        paid(buyer_message="快点" if number % 2 else "", ordered_at=NOON - 9 * HOUR)
    with django_assert_max_num_queries(32):
        assert review_due(NOON) == 12
    assert Order.objects.filter(released_at__isnull=False).count() == 6


# Rules run again on every change


def test_a_better_address_ends_the_hit(by: Actor) -> None:
    order = paid(street="")
    review_due(NOON)
    new = Receiving("陈建生", "13800013800", "", "广东省", "深圳市", "福田区", "农园路66号")
    modify_receiving(order, new, by=by, now=NOON + MINUTE)
    assert codes(again(order)) == []
    assert codes(order, "gone") == ["address"]
    assert order.review_by is None


def test_a_worse_address_is_a_hit_at_once_and_keeps_the_order_back(by: Actor) -> None:
    order = paid()
    review_due(NOON)
    bad = Receiving("陈建生", "13800013800", "", "吉林省", "北京市", "朝阳区", "农园路66号")
    modify_receiving(order, bad, by=by, now=NOON + MINUTE)
    assert codes(again(order)) == ["address"]
    assert "北京市" in live_hits(order)[0].reason
    with pytest.raises(Refused):
        release(order, by=by, now=NOON + 2 * MINUTE)


def test_a_note_is_seen_before_the_order_goes(by: Actor) -> None:
    order = paid()
    note(order, "送礼盒", by=by, now=NOON)
    assert codes(order) == ["memo"]


def test_what_we_wrote_into_the_shops_memo_is_no_memo_of_a_colleague(by: Actor) -> None:
    """What the platform brings back: our own line is known, another person's is read."""
    order = paid()
    with order_act("note", order, by=by, now=NOON) as (row, _):
        ours = write_note(row, "补发：新单 G1", by=by, now=NOON, for_shop=True).in_memo
        row.seller_memo = f"{ours}\n"
    assert codes(order) == []
    with order_act("note", again(order), by=by, now=NOON) as (row, _):
        row.seller_memo = f"送礼盒\n{ours}"
    assert codes(order) == ["memo"]
    assert live_hits(order)[0].reason == "卖家备注：送礼盒"


def test_what_stands_on_a_merged_order_is_read_as_on_its_own(by: Actor) -> None:
    """Our line in its memo is no memo, a colleague's note on it is one (SOP 2.b)."""
    order, other = paid(), paid()
    Order.objects.filter(pk=order.pk).update(parted=True)
    Order.objects.filter(pk=other.pk).update(merged_into=order, state="closed")
    with order_act("note", again(other), by=by, now=NOON) as (row, _):
        row.seller_memo = write_note(row, "补发：新单 G1", by=by, now=NOON, for_shop=True).in_memo
    assert (review_facts([again(order)])[0].memo, review_facts([again(order)])[0].notes) == ("", 0)
    note(again(other), "送礼盒", by=by, now=NOON)
    assert review_facts([again(order)])[0].notes == 1


def test_a_payment_makes_an_order_reviewed(by: Actor) -> None:
    order = OrderFactory.create(
        state="unpaid", buyer_message="快点", shop=shop(channel="telephone")
    )
    mark_paid(order, Paid("T1", order.due, Gateway.BANK), by=by, now=NOON)
    assert codes(again(order)) == ["message"]
    assert order.review_by == order.ship_by


def test_a_hit_that_somebody_passed_stays_passed_until_something_else_is_found(
    by: Actor, senior: Actor
) -> None:
    order = paid(buyer_message="快点")
    pass_review(order, {"message": "已看"}, by=by, role="agent", now=NOON, then_release=False)
    note(order, "送礼盒", by=by, now=NOON + MINUTE)
    assert codes(order, "passed") == ["message"]
    pass_review(order, {"memo": "已放"}, by=by, role="agent", now=NOON, then_release=False)
    note(order, "再加一张卡", by=by, now=NOON + 2 * MINUTE)
    assert codes(order) == ["memo"], "a second note nobody has read yet"
    assert codes(order, "passed") == ["message"]
    assert codes(order, "gone") == ["memo"]


# Releasing by hand


def test_release_by_hand_runs_the_rules_and_keeps_what_they_found(by: Actor) -> None:
    order = OrderFactory.create(buyer_message="周五再发")
    with pytest.raises(Refused, match="疑点"):
        release(order, by=by, now=NOON)
    assert codes(order) == ["message"]
    assert again(order).review_by is not None


def test_taken_back_it_cools_again(by: Actor) -> None:
    order = paid(ordered_at=NOON - 9 * HOUR)
    review_due(NOON)
    take_back(again(order), by=by, now=NOON + 5 * MINUTE)
    assert again(order).review_at == NOON + 35 * MINUTE
    review_due(NOON + 34 * MINUTE)
    assert again(order).released_at is None
    review_due(NOON + 35 * MINUTE)
    assert again(order).released_at


# Passing


def test_each_hit_is_passed_with_its_own_reason_and_the_last_one_releases(
    by: Actor, senior: Actor
) -> None:
    order = paid(buyer_message="快点", mobile="1380001380")
    review_due(NOON)
    pass_review(order, {"message": "已看"}, by=by, role="agent", now=NOON + MINUTE)
    assert again(order).released_at is None
    done = pass_review(
        order, {"phone": "买家旺旺确认过"}, by=senior, role="senior", now=NOON + 2 * MINUTE
    )
    assert again(order).released_at == NOON + 2 * MINUTE
    assert done.summary == "放行：电话，已下发仓库"
    assert done.changes == [
        ["电话", "待审", "放行：买家旺旺确认过"],
        ["下发", "未下发", "已下发仓库"],
    ]
    hit = order.hits.get(code="phone")
    assert (hit.passed_why, hit.passed_by_name, hit.passed_at) == (
        "买家旺旺确认过",
        "李雷",
        NOON + 2 * MINUTE,
    )


@pytest.mark.parametrize("whys", [{}, {"message": " "}, {"memo": "不是这条"}])
def test_without_a_reason_nothing_passes(by: Actor, whys: dict[str, str]) -> None:
    order = paid(buyer_message="快点")
    review_due(NOON)
    with pytest.raises(Refused, match="放行原因"):
        pass_review(order, whys, by=by, role="agent", now=NOON)
    assert codes(order) == ["message"]


def test_an_agent_does_not_pass_what_a_senior_decides(by: Actor) -> None:
    order = paid(street="")
    review_due(NOON)
    with pytest.raises(Refused, match="资深客服或主管"):
        pass_review(order, {"address": "没事"}, by=by, role="agent", now=NOON)


def test_what_is_missing_is_not_passed_by_anybody(senior: Actor) -> None:
    order = paid(paid=Decimal("10.00"))
    review_due(NOON)
    with pytest.raises(Refused, match="少付"):
        pass_review(order, {"*": "先发"}, by=senior, role="owner", now=NOON)
    assert again(order).released_at is None


def test_passing_an_address_ends_the_imports_hold_with_the_same_reason(senior: Actor) -> None:
    order = paid()
    with act("import_orders", order, by=TIMER, now=NOON) as (row, _):
        open_hold(row, HoldKind.REVIEW, "朝阳区有两个", by=TIMER, now=NOON, cause="address")
    review_due(NOON)
    assert codes(order) == ["address"]
    pass_review(order, {"address": "是北京的"}, by=senior, role="senior", now=NOON + MINUTE)
    hold = Hold.objects.get(order=order)
    assert (hold.state, hold.lifted_why) == ("lifted", "是北京的")
    assert again(order).released_at


def test_lifting_that_hold_passes_the_hit_too(senior: Actor) -> None:
    order = paid(street="")
    with act("import_orders", order, by=TIMER, now=NOON) as (row, _):
        open_hold(row, HoldKind.REVIEW, "没有详细地址。", by=TIMER, now=NOON, cause="address")
    review_due(NOON)
    hold = Hold.objects.get(order=order)
    lift_hold(order, hold, "自己来取", by=senior, role="senior", now=NOON + MINUTE)
    assert codes(order) == []
    assert order.hits.get(state="passed").passed_why == "自己来取"


def test_above_the_limit_two_people_look_and_never_the_same(senior: Actor) -> None:
    """Features 22."""
    order = paid(shop=shop(review_limit=Decimal("1.00")))
    review_due(NOON)
    assert codes(order) == ["amount", "finance"]
    finance = Actor.person(UserFactory.create(role="finance"))
    with pytest.raises(Refused, match="先由客服审"):
        pass_review(order, {"finance": "可以"}, by=finance, role="finance", now=NOON)
    pass_review(order, {"amount": "老客户"}, by=senior, role="owner", now=NOON)
    with pytest.raises(Refused, match="换一个人"):
        pass_review(order, {"finance": "可以"}, by=senior, role="owner", now=NOON)
    pass_review(order, {"finance": "款到了"}, by=finance, role="finance", now=NOON + MINUTE)
    assert again(order).released_at == NOON + MINUTE


def test_many_are_passed_at_once_and_each_answers_for_itself(by: Actor, agent: Any) -> None:
    """Features 56."""
    easy, hard = paid(buyer_message="快点"), paid(paid=Decimal("10.00"))
    review_due(NOON)
    job = do_bulk(
        "pass_review",
        [easy, hard],
        {"why": "都看过了"},
        by=by,
        now=NOON,
        token=OrderFactory.create().history.first().history_change_reason,
    )
    rows = {no: (ok, said) for no, ok, said in job.result["rows"]}
    assert rows[easy.order_no] == (True, "放行：买家留言，已下发仓库")
    assert rows[hard.order_no][0] is False
    assert "少付" in rows[hard.order_no][1]


# Orders that belong together


def test_both_orders_of_one_receiver_say_that_they_could_be_merged() -> None:
    buyer = BuyerFactory.create()
    first, second = (paid(buyer=buyer, mobile="13800013800") for _ in range(2))
    stranger = paid(mobile="13800013800", consignee="林小雨")
    review_due(NOON)
    assert codes(first) == codes(second) == ["merge"]
    assert second.order_no in first.hits.get().reason
    assert codes(stranger) == []


def test_when_the_other_one_is_gone_the_hit_ends_by_itself(by: Actor) -> None:
    buyer = BuyerFactory.create()
    first, second = (
        paid(buyer=buyer, mobile="13800013800", ordered_at=NOON - 9 * HOUR) for _ in range(2)
    )
    review_due(NOON)
    pass_review(second, {"merge": "分开发"}, by=by, role="agent", now=NOON)
    assert again(second).released_at
    review_due(NOON + HOUR)
    assert codes(first) == []
    assert again(first).released_at == NOON + HOUR


# Two at once


def _both(do: Any) -> list[BaseException]:
    start, failed = threading.Barrier(2), list[BaseException]()

    def run() -> None:
        try:
            start.wait()
            for _ in range(6):
                do()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_release_each_order_once_and_find_each_hit_once() -> None:
    """Failure modes 13."""
    for number in range(12):
        paid(ordered_at=NOON - 9 * HOUR, buyer_message="快点" if number % 3 == 0 else "")
    assert _both(lambda: review_due(NOON, 3)) == []
    assert Order.objects.filter(released_at__isnull=False, version=2).count() == 8
    assert Act.objects.filter(verb="release").exclude(order_no="").count() == 8
    assert ReviewHit.objects.count() == 4


@pytest.mark.soak
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_edit_that_races_with_the_timer_is_in_before_the_release_or_refused(by: Actor) -> None:
    """Failure modes 7: the order never goes with an address that nobody reviewed."""
    order = paid(ordered_at=NOON - 9 * HOUR)
    bad = Receiving("陈建生", "13800013800", "", "吉林省", "北京市", "朝阳区", "农园路66号")
    start, refused = threading.Barrier(2), list[Refused]()

    def edit() -> None:
        start.wait()
        try:
            modify_receiving(order, bad, by=by, now=NOON)
        except Refused as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    def sweep() -> None:
        start.wait()
        review_due(NOON)
        connection.close()

    threads = [threading.Thread(target=edit), threading.Thread(target=sweep)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    review_due(NOON + MINUTE)
    again(order)
    assert (order.released_at is not None) == (order.city == "深圳市") == bool(refused)
