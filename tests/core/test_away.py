"""What the web does while the broker is away or the database drops it (failure modes 10, 11)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from kombu import Connection

from config.celery import app
from config.settings import base
from config.settings.test import TEST_DATABASE_URL
from core import tasks
from core.models import Act, MessageState
from orders.factories import OrderFactory
from staff.factories import UserFactory
from tests.house.conftest import free_port
from tests.security.addresses import failed_message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def no_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    """Celery as in production, with a Redis where nobody listens."""
    url = f"redis://127.0.0.1:{free_port()}/0"

    def away(**_: Any) -> Connection:
        return Connection(url, transport_options=base.CELERY_BROKER_TRANSPORT_OPTIONS)

    monkeypatch.setattr(app, "connection_for_write", away)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)
    name = tasks.deliver_messages.name
    monkeypatch.setattr(tasks.deliver_messages, "delay", lambda: app.send_task(name))


def test_without_redis_a_post_commits_soon_and_the_desk_says_so(
    client: Client, no_redis: None
) -> None:
    row = failed_message(OrderFactory.create())
    client.force_login(UserFactory.create(role="supervisor"))
    began = time.monotonic()
    assert client.post(reverse("message-retry", args=["out", row.pk])).status_code == 302
    assert time.monotonic() - began < 5
    row.refresh_from_db()
    assert row.state == MessageState.PENDING
    assert "消息代理没有应答" in client.get(reverse("messages")).content.decode()


@pytest.mark.postgres
def test_a_database_that_drops_a_request_fails_it_whole_and_serves_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One process, one connection kept between requests, as under gunicorn."""
    monkeypatch.setattr(tasks.deliver_messages, "delay", lambda: None)
    row = failed_message(OrderFactory.create())
    ask = visitor("supervisor")
    address = reverse("message-retry", args=["out", row.pk])
    assert ask("GET", address) == 200
    first = backend()

    with monkeypatch.context() as patch:
        patch.setattr("core.undelivered._change", lambda *_, **__: drop(backend()))
        assert ask("POST", address) == 500
    assert ask("POST", address) == 302
    assert backend() != first
    row.refresh_from_db()
    assert row.state == MessageState.PENDING
    assert Act.objects.filter(verb="retry_message").count() == 1, "of the first nothing is left"


@pytest.mark.postgres
@pytest.mark.parametrize("checked", [True, False])
def test_a_database_that_drops_an_idle_connection_costs_no_request(
    monkeypatch: pytest.MonkeyPatch, checked: bool
) -> None:
    """With the negative control: without health checks the next request would fail."""
    ask = visitor("supervisor")
    monkeypatch.setitem(connection.settings_dict, "CONN_HEALTH_CHECKS", checked)
    connection.close()
    assert ask("GET", reverse("messages")) == 200
    drop(backend())
    assert ask("GET", reverse("messages")) == (200 if checked else 500)
    assert ask("GET", reverse("messages")) == 200
    connection.close()


def drop(pid: int) -> None:
    with psycopg.connect(TEST_DATABASE_URL) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])


def backend() -> int:
    """Which process of the server serves this thread's connection."""
    connection.ensure_connection()
    return int(connection.connection.info.backend_pid)


def visitor(role: str) -> Callable[[str, str], int]:
    """Ask our WSGI application as gunicorn would, signed in; answers the status."""
    client = Client()
    client.force_login(UserFactory.create(role=role))
    cookies = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
    cookies[settings.CSRF_COOKIE_NAME] = token = "a" * 32
    application = get_wsgi_application()

    def ask(method: str, path: str) -> int:
        environ = RequestFactory().generic(method, path).environ | {
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "HTTP_X_CSRFTOKEN": token,
        }
        told: list[str] = []

        def start(status: str, headers: Any, error: Any = None) -> Any:
            told.append(status)

        answer = application(environ, start)
        b"".join(answer)
        answer.close()
        return int(told[0][:3])

    return ask
