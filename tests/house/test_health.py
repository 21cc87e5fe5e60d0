"""`/healthz`: 200 once it serves and the database answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from config.health import serves


@pytest.mark.django_db
def test_healthy_without_signing_in(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_no_database_is_503_and_says_so(client: Client) -> None:
    def gone(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        raise OperationalError("the server closed the connection unexpectedly")

    with connection.execute_wrapper(gone):
        answer = client.get("/healthz")
    assert answer.status_code == 503
    assert b"database" in answer.content


def test_the_question_is_answered_by_a_server(live_server: Any) -> None:
    assert serves(live_server.thread.port)


def test_nobody_listening_is_not_serving() -> None:
    assert not serves(9)
