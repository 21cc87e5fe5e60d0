"""How a call to an outside system ends: an answer, or one of these errors.

The handler of a message need not catch them: `Later` is a `NotYet` (wait, no try is counted),
`Rejected` is an `Unhandleable` (a person has to look), the rest means another try.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from connectors.systems import label_of
from core.messages import NotYet, Unhandleable


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, with a status below 500; `body` are the raw bytes, for signatures."""

    system: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; raises Unknown when it is none."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise Unknown(self.system, "回答读不懂") from error


class ConnectorError(Exception):
    """Something went wrong with a system; says which, in Chinese, without personal data."""

    def __init__(self, system: str, why: str) -> None:
        # Not super(): with `Later` the next in line is NotYet, which would take it for a time.
        Exception.__init__(self, f"{label_of(system)}：{why}")
        self.system = system
        self.why = why


class Unreachable(ConnectorError):
    """It did not get there: certainly not done, so it may be tried again as it is."""


class Unknown(ConnectorError):
    """It may have been done: ask by key before doing it again."""


class Later(Unreachable, NotYet):
    """Not done, and not to be tried before `until`: too many calls for now."""

    def __init__(self, system: str, until: datetime, why: str) -> None:
        Unreachable.__init__(self, system, why)
        self.until = until


class BreakerOpen(Later):
    """The system failed several times in a row and is left alone until `until`."""

    def __init__(self, system: str, until: datetime) -> None:
        at = timezone.localtime(until)
        super().__init__(system, until, f"连不上，{at:%H:%M} 再试")


class Rejected(ConnectorError, Unhandleable):
    """It understood and said no: `code` and `message` as its documentation lists them."""

    def __init__(self, system: str, code: str, message: str) -> None:
        ConnectorError.__init__(self, system, f"{message}（{code}）")
        self.code = code
        self.message = message


class SignedOut(Rejected):
    """The shop's consent has run out: nothing goes until the owner gives it anew."""
