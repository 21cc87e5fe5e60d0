"""Errors as application/problem+json (RFC 9457), with every fault and where it stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.http import HttpResponse

PROBLEM = "application/problem+json"
TITLES = {
    400: "请求读不懂",
    401: "没有可用的令牌",
    403: "没有这个权限",
    404: "没有找到",
    405: "这个地址不支持这种方法",
    409: "现在不能这样做",
    413: "内容太大",
    415: "内容不是 JSON",
    422: "内容有错",
    429: "请求太多",
    500: "我们这边出错了",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where (JSON pointer in `source`), a stable code, a sentence."""

    pointer: str
    code: str
    detail: str
    source: str = "body"


class Failed(Exception):
    """The request cannot be answered: becomes a problem."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        faults: Sequence[Fault] = (),
        *,
        headers: dict[str, str] | None = None,
        more: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.detail, self.faults = status, code, detail, faults
        self.headers, self.more = headers or {}, more or {}


def wrong(faults: Iterable[Fault]) -> None:
    """Raise Failed when there are faults."""
    found = list(faults)
    if found:
        raise Failed(422, "invalid", f"有 {len(found)} 处要改，见 errors。", found)


def problem(failed: Failed) -> HttpResponse:
    """The answer for a failure."""
    said: dict[str, Any] = {
        "type": f"urn:gendan:problem:{failed.code}",
        "title": TITLES[failed.status],
        "status": failed.status,
        "code": failed.code,
        "detail": failed.detail,
        **failed.more,
    }
    if failed.faults:
        said["errors"] = [asdict(fault) for fault in failed.faults]
    text = json.dumps(said, ensure_ascii=False)
    return HttpResponse(text, PROBLEM, failed.status, headers=failed.headers)


def pointer(path: Iterable[str | int]) -> str:
    """A JSON pointer as RFC 9457 writes it: `#/lines/0/sku`."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in path)
    return "#" + "".join(f"/{_printable(part)}" for part in parts)


def _printable(text: str) -> str:
    """A field's name as somebody sent it may hold anything: lone halves of a sign, NUL."""
    return text.encode(errors="replace").decode()[:100]
