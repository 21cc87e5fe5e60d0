"""Logs without personal data: a telephone, an address or a name never reaches a line.

Our own messages are English and name rows by number, so Chinese text in a log can only be
somebody's data: it comes with exceptions, where a database error quotes the row and a form error
the input. The type and the place stay, which is what a developer needs.

Production writes one JSON object a line, a machine of one's own readable lines.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
# The same once more as Python or an address writes it: \u5f20, \xe5\xbc\xa0, %E5%BC%A0.
ESCAPED = re.compile(
    r"(?:\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8})+|(?:\\x[0-9a-fA-F]{2}){2,}|(?:%[0-9a-fA-F]{2}){2,}"
)
MOBILE = re.compile(r"(?<![\w-])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![\w-])")
LANDLINE = re.compile(r"(?<![\w-])0\d{2,3}-\d{7,8}(?![\w-])")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
# A customer's link opens an order without a sign-in: nobody copies one out of a log.
LINK = re.compile(r"(/o/)[\w.%-]+")
# PostgreSQL says after these words which row it was, with its values.
ROW = re.compile(r"(DETAIL|CONTEXT|HINT):.*")


def masked(text: str) -> str:
    """The text without names, telephone numbers, e-mail addresses and quoted rows."""
    text = LINK.sub(r"\1…", text)
    text = CHINESE.sub("…", ESCAPED.sub("…", ROW.sub(r"\1: …", text)))
    for pattern in (MOBILE, LANDLINE, EMAIL):
        text = pattern.sub("***", text)
    return text


def _clean(value: Any) -> Any:
    """Every text of it masked; a number may be a telephone's, too."""
    if isinstance(value, str):
        return masked(value)
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return masked(str(value)) if MOBILE.fullmatch(str(value)) else value
    if isinstance(value, Mapping):
        return {masked(str(key)): _clean(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(inner) for inner in value]
    return masked(str(value))


def mask(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A processor: before the line is made, since a mask over JSON could break it."""
    return {key: _clean(value) for key, value in event.items()}


_FIRST: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        *_FIRST,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)


class MaskedFormatter(structlog.stdlib.ProcessorFormatter):
    """Our lines and those of libraries, with the traceback where there is one, all masked."""

    def __init__(self, as_json: bool = False) -> None:
        made: Processor = (
            structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=False)
            if as_json
            else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, sort_keys=False)
        )
        super().__init__(
            processors=[
                self.remove_processors_meta,
                structlog.processors.format_exc_info,
                mask,
                made,
            ],
            foreign_pre_chain=_FIRST,
        )


def logging_config(*, as_json: bool, level: str) -> dict[str, Any]:
    """For `LOGGING`, and for gunicorn, whose own lines are then like ours."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": MaskedFormatter, "as_json": as_json}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "gendan": {"level": level},
            # Django's own handlers would mail a traceback with everything in it.
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            # A refused request has its own line, by its pattern: this one quotes the address.
            "django.request": {"level": "ERROR"},
            "gunicorn.error": {"handlers": [], "level": "WARNING", "propagate": True},
        },
    }


def level_of(name: str) -> str:
    """The level by that name; raises ValueError."""
    if not isinstance(logging.getLevelName(name), int):
        raise ValueError(f"LOG_LEVEL={name}: DEBUG, INFO, WARNING or ERROR")
    return name
