"""The owner's page of limits (SOP 1.5)."""

from __future__ import annotations

from core.verdict import yes
from refunds.forms.decide import LimitsForm
from refunds.models import RefundLimits
from refunds.services.limits import save_limits
from staff.row_page import RowPage, row_view


def _row(key: int | None = None) -> RefundLimits:
    """The one row, or what we deliver."""
    return RefundLimits.objects.first() or RefundLimits()


limits = row_view(
    RowPage(
        "save_refund_limits",
        "退款权限",
        _row,
        LimitsForm,
        lambda row, user: yes("1.5", "超过一个人权限的退款，要第二个人同意。"),
        lambda row, values, common: save_limits(values, **common),
    )
)
