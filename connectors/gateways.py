"""Money back to the buyer: one protocol, whatever the gateway (SOP 1.3.e, 1.5; failure modes 1-4).

A refund goes out under a number of ours, its key: the same key again is the same refund, at the
gateway, too. So an answer that is neither yes nor no is asked for by the key, and only what the
gateway does not know (`ABSENT`) is sent again, under the same key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from connectors.bills import BillAnswer
from connectors.refusals import Path, path_of
from core.money import CENT, ZERO

KEY = re.compile(r"[0-9A-Za-z_-]{1,64}")  # what all gateways take


class Forged(Exception):
    """A callback that is not from whom it says: the signature, the time or the shape is wrong."""


class RefundState(StrEnum):
    """How a refund stands at the gateway."""

    SUCCEEDED = "succeeded"
    PROCESSING = "processing"
    REJECTED = "rejected"
    UNKNOWN = "unknown"  # it may have been done: query before anything else
    ABSENT = "absent"  # the gateway has no refund under this key: send it again, same key


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """What is asked of a gateway: yuan; `total` is what the trade took. Raises ValueError."""

    key: str
    trade_no: str
    amount: Decimal
    total: Decimal
    reason: str = ""

    def __post_init__(self) -> None:
        if not KEY.fullmatch(self.key):
            raise ValueError("a refund's key is 1 to 64 letters, digits, - or _")
        if not self.trade_no:
            raise ValueError("a refund needs the trade number of the gateway")
        if not ZERO < self.amount <= self.total:
            raise ValueError("a refund is more than nothing and at most what the trade took")
        if self.amount != self.amount.quantize(CENT) or self.total != self.total.quantize(CENT):
            raise ValueError("yuan have two places")


@dataclass(frozen=True, slots=True)
class RefundAnswer:
    """How it stands; `code` is the gateway's own, `reason` what an agent reads (Chinese).

    `by_hand`: nothing happens by itself, a person has to do it and say so.
    """

    state: RefundState
    code: str = ""
    reason: str = ""
    at: datetime | None = None
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """What a gateway says of its own accord, verified. `amount` in yuan; `key` names the refund.

    About a payment (no refund) the key is empty.
    """

    system: str
    key: str
    trade_no: str
    amount: Decimal
    state: RefundState
    code: str
    at: datetime | None = None

    @property
    def topic(self) -> str:
        return "refund.notify" if self.key else "payment.notify"

    @property
    def fact(self) -> str:
        """The same for the same news, however often and in whatever envelope it comes."""
        return f"{self.trade_no}:{self.key}:{self.code}:{self.amount:.2f}"


class PaymentGateway(Protocol):
    """Refund and query raise Unreachable or BreakerOpen when certainly nothing was done."""

    def refund(self, request: RefundRequest) -> RefundAnswer:
        """Pay back; the same key again pays nothing twice."""

    def query(self, request: RefundRequest) -> RefundAnswer:
        """How the refund under this key stands; never changes anything."""

    def bill(self, day: date) -> BillAnswer:
        """The file of all that was paid and went back on a day in China, which is over."""

    def verify(self, headers: Mapping[str, str], raw: bytes, now: datetime) -> None:
        """Is this callback from the gateway, for this account? Raises Forged."""

    def read(self, raw: bytes) -> Notice:
        """What a verified callback says. Raises Forged for a shape that is not the gateway's."""


def pay_back(
    gateway: PaymentGateway, request: RefundRequest, *, tried: bool, failed: bool = False
) -> RefundAnswer:
    """Send it; when it was tried before, ask first: only what the gateway does not know is sent.

    So a worker may die anywhere between the deed and its note of it (failure modes 1-3). What is
    refused because it may be there already is asked for: only what is ours by its key counts.
    `failed`: what was tried has certainly failed, and nothing was sent since.
    """
    unsent = RefundAnswer(RefundState.ABSENT)
    found = how_it_stands(gateway, request, failed=failed) if tried else unsent
    if found.state is not RefundState.ABSENT:
        return found
    answer = gateway.refund(request)
    if answer.state is not RefundState.REJECTED or path_of(answer.code) is not Path.ASK:
        return answer
    there = how_it_stands(gateway, request)
    return answer if there.state is RefundState.ABSENT else there


DECIDED = frozenset({"CLOSED", "ABNORMAL"})  # how WeChat says that a refund failed


def how_it_stands(
    gateway: PaymentGateway, request: RefundRequest, *, failed: bool = False
) -> RefundAnswer:
    """Ask by the key. A question that is refused (a wrong key, no right) says nothing of it.

    `failed`: nothing was under way when it was asked, so it has failed still, for this reason.
    """
    found = gateway.query(request)
    if found.state is RefundState.REJECTED and found.code not in DECIDED and not failed:
        return replace(found, state=RefundState.UNKNOWN)
    return found
