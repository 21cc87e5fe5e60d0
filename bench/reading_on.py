"""A list read page after page, each beside the bare view of the same rows."""

from __future__ import annotations

import re
from html import unescape

from bench.measure import Times, Visitor

WARM = 10  # pages, untimed: templates, plans


def read_on(page: str, plain: str, mark: bytes, count: int, role: str) -> tuple[Times, Times]:
    """Times of `count` pages of ours and of the bare view; `mark` stands once in each row of ours.

    Ends the bench where they show different rows.
    """
    visitor, ours, bare = Visitor(role), Times(), Times()
    address, plain_address = page, plain
    for turn in range(count + WARM):
        seconds, status, body = visitor.get(address)
        floor, _, rows = visitor.get(plain_address)
        if status != 200 or body.count(mark) != rows.count(b"<tr>"):
            raise SystemExit(f"{address} answered {status}, not the rows of {plain_address}")
        if turn >= WARM:
            ours.seconds.append(seconds)
            bare.seconds.append(floor)
        onward = _next(body)
        address = page.partition("?")[0] + onward if onward else page
        plain_address = plain + (_next(rows) if onward else "")
    return ours, bare


def _next(body: bytes) -> str:
    """The query of the page's link to the next; '' on the last."""
    link = re.search(rb'rel="next" href="([^"]+)"', body)
    return unescape(link[1].decode()) if link else ""
