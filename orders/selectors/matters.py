"""What other rooms still have open on an order: it is not complete before (SOP 6.d).

A room above names its function in `OPEN_MATTERS`: ids of orders → what is open of each, in words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.conf import settings
from django.utils.module_loading import import_string

OpenMatters = Callable[[Sequence[int]], Mapping[int, Sequence[str]]]


def open_matters(orders: Sequence[int]) -> dict[int, list[str]]:
    """What is open of these orders; a fixed number of queries for each room."""
    found: dict[int, list[str]] = {}
    for name in settings.OPEN_MATTERS if orders else ():
        ask: OpenMatters = import_string(name)
        for order, matters in ask(orders).items():
            found.setdefault(order, []).extend(matters)
    return found
