"""Logs without personal data: a telephone, an address or a name never reaches a line.

Our own messages are English and name rows by number, so Chinese text in a log can only be
somebody's data: it comes with exceptions, where a database error quotes the row and a form error
the input. The type and the place stay, which is what a developer needs.
"""

from __future__ import annotations

import logging
import re

CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
MOBILE = re.compile(r"(?<![\w-])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![\w-])")
LANDLINE = re.compile(r"(?<![\w-])0\d{2,3}-\d{7,8}(?![\w-])")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
# PostgreSQL says after these words which row it was, with its values.
ROW = re.compile(r"(DETAIL|CONTEXT|HINT):.*")


def masked(text: str) -> str:
    """The text without names, telephone numbers, e-mail addresses and quoted rows."""
    text = CHINESE.sub("…", ROW.sub(r"\1: …", text))
    for pattern in (MOBILE, LANDLINE, EMAIL):
        text = pattern.sub("***", text)
    return text


class MaskedFormatter(logging.Formatter):
    """Time, level, logger and message, and the traceback where there is one, all masked."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))
