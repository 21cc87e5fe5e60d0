"""What docs/sop.md says of each clause: where it is built, on which screen, and which test."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from django.urls import URLResolver, get_resolver

from config.paths import BASE_DIR

STATUSES = {"built", "partly", "planned"}
# Nothing is asked of these yet; of every other clause code, screen and test.
LATER = {"4", "6.d", "7.b", "7.f"}


@dataclass(frozen=True)
class Clause:
    number: str
    asks: str
    status: str
    where: list[str]
    screens: list[str]
    tests: list[str]

    @property
    def due(self) -> bool:
        """Must a person be able to do it by now?"""
        return self.number not in LATER


@cache
def clauses() -> tuple[Clause, ...]:
    """The rows of all tables, in their order."""
    text = (BASE_DIR / "docs/sop.md").read_text()
    rows = re.findall(r"^\| ([0-9][0-9.′a-i]*) \|(.*)\|$", text, re.MULTILINE)
    return tuple(_clause(number, rest) for number, rest in rows)


def _clause(number: str, rest: str) -> Clause:
    cells = [cell.strip() for cell in rest.split("|")]
    assert len(cells) == 5, f"docs/sop.md, {number}: asks, status, where, screen, test"
    asks, status, where, screens, tests = cells
    return Clause(number, asks, status, ticked(where), ticked(screens), ticked(tests))


def ticked(cell: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", cell)


def of_status(*statuses: str) -> list[Clause]:
    """The clauses that stand there."""
    return [clause for clause in clauses() if clause.status in statuses]


@cache
def addresses() -> dict[str, str]:
    """Each screen's address by its name: `modify-receiving` is /orders/<order_no>/…"""
    return dict(_addresses(get_resolver(), "/"))


def _addresses(resolver: URLResolver, before: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for entry in resolver.url_patterns:
        address = before + re.sub(r"<\w+:", "<", str(entry.pattern))
        if isinstance(entry, URLResolver):
            found += _addresses(entry, address)
        elif entry.name:
            found.append((entry.name, address))
    return found
