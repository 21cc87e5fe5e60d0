"""Asked for, withdrawn, paid back: what is reserved is what is on its way or gone."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import chain

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.acts import TIMER
from core.money import ZERO
from core.verdict import Refused
from orders.models import Hold, Order, Trade
from orders.services.acting import order_act
from refunds.models import Refund
from refunds.models.refund import OPEN
from refunds.selectors.left import left_of
from refunds.services.ask import request_refund
from refunds.services.finish import succeeded
from refunds.services.withdraw import withdraw_refund
from refunds.words import RefundKind, TrueReason
from tests.refunds.asking import WED, by_alipay, goods, own_shop, paid_order, second_payment, wanted

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
K, T = RefundKind, TrueReason
cents = st.integers(1, 15_000).map(lambda n: Decimal(n) / 100)
asks = st.one_of(
    st.tuples(st.just("ask"), st.sampled_from([K.DIFFERENCE, K.FREIGHT, K.WHOLE]), cents),
    st.tuples(st.just("goods"), st.integers(0, 1), st.integers(1, 2)),
)
ends = st.tuples(st.sampled_from(["withdraw", "pay"]), st.integers(0, 9), st.none())
rounds = st.tuples(asks, asks, ends)
Step = tuple[str, object, object]
LATER = WED + timedelta(hours=1)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(rounds, min_size=1, max_size=3))
def test_what_is_reserved_is_on_its_way_or_gone(done: list[tuple[Step, ...]]) -> None:
    with transaction.atomic():
        lines = [(goods("33.33"), 2), (goods("20.00"), 1)]
        first = by_alipay(
            paid_order(30, shop=own_shop(), lines=lines, freight=Decimal("7.00"), discount="5.55")
        )
        second_payment(first, "15.00")
        paid = first.paid
        for step in chain.from_iterable(done):
            try:
                _do(first, *step)
            except Refused:
                continue
            _holds(paid)
        transaction.set_rollback(True)


def _do(first: Order, what: str, which: object, how: object) -> None:
    order = Order.objects.select_related("shop").get(pk=first.pk)
    if what == "ask":
        money = {"extra": how} if which is K.DIFFERENCE else {"freight": how}
        money = {} if which is K.WHOLE else money
        request_refund(order, wanted(which, T.OTHER, **money), by=TIMER, now=WED)  # type: ignore[arg-type]
    elif what == "goods":
        lines = list(order.lines.all())
        line = lines[int(str(which)) % len(lines)]
        want = wanted(K.GOODS, T.STOCK_OUT, pieces={line.pk: how})
        request_refund(order, want, by=TIMER, now=WED)
    else:
        rows = list(Refund.objects.filter(state__in=OPEN).select_related("order", "split_from"))
        if rows:
            refund = rows[int(str(which)) % len(rows)]
            _end(refund, pay=what == "pay")


def _end(refund: Refund, *, pay: bool) -> None:
    if not pay:
        withdraw_refund(refund.order, refund, "不退了", by=TIMER, now=LATER)
        return
    with order_act("hear_platform", refund.order, by=TIMER, now=LATER) as (order, log):
        row = Refund.objects.get(pk=refund.pk)
        succeeded(order, row, log, now=LATER)
        row.save()


def _holds(paid: Decimal) -> None:
    """The sums, on orders, trades, payments; a hold for each refund that needs one."""
    orders = list(Order.objects.all())
    assert sum((order.paid for order in orders), ZERO) == paid
    counts = Refund.objects.exclude(state__in=["withdrawn", "rejected"])
    for order in orders:
        mine = counts.filter(order=order).aggregate(sum=Sum("amount"))["sum"] or ZERO
        assert mine == order.refund_reserved <= order.paid
        left = left_of(order)
        assert sum((purse.left for purse in left.purses), ZERO) == left.amount
    for trade in Trade.objects.all():
        back = counts.filter(trade=trade).aggregate(sum=Sum("amount"))["sum"] or ZERO
        assert back == trade.refund_reserved <= trade.paid
    held = set(Hold.objects.filter(kind="refund", state="open").values_list("cause", flat=True))
    needs = counts.filter(state__in=OPEN, kind__in=["whole", "goods"])
    assert held == set(needs.values_list("number", flat=True))
