"""Kombu's brokers, made to outlive what they stand on: hints may be lost, the worker goes on.

In a folder (failure mode 14): Kombu's own makes no folder and stops the worker when one is gone;
what it knew of its queues goes with it, and messages sent afterwards vanish. It also shows a
message before it is written: a worker that reads it then finds nothing in it, and ends.

In Redis (failure mode 10): when the connection is lost while messages wait in the worker, Kombu's
own brings them back through the connection that is gone, and that error ends the worker. So does
a task that has ended since: it is acknowledged to a channel that was closed.
"""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.transport import TRANSPORT_ALIASES, filesystem, redis
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """Makes its folders whenever they are looked into."""

    @property
    def data_folder_in(self) -> str:
        return _there(self.transport_options["data_folder_in"])

    @property
    def data_folder_out(self) -> str:
        return _there(self.transport_options["data_folder_out"])

    @property
    def control_folder(self) -> Path:
        return Path(_there(self.transport_options["control_folder"]))

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """A message gets the name by which it is found once it is written."""
        folder = Path(self.data_folder_out)
        name = f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg"
        unfinished = folder / f"{name}.part"
        unfinished.write_text(dumps(payload))
        unfinished.rename(folder / name)

    def _lookup(
        self, exchange: str, routing_key: str, default: str | None = None
    ) -> list[str] | set[str]:
        """The queues of a message; without the table that said so, the one of its own name."""
        return super()._lookup(exchange, routing_key, default) or [routing_key]


class Transport(filesystem.Transport):
    Channel = Channel


class RedisChannel(redis.Channel):
    """What a lost connection takes with it is not brought back: the next sweep finds the work."""

    do_restore = False

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:
        if not self.closed:
            super().basic_ack(delivery_tag, multiple=multiple)


class RedisTransport(redis.Transport):
    Channel = RedisChannel


def _there(folder: str) -> str:
    Path(folder).mkdir(parents=True, exist_ok=True)
    return folder


def install() -> None:
    """From now on `filesystem://` and `redis://` are ours."""
    TRANSPORT_ALIASES["filesystem"] = "config.broker:Transport"
    TRANSPORT_ALIASES["redis"] = TRANSPORT_ALIASES["rediss"] = "config.broker:RedisTransport"
