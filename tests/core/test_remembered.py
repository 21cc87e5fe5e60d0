"""What every request asks is read once in some seconds, and at once after this process wrote it."""

from __future__ import annotations

import time

import pytest

from core.remembered import FRESH, remembered


def test_it_is_read_again_when_it_is_old_or_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    now, answers = [100.0], iter("abc")
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    known = remembered(lambda: next(answers))
    assert known() == "a"
    now[0] += FRESH - 1
    assert known() == "a"
    now[0] += 2
    assert known() == "b"
    known.forget()
    assert known() == "c"
