"""The sentences for customers as they count: now, soon, and what waits for a second person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models.functions import Coalesce

from aftersales.selectors.changes import open_sentences
from core import sentences
from core.models import Sentence


def wordings(scope: str, now: datetime) -> list[dict[str, Any]]:
    """Each sentence of a shop ("" all shops) as the page shows it; two queries.

    `now`: the row that counts (the shop's own, else the company's; None: as delivered), `coming`:
    those of this scope that will, `newest`: the text from which one drafts, `waiting`: a change.
    """
    found = Sentence.objects.filter(scope__in={"", scope}).select_related("by")
    past: dict[str, Sentence] = {}
    coming: dict[str, list[Sentence]] = {}
    since = Coalesce("from_at", "at")
    for row in found.annotate(since=since).order_by("scope", "since", "version"):
        row.from_at = row.from_at or row.at
        if row.from_at <= now:
            past[row.key] = row
        elif row.scope == scope:
            coming.setdefault(row.key, []).append(row)
    waiting = open_sentences(scope)
    return [
        {
            "key": key,
            "title": default.title,
            "values": default.values,
            "now": past.get(key),
            "text": past[key].text if key in past else default.text,
            "coming": coming.get(key, []),
            "newest": _newest(key, default.text, past, coming),
            "waiting": waiting.get(key),
        }
        for key, default in sentences.defaults().items()
    ]


def _newest(
    key: str, text: str, past: dict[str, Sentence], coming: dict[str, list[Sentence]]
) -> str:
    if key in coming:
        return coming[key][-1].text
    return past[key].text if key in past else text
