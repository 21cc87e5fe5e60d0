"""Kombu's broker in a folder, made to outlive the folder (failure mode 14).

Kombu's own makes no folder and stops the worker when one is gone; what it knew of its queues goes
with it, and messages sent afterwards vanish. Hints may be lost, but the worker has to go on.
"""

from __future__ import annotations

from pathlib import Path

from kombu.transport import TRANSPORT_ALIASES, filesystem


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

    def _lookup(
        self, exchange: str, routing_key: str, default: str | None = None
    ) -> list[str] | set[str]:
        """The queues of a message; without the table that said so, the one of its own name."""
        return super()._lookup(exchange, routing_key, default) or [routing_key]


class Transport(filesystem.Transport):
    Channel = Channel


def _there(folder: str) -> str:
    Path(folder).mkdir(parents=True, exist_ok=True)
    return folder


def install() -> None:
    """From now on `filesystem://` is ours."""
    TRANSPORT_ALIASES["filesystem"] = "config.broker:Transport"
