"""How money and times are written: strings with two places, RFC 3339."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer
from pydantic.json_schema import WithJsonSchema
from pydantic_core import PydanticCustomError

MONEY = r"^(0|[1-9][0-9]{0,7})\.[0-9]{2}$"
SIGNED = r"^-?(0|[1-9][0-9]*)\.[0-9]{2}$"
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})",
)


def _money(value: Any) -> Decimal:
    if isinstance(value, str) and re.fullmatch(MONEY[1:-1], value):
        return Decimal(value)
    raise PydanticCustomError("bad_money", '金额要写成两位小数的文字，例如 "159.00"，不能是负数。')


def _moment(value: Any) -> datetime:
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    said = '时间要写成 RFC 3339，带时区，例如 "2026-11-23T10:00:00+08:00"。'
    raise PydanticCustomError("bad_time", said)


def rfc3339(at: datetime) -> str:
    """In UTC, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


Money = Annotated[
    Decimal,
    BeforeValidator(_money),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": MONEY, "example": "159.00"}),
]
Moment = Annotated[
    datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})
]
MoneyOut = Annotated[
    Decimal,
    PlainSerializer(lambda value: f"{value:.2f}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": SIGNED, "example": "159.00"}),
]
MomentOut = Annotated[
    datetime,
    PlainSerializer(rfc3339, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
