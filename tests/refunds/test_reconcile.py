"""A gateway's bill against our books: the planted differences, all and only them (SOP 6.d)."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from core.acts import Actor
from core.models import Act
from core.tables.errors import Unreadable
from core.verdict import Refused
from core.work import work_one
from core.workdays import CHINA
from orders.models import Order, Shop, Trade
from orders.words import Gateway
from refunds.models import Bill, Difference, Refund
from refunds.services.reconcile.bring import bring_bill, nothing_happened
from refunds.services.reconcile.comparing import compare_later, forget_rows, look_again
from refunds.services.reconcile.settling import close_difference, no_bill, reopen_difference
from tests.refunds.asking import ask, goods, own_shop, paid_order
from tests.refunds.bills import Line, alipay, fund, wechat, zipped

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 26, 11, 0, tzinfo=CHINA)
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=CHINA)
COUNT = itertools.count(1)


@pytest.fixture(autouse=True)
def world(settings: Any, tmp_path: Path) -> Any:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def shop() -> Shop:
    return own_shop()


def paid(shop: Shop, gateway: Gateway = Gateway.ALIPAY, at: datetime = NOON) -> Line:
    """An order of 100 yuan that was paid, as the bill lists it."""
    order = paid_order(0, now=at, shop=shop, lines=[(goods("100.00"), 1)])
    number = f"20261125220014{next(COUNT):014d}"
    trade = Trade.objects.filter(payments__order=order)
    trade.update(gateway=gateway.value, number=number, paid_at=at)
    return Line(number, Decimal("100.00"), at)


def refunded(by: Actor, of: Line, at: datetime = NOON, state: str = "succeeded") -> Line:
    """The same paid back, as the bill lists it."""
    order = Order.objects.get(payments__trade__number=of.trade)
    refund = ask(order, by, now=of.at + timedelta(minutes=1))
    ends = {"ended_at": at, "warn_at": None, "risk_at": None, "break_at": None}
    Refund.objects.filter(pk=refund.pk).update(state=state, **ends)
    return Line(of.trade, refund.amount, at, refund.number)


def play(
    shop: Shop, data: bytes, name: str = "账单.csv", day: date | None = None, **more: Any
) -> Bill:
    """Bring it, look at it, have it compared."""
    file = SimpleUploadedFile(name, data)
    bill, _ = bring_bill(shop, file, by=None, now=NOW + timedelta(days=3), day=day, **more)
    run()
    compare_later(bill, by=None, now=NOW)
    run()
    bill.refresh_from_db()
    return bill


def run() -> None:
    while work_one(NOW + timedelta(days=3)):
        pass


def found(**only: Any) -> set[tuple[str, str, str]]:
    """The open differences: kind, what, trade."""
    rows = Difference.objects.filter(state="open", **only)
    return set(rows.values_list("kind", "what", "trade"))


WRITERS: dict[str, tuple[Gateway, Callable[[list[Line]], bytes]]] = {
    "alipay_trade": (Gateway.ALIPAY, lambda lines: zipped(alipay(DAY, lines))),
    "alipay_fund": (Gateway.ALIPAY, lambda lines: fund(DAY, lines)),
    "wechat_all": (Gateway.WECHAT, wechat),
}


@pytest.mark.parametrize("layout", WRITERS)
def test_planted_differences_are_found_all_and_only_them(
    layout: str, shop: Shop, by: Actor
) -> None:
    gateway, write = WRITERS[layout]
    fine, dear, secret, odd = (paid(shop, gateway) for _ in range(4))
    backs = [paid(shop, gateway) for _ in range(4)]
    good, less, hidden, undone = (refunded(by, one) for one in backs)
    Refund.objects.filter(number=undone.number).update(state="rejected", ended_at=None)
    cash = paid(shop, Gateway.BANK)  # another way of paying, another shop: not of this account
    strange = Line("2026112522001400009999", Decimal("8.00"), NOON)
    stranger = Line(backs[0].trade, Decimal("3.00"), NOON, "OLD-1")
    less_there = Line(less.trade, less.amount - 1, NOON, less.number)
    rows = [fine, Line(dear.trade, Decimal("99.00"), NOON), odd, *backs]
    rows += [good, less_there, undone, strange, stranger]
    rows.append(Line(odd.trade, Decimal("1.00"), NOON, kind="REVOKED"))
    bill = play(shop, write(rows))
    wanted = {
        ("amount", "payment", dear.trade),
        ("missing_there", "payment", secret.trade),
        ("missing_there", "refund", hidden.trade),
        ("missing_here", "payment", strange.trade),
        ("missing_here", "refund", stranger.trade),
        ("unread", "unknown", odd.trade),
        ("amount", "refund", less.trade),
        ("state", "refund", undone.trade),
    }
    if layout == "alipay_fund":  # it does not name our refunds: what differs is nobody's
        wanted -= {("amount", "refund", less.trade), ("state", "refund", undone.trade)}
        wanted |= {(kind, "refund", less.trade) for kind in ("missing_here", "missing_there")}
        wanted |= {("missing_here", "refund", undone.trade)}
    assert (bill.layout, bill.day, found()) == (layout, DAY, wanted)
    assert bill.matched == 7
    assert cash.trade not in {trade for _, _, trade in found()}
    again = play(shop, write([*rows[::-1]]))  # downloaded again, written otherwise
    assert (found(), Difference.objects.count()) == (wanted, len(wanted))
    assert again.pk != bill.pk


def test_the_same_file_again_changes_nothing(shop: Shop) -> None:
    data = alipay(DAY, [paid(shop)])
    first = play(shop, data)
    bill, new = bring_bill(shop, SimpleUploadedFile("b", data), by=None, now=NOW)
    assert (bill.pk, new, Bill.objects.count()) == (first.pk, False, 1)


def test_around_midnight_the_neighbour_day_decides(shop: Shop, by: Actor) -> None:
    """What we wrote at 23:59 may stand in tomorrow's bill; it is missed when that is here."""
    late = datetime(2026, 11, 25, 23, 59, tzinfo=CHINA)
    early = datetime(2026, 11, 25, 0, 1, tzinfo=CHINA)
    base = datetime(2026, 11, 24, 10, 0, tzinfo=CHINA)
    first, second, third = (paid(shop, at=base) for _ in range(3))
    listed_late, never = refunded(by, first, late), refunded(by, second, late)
    listed_early = refunded(by, third, early)
    play(shop, alipay(DAY, []))
    assert found() == {("missing_there", "refund", third.trade)}
    tomorrow = Line(first.trade, first.amount, late + timedelta(minutes=2), listed_late.number)
    play(shop, alipay(DAY + timedelta(days=1), [tomorrow]))
    assert found() == {("missing_there", "refund", one) for one in (third.trade, never.trade)}
    before = Line(third.trade, third.amount, early - timedelta(minutes=2), listed_early.number)
    play(shop, alipay(DAY - timedelta(days=1), [first, second, third, before]))
    assert found() == {("missing_there", "refund", never.trade)}
    explained = Difference.objects.get(state="closed")
    assert explained.by_itself
    assert "11-24 支付宝业务明细 第 9 行列出了它" in explained.why
    assert Act.objects.filter(verb="explain_difference", subject_id=explained.pk).count() == 1


