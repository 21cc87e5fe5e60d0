"""A message that asks nothing of anybody: what is left is the cost of delivering it."""

from __future__ import annotations

from core.messages import handles
from core.models import OutboxMessage

TOPIC = "bench.nothing"


@handles(TOPIC)
def nothing(message: OutboxMessage) -> None:
    """Done at once."""
