"""The suite's last line, and what `.ci/run` does not let pass."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.summary import closing_line, left_out_too_much


def passed(*markers: str) -> Any:
    return SimpleNamespace(keywords=dict.fromkeys(markers, 1))


def skipped(reason: str) -> Any:
    return SimpleNamespace(keywords={}, longrepr=("tests/x.py", 1, f"Skipped: {reason}"))


ON_SQLITE = "the same on every database: the run on SQLite plays it"
ON_POSTGRES = "needs PostgreSQL (DB=postgres make test)"
NO_BROWSER = "needs Chromium, which could not be installed"


def test_says_what_it_ran_on_and_that_nothing_was_left_out() -> None:
    line = closing_line({"passed": [passed(), passed("browser")]})
    assert line.startswith("Ran on ")
    assert "Python 3." in line
    assert "2 passed (1 in the browser). Left out: nothing." in line
    assert "\n" not in line


def test_says_how_many_were_left_out_and_why() -> None:
    line = closing_line({"passed": [passed()], "skipped": [skipped(ON_POSTGRES)] * 3})
    assert line.endswith(f"Left out: 3 — {ON_POSTGRES}.")


@pytest.mark.parametrize(
    ("database", "stats", "too_much"),
    [
        ("sqlite", {"passed": [passed("browser")]}, False),
        ("sqlite", {"passed": [passed("browser")], "skipped": [skipped(ON_POSTGRES)]}, False),
        ("sqlite", {"passed": [passed()]}, True),
        ("sqlite", {"passed": [passed("browser")], "skipped": [skipped(NO_BROWSER)]}, True),
        ("postgres", {"passed": [passed("browser", "postgres")]}, False),
        (
            "postgres",
            {"passed": [passed("browser", "postgres")], "skipped": [skipped(ON_SQLITE)]},
            False,
        ),
        ("postgres", {"passed": [passed("browser")]}, True),
        ("postgres", {"passed": [passed("browser", "postgres")], "skipped": [skipped("x")]}, True),
    ],
)
def test_a_part_left_out_is_a_failure_for_the_machine(
    database: str, stats: Any, too_much: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB", database)
    assert left_out_too_much(stats) is too_much
