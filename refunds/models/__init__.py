"""Tables of the refunds room."""

from refunds.models.approval import Approval
from refunds.models.cursor import RefundCursor
from refunds.models.evidence import Evidence
from refunds.models.payout import Payout, PayoutEvidence
from refunds.models.refund import Refund, RefundLine
from refunds.models.risk import RefundLimits, Risk

__all__ = [
    "Approval",
    "Evidence",
    "Payout",
    "PayoutEvidence",
    "Refund",
    "RefundCursor",
    "RefundLimits",
    "RefundLine",
    "Risk",
]
