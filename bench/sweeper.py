"""A process of its own that sweeps: reminds of so many due orders, then says how long it took."""

from __future__ import annotations

import json
import logging
import sys
import time
from datetime import datetime

import django


def main() -> None:
    django.setup()
    logging.disable(logging.WARNING)
    from core import messages
    from orders.services.remind import remind_due

    count, now = int(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
    messages.hint = lambda: None  # nobody delivers here
    remind_due(now, 50)
    began, done = time.perf_counter(), 0
    while done < count and (batch := remind_due(now)):
        done += batch
    print(json.dumps({"seconds": (time.perf_counter() - began) * count / done, "done": done}))


if __name__ == "__main__":
    main()
