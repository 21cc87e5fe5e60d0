"""What of an order may still come back (SOP 1.4.a)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Q, Sum

from aftersales.models import Case, CaseLine
from aftersales.models.case import OPEN
from aftersales.words import CaseKind, CaseState, Outcome
from orders.models import Order, OrderLine
from refunds.selectors.left import left_of

_BACK = (CaseKind.RETURN, CaseKind.EXCHANGE, CaseKind.UNDELIVERABLE, CaseKind.REPAIR)
BACK = [kind.value for kind in _BACK]
_NOT_YET = [state for state in OPEN if state != CaseState.WAITING_MONEY]


def pieces_left(
    order: Order, kinds: Sequence[str] = BACK, besides: Case | None = None
) -> dict[int, int]:
    """By line how many pieces neither went back nor are on their way; five queries.

    `kinds`: of which cases the pieces are taken; `besides`: but for this one.
    """
    rows = CaseLine.objects.filter(case__order=order, case__kind__in=kinds, line__isnull=False)
    rows = rows.exclude(case=besides) if besides else rows
    taken = rows.filter(Q(case__state__in=_NOT_YET) | Q(case__outcome=Outcome.RESENT.value))
    counted = taken.values_list("line").annotate(n=Sum("pieces")).order_by()
    gone: dict[int | None, int] = dict(counted)
    return {
        part.line: max(0, part.pieces_left - gone.get(part.line, 0))
        for part in left_of(order).parts
        if part.line is not None
    }


def pieces_to_send(order: Order, besides: Case | None = None) -> dict[int, int]:
    """The same of what may still be sent once more: for each piece that is once (SOP 3.b).

    What was sent again may come back for all that, and what was lost may turn up.
    """
    return pieces_left(order, [*BACK, CaseKind.RESHIP.value], besides)


def too_many(
    order: Order, pieces: Mapping[int, int], kind: CaseKind, besides: Case | None = None
) -> str:
    """The first product of which more are named than are left; "" where all are there."""
    send = kind is CaseKind.RESHIP
    left = pieces_to_send(order, besides) if send else pieces_left(order, besides=besides)
    over = [line for line, wanted in pieces.items() if wanted > left.get(line, 0)]
    if not over:
        return ""
    line = OrderLine.objects.filter(order=order, pk=over[0]).first()
    return f"“{line.label}”" if line else "选的商品"


def titles_of(order: Order, pieces: Mapping[int, int]) -> tuple[str, ...]:
    """What the products are called."""
    return tuple(line.label for line in order.lines.all() if pieces.get(line.pk))
