"""A worker of its own: works the jobs that are due, then says how long it took and its peak."""

from __future__ import annotations

import json
import logging
import resource
import time
from pathlib import Path

import django


def main() -> None:
    django.setup()
    logging.disable(logging.WARNING)
    from django.utils import timezone

    from core.work import work_one

    began = time.perf_counter()
    while work_one(timezone.now()):
        pass
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "peak_mb": round(peak_mb())}))


def peak_mb() -> float:
    """The most memory of this process; getrusage would remember the one before exec, too."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2  # bytes on macOS


if __name__ == "__main__":
    main()