def test_what_we_learn_later_explains_it(shop: Shop, by: Actor) -> None:
    """An order that is imported late; a refund whose answer came late; another amount."""
    known = paid(shop)
    back = refunded(by, known, state="failed")
    play(shop, alipay(DAY, [known, back, Line("X1", Decimal("100.00"), NOON)]))
    assert {kind for kind, _, _ in found()} == {"state", "missing_here"}
    Refund.objects.update(state="succeeded")
    late = paid(shop)
    Trade.objects.filter(number=late.trade).update(number="X1", paid=Decimal("90.00"))
    assert look_again(NOW) == 0  # not before an hour is over
    assert look_again(NOW + timedelta(hours=2)) == 2
    assert found() == {("amount", "payment", "X1")}


def test_a_refund_by_transfer_that_the_gateway_lists_went_out_twice(shop: Shop, by: Actor) -> None:
    one = paid(shop)
    back = refunded(by, one)
    Refund.objects.update(transfer_no="6225")
    play(shop, alipay(DAY, [one, back]))
    assert found() == {("twice", "refund", one.trade)}


def test_wechat_keeps_the_state_of_the_day(shop: Shop, by: Actor) -> None:
    """Taken up that day, done since: it matches. Failed there and done here does not."""
    lines = [paid(shop, Gateway.WECHAT) for _ in range(2)]
    going, failed = (refunded(by, one) for one in lines)
    Refund.objects.filter(number=going.number).update(ended_at=NOW)
    rows = [*lines, Line(going.trade, going.amount, NOON, going.number, state="PROCESSING")]
    rows.append(Line(failed.trade, failed.amount, NOON, failed.number, state="CHANGE"))
    play(shop, wechat(rows))
    assert found() == {("state", "refund", failed.trade)}


