"""The procedure on the terminal: clause, status, policy or service, test (`make sop`)."""

from __future__ import annotations

from tests.test_papers import STATUSES, clauses, of_status


def main() -> None:
    """Print each clause, and how many stand where."""
    for clause in clauses():
        where, tests = ", ".join(clause.where) or "-", ", ".join(clause.tests) or "-"
        print(f"{clause.number:6} {clause.status:8} {where}\n{'':15} {tests}")
    print(" · ".join(f"{len(of_status(status))} {status}" for status in sorted(STATUSES)))


if __name__ == "__main__":
    main()
