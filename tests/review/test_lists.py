"""The owner's lists for the review: whom to block, where is remote (SOP 2.b, features 24)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orders.factories import BuyerFactory, OrderFactory
from orders.models import BlockEntry, Order, RemoteArea
from orders.services.release_due import review_due
from staff.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory.create(role="owner", full_name="周总"))
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def token(page: str) -> str:
    return page.split('name="token" value="')[1].split('"')[0]


def add(client: Client, name: str, **typed: str) -> Any:
    url = reverse(name)
    return client.post(url, {"token": token(text(client.get(url)))} | typed)


def found(**values: Any) -> list[tuple[str, str]]:
    now = timezone.now()
    order: Order = OrderFactory.create(**{"review_at": now} | values)
    review_due(now)
    return [(hit.code, hit.reason) for hit in order.hits.all()]


# The block list


def test_a_telephone_is_found_however_it_was_typed(owner: Client) -> None:
    assert add(owner, "block-list", kind="phone", text="+86 138-0001-3800", why="三次拒收").url
    assert found(mobile="13800013800") == [("blocked", "电话在黑名单：三次拒收。")]
    assert found(mobile="13800013801") == []


def test_an_address_blocks_the_house_with_all_its_flats(owner: Client) -> None:
    where = "广东省深圳市福田区 农园路66号"
    add(owner, "block-list", kind="address", text=where, why="职业打假")
    assert found(street="农园路66号3栋201")[0][0] == "blocked"
    assert found(street="农园路68号") == []


def test_an_account_marks_its_buyer_and_the_end_takes_the_mark_away(owner: Client) -> None:
    buyer = BuyerFactory.create(wangwang="tb_wolf")
    add(owner, "block-list", kind="account", text="tb_wolf", why="恶意退款")
    buyer.refresh_from_db()
    assert (buyer.blocked, buyer.blocked_why) == (True, "恶意退款")
    assert found(buyer=buyer) == [("blocked", "买家账号在黑名单：恶意退款。")]
    entry = BlockEntry.objects.get()
    url = reverse("unblock", args=[entry.pk])
    owner.post(url, {"token": token(text(owner.get(url))), "why": "误会"})
    buyer.refresh_from_db()
    entry.refresh_from_db()
    assert (entry.active, entry.ended_why, buyer.blocked) == (False, "误会", False)
    assert found(buyer=buyer) == []
    assert [past.active for past in entry.history.order_by("history_id")] == [True, False]


def test_the_list_shows_nobodys_data_whole(owner: Client) -> None:
    add(owner, "block-list", kind="phone", text="13812345678", why="拒收")
    add(owner, "block-list", kind="address", text="广东省深圳市福田区农园路66号", why="拒收")
    page = text(owner.get("/block-list"))
    assert "13812345678" not in page
    assert "138****5678" in page
    assert "农园路66号" not in page
    assert "周总" in page


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"kind": "phone", "text": "123"}, "不像能打通"),
        ({"kind": "address", "text": "广东省深圳市"}, "拦住整个地区"),
        ({"kind": "address", "text": "朝阳区农园路66号"}, "拦住整个地区"),
        ({"kind": "nobody", "text": "x"}, "nobody"),
        ({"kind": "account", "text": ""}, "必填"),
        ({"kind": "account", "text": "a", "why": ""}, "必填"),
    ],
)
def test_what_would_block_too_much_or_nothing_is_asked_again(
    owner: Client, typed: dict[str, str], why: str
) -> None:
    answer = add(owner, "block-list", **{"why": "拒收"} | typed)
    assert answer.status_code == 422
    assert why in text(answer)
    assert not BlockEntry.objects.exists()


def test_the_same_entry_stands_once(owner: Client) -> None:
    for status in (302, 422):
        answer = add(owner, "block-list", kind="account", text="tb_wolf", why="拒收")
        assert answer.status_code == status
    assert BlockEntry.objects.count() == 1


def test_a_double_click_blocks_once(owner: Client) -> None:
    data = {"token": token(text(owner.get("/block-list"))), "kind": "account", "text": "w"}
    for _ in range(2):
        assert owner.post("/block-list", data | {"why": "拒收"}).status_code == 302
    assert BlockEntry.objects.count() == 1


def test_an_agent_does_not_keep_the_lists(agent_client: Client) -> None:
    for name in ("block-list", "remote-areas"):
        assert agent_client.get(reverse(name)).status_code == 403


# Remote areas


def test_a_whole_province_is_remote_for_every_carrier(owner: Client) -> None:
    add(owner, "remote-areas", province="新疆维吾尔自治区", why="多 3 天")
    far = {"province": "新疆", "city": "乌鲁木齐市", "district": "天山区"}
    assert found(**far) == [("remote", "新疆维吾尔自治区：快递多 3 天。")]
    assert found() == []


def test_the_narrower_place_and_the_carriers_own_row_come_first(owner: Client) -> None:
    add(owner, "remote-areas", province="内蒙古自治区", why="多 2 天")
    place = {"province": "内蒙古自治区", "city": "阿拉善盟"}
    add(owner, "remote-areas", **place, carrier="YTO", why="不派送")
    to = place | {"district": "阿拉善左旗"}
    assert found(**to, carrier="YTO")[0][1] == "内蒙古自治区 阿拉善盟：圆通速递不派送。"
    assert found(**to, carrier="SF")[0][1] == "内蒙古自治区：快递多 2 天。"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"province": "火星省"}, "没有“火星省”"),
        ({"province": "吉林省", "city": "深圳市"}, "吉林省没有“深圳市”"),
        ({"province": ""}, "必填"),
    ],
)
def test_a_place_that_does_not_exist_is_asked_again(
    owner: Client, typed: dict[str, str], why: str
) -> None:
    answer = add(owner, "remote-areas", **{"why": "不派送"} | typed)
    assert answer.status_code == 422
    assert why in text(answer)


def test_a_place_stands_once_and_can_be_taken_off(owner: Client) -> None:
    for status in (302, 422):
        assert (
            add(owner, "remote-areas", province="西藏自治区", why="多 4 天").status_code == status
        )
    area = RemoteArea.objects.get()
    page = text(owner.get("/remote-areas"))
    last = page.rsplit('name="token" value="', 1)[1].split('"')[0]
    owner.post(reverse("drop-remote-area", args=[area.pk]), {"token": last})
    assert not RemoteArea.objects.exists()
    assert RemoteArea.history.filter(history_type="-").exists()
