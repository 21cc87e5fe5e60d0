"""The body of a request as JSON: strictly UTF-8, no key twice, not too deep, not too large."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, UnreadablePostError
from ninja.parser import Parser

from orders.api.problems import Failed, Fault, pointer, wrong

LARGEST = 256 * 1024  # bytes
DEEPEST = 8
# What no database keeps (NUL, halves of a sign) or nobody sees; tabs and new lines are text.
_BAD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
BAD_CHARACTER = "有不能保存的字符（控制字符、残缺的字符）。"


class StrictParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        """Raises Failed (400, 415)."""
        if request.content_type != "application/json":
            raise Failed(415, "not_json", "请用 Content-Type: application/json。")
        try:
            value = json.loads(
                request.body.decode(), object_pairs_hook=_once, parse_constant=_no_number
            )
        except RecursionError:
            raise _too_deep() from None
        except UnicodeDecodeError:
            raise Failed(400, "not_utf8", "内容不是 UTF-8。") from None
        except UnreadablePostError:
            raise Failed(400, "cut", "内容没有传完。") from None
        except json.JSONDecodeError as error:
            said = f"不是正确的 JSON：第 {error.lineno} 行第 {error.colno} 列。"
            raise Failed(400, "malformed", said) from None
        except ValueError:  # NaN, Infinity, a number of thousands of digits
            raise Failed(400, "malformed", "有 JSON 里不能写的数字。") from None
        places = list(_places(value))
        if any(len(path) >= DEEPEST for path, inner in places if isinstance(inner, dict | list)):
            raise _too_deep()
        wrong(Fault(pointer(path), "bad_character", BAD_CHARACTER) for path, v in places if bad(v))
        return value


def bad(value: Any) -> bool:
    """Is it text that cannot be kept?"""
    return isinstance(value, str) and bool(_BAD.search(value))


def too_large(request: HttpRequest) -> bool:
    """Asked before a byte of the body is read."""
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    return length.isdecimal() and int(length) > LARGEST


def _too_deep() -> Failed:
    return Failed(400, "too_deep", f"嵌套太深，最多 {DEEPEST} 层。")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        shown = twice.encode(errors="replace").decode()[:50]
        raise Failed(400, "key_twice", f"“{shown}”写了两次。")
    return found


def _no_number(text: str) -> None:
    raise ValueError(text)


def _places(value: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every value with its path, in the order of the text; without recursion."""
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while waiting:
        path, inner = waiting.pop()
        yield path, inner
        if len(path) <= DEEPEST and isinstance(inner, dict | list):
            pairs = inner.items() if isinstance(inner, dict) else enumerate(inner)
            waiting += [((*path, name), child) for name, child in pairs][::-1]
