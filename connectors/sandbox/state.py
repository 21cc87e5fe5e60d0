"""What the sandbox remembers: what really happened, which faults wait, who is to be called back."""

from __future__ import annotations

import random
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.systems import SYSTEMS

FAULTS = {
    "slow": "回答慢",
    "timeout": "不办，也不回答",
    "timeout_after": "办了，但不回答",
    "error_500": "不办，回答 500",
    "error_500_after": "办了，但回答 500",
    "twice": "回答两遍",
    "huge": "回答没完没了",
    "drip": "回答一点一点挤出来",
    "garbage": "回答读不懂",
    "redirect": "要转到别的主机",
    "callback_twice": "回调两次",
    "callback_late": "回调压着不发",
}


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that was really done: a message sent, money refunded. Once for each effect."""

    system: str
    what: str
    key: str
    data: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it came, and what was answered."""

    system: str
    method: str
    path: str
    status: int
    fault: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Callback:
    """What the system says of its own accord, to an address that it was given."""

    system: str
    address: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class State:
    """Shared by all requests; `lock` is held while a request is handled, so handlers are simple.

    `seconds` is how long the faults `slow` and `timeout` last.
    """

    def __init__(self, seconds: float = 30.0) -> None:
        self.seconds = seconds
        self.demo = False  # also knows the orders that the demo made up
        self.lock = threading.RLock()
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        with self.lock:
            self._effects: list[Effect] = []
            self.calls: list[Call] = []
            self.callbacks: list[Callback] = []  # not sent yet
            self.late: list[Callback] = []
            self._faults: dict[str, list[str]] = defaultdict(list)
            self._dice: dict[str, tuple[random.Random, Mapping[str, float]]] = {}
            self._stores: dict[str, dict[str, Any]] = defaultdict(dict)

    def did(self, system: str, what: str, key: str, **data: Any) -> Effect:
        """Keep that something was really done."""
        effect = Effect(system, what, key, data, datetime.now().astimezone())
        with self.lock:
            self._effects.append(effect)
        return effect

    def effects(self, system: str = "", what: str = "") -> list[Effect]:
        """What really happened, the oldest first."""
        with self.lock:
            return [
                e
                for e in self._effects
                if (not system or e.system == system) and (not what or e.what == what)
            ]

    def store(self, system: str) -> dict[str, Any]:
        """What a system knows, by keys of its own choice."""
        return self._stores[system]

    def fault(self, system: str, kind: str, times: int = 1) -> None:
        """Be broken in this way for the next `times` requests (or callbacks). Raises ValueError."""
        if system not in SYSTEMS or kind not in FAULTS or not 0 < times <= 1000:
            raise ValueError(f"no such fault: {system} {kind} {times}")
        with self.lock:
            self._faults[system] += [kind] * times

    def dice(self, system: str, seed: int, **chances: float) -> None:
        """Be broken at random: `dice("alipay", 7, error_500=0.3)`. Raises ValueError."""
        if (
            system not in SYSTEMS
            or not FAULTS.keys() >= chances.keys()
            or sum(chances.values()) > 1
        ):
            raise ValueError(f"no such dice: {system} {chances}")
        with self.lock:
            self._dice[system] = random.Random(seed), chances

    def faults(self, system: str) -> list[str]:
        """The faults that still wait."""
        with self.lock:
            return list(self._faults[system])

    def mend(self, system: str) -> None:
        """Drop its faults."""
        with self.lock:
            self._faults[system].clear()
            self._dice.pop(system, None)

    def take_fault(self, system: str, *, callback: bool = False) -> str:
        """The next fault of a request (or of a callback); none is an empty text."""
        with self.lock:
            waiting = self._faults[system]
            for kind in waiting:
                if kind.startswith("callback_") == callback:
                    waiting.remove(kind)
                    return kind
            return "" if callback else self._rolled(system)

    def _rolled(self, system: str) -> str:
        chance, chances = self._dice.get(system, (random.Random(), {}))
        none = 1 - sum(chances.values())
        return chance.choices(["", *chances], [none, *chances.values()])[0]

    def call_back(
        self, system: str, address: str, body: bytes, headers: dict[str, str] | None = None
    ) -> None:
        """Say it to `address` after the answer; the faults callback_twice and _late apply here."""
        one = Callback(system, address, body, headers or {})
        kind = self.take_fault(system, callback=True)
        with self.lock:
            if kind == "callback_late":
                self.late.append(one)
            else:
                self.callbacks += [one, one] if kind == "callback_twice" else [one]

    def take_callbacks(self, system: str = "", *, late: bool = False) -> list[Callback]:
        """The callbacks that wait to be sent (with `late`: those held back, too)."""
        with self.lock:
            waiting = self.callbacks + (self.late if late else [])
            taken = [c for c in waiting if not system or c.system == system]
            self.callbacks = [c for c in self.callbacks if c not in taken]
            self.late = [c for c in self.late if c not in taken]
            return taken

    def wait(self) -> None:
        """As long as the fault lasts."""
        time.sleep(self.seconds)
