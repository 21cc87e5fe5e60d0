"""`python -m bench NAME --orders N [--keep] [--sqlite] [--no-flat]`."""

from __future__ import annotations

import argparse
import json
import logging
import subprocess
import sys
from importlib import import_module
from typing import Any

from bench.database import own_database

NAMES = {"search": "bench.search", "order_page": "bench.order_page", "import": "bench.importing"}
NAMES |= {"outbox": "bench.outbox", "reminders": "bench.reminders", "review": "bench.review"}
NAMES |= {"lifecycle": "bench.lifecycle", "scan": "bench.scan", "refunds": "bench.refunds"}
NAMES |= {"cases": "bench.cases", "reconcile": "bench.reconcile"}
# Measured at fewer, too, here at a tenth: the cost must not grow with the orders.
FLAT = {"search", "outbox", "reminders", "review", "lifecycle", "scan", "refunds", "cases"}
FLAT |= {"reconcile"}
FEWER = dict.fromkeys(["reminders", "review", "lifecycle", "scan"], 10_000)

EMPTY = {
    "import",
    "outbox",
    "reminders",
    "review",
    "refunds",
    "reconcile",
}  # they write their own rows
WORKERS = {"outbox"}  # they start real workers, with Redis beside PostgreSQL


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--keep", action="store_true", help="keep the database for the next run")
    parser.add_argument("--sqlite", action="store_true", help="although PostgreSQL answers")
    parser.add_argument("--queries", type=int, default=200, help="different ones of each kind")
    parser.add_argument("--no-flat", action="store_true", help="do not measure at a tenth")
    asked = parser.parse_args()
    logging.disable(logging.WARNING)  # a table to be read, not a line for each request
    flat = asked.name in FLAT and not asked.no_flat
    tenth = _tenth(asked) if flat else None
    filled = asked.name not in EMPTY
    with own_database(
        asked.orders,
        keep=asked.keep and filled,
        sqlite=asked.sqlite,
        filled=filled,
        redis=asked.name in WORKERS,
    ) as version:
        print(f"{asked.name}: {asked.orders:,} orders on {version}", flush=True)
        import_module(NAMES[asked.name]).run(asked.orders, version, tenth, asked.queries)


def _tenth(asked: argparse.Namespace) -> dict[str, Any]:
    """The same at fewer orders, in a process and a database of its own."""
    command = [sys.executable, "-m", "bench", asked.name, "--no-flat"]
    fewer = min(FEWER.get(asked.name, asked.orders), asked.orders // 10)
    command += ["--orders", str(max(fewer, 1))]
    command += ["--queries", str(asked.queries)]
    command += [f"--{name}" for name in ("keep", "sqlite") if getattr(asked, name)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    print(told)
    figures: dict[str, Any] = json.loads(told.splitlines()[-1])
    return figures


if __name__ == "__main__":
    main()
