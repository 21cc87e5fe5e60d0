"""Every address × every role × nobody, by GET and by POST (failure modes 23, 25)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from staff.factories import UserFactory
from staff.matrix import MATRIX
from staff.models import User
from staff.roles import Role
from tests.security.addresses import CALLBACKS, PUBLIC, World, every

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ADDRESSES = every()
GUARDED = [address for address in ADDRESSES if address.act]
OWN = [
    address for address in ADDRESSES if not address.act and address.name not in PUBLIC | CALLBACKS
]
ALLOWED = (200, 204, 302, 404, 405, 409, 422)
REFUSED = 403


def signed_in(user: User) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(user)
    return client


@contextmanager
def undone() -> Iterator[None]:
    """What is done in it is taken back: the next address finds the same world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", Role)
def test_who_has_no_right_is_refused_and_who_has_it_is_not(role: Role, method: str) -> None:
    """A POST without a body never answers 500: 422 or a redirect to who may, 403 to the others."""
    world, client = World.make(), signed_in(UserFactory.create(role=role.value))
    for address in GUARDED:
        with undone():
            answer = getattr(client, method)(world.url(address))
        if role in MATRIX[str(address.act)]:
            assert answer.status_code in ALLOWED, (address.name, answer.status_code)
        else:
            assert answer.status_code == REFUSED, (address.name, answer.status_code)


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_is_sent_to_the_sign_in(method: str) -> None:
    world = World.make()
    for address in [*GUARDED, *OWN]:
        answer = getattr(Client(), method)(world.url(address))
        assert answer.status_code == 302, address.name
        assert answer.url.startswith("/sign-in"), address.name


def test_a_card_that_needs_a_sign_in_sends_the_whole_page_there() -> None:
    answer = Client().get("/live", HTTP_HX_REQUEST="true")
    assert answer["HX-Redirect"].startswith("/sign-in")


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_the_few_public_addresses(name: str) -> None:
    world = World.make()
    address = next(each for each in ADDRESSES if each.name == name)
    wanted = {200, 503} if name == "readyz" else {200}  # no beat here: not ready, and it says so
    assert Client().get(world.url(address)).status_code in wanted


@pytest.mark.parametrize("name", sorted(CALLBACKS))
def test_an_address_for_outside_systems_takes_nothing_unsigned(name: str) -> None:
    world = World.make()
    address = next(each for each in ADDRESSES if each.name == name)
    client = Client(enforce_csrf_checks=True)
    assert client.get(world.url(address)).status_code == 405
    assert client.post(world.url(address), {"sign": "x"}).status_code in (401, 404)


def test_every_act_of_the_matrix_has_a_button_an_address_or_a_rule() -> None:
    used = {address.act for address in GUARDED}
    rules = {"share_view", "view_troubles", "overrule_case"}  # asked inside another act
    assert set(MATRIX) - used - rules == set()


# Another shop's objects

NAMES = {"order_no", "job_id", "message_id", "parcel_no"}
OF_AN_ORDER = [a for a in GUARDED if NAMES & set(a.parameters)]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", [Role.OWNER, Role.SUPERVISOR, Role.WAREHOUSE])
def test_another_shops_row_is_not_there(role: Role, method: str) -> None:
    """404, as if it did not exist; POST changes nothing."""
    world = World.make("tb2")
    before = _state(world)
    client = signed_in(UserFactory.create(role=role.value, shop_codes=["tb1"]))
    for address in OF_AN_ORDER:
        if role in MATRIX[str(address.act)]:
            answer = getattr(client, method)(world.url(address))
            assert answer.status_code in (404, 405), (address.name, answer.status_code)
            assert _state(world) == before, address.name


def _state(world: World) -> dict[str, Any]:
    return dict(type(world.order).objects.values().get(pk=world.order.pk))


def test_an_order_that_does_not_exist_is_404_for_every_act() -> None:
    world = World.make()
    client = signed_in(UserFactory.create(role="owner"))
    for address in GUARDED:
        if "order_no" in address.parameters:
            url = world.url(address).replace(world.order.order_no, "G0000000000")
            assert client.get(url).status_code == 404, address.name


def test_another_persons_view_is_not_to_delete() -> None:
    world = World.make()
    client = signed_in(UserFactory.create())
    assert client.post(f"/views/{world.view.pk}/delete").status_code == 404
