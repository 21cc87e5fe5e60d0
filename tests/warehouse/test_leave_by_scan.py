"""A parcel that goes by no carrier is found by its scan: at the ship station, on its list (5.e)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.acts import Actor
from orders.services.intercept import ask_stop
from staff.factories import UserFactory
from staff.models import User
from tests.conftest import SignedIn
from tests.warehouse.parcels import in_the_warehouse
from warehouse.factories import Bench
from warehouse.models import Parcel
from warehouse.words import ParcelState, Station

P = ParcelState


@pytest.fixture
def user(db: None) -> User:
    return UserFactory.create(role="warehouse", full_name="张伟")


@pytest.fixture
def client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at_the_ship_station(client: Client, parcel: Parcel) -> Any:
    url = reverse("scan", args=["ship"])
    return client.post(url, {"code": parcel.number, "token": uuid.uuid4(), "parcel": ""})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("delivery", "page"), [("freight", "send-freight"), ("pickup", "hand-out")]
)
def test_the_ship_station_leads_to_its_last_step(client: Client, delivery: str, page: str) -> None:
    _, parcel = in_the_warehouse(P.WEIGHED, delivery=delivery)
    answer = at_the_ship_station(client, parcel)
    assert answer.json() == {"next": reverse(page, args=[parcel.number])}


@pytest.mark.django_db
def test_a_stop_is_said_first(client: Client, user: User) -> None:
    order, parcel = in_the_warehouse(P.WEIGHED, delivery="freight")
    ask_stop(order, "买家不要了", by=Actor.person(user), now=timezone.now())
    assert "走物流" in at_the_ship_station(client, parcel).content.decode()
    answer = client.post(reverse("leave-scan"), {"code": parcel.number}, follow=True)
    assert "停！" in answer.content.decode()


@pytest.mark.django_db
def test_the_scale_says_where_it_goes(user: User) -> None:
    _, parcel = in_the_warehouse(P.PACKED, delivery="pickup")
    bench = Bench(Station.WEIGH, user, timezone.now())
    bench(parcel.number)
    assert "自提货架" in bench("500").answer


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "delivery", "says"),
    [("weighed", "express", "到发货台扫面单"), ("packed", "pickup", "不在等交货的里面")],
)
def test_what_is_not_on_the_lists(client: Client, state: str, delivery: str, says: str) -> None:
    _, parcel = in_the_warehouse(P(state), delivery=delivery)
    answer = client.post(
        reverse("leave-scan"), {"code": parcel.number, "back": "pick-ups"}, follow=True
    )
    assert answer.request["PATH_INFO"] == reverse("pick-ups")
    assert says in answer.content.decode()


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_freight_by_scanner_alone(page: Page, signed_in: SignedIn, user: User) -> None:
    """The company is typed once; of the next parcel only the two numbers are scanned."""
    first, second = (in_the_warehouse(P.WEIGHED, delivery="freight")[1] for _ in range(2))
    signed_in(page, user).goto("/warehouse/freight")
    for parcel, note in ((first, "HT0000001"), (second, "HT0000002")):
        page.keyboard.type(parcel.number)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="交物流", exact=True)).to_be_visible()
        if parcel is first:
            expect(page.get_by_label("物流公司")).to_be_focused()
            page.keyboard.insert_text("德坤物流")
            page.keyboard.press("Enter")
        expect(page.locator("[data-scan]")).to_be_focused()
        page.keyboard.type(note)
        page.keyboard.press("Enter")
        expect(page.locator(".messages")).to_contain_text(note)
        assert page.url.endswith("/warehouse/freight")
    sent = Parcel.objects.order_by("pk").values_list("carrier", "waybill", "state")
    assert list(sent) == [
        ("德坤物流", "HT0000001", "handed_over"),
        ("德坤物流", "HT0000002", "handed_over"),
    ]
