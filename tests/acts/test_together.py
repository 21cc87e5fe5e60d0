"""One transaction locks and reads a row once, and writes alike rows together (decision 0029)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.utils import timezone

from core import acts
from core.acts import TIMER, Change, act, act_on, doing, lock, lock_found, together
from core.models import Act
from core.verdict import Refused, Verdict, no
from orders.factories import OrderFactory
from orders.models import Order
from staff.factories import UserFactory
from warehouse.factories import begun, released
from warehouse.models import Parcel

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def test_a_row_is_read_once_however_many_acts_follow(django_assert_num_queries: Any) -> None:
    order = OrderFactory.create()
    with together():
        with django_assert_num_queries(1):
            first = lock(order)
        with act("note", order, by=TIMER, now=NOW) as (row, log):
            assert row is first
            row.flag = "红旗"
            log.changed([Change("旗帜", "", "红旗")])
        with django_assert_num_queries(0):
            assert lock(order).flag == "红旗"
    order.refresh_from_db()
    assert (order.flag, order.version) == ("红旗", 2)


def test_a_parcel_is_locked_with_its_order_by_one_statement(
    django_assert_num_queries: Any,
) -> None:
    released()
    (parcel,) = begun(UserFactory.create(role="warehouse"), NOW)
    with together(), django_assert_num_queries(1):
        (row,) = lock_found(Parcel.objects.filter(pk=parcel.pk))
        assert lock(parcel.order) is row.order
        assert row.order.shop.code == "tb1"


def test_what_is_refused_undoes_what_went_before() -> None:
    order = OrderFactory.create()
    with pytest.raises(Refused), together():
        _marked(order, then=no("1.1.d", "不行"))
    order.refresh_from_db()
    assert order.flag == ""
    assert not Act.objects.filter(verb="note").exists()


def _marked(order: Order, then: Verdict) -> None:
    with act("note", order, by=TIMER, now=NOW) as (row, _):
        row.flag = "红旗"
    with act("note", order, by=TIMER, now=NOW):
        then.require()


def test_many_rows_are_written_by_as_few_statements_as_two(django_assert_num_queries: Any) -> None:
    orders = [OrderFactory.create() for _ in range(8)]

    def hold(rows: list[Order]) -> None:
        with act_on("note", rows, by=TIMER, now=NOW) as (locked, log):
            for place, row in enumerate(locked):
                row.flag, row.before_hand = f"旗{place}", {"flag": place, "why": None}
            log.changed([Change("旗帜", "", "红旗")])

    # Lock, update, history, the acts; and the savepoint, here in place of begin and commit.
    with django_assert_num_queries(6):
        hold(orders[:2])
    with django_assert_num_queries(6):
        hold(orders[2:])
    told = set(Act.objects.filter(verb="note").values_list("order_no", flat=True))
    assert told == {order.order_no for order in orders}
    for place, order in enumerate(orders[2:]):
        order.refresh_from_db()
        past = order.history.get(history_type="~")
        assert (order.flag, order.version) == (past.flag, past.version) == (f"旗{place}", 2)
        assert order.before_hand == past.before_hand == {"flag": place, "why": None}
        assert past.history_change_reason in set(Act.objects.values_list("pk", flat=True))


def test_a_form_sent_twice_at_once_is_told_so_whatever_broke_first(monkeypatch: Any) -> None:
    """The second finds the key only when it writes: nothing that both touch was locked."""
    token = uuid.uuid4()
    order = OrderFactory.create()
    with act("note", order, by=TIMER, token=token, now=NOW):
        pass
    ask, not_seen_yet = doing._check_token, iter([None])
    monkeypatch.setattr(doing, "_check_token", lambda key: next(not_seen_yet, key) and ask(key))
    with pytest.raises(acts.Repeated), act("note", order, by=TIMER, token=token, now=NOW):
        pass
    assert Act.objects.filter(verb="note").count() == 1
