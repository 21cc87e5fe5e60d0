"""Where orders come from and what is told back: one small protocol for every platform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Memo:
    """The seller's memo of a trade; `flag` 0 grey, 1 red, 2 yellow, 3 green, 4 blue, 5 pink."""

    text: str
    flag: int = 0


@dataclass(frozen=True, slots=True)
class Destination:
    """Who receives, and where."""

    name: str = field(repr=False)
    mobile: str = field(repr=False)
    telephone: str = field(repr=False)
    province: str
    city: str
    district: str
    street: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Application:
    """A refund that a buyer applied for; `amount` in yuan, `status` the platform's word.

    `version` and `phase` name the state that was seen: agreeing to an older one is refused.
    """

    number: str
    trade: str
    line: str
    amount: Decimal
    status: str
    kind: str = ""
    phase: str = ""
    version: str = ""
    reason: str = ""
    goods_back: bool = False
    applied_at: datetime | None = None


class PlatformClient(Protocol):
    """One shop on its platform. All raise Rejected, SignedOut, Later, Unreachable, Unknown."""

    def changed(self, since: datetime, until: datetime) -> list[tuple[str, str]]:
        """Numbers of the trades that changed in a window of at most a day, and when each did."""

    def trade(self, number: str) -> Mapping[str, Any]:
        """A trade with all that the platform tells of it, in its own words."""

    def memo(self, number: str) -> Memo:
        """The seller's memo as it stands."""

    def write_memo(self, number: str, memo: Memo) -> None:
        """Put the memo in place of the old one; the same again changes nothing."""

    def change_address(self, number: str, to: Destination) -> None:
        """Before shipping; the same again changes nothing."""

    def close(self, number: str, why: str) -> None:
        """Close an unpaid trade; one that is closed stays closed."""

    def dispatch(self, number: str, carrier: str, waybill: str, lines: Sequence[str] = ()) -> None:
        """Say that it was sent; one that was sent with this waybill stays as it is.

        `lines`: only these of the trade are in the parcel; the others come in another.
        """

    def resend(self, number: str, carrier: str, waybill: str, lines: Sequence[str] = ()) -> None:
        """Say that it was sent with another waybill than was told before."""

    def refunds(self, since: datetime, until: datetime) -> list[Application]:
        """The refunds applied for that changed in the window."""

    def agree(self, application: Application, by: str) -> None:
        """Let the buyer have the money back; `by` names who decided."""

    def refuse(self, application: Application, why: str) -> None:
        """Do not let the buyer have it, for a reason that the buyer reads."""
