"""Nothing personal in a log (failure mode 28)."""

from __future__ import annotations

import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.logs import MaskedFormatter, masked


def line(message: str, *args: object, error: Exception | None = None) -> str:
    exc_info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("orders", logging.ERROR, __file__, 1, message, args, exc_info)
    return MaskedFormatter().format(record)


@pytest.mark.parametrize(
    "secret",
    [
        "13812345678",
        "+86 138-1234-5678",
        "86-13812345678",
        "0571-87654321",
        "a.b@mail.test",
        "欧阳修",
        "西湖区文三路",
    ],
)
def test_telephones_names_and_addresses_are_masked(secret: str) -> None:
    assert secret not in line("could not read %s in line 7", secret)


@pytest.mark.parametrize(
    "kept",
    [
        "G2611230001",
        "9b2fd9b8-6f43-4b9a-8a6c-13812345678a",
        "3515312345678901234",
        "/orders/G2611230001/close",
    ],
)
def test_numbers_that_find_the_row_stay(kept: str) -> None:
    assert kept in line("act on %s failed", kept)


def test_a_database_error_names_the_constraint_and_not_the_row() -> None:
    try:
        raise ValueError('violates "order_no"\nDETAIL:  Key (nick)=(tb_lilei88) already exists.')
    except ValueError as error:
        text = line("job %s failed", 7, error=error)
    assert "ValueError" in text
    assert "order_no" in text
    assert "lilei88" not in text
    assert __file__ in text


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text(alphabet=" ,:=()'\"", max_size=3))
def test_any_mobile_between_any_marks(mobile: str, mark: str) -> None:
    assert mobile not in masked(f"x={mark}{mobile}{mark} y")


def test_celery_keeps_our_logging() -> None:
    from celery.signals import setup_logging

    from config.celery import keep_our_logging

    assert keep_our_logging in [receiver() for _, receiver in setup_logging.receivers]
    assert sys.modules["config.celery"].app.main == "gendan"