def test_closing_needs_a_reason_and_what_was_closed_comes_back_only_when_it_changed(
    shop: Shop, by: Actor
) -> None:
    strange = Line("X9", Decimal("8.00"), NOON)
    play(shop, alipay(DAY, [strange]))
    row = Difference.objects.get()
    close_difference(row, "门店扫码收的，不进系统", by=by, now=NOW)
    with pytest.raises(Refused):
        close_difference(row, "再关一次", by=by, now=NOW)
    play(shop, alipay(DAY, [strange, paid(shop)]))
    row.refresh_from_db()
    assert (row.state, row.closed_name, row.why) == ("closed", by.name, "门店扫码收的，不进系统")
    play(shop, alipay(DAY, [Line("X9", Decimal("9.00"), NOON)]))
    row.refresh_from_db()
    assert (row.state, row.there) == ("open", Decimal("9.00"))
    close_difference(row, "查过了", by=by, now=NOW)
    reopen_difference(row, "又查到一笔", by=by, now=NOW)
    verbs = Act.objects.filter(subject_kind="difference", outcome="done").values_list("verb")
    assert Counter(verb for (verb,) in verbs) == {
        "close_difference": 2,
        "find_difference": 1,
        "reopen_difference": 1,
    }
    assert row.history.count() >= 4


def test_a_day_without_a_bill_is_a_line_until_it_comes(shop: Shop) -> None:
    about = {"gateway": "wechatpay", "account": f"shop:{shop.code}", "shop": shop, "day": DAY}
    no_bill(about, "微信支付没有给", now=NOW)
    no_bill(about, "微信支付没有给", now=NOW)
    assert found() == {("no_bill", "bill", "")}
    play(shop, wechat([paid(shop, Gateway.WECHAT)]))
    assert found() == set()


def test_a_day_on_which_nothing_happened_is_compared_too(shop: Shop) -> None:
    one = paid(shop, Gateway.WECHAT)
    compare_later(nothing_happened(shop, "wechatpay", DAY, now=NOW), by=None, now=NOW)
    run()
    assert found() == {("missing_there", "payment", one.trade)}


LATER = NOW + timedelta(days=3)


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("data", "why"),
    [
        (wechat([Line("W1", Decimal(1), NOON)], said=3), "没有下载完整"),
        (wechat([Line("W1", Decimal(1), NOON)]).split("总".encode())[0], "没有下载完整"),
        (alipay(DAY, [Line("A1", Decimal(1), NOON)], said=2), "没有下载完整"),
        (wechat([Line("W1", Decimal(1), NOON), Line("W2", Decimal(1), NOW)]), "按天下载"),
    ],
)
def test_a_bill_that_is_not_whole_is_not_taken(shop: Shop, data: bytes, why: str) -> None:
    bill, _ = bring_bill(shop, SimpleUploadedFile("b", data), by=None, now=LATER)
    job = bill.job
    run()
    assert job is not None
    job.refresh_from_db()
    assert (job.state, why in job.error) == ("failed", True)
    kept = Bill.objects.get()
    assert (kept.failed, kept.entries.count()) == (True, 0)
    same, new = bring_bill(shop, SimpleUploadedFile("b", data), by=None, now=LATER)
    assert (new, same.failed, Bill.objects.count()) == (True, False, 1), "it is read once more"


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("订单编号,宝贝\n1,2\n".encode(), "看不出是哪种账单"),
        (wechat([]), "请填日期"),
        (alipay(date(2026, 11, 26), []), "今天还没有过完"),
        (alipay(DAY, []).replace("11月26日".encode("gbk"), "11月30日".encode("gbk")), "按天"),
        (b"PK\x03\x04broken", "压缩包打不开"),
        (zipped("另一个,文件\n".encode()), "看不出"),
    ],
)
def test_what_is_no_bill_is_refused_with_the_reason(shop: Shop, data: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        bring_bill(shop, SimpleUploadedFile("b", data), by=None, now=NOW)


def test_a_row_that_cannot_be_read_is_listed_with_line_and_reason(shop: Shop) -> None:
    one = paid(shop)
    data = alipay(DAY, [one, Line("A2", Decimal(5), NOON)]).replace(
        b"5.00,5.00", b"5.00,x,5.00,", 1
    )
    bill = play(shop, data.replace(b",100.00,100.00", b",100.00,100.00", 1))
    row = Difference.objects.get(kind="unread")
    assert row.label.startswith("第 7 行：")
    assert (row.line, bill.told["unread"][""][0]) == (7, 1)


def test_rows_go_after_some_weeks_and_the_difference_stays(shop: Shop) -> None:
    play(shop, alipay(DAY, [Line("X1", Decimal(5), NOON)]))
    assert forget_rows(NOW + timedelta(days=30)) == 0
    assert forget_rows(NOW + timedelta(days=90)) == 1
    assert found() == {("missing_here", "payment", "X1")}
