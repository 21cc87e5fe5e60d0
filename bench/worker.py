"""A worker of its own: works the jobs that are due, then says how long it took and its peak."""

from __future__ import annotations

import json
import resource
import time

import django


def main() -> None:
    django.setup()
    from django.utils import timezone

    from core.work import work_one

    began = time.perf_counter()
    while work_one(timezone.now()):
        pass
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # KiB on Linux
    print(json.dumps({"seconds": seconds, "peak_mb": round(peak)}))


if __name__ == "__main__":
    main()
