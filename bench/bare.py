"""The floor of the search: what Django itself needs for session, user, one query and 20 rows."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from aftersales.models import Case
from aftersales.models.case import OPEN
from orders.models import Order
from refunds.models import Refund
from warehouse.models import Scan

Find = Callable[[QuerySet[Order], list[str]], QuerySet[Order]]

LAST = "\U0010ffff"
FIND: dict[str, Find] = {
    "order_no": lambda orders, keys: orders.filter(order_no=keys[0]),
    "platform_no": lambda orders, keys: orders.filter(platform_no=keys[0]),
    "mobile": lambda orders, keys: orders.filter(mobile=keys[0]),
    "last4": lambda orders, keys: orders.filter(mobile_tail=keys[0]),
    "waybill": lambda orders, keys: orders.filter(waybill=keys[0]),
    "qq": lambda orders, keys: orders.filter(buyer__accounts__account=keys[0]),
    "wangwang": lambda orders, keys: orders.filter(buyer_account=keys[0]),
    "name": lambda orders, keys: orders.filter(consignee=keys[0]),
    "prefix": lambda orders, keys: orders.filter(
        consignee__gte=keys[0], consignee__lt=keys[0] + LAST
    ),
    "several": lambda orders, keys: orders.filter(order_no__in=keys),
    # Nothing finds a text faster than whoever knows already where it stands.
    "contains": lambda orders, keys: orders.filter(pk__in=keys),
}
# A prefix is a range of the name's index: its order is the name's.
ORDER = {"prefix": ("-consignee", "-ordered_at", "-id")}


def query(kind: str, keys: list[str]) -> QuerySet[Order]:
    """20 orders with their shop, by one index."""
    found = FIND[kind](Order.objects.select_related("shop"), keys)
    return found.order_by(*ORDER.get(kind, ("-ordered_at", "-id")))[:20]


def scan(request: HttpRequest) -> HttpResponse:
    """Write one row of what was sent."""
    Scan.objects.create(
        token=uuid.uuid4(),
        station="verify",
        code=request.POST["code"],
        answer="",
        by=request.user,  # type: ignore[misc]
        at=timezone.now(),
    )
    return HttpResponse("ok")


def refunds(request: HttpRequest) -> HttpResponse:
    """20 refunds in review with their order and shop, due after a time."""
    found = Refund.objects.filter(state="review").select_related("order", "shop")
    if after := request.GET.get("after"):
        found = found.filter(target_by__gt=datetime.fromtimestamp(float(after), tz=UTC))
    due = found.order_by("target_by", "id")[:20]
    return render(request, "bench/refunds.html", {"refunds": due})


def cases(request: HttpRequest) -> HttpResponse:
    """20 open cases with their order and shop, due after a time."""
    found = Case.objects.filter(state__in=OPEN).select_related("order", "shop")
    if after := request.GET.get("after"):
        found = found.filter(due_at__gt=datetime.fromtimestamp(float(after), tz=UTC))
    due = found.order_by("due_at", "id")[:20]
    return render(request, "bench/cases.html", {"cases": due})


def rows(request: HttpRequest, kind: str) -> HttpResponse:
    """20 rows in a plain table; the middleware has loaded session and user."""
    found = query(kind, request.GET.getlist("key"))
    return render(request, "bench/rows.html", {"orders": found})
