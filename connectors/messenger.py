"""Who carries our words: to customers (`Messenger`), to colleagues (`Robot`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Text:
    """One message to one telephone; `kind` names the template, `key` is ours and unique."""

    kind: str
    key: str
    telephone: str = field(repr=False)
    values: Mapping[str, str] = field(repr=False)


class Messenger(Protocol):
    """Sends to customers. It dedupes nothing: who tries again asks `was_sent` first."""

    def send(self, text: Text) -> None:
        """Send it. Raises Rejected, Later, Unreachable, Unknown."""

    def was_sent(self, text: Text, on: date) -> bool:
        """Was it accepted on that day (Asia/Shanghai)? Raises the same."""

    def check(self) -> None:
        """Do address and keys work? Changes nothing. Raises the same."""


class Robot(Protocol):
    """A robot in the colleagues' group. It cannot be asked what it said."""

    def tell(self, text: str) -> None:
        """Say it. Raises Rejected, Later, Unreachable, Unknown."""


def send_once(messenger: Messenger, text: Text, *, tried: bool, on: date) -> None:
    """Send; when it was tried before (`tried`), ask first, since it may have gone out."""
    if not (tried and messenger.was_sent(text, on)):
        messenger.send(text)
