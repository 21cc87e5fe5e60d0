"""The procedure on the terminal: clause, status, policy or service, screen, test (`make sop`)."""

from __future__ import annotations

import django

from tests.procedure import STATUSES, Clause, addresses, clauses, of_status


def main() -> None:
    """Print each clause, and how many stand where."""
    django.setup()
    for clause in clauses():
        head, *more = _cells(clause)
        print(f"{clause.number:6} {clause.status:8} {head}", *more, sep=f"\n{'':16}")
    print(" · ".join(f"{len(of_status(status))} {status}" for status in sorted(STATUSES)))


def _cells(clause: Clause) -> tuple[str, str, str]:
    screens = (f"{name} {addresses()[name]}" for name in clause.screens)
    return (
        ", ".join(clause.where) or "-",
        ", ".join(screens) or "-",
        ", ".join(clause.tests) or "-",
    )


if __name__ == "__main__":
    main()
