"""A request and a reply as the imitated systems see them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from connectors.sandbox.state import State


@dataclass(frozen=True, slots=True)
class Request:
    """`target` is path and query as the real system would see them; `params` from the path."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        text = self.target.partition("?")[2]
        return dict(parse_qsl(text, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        text = self.body.decode("utf-8", "replace")
        return dict(parse_qsl(text, keep_blank_values=True))

    def json(self) -> Any:
        """The body as JSON; None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered; `body` stands as it is, since signatures cover raw bytes."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "text/plain; charset=utf-8"

    @classmethod
    def json(cls, data: Any, status: int = 200, **headers: str) -> Reply:
        body = json.dumps(data, ensure_ascii=False).encode()
        return cls(body, status, headers, "application/json; charset=utf-8")


Handler = Callable[[Request], Reply]
Routes = dict[tuple[str, str], Handler]  # ("POST", "/v3/refund/{no}") → handler
Make = Callable[[State], Routes]


def by_hand(handler: Handler) -> Handler:
    """For what a person tells the sandbox: a field that is missing or no figure is 422."""

    def told(request: Request) -> Reply:
        try:
            return handler(request)
        except KeyError as missing:
            return Reply(f"少了 {missing.args[0]}\n".encode(), 422)
        except (ValueError, ArithmeticError):
            return Reply("数字不对\n".encode(), 422)

    return told
