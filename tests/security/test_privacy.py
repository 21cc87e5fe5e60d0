"""Names, telephones and addresses stay out of logs, addresses and tasks (failure mode 28)."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from core.models import Act, Job
from orders.factories import OrderFactory
from orders.models import Order
from staff.factories import UserFactory
from staff.models import Notice, SavedView
from tests.security.addresses import World, every

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
NAME, MOBILE, STREET = "欧阳麒麟瑞", "17712345678", "凤凰栖梧路88号"
SECRETS = (NAME, MOBILE, STREET)
MASKED = "177****5678"


@pytest.fixture
def order() -> Order:
    return OrderFactory.create(consignee=NAME, mobile=MOBILE, street=STREET)


@pytest.fixture
def logged(caplog: Any) -> Iterator[Any]:
    caplog.set_level(logging.DEBUG)
    yield caplog
    for secret in SECRETS:
        assert secret not in caplog.text


def client_of(role: str) -> Client:
    client = Client()
    client.force_login(UserFactory.create(role=role))
    return client


@pytest.mark.parametrize("role", ["agent", "warehouse", "purchasing", "finance", "owner"])
def test_every_page_masks_what_nobody_asked_to_see(order: Order, role: str, logged: Any) -> None:
    world = World.make()
    world.order = order
    client = client_of(role)
    for address in every():
        answer = client.get(world.url(address))
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            page = answer.content.decode()
            for secret in SECRETS:
                assert secret not in page, address.name


def test_showing_it_takes_a_reason_and_is_logged(order: Order, logged: Any) -> None:
    client = client_of("agent")
    url = order.get_absolute_url()
    assert MASKED in client.get(url).content.decode()
    assert client.post(f"{url}/reveal", {"reason": ""}).status_code == 422
    client.post(f"{url}/reveal", {"reason": "核对身份"})
    page = client.get(url).content.decode()
    assert all(secret in page for secret in SECRETS)
    log = client_of("owner").get("/reveal-log").content.decode()
    assert order.order_no in log
    assert "核对身份" in log


@pytest.mark.parametrize("typed", [NAME, MOBILE, MOBILE[-4:] + "x", NAME[:2]])
def test_a_search_for_a_person_leaves_no_trace(order: Order, typed: str, logged: Any) -> None:
    client = client_of("agent")
    address = client.post("/orders", {"q": typed})["Location"]
    assert typed not in address
    assert client.get(address).status_code in (200, 302)


def test_acts_jobs_notices_and_views_hold_nothing_personal(order: Order, logged: Any) -> None:
    client = client_of("supervisor")
    client.post(f"{order.get_absolute_url()}/reveal", {"reason": "修改收货信息"})
    page = client.get(f"{order.get_absolute_url()}/modify-receiving")
    form = {
        name: str(field.value() or "")
        for name in page.context["form"].fields
        for field in [page.context["form"][name]]
        if name != "identity"
    }
    form |= {"street": f"{STREET}2栋", "said": f"电话 {MOBILE} 打不通", "channel": "qq"}
    answer = client.post(f"{order.get_absolute_url()}/modify-receiving", form)
    assert answer.status_code == 302, answer.content.decode()
    address = client.post("/orders", {"q": NAME})["Location"]
    client.post("/views", {"name": "她的", "query": address.partition("?")[2]})
    kept = repr(
        [
            *Act.objects.values(),
            *Job.objects.values(),
            *Notice.objects.values(),
            *SavedView.objects.values(),
        ]
    )
    assert "修改收货信息" in kept
    for secret in SECRETS:
        assert secret not in kept
