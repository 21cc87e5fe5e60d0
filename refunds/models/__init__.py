"""Tables of the refunds room."""

from refunds.models.approval import Approval
from refunds.models.bill import Bill, BillRow
from refunds.models.cursor import RefundCursor
from refunds.models.difference import Difference
from refunds.models.evidence import Evidence
from refunds.models.line import RefundLine
from refunds.models.payout import Payout, PayoutEvidence
from refunds.models.refund import Refund
from refunds.models.risk import RefundLimits, Risk

__all__ = [
    "Approval",
    "Bill",
    "BillRow",
    "Difference",
    "Evidence",
    "Payout",
    "PayoutEvidence",
    "Refund",
    "RefundCursor",
    "RefundLimits",
    "RefundLine",
    "Risk",
]
