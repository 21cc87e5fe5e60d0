"""Which request, task or message a log line belongs to; lines carry ids, never personal data."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog

from core import tally

if TYPE_CHECKING:
    from core.models import Act

# Hexadecimal alone: a name or a telephone number can hardly pass for one.
WELL_FORMED = re.compile(r"[0-9a-fA-F][0-9a-fA-F-]{14,62}[0-9a-fA-F]")
SLOW = 1.0  # seconds; what took longer is told although nothing came of it

_acts = structlog.stdlib.get_logger("gendan.act")
_work = structlog.stdlib.get_logger("gendan.work")


def request_id() -> str:
    """The id of the request whose work is being done; "" outside of one."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def accepted(given: str) -> str:
    """The id that a proxy or a task gave where it is well-formed, else a new one."""
    return given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex


@contextmanager
def traced(
    event: str, *, request_id: str = "", quiet: bool = False, **about: Any
) -> Iterator[dict[str, Any]]:
    """Bind the id to all lines inside, and tell at the end what was done and how long it took.

    What the block adds to the yielded dictionary stands in the line. `quiet`: only when something
    came of it (`rows`, an error) or it was slow.
    """
    told, began = dict[str, Any](about), time.perf_counter()
    with structlog.contextvars.bound_contextvars(request_id=accepted(request_id)):
        try:
            yield told
        except BaseException as error:
            told["outcome"] = type(error).__name__
            raise
        finally:
            seconds = time.perf_counter() - began
            idle = quiet and not told.get("rows") and "outcome" not in told and seconds < SLOW
            tell = _work.debug if idle else _work.info
            tell(event, **told, ms=round(seconds * 1000))


def tell_act(record: Act) -> None:
    """One line for an act that is done or refused, and one more in its count."""
    _acts.info(
        "act",
        verb=record.verb,
        outcome=str(record.outcome),
        order_no=record.order_no,
        act=str(record.id),
        by=record.actor_kind,
        user=record.actor_id,
    )
    tally.count("gendan_acts_total", verb=record.verb, outcome=str(record.outcome))
