"""The warehouse's pages: board, list, stations, second looks, the owner's tables, badges."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.verdict import Refused
from orders.factories import ShopFactory
from orders.models.webhook import anybody_to_tell
from staff.factories import UserFactory
from staff.models import Badge, User
from staff.services.badges import give_badge, person_of
from stock.factories import SkuFactory
from warehouse.factories import Bench, begun, boxes, picked, released, wave_of
from warehouse.models import Box, FreightPrice, Parcel, ShortPick, Wave
from warehouse.models.packing import boxes_in_use
from warehouse.words import Station

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def client(picker: User) -> Client:
    client = Client()
    client.force_login(picker)
    return client


def html(client: Client, name: str, *args: Any, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_home_page_counts_by_stage_and_says_what_is_late(client: Client, picker: User) -> None:
    late = released(ship_by=NOW - timedelta(hours=1))
    picked(picker, NOW)
    released()
    page = html(client, "warehouse")
    assert "等校验<b" in page.replace("\n", "")
    assert late.order_no in page
    assert "晚了" in page


def test_pages_ask_a_fixed_number_of_queries(client: Client, picker: User) -> None:
    def asked(name: str, *args: Any, **query: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            html(client, name, *args, **query)
        return len(queries)

    def all_pages() -> list[int]:
        (wave,) = Wave.objects.filter(state="picking")[:1]
        parcel = Parcel.objects.filter(state="picking").first()
        assert parcel is not None
        return [
            asked("warehouse"),
            asked("waves", most="40"),
            asked("wave", wave.number),
            asked("shorts"),
            asked("station", "verify", parcel=parcel.number),
        ]

    sku = SkuFactory.create()
    released([(sku, 1)])
    begun(picker, NOW)
    few = all_pages()
    for _ in range(4):
        released([(sku, 1), (SkuFactory.create(), 2)])
    begun(picker, NOW)
    released()
    assert all_pages() == few
    assert max(few) <= 12


def test_a_wave_is_previewed_made_and_taken(client: Client) -> None:
    order = released(ship_by=NOW + timedelta(hours=2))
    page = html(client, "waves", promise="4", most="10")
    assert "会有 1 单" in page
    assert order.order_no in page
    token = str(uuid.uuid4())
    for _ in range(2):
        answer = client.post(reverse("waves"), {"promise": "4", "most": "10", "token": token})
        assert answer.status_code == 302
    wave = Wave.objects.get()
    assert client.post(reverse("wave-begin", args=[wave.number])).status_code == 302
    order.refresh_from_db()
    assert order.state == "picking"
    assert order.lines.get().sku.shelf in html(client, "wave", wave.number)  # type: ignore[union-attr]


def test_a_wave_of_nothing_says_so_and_a_bad_form_is_422(client: Client) -> None:
    answer = client.post(reverse("waves"), {"most": "10"})
    assert answer.status_code == 409
    assert "没有符合条件" in answer.content.decode()
    assert client.post(reverse("waves"), {"most": "0"}).status_code == 422
    assert "没有符合条件" in html(client, "waves", most="5")


def test_a_scan_is_one_post_and_answers_with_the_bench(client: Client, picker: User) -> None:
    sku = SkuFactory.create()
    released([(sku, 2)])
    (parcel,) = picked(picker, NOW)
    url = reverse("scan", args=["verify"])
    first = client.post(url, {"code": parcel.number, "token": uuid.uuid4()}).content.decode()
    assert f'data-parcel="{parcel.number}"' in first
    assert 'data-outcome="right"' in first
    assert "<html" not in first
    token = uuid.uuid4()
    for _ in range(2):
        data = {"code": sku.barcode, "token": token, "parcel": parcel.number}
        assert "1 / 2" in client.post(url, data).content.decode()
    assert parcel.lines.get().verified == 1


@pytest.mark.parametrize("data", [{}, {"code": "X"}, {"token": "no", "code": "X"}])
def test_an_incomplete_scan_is_422(client: Client, data: dict[str, str]) -> None:
    assert client.post(reverse("scan", args=["verify"]), data).status_code == 422


def test_a_scan_takes_a_fixed_number_of_queries(client: Client, picker: User) -> None:
    """Session, user, begin and commit are among them; so are the bench and its last ten scans.

    Boxes and webhooks are remembered for some seconds, as they are here.
    """
    boxes()
    assert boxes_in_use()
    assert not anybody_to_tell()
    skus = [SkuFactory.create(weight_g=100) for _ in range(3)]
    shop = ShopFactory.create(code="own1", channel="own")
    numbers = []
    for lines in ([(skus[0], 2)], [(sku, 2) for sku in skus]):
        released(lines, shop=shop)
        (parcel,) = picked(picker, NOW)
        numbers.append([asked for _, asked in _way(client, parcel)])
    assert numbers[0] == [11, 10, 13, 11, 15, 10, 14, 11, 24]
    assert numbers[1] == [11, *[10] * 5, *numbers[0][2:]]


def _way(client: Client, parcel: Parcel) -> Iterator[tuple[str, int]]:
    """What each of its scans asked, with nothing in hand at first."""
    goods = [line.sku.barcode for line in parcel.goods for _ in range(line.quantity)]
    grams = str(parcel.expected_g + 250)
    way = {"verify": goods, "pack": ["BOX-2"], "weigh": [grams], "ship": [f"YT{parcel.pk:010d}"]}
    for station, codes in way.items():
        for code in [parcel.number, *codes]:
            hand = "" if code == parcel.number else parcel.number
            with CaptureQueriesContext(connection) as queries:
                answer = client.post(
                    reverse("scan", args=[station]),
                    {"code": code, "token": uuid.uuid4(), "parcel": hand},
                )
            assert 'class="result right"' in answer.content.decode(), code
            yield code, len(queries)


def test_the_poll_says_nothing_until_the_parcel_must_stop(client: Client, picker: User) -> None:
    from core.acts import Actor
    from orders.services.intercept import ask_stop

    released()
    (parcel,) = picked(picker, NOW)
    url = reverse("station-live", args=["verify"])
    ask = {"parcel": parcel.number, "stop": ""}
    assert client.get(url, ask).status_code == 204
    parcel.order.refresh_from_db()
    ask_stop(parcel.order, "买家要改地址", by=Actor.person(picker), now=NOW)
    answer = client.get(url, ask)
    assert answer.status_code == 200
    assert "停" in answer.content.decode()
    assert "买家要改地址" in answer.content.decode()
    assert client.get(url, ask | {"stop": "yes"}).status_code == 204
    assert client.get(url).status_code == 204


def test_a_stop_is_answered_by_a_scan(client: Client, picker: User) -> None:
    from core.acts import Actor
    from orders.services.intercept import ask_stop

    for command, state in (("CMD:OK", "stopped"), ("OUT", "picked")):
        released()
        (parcel,) = picked(picker, NOW)
        parcel.order.refresh_from_db()
        ask_stop(parcel.order, "买家要改地址", by=Actor.person(picker), now=NOW)
        bench = Bench(Station.VERIFY, picker, NOW)
        assert bench(parcel.number).outcome == "stop"
        assert bench(command).outcome == "right", command
        parcel.refresh_from_db()
        assert parcel.state == state


def test_the_second_look_is_another_persons(client: Client, picker: User, colleague: User) -> None:
    sku = SkuFactory.create(on_hand=3)
    released([(sku, 1)])
    (parcel,) = begun(picker, NOW)
    bench = Bench(Station.PICK, picker, NOW)
    bench.wave = parcel.wave
    bench("SHORT")
    short = ShortPick.objects.get()
    url = reverse("short-looked", args=[short.pk])
    assert "要另一个人" in html(client, "shorts")
    client.post(url, {"found": "no"})
    parcel.refresh_from_db()
    assert parcel.state == "picking"
    client.force_login(colleague)
    assert "没有，改库存" in html(client, "shorts")
    client.post(url, {"found": "no"})
    parcel.refresh_from_db()
    assert parcel.state == "stopped"
    assert client.post(url, {"found": "no"}).status_code == 302


def test_a_wave_of_another_shop_is_404(picker: User) -> None:
    released()
    wave = wave_of(picker, NOW)
    stranger = Client()
    stranger.force_login(UserFactory.create(role="warehouse", shop_codes=["elsewhere"]))
    assert stranger.get(reverse("wave", args=[wave.number])).status_code == 404
    assert stranger.get(reverse("station", args=["nothing"])).status_code == 404


# -- the owner's tables -------------------------------------------------------------------


def test_the_owner_keeps_boxes_prices_and_tolerances() -> None:
    client = Client()
    client.force_login(UserFactory.create(role="owner"))
    box = {"code": "box-7", "name": "七号", "weight_g": 90, "most_g": 2000, "most_pieces": 4}
    assert client.post(reverse("packing-row", args=["box", 0]), box).status_code == 302
    price = {"carrier": "YTO", "zone": "省内", "places": "广东，广西", "first_g": 1000}
    price |= {"first_price": "5", "step_g": 500, "step_price": "1.5"}
    assert client.post(reverse("packing-row", args=["price", 0]), price).status_code == 302
    assert FreightPrice.objects.get().provinces == ["广东", "广西"]
    row = Box.objects.get(code="BOX-7")
    assert not row.active
    change = client.post(
        reverse("packing-row", args=["box", row.pk]), box | {"active": "on", "most_g": 2500}
    )
    assert change.status_code == 302
    assert Box.objects.get(pk=row.pk).most_g == 2500
    assert "BOX-7" in html(client, "packing")


@pytest.mark.parametrize(
    ("table", "data"),
    [
        ("box", {"code": "KISTE", "name": "x", "weight_g": 1, "most_g": 1, "most_pieces": 1}),
        ("box", {"code": "BOX-1", "name": "x", "weight_g": 999999, "most_g": 1, "most_pieces": 1}),
        ("price", {"carrier": "YTO", "zone": "x", "first_g": 1, "first_price": "-1", "step_g": 0}),
        ("shop", {"shop": "99", "tolerance_g": 1, "tolerance_percent": 400}),
    ],
)
def test_nonsense_in_the_tables_is_422(table: str, data: dict[str, Any]) -> None:
    client = Client()
    client.force_login(UserFactory.create(role="owner"))
    assert client.post(reverse("packing-row", args=[table, 0]), data).status_code == 422


# -- badges -------------------------------------------------------------------------------


def test_a_badge_with_its_pin_changes_who_works_here(
    client: Client, picker: User, colleague: User
) -> None:
    give_badge(colleague, "0042", "1234")
    released()
    (parcel,) = picked(picker, NOW)
    asked = client.post(
        reverse("scan", args=["verify"]),
        {"code": "U:0042", "token": uuid.uuid4(), "parcel": parcel.number},
    ).content.decode()
    assert 'data-expect="pin"' in asked
    url = reverse("switch-operator", args=["verify"])
    wrong = client.post(url, {"badge": "0042", "pin": "9999", "parcel": parcel.number})
    assert "工牌或 PIN 不对" in wrong.content.decode()
    answer = client.post(url, {"badge": "0042", "pin": "1234", "parcel": parcel.number})
    assert answer.json()["next"].endswith(f"?parcel={parcel.number}")
    assert "刘洋" in html(client, "station", "verify")


def test_five_wrong_pins_lock_the_badge_for_a_while(colleague: User) -> None:
    give_badge(colleague, "0042", "1234")
    for _ in range(5):
        with pytest.raises(Refused, match="不对"):
            person_of("0042", "0000", now=NOW)
    with pytest.raises(Refused, match="锁 15 分钟"):
        person_of("0042", "1234", now=NOW)
    assert person_of("0042", "1234", now=NOW + timedelta(minutes=16)) == colleague


def test_a_badge_opens_the_warehouse_alone(db: None) -> None:
    owner = UserFactory.create(role="owner")
    give_badge(owner, "0001", "1234")
    with pytest.raises(Refused, match="不能在台上用"):
        person_of("0001", "1234", now=NOW)
    with pytest.raises(Refused, match="不对"):
        person_of("9999", "1234", now=NOW)


def test_a_pin_is_kept_hashed_and_a_person_who_left_cannot_use_it(colleague: User) -> None:
    give_badge(colleague, "0042", "1234")
    assert "1234" not in Badge.objects.get().pin
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    with pytest.raises(Refused):
        person_of("0042", "1234", now=NOW)


def test_the_owner_gives_and_takes_badges(colleague: User) -> None:
    client = Client()
    client.force_login(UserFactory.create(role="owner"))
    url = reverse("person", args=[colleague.pk])
    person = {"username": colleague.username, "full_name": "刘洋", "role": "warehouse"}
    person |= {"is_active": "on"}
    assert client.post(url, person | {"badge": "ab-42"}).status_code == 422
    assert client.post(url, person | {"badge": "ab-42", "pin": "2468"}).status_code == 302
    assert person_of("AB-42", "2468", now=NOW) == colleague
    other = reverse("person", args=[UserFactory.create(role="warehouse").pk])
    taken = client.post(other, person | {"username": "x", "badge": "AB-42", "pin": "1111"})
    assert taken.status_code == 422
    assert client.post(url, person).status_code == 302
    assert not Badge.objects.exists()


def test_a_scan_tells_the_page_to_sign_in_again_when_the_shift_is_over(client: Client) -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=13), tick=False):
        answer = client.post(reverse("scan", args=["verify"]), {"code": "X"})
    assert answer.status_code == 302
