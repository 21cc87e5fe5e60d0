"""Tasks that know whose work they do, and say how it went."""

from __future__ import annotations

import time
from typing import Any

from celery import Task

from core import tally
from core.trace import request_id, traced

# Beat sends it along, so that a sweep is told from a hint: only the first proves that beat lives.
BY_BEAT = {"by": "beat"}
LAST_SUCCESS = "gendan_sweep_last_success_timestamp_seconds"


class TracedTask(Task):  # type: ignore[type-arg]
    """The base of all tasks: the request's id travels in a header; one line for each run."""

    def apply_async(  # type: ignore[override]
        self, args: Any = None, kwargs: Any = None, **options: Any
    ) -> Any:
        own = {"request_id": request_id()} if request_id() else {}
        headers = own | (options.pop("headers", None) or {})
        return super().apply_async(args, kwargs, headers=headers, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        headers = self.request.headers or {}
        name, by_beat = str(self.name), headers.get("by") == BY_BEAT["by"]
        began = time.perf_counter()
        about = {"task": name, "task_id": self.request.id, "by": "beat" if by_beat else "hint"}
        try:
            with traced(
                "task", request_id=headers.get("request_id") or "", quiet=True, **about
            ) as told:
                result = told["rows"] = super().__call__(*args, **kwargs)
        except Exception:
            if by_beat:
                tally.count("gendan_sweep_failures_total", sweep=name)
            raise
        if by_beat:
            _swept(name, time.perf_counter() - began, result)
        return result


def _swept(name: str, seconds: float, rows: Any) -> None:
    tally.observe("gendan_sweep_duration_seconds", seconds, sweep=name)
    tally.count("gendan_sweep_rows_total", rows if isinstance(rows, int) else 0, sweep=name)
    tally.mark(LAST_SUCCESS, sweep=name)
