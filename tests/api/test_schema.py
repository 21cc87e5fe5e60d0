"""The description is true: requests that nobody shaped get answers that it names, never a 5xx."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from orders.factories import OrderFactory
from orders.models import Shop
from tests.api.conftest import Api

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture
def some_order(shop: Shop) -> Iterator[None]:
    """An order to find; the connection stays open at a request's end, since the test rolls back."""
    OrderFactory.create(shop=shop)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.django_db
@schema.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_nothing_that_is_sent_breaks_it(case: Any, api: Api, some_order: None) -> None:
    headers = {"Authorization": f"Bearer {api.text}", "Accept-Encoding": "identity"}
    case.call_and_validate(headers=headers, checks=CHECKS)


def test_the_page_shows_what_the_schema_says() -> None:
    page = Client().get("/api/v1/docs").content.decode()
    for said in ("POST /api/v1/orders", "orders:write", "lines[].sku", "Idempotency-Key", "429"):
        assert said in page
    assert "<script src=" not in page.split("</head>")[1]
