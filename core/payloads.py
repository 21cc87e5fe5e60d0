"""What a message holds, as a colleague may read it: flat lines, personal data masked. Pure.

Whoever wrote it (a platform, a gateway) named the keys, so a text is shown only when it looks like
a code, a number or a time; any other text is cut to its first character.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from core.masking import mask_account, mask_address, mask_name, mask_phone, scrub

LINES, LENGTH = 60, 120  # as many lines, as long a value as a screen takes
Line = tuple[str, str]

_CODE = re.compile(r"[A-Za-z0-9_.:/+-]+|[0-9: .TZ+-]+")
_KINDS = [
    (re.compile(r"phone|mobile|tel|手机|电话", re.I), mask_phone),
    (re.compile(r"addr|street|address|地址", re.I), mask_address),
    (
        re.compile(r"mail|account|logon|nick|buyer|openid|payer|qq|wangwang|账号", re.I),
        mask_account,
    ),
    (re.compile(r"name|consignee|receiver|contact|收货人|姓名", re.I), mask_name),
    (re.compile(r"secret|token|password|sign|key$|cert", re.I), lambda text: "***"),
]


def lines(content: Any) -> list[Line]:
    """`order.id: 12`, one line for each value; at most sixty."""
    found: list[Line] = []
    for name, value in _flat(content, ""):
        if len(found) == LINES:
            return [*found, ("…", "后面还有")]
        found.append((printable(scrub(name))[:LENGTH], printable(_shown(name, value))[:LENGTH]))
    return found


def read(raw: bytes) -> Any:
    """What came in, as JSON or as a form; None when it is neither."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return dict(parse_qsl(text, strict_parsing=True, max_num_fields=200))
    except ValueError:
        return None


def printable(text: str) -> str:
    """Without what a page or a database cannot take: half characters, NUL."""
    return text.replace("\0", "").encode(errors="replace").decode()


def _flat(content: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Depth first without recursion: what came in may be nested by somebody malicious."""
    stack = [(name, content)]
    while stack:
        name, value = stack.pop()
        if isinstance(value, dict):
            pairs = [(f"{name}.{key}" if name else str(key), part) for key, part in value.items()]
            stack += reversed(pairs)
        elif isinstance(value, list):
            stack += [(f"{name}[{at}]", part) for at, part in enumerate(value)][::-1]
        else:
            yield name, value


def _shown(name: str, value: Any) -> str:
    if value is None or value == "":
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    text = str(value)
    for kind, mask in _KINDS:
        if kind.search(name.rpartition(".")[2]):
            return mask(text)
    return scrub(text) if _CODE.fullmatch(text) else f"{text[0]}***"
