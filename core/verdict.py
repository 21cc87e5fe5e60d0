"""What a policy answers: may it be done, by which clause, why, and what to tell the customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Answer(StrEnum):
    """YES: do it. ASK: somebody else must agree first (an intercept, a senior). NO: refused."""

    YES = "yes"
    ASK = "ask"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Say:
    """A sentence for the customer by key; its text lives in the table of sentences."""

    key: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A policy's answer. `reason` is for the colleague, `say` for the customer."""

    answer: Answer
    clause: str
    reason: str
    say: Say | None = None
    instead: str = ""  # what to do instead, for the colleague

    @property
    def allowed(self) -> bool:
        return self.answer is Answer.YES

    @property
    def refused(self) -> bool:
        return self.answer is Answer.NO

    def require(self) -> None:
        """Raise `Refused` unless the answer is yes."""
        if not self.allowed:
            raise Refused(self)


def yes(clause: str, reason: str = "", say: Say | None = None) -> Verdict:
    return Verdict(Answer.YES, clause, reason, say)


def ask(clause: str, reason: str, say: Say | None = None, instead: str = "") -> Verdict:
    return Verdict(Answer.ASK, clause, reason, say, instead)


def no(clause: str, reason: str, say: Say | None = None, instead: str = "") -> Verdict:
    return Verdict(Answer.NO, clause, reason, say, instead)


class Refused(Exception):
    """An act that the SOP does not allow now. Becomes HTTP 409 with the act's own page."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.reason)
        self.verdict = verdict
