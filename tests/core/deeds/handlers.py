"""The handler of a deed, that kills its worker where the payload says so."""

from __future__ import annotations

import os
import signal

import httpx

from core.messages import handles
from core.models import OutboxMessage


@handles("test.deed")
def deed(message: OutboxMessage) -> None:
    """Ask first when an earlier try may have done it; the server itself counts every POST."""
    url = f"{os.environ['DEEDS_URL']}/{message.key}"
    if message.tries > 1 and httpx.get(url).status_code == 200:
        return
    if message.tries == 1 and message.payload.get("die") == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    kill = message.tries == 1 and message.payload.get("die") == "during"
    httpx.post(url, params={"kill": os.getpid()} if kill else {}).raise_for_status()
    if message.tries == 1 and message.payload.get("die") == "after":
        os.kill(os.getpid(), signal.SIGKILL)
