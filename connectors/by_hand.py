"""A bank transfer that a person makes: no system to call, nothing that calls back (SOP 1.5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from connectors.bills import BillAnswer, refused
from connectors.gateways import Forged, Notice, RefundAnswer, RefundRequest, RefundState


class Transfer:
    """The `manual` gateway: each refund is a task for finance until they tick it."""

    def refund(self, request: RefundRequest) -> RefundAnswer:
        """The task; doing it again changes nothing, since nothing was done."""
        reason = (
            f"请在网银把 {request.amount:.2f} 元转给买家，附言写退款号 {request.key}，"
            "转好后登记银行流水号。"
        )
        return RefundAnswer(RefundState.PROCESSING, "BY_HAND", reason, by_hand=True)

    def query(self, request: RefundRequest) -> RefundAnswer:
        """Nobody but the person who made the transfer knows."""
        return self.refund(request)

    def bill(self, day: date) -> BillAnswer:
        """The bank's own statement is not ours to fetch."""
        return refused("银行转账没有账单可取。")

    def verify(self, headers: Mapping[str, str], raw: bytes, now: datetime) -> None:
        """A bank transfer has no callbacks. Raises Forged."""
        raise Forged("no callbacks")

    def read(self, raw: bytes) -> Notice:
        """Raises Forged."""
        raise Forged("no callbacks")
