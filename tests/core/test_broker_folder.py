"""The broker in a folder: a message is whole, or not there yet (failure mode 14)."""

from __future__ import annotations

import threading
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection
from kombu.transport import filesystem

from config import broker

MESSAGES = 400


def channel(transport: Any, folder: Path) -> Any:
    for name in ("messages", "control"):
        (folder / name).mkdir(exist_ok=True)
    options = {
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "control_folder": str(folder / "control"),
        "store_processed": False,
    }
    return Connection(transport=transport, transport_options=options).channel()


def test_a_reader_that_looks_all_the_time_never_finds_half_a_message(tmp_path: Path) -> None:
    writer, reader = (channel(broker.Transport, tmp_path) for _ in range(2))
    sent = [{"body": "x" * 2000, "place": place} for place in range(MESSAGES)]
    thread = threading.Thread(target=lambda: [writer._put("work", each) for each in sent])
    thread.start()
    found: list[int] = []
    while len(found) < MESSAGES:
        more = thread.is_alive()
        try:
            found.append(reader._get("work")["place"])
        except Empty:
            assert more, "a message was lost"
    thread.join()
    assert sorted(found) == list(range(MESSAGES))
    assert not list((tmp_path / "messages").iterdir())


def test_kombus_own_shows_a_message_before_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: why there is a transport of ours. Once kombu mends it, ours can go."""
    own = channel(filesystem.Transport, tmp_path)
    seen: list[int] = []

    def look(*args: Any) -> None:
        seen.extend(path.stat().st_size for path in (tmp_path / "messages").iterdir())

    monkeypatch.setattr(filesystem, "lock", look)
    own._put("work", {"body": "x"})
    assert seen == [0]
