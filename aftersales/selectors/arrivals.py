"""Parcels that come back, as the dock asks for them (SOP 1.4.f)."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from aftersales.kinds.goods_back import COMING
from aftersales.models import Case, CaseLine
from aftersales.models.case import GIVEN_UP, OPEN
from aftersales.words import CaseState, WaitsFor
from stock.models import Sku

WAITED_FOR = [what.value for what in COMING]
SHOWN = 10


def expected() -> QuerySet[Case]:
    """Cases whose goods are on their way, also while the customer is asked something; and those
    that ended without them.
    """
    asked = Q(waits_for=WaitsFor.ANSWER.value, details__waited_for__in=WAITED_FOR)
    given_up = Q(state=CaseState.RESOLVED.value, details__has_key=GIVEN_UP)
    waits = Q(Q(waits_for__in=WAITED_FOR) | asked, state__in=OPEN)
    return Case.objects.filter(waits | given_up)


def find_arrival(code: str) -> list[Case]:
    """By the slip's barcode, the waybill, or the order's number; three index ranges."""
    text = code.strip().upper()[:64]
    if not text:
        return []
    by_code = Q(number=text) | Q(waybill=text) | Q(order__order_no=text)
    return list(expected().filter(by_code).select_related("order__shop")[:SHOWN])


def line_by_code(case: Case, code: str) -> CaseLine | None:
    """The line of a scanned product: first one that is not full yet."""
    lines = _lines_by_code(case, code)
    return next((one for one in lines if one.counted < one.pieces), lines[0] if lines else None)


def counted_by_code(case: Case, code: str, pieces: int) -> CaseLine | None:
    """The line from which so many pieces can be taken out again: first one that has too many, else
    the one that was filled last.
    """
    lines = [one for one in _lines_by_code(case, code) if one.counted >= pieces]
    return max(lines, key=lambda one: (one.counted - one.pieces, one.pk), default=None)


def _lines_by_code(case: Case, code: str) -> list[CaseLine]:
    text = code.strip()
    known = Q(sku__barcode=text) | Q(sku__code=text) | Q(sku=None, line__code=text)
    return list(case.lines.filter(known).order_by("id")) if text else []


def sku_by_code(code: str) -> Sku | None:
    text = code.strip()
    return Sku.objects.filter(Q(barcode=text) | Q(code=text)).order_by("id").first()
