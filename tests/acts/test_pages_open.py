"""Every act has a page of its own that opens, with its verdict and its fields."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from orders.factories import OrderFactory
from orders.selectors.offers import offers
from orders.words import OrderState
from staff.factories import UserFactory
from staff.roles import Role
from tests.acts.pages import show_personal

PAGES = [
    *("modify-receiving", "modify-delivery", "modify-products", "close-order", "reopen-order"),
    *("hold", "release", "take-back", "mark-paid", "reverse-payment", "note", "follow-up"),
    *("attach-account", "tie-top-up", "untie-top-up", "confirm-lines", "settle-difference"),
    *("ask-stop", "ask-carrier"),
    *("expedite", "unexpedite", "agree-ship-by"),
]


@pytest.mark.parametrize("name", PAGES)
def test_the_page_opens_whatever_the_state(db: None, name: str) -> None:
    owner = UserFactory.create(role="owner")
    client = Client()
    client.force_login(owner)
    for state in OrderState:
        order = OrderFactory.create(state=state)
        show_personal(owner, order)
        for headers in ({}, {"HX-Request": "true", "HX-Target": "dialog-body"}):
            answer = client.get(reverse(name, args=[order.order_no]), headers=headers)
            html = answer.content.decode()
            assert answer.status_code == 200
            assert order.order_no in html
            assert ("可以做" in html) == ('id="act-form"' in html)
            assert ("<html" in html) == (not headers)


def test_each_offer_leads_to_its_page(db: None) -> None:
    order = OrderFactory.create()
    for role in Role:
        user = UserFactory.create(role=role)
        show_personal(user, order)
        client = Client()
        client.force_login(user)
        for offer in offers(order, order.facts(), list(order.payments.all()), user):
            assert client.get(offer.url).status_code == 200, (role, offer.verb)


def test_registering_has_a_page(agent_client: Client) -> None:
    assert "没有可以登记的店铺" in agent_client.get("/orders/register").content.decode()
