"""Answers of the intake API, kept for a day: a request that comes again gets the same (SOP 5.a)."""

from __future__ import annotations

from datetime import datetime, timedelta

from orders.models import ApiAnswer
from staff.models import ApiToken

KEPT = timedelta(hours=24)


def claim(token: ApiToken, key: str, request: str, now: datetime) -> ApiAnswer:
    """The answer under this key, or an empty one to be filled, inside a transaction.

    Whoever comes second with a key waits here until the first has committed or rolled back.
    """
    same = ApiAnswer.objects.filter(token=token, key=key)
    same.filter(made_at__lte=now - KEPT).delete()
    new = ApiAnswer(token=token, key=key, request=request, made_at=now)
    ApiAnswer.objects.bulk_create([new], ignore_conflicts=True)
    return same.select_for_update().get()


def keep(answer: ApiAnswer, status: int, headers: dict[str, str], body: str) -> None:
    """Fill it."""
    answer.status, answer.headers, answer.body = status, headers, body
    answer.save(update_fields=["status", "headers", "body"])


def forget_answers(now: datetime) -> int:
    """Remove answers that are a day old."""
    removed: int = ApiAnswer.objects.filter(made_at__lte=now - KEPT).delete()[0]
    return removed
