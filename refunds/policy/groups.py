"""What is said of states and kinds of refunds in more than one decision."""

from __future__ import annotations

from datetime import timedelta

from orders.words import OrderState
from refunds.words import (
    RefundKind,
    RefundState,
)

R, S = RefundState, OrderState
ENDED = frozenset({R.SUCCEEDED, R.REJECTED, R.WITHDRAWN})
BEFORE_REVIEW = frozenset({R.WAITING, R.TO_APPLY})
OPEN_TO_ASKER = BEFORE_REVIEW | {R.REVIEW, R.RETURNED}  # the money is not on its way yet
FIRST_DAY = timedelta(hours=24)
AT_RISK = timedelta(hours=4)  # of working time before a promise ends
WARN = timedelta(hours=4)  # before the window closes
# Goods that are not sent, or are to come back, go with these; the others are money alone.
OF_GOODS = frozenset({RefundKind.WHOLE, RefundKind.GOODS, RefundKind.RETURN})
# What was charged too much goes back whoever's fault anything is (SOP 1.1.f).
CHARGED_TOO_MUCH = frozenset({RefundKind.DIFFERENCE, RefundKind.FREIGHT})
