"""Ask for an export: the act that says who wants which orders, and why with personal data."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.http import QueryDict

from core.acts import Actor, act_on
from core.models import Job
from core.sealed import seal, unseal
from core.work import enqueue
from orders.models import Shop
from orders.reading import Reading, choose, read
from orders.selectors.filters import Filters, chips, parse
from orders.services.exporting.files import FORMATS
from staff.services.reveal import reveal

KIND = "export_orders"
KEPT = timedelta(days=7)
LONGEST_QUERY = 20_000


def ask_for_export(
    user: Any,
    query: str,
    file_format: str,
    *,
    reason: str = "",
    now: datetime,
    token: uuid.UUID | None = None,
) -> Job:
    """Write down an export of the search whose address ends in `query`.

    With a reason the file holds personal data, which is logged like a reveal. The query is kept
    sealed. Raises Unsealable for a query that was cut, Repeated for a form that came twice.
    """
    title = in_words(query)
    what = f"{FORMATS[file_format].label}，{'含收货信息' if reason else '收货信息已遮盖'}"
    with act_on(KIND, [], by=Actor.person(user), now=now, token=token, reason=reason) as (_, log):
        job = enqueue(
            KIND,
            by=user,
            title=f"{title}（{what}）"[:200],
            query=seal(query),
            format=file_format,
            personal=bool(reason),
        )
        log.noted(f"申请导出：{job.title}")
        if reason:
            no = f"导出 {job.pk.hex[:8]}"
            reveal(user, "export", 0, no=no, reason=reason, now=now, until=now + KEPT)
    return job


def asked(query: str) -> tuple[tuple[Reading, ...], Filters]:
    """What a saved search looks for and what narrows it; raises Unsealable."""
    data = QueryDict(query[:LONGEST_QUERY])
    text = unseal(data["x"]) if data.get("x") else data.get("q", "")
    return choose(read(text), data.get("as", "")), parse(_plain(data))


def _plain(data: QueryDict) -> Mapping[str, str]:
    return {name: value for name, value in data.items() if isinstance(value, str)}


def in_words(query: str) -> str:
    """The search as one says it, without what was looked for: 按手机号、已付款."""
    readings, filters = asked(query)
    names = dict(Shop.objects.values_list("code", "name"))
    parts = [readings[0].said] if readings else []
    return "、".join(parts + [words for _, words in chips(filters, names)]) or "全部订单"
