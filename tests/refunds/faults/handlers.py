"""A worker that dies on the way of a refund, where `var/die` says so; once."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from refunds.handlers import money
from tests.refunds.faults import CALL, COMMIT, DEED


def _die_at(moment: str) -> None:
    told = Path(os.environ["GENDAN_VAR"], "die")
    if told.exists() and told.read_text() == moment:
        told.unlink()
        os.kill(os.getpid(), signal.SIGKILL)


def _deadly(do: Callable[..., Any], before: str, after: str) -> Callable[..., Any]:
    def done(*args: Any, **kwargs: Any) -> Any:
        _die_at(before)
        result = do(*args, **kwargs)
        _die_at(after)
        return result

    return done


money.pay_back = _deadly(money.pay_back, CALL, DEED)  # type: ignore[attr-defined]
money.take_answer = _deadly(money.take_answer, "", COMMIT)  # type: ignore[attr-defined]
