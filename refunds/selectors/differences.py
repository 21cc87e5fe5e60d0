"""Finance's worklist of differences, and the bills behind it (SOP 6.d)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse

from core.keyset import Page, page
from orders.selectors.offers import Offer
from refunds import reconciling
from refunds.models import Bill, BillRow, Difference
from refunds.models.bill import GATEWAYS
from refunds.words import BillWhat, DifferenceKind, DifferenceState
from staff.matrix import may

SHOWN = 50
# What to do about each; said on the difference's page.
ADVICE = {
    DifferenceKind.MISSING_HERE: "渠道办了，我们没有记。收款：查是不是漏登记、订单还没有导入，"
    "或者不走系统的收款；退款：查是谁在渠道后台退的，补记或追回。",
    DifferenceKind.MISSING_THERE: "我们记了，渠道没有。查交易号是不是登记错了、收在别的账户，"
    "或者前后一天的账单还没有传；钱真的没有，要马上处理。",
    DifferenceKind.AMOUNT: "两边金额不同。以渠道为准查原因：登记错了就改，真的少收、多退要追。",
    DifferenceKind.STATE: "渠道的结果和我们的状态对不上。打开退款，按渠道的结果处理。",
    DifferenceKind.TWICE: "同一笔可能付了两次。先核对渠道和网银，确认后联系买家追回。",
    DifferenceKind.UNREAD: "这一行没有对账。照文件里的内容人工核对。",
    DifferenceKind.NO_BILL: "这一天还没有对账。到渠道后台下载账单，在“账单”里上传；"
    "当天真的没有交易，写明原因关闭。",
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; each as it stands in the address."""

    gateway: str = ""
    kind: str = ""
    day: str = ""
    state: str = DifferenceState.OPEN.value

    @property
    def asked(self) -> dict[str, str]:
        """Without what is asked anyway."""
        given = {"gateway": self.gateway, "kind": self.kind, "day": self.day}
        closed = {"state": self.state} if self.state != DifferenceState.OPEN else {}
        return {name: value for name, value in given.items() if value} | closed


def filters_of(typed: Mapping[str, str]) -> Filters:
    """Of an address what makes sense."""
    fits: dict[str, Callable[[str], bool]] = {
        "gateway": lambda value: value in dict(GATEWAYS),
        "kind": lambda value: value in dict(DifferenceKind.choices()),
        "day": _is_day,
        "state": lambda value: value in dict(DifferenceState.choices()),
    }
    return Filters(**{name: typed[name] for name, fit in fits.items() if fit(typed.get(name, ""))})


def _is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def of_shops(user: Any) -> QuerySet[Difference]:
    """Those of the shops that this person works for."""
    rows = Difference.objects.all()
    return rows.filter(shop__code__in=user.shop_codes) if user.shop_codes else rows


def open_differences(user: Any) -> QuerySet[Difference]:
    """What waits."""
    return of_shops(user).filter(state=DifferenceState.OPEN.value)


def differences_page(user: Any, filters: Filters, cursor: str) -> Page[Difference]:
    """The oldest day first, closed ones the last first; two queries. Raises BadCursor."""
    rows = of_shops(user).filter(state=filters.state).select_related("shop", "order", "refund")
    order = ("day", "id") if filters.state == DifferenceState.OPEN else ("-closed_at", "-id")
    if filters.day and filters.state == DifferenceState.OPEN:
        rows, where = rows.filter(day=filters.day), _where(filters, day=False)
    else:
        where = _where(filters, day=True)
    return page(rows, order, cursor, where=where, mark=f"differences-{filters.state}")


def _where(filters: Filters, *, day: bool) -> Q | None:
    """What no index serves; None when there is nothing."""
    found = Q()
    if filters.gateway:
        found &= Q(gateway=filters.gateway)
    if filters.kind:
        found &= Q(kind=filters.kind)
    if day and filters.day:
        found &= Q(day=filters.day)
    return found or None


def get_difference(user: Any, difference_id: int) -> Difference:
    """One of the person's shops. Raises Http404."""
    rows = of_shops(user).select_related("shop", "order", "refund", "bill")
    found = rows.filter(pk=difference_id).first()
    if found is None:
        raise Http404("没有这条差异")
    return found


def difference_offers(row: Difference, user: Any) -> list[Offer]:
    """What can be done with it now."""
    state = DifferenceState(row.state)
    rules = {
        DifferenceState.OPEN: ("close_difference", "关闭", "c", reconciling.may_close(state)),
        DifferenceState.CLOSED: (
            "reopen_difference",
            "重新打开",
            "",
            reconciling.may_reopen(state),
        ),
    }
    verb, label, key, verdict = rules[state]
    url = reverse(verb.replace("_", "-"), args=[row.pk])
    return [Offer(verb, label, url, verdict, key=key)] if may(user, verb) else []


# -- bills ---------------------------------------------------------------------------------------


def bills(user: Any) -> QuerySet[Bill]:
    """Those of the person's shops."""
    rows = Bill.objects.select_related("shop", "by", "job")
    return rows.filter(shop__code__in=user.shop_codes) if user.shop_codes else rows


def bills_page(user: Any, cursor: str) -> Page[Bill]:
    """The newest first. Raises BadCursor."""
    return page(bills(user), ("-made_at", "-id"), cursor, mark="bills")


def get_bill(user: Any, bill_id: int) -> Bill:
    """Raises Http404, for another shop's, too."""
    found = bills(user).filter(pk=bill_id).first()
    if found is None:
        raise Http404("没有这份账单")
    return found


def odd_rows(bill: Bill) -> list[BillRow]:
    """What was not understood, by line; as many as a page shows."""
    rows = bill.entries.filter(what__in=[BillWhat.UNKNOWN.value, BillWhat.UNREAD.value])
    return list(rows.order_by("line")[:SHOWN])


def told(bill: Bill) -> list[tuple[str, str, int, Decimal]]:
    """What is in it: what, the gateway's word, how many, yuan."""
    order = {what.value: place for place, what in enumerate(BillWhat)}
    return [
        (BillWhat(what).label, word, many, Decimal(yuan))
        for what, words in sorted(bill.told.items(), key=lambda one: order[one[0]])
        for word, (many, yuan) in sorted(words.items())
    ]
