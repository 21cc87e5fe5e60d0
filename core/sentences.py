"""What the customer is told: one versioned table of sentences per shop (architecture §3)."""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.models import Sentence
from core.remembered import remembered
from core.verdict import Say


@dataclass(frozen=True, slots=True)
class Default:
    """A sentence as delivered: what it is for, its text, the values it may use."""

    title: str
    text: str
    values: tuple[str, ...] = ()


_defaults: dict[str, Default] = {}


def register(sentences: Mapping[str, Default]) -> None:
    """A room names its sentences when it is loaded."""
    for key, default in sentences.items():
        unknown = placeholders(default.text) - set(default.values)
        if unknown:
            raise ValueError(f"{key}: unknown placeholders {sorted(unknown)}")
        _defaults[key] = default


def defaults() -> Mapping[str, Default]:
    return dict(sorted(_defaults.items()))


def placeholders(text: str) -> set[str]:
    """The names in braces; raises ValueError for a brace that does not close or a format spec."""
    names = set()
    for _, name, spec, conversion in string.Formatter().parse(text):
        if name is None:
            continue
        if spec or conversion or not name.isidentifier():
            raise ValueError(f"看不懂的占位符：{{{name}}}")
        names.add(name)
    return names


def check(key: str, text: str) -> str | None:
    """What is wrong with a text typed for `key`, as a sentence; None when it is right."""
    try:
        unknown = placeholders(text) - set(_defaults[key].values)
    except ValueError as error:
        return f"花括号没有写对：{error}"
    if unknown:
        return f"这句话里没有“{'、'.join(sorted(unknown))}”可以填。"
    return None if text.strip() else "内容不能为空。"


def write(
    key: str, text: str, *, scope: str = "", by: Any = None, from_at: datetime | None = None
) -> Sentence:
    """Add a new version; raises ValueError with the reason when the text cannot be used.

    `by`: a person or their id. `from_at`: since when it counts; None: from now on.
    """
    wrong = check(key, text)
    if wrong:
        raise ValueError(wrong)
    newest = Sentence.objects.filter(scope=scope, key=key).aggregate(n=Max("version"))["n"] or 0
    row = Sentence.objects.create(
        scope=scope,
        key=key,
        version=newest + 1,
        text=text,
        from_at=from_at,
        by_id=getattr(by, "pk", by),
    )
    transaction.on_commit(forget)
    forget()
    return row


@remembered
def _written() -> dict[tuple[str, str], list[tuple[datetime, str]]]:
    """By shop and sentence: its texts with since when each counts, in that order."""
    since = Coalesce("from_at", "at")
    rows = Sentence.objects.annotate(since=since).order_by("since", "version")
    found: dict[tuple[str, str], list[tuple[datetime, str]]] = {}
    for scope, key, at, text in rows.values_list("scope", "key", "since", "text"):
        found.setdefault((scope, key), []).append((at, text))
    return found


def forget() -> None:
    """Ask the table again: a text was written, or (in tests) taken back."""
    _written.forget()


def text_at(key: str, scope: str = "", at: datetime | None = None) -> str:
    """The text that counted then (None: now): the shop's, else the company's, else ours."""
    at, known = at or timezone.now(), _written()
    for one in (scope, ""):
        past = [text for since, text in known.get((one, key), ()) if since <= at]
        if past:
            return past[-1]
    return _defaults[key].text


def render(say: Say, scope: str = "", at: datetime | None = None) -> str:
    """The sentence as the customer reads it, in the wording that counted then (None: now)."""
    text = text_at(say.key, scope, at)
    values = dict.fromkeys(placeholders(text), "") | dict(say.values)
    return text.format_map(values)


def from_act(said: Any) -> Say | None:
    """The `Say` that an act kept."""
    return Say(said["key"], said["values"]) if said else None
