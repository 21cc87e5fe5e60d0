"""The owner's screens: people, shops, sentences, the reveal log."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from aftersales.models import PolicyChange
from aftersales.services.changes import put_in_force
from core.acts import Actor
from core.models import Act, Sentence
from core.sentences import defaults, write
from orders.factories import OrderFactory, ShopFactory
from orders.models import Shop
from staff.factories import UserFactory
from staff.models import Reveal, User
from tests.conftest import NewPage, SignedIn

pytestmark = pytest.mark.django_db

SHOP = {
    "code": "tb9",
    "name": "棉麻生活馆",
    "channel": "taobao",
    "active": "on",
    "return_name": "张仓管",
    "return_phone": "0755-83901234",
    "return_address": "深圳市福田区农园路66号",
    "refund_opens_h": "24",
    "refund_closes_h": "",
    "unpaid_limit_h": "48",
    "feedback_days": "3",
    "complete_days": "7",
    "ship_by_h": "36",
    "reserve_on_order": "on",
    "cooling_min": "20",
    "review_limit": "3000",
    "names_reason": "on",
    "platform_labels": "on",
    "steps": "60，30, 600",
    "top_ups": "BCJ、补差价，补邮费",
}


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(role="owner", full_name="周总")
    client.force_login(user)
    return user


def said(answer: Any) -> str:
    return str(answer.content.decode())


# Shops


def test_a_shop_is_made_with_all_its_settings(client: Client, owner: User) -> None:
    assert client.post(reverse("shop-new"), SHOP).status_code == 302
    shop = Shop.objects.get(code="tb9")
    assert shop.reminder_steps == [30, 60, 600]
    assert shop.top_up_codes == ["BCJ", "补差价", "补邮费"]
    assert (shop.ship_by_h, shop.unpaid_limit_h, shop.refund_closes_h) == (36, 48, None)
    assert (shop.reserve_on_order, shop.return_phone) == (True, "0755-83901234")
    assert (shop.auto_release, shop.cooling_min, shop.review_limit) == (False, 20, Decimal(3000))
    assert Act.objects.get(verb="save_shop").actor == owner


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"steps": "30, 半小时"}, "只能填分钟数"),
        ({"steps": "0"}, "分钟数要大于 0"),
        ({"steps": "99999999999999"}, "最多 30 天"),
        ({"top_ups": "差"}, "至少两个字"),
        ({"refund_closes_h": "12"}, "要晚于可以申请的时间"),
        ({"return_phone": ""}, "要一起填"),
        ({"ship_by_h": "-1"}, "大于或等于0"),
        ({"ship_by_h": "9000"}, "最多一年"),
        ({"cooling_min": "20000"}, "最多 7 天"),
        ({"review_limit": "-1"}, "大于 0"),
        ({"channel": "ebay"}, "ebay"),
        ({"name": ""}, "必填"),
        ({"code": "tb1"}, "已存在"),
    ],
)
def test_bad_settings_are_refused_with_the_reason(
    client: Client, owner: User, wrong: dict[str, str], why: str
) -> None:
    ShopFactory.create(code="tb1")
    answer = client.post(reverse("shop-new"), SHOP | wrong)
    assert answer.status_code == 422
    assert why in said(answer)
    assert Shop.objects.count() == 1


def test_who_changed_what_on_a_shop_stands_below_its_settings(client: Client, owner: User) -> None:
    client.post(reverse("shop-new"), SHOP)
    changed = SHOP | {"ship_by_h": "72", "top_ups": "BCJ", "code": "other"}
    assert client.post(reverse("shop", args=["tb9"]), changed).status_code == 302
    text = said(client.get(reverse("shop", args=["tb9"])))
    assert "付款后几小时内发货：<del>36</del> → <ins>72</ins>" in text
    assert "补差价商品：<del>BCJ、补差价、补邮费</del> → <ins>BCJ</ins>" in text
    assert "<b>周总</b>" in text
    assert not Shop.objects.filter(code="other").exists(), "a code stays"


def test_a_shop_cannot_be_made_by_others(client: Client) -> None:
    client.force_login(UserFactory.create(role="supervisor"))
    assert client.post(reverse("shop-new"), SHOP).status_code == 403


# People

PERSON = {
    "username": "zhao",
    "full_name": "赵敏",
    "role": "agent",
    "is_active": "on",
    "password": "Gendan-2026-long",
}


def test_a_colleague_is_made_and_can_sign_in(client: Client, owner: User) -> None:
    ShopFactory.create(code="tb1")
    data = PERSON | {"shop_codes": ["tb1"]}
    assert client.post(reverse("person-new"), data).status_code == 302
    user = User.objects.get(username="zhao")
    assert (user.role, user.shop_codes, user.is_staff) == ("agent", ["tb1"], False)
    assert user.check_password("Gendan-2026-long")
    assert "Gendan-2026-long" not in said(client.get(reverse("person", args=[user.pk])))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"password": "123"}, "password"),
        ({"password": ""}, "password"),
        ({"role": "emperor"}, "role"),
        ({"username": "a b"}, "username"),
        ({"shop_codes": ["nowhere"]}, "shop_codes"),
    ],
)
def test_a_bad_colleague_is_refused(
    client: Client, owner: User, wrong: dict[str, Any], field: str
) -> None:
    answer = client.post(reverse("person-new"), PERSON | wrong)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert User.objects.count() == 1


def test_extra_fields_change_nothing(client: Client, owner: User) -> None:
    client.post(reverse("person-new"), PERSON | {"is_superuser": "on", "is_staff": "on"})
    user = User.objects.get(username="zhao")
    assert not user.is_superuser
    assert not user.is_staff


@pytest.mark.parametrize("change", [{"is_active": ""}, {"role": "agent"}])
def test_the_owner_cannot_lock_everybody_out(
    client: Client, owner: User, change: dict[str, str]
) -> None:
    data = {"username": owner.username, "full_name": "周总", "role": "owner", "is_active": "on"}
    answer = client.post(reverse("person", args=[owner.pk]), data | change)
    assert answer.status_code == 422
    owner.refresh_from_db()
    assert (owner.role, owner.is_active) == ("owner", True)


def test_a_disabled_colleague_is_out_at_once(client: Client, owner: User) -> None:
    agent = UserFactory.create()
    theirs = Client()
    theirs.force_login(agent)
    assert theirs.get("/").status_code == 200
    data = {"username": agent.username, "full_name": "李雷", "role": "agent"}
    assert client.post(reverse("person", args=[agent.pk]), data).status_code == 302
    assert theirs.get("/").url.startswith("/sign-in")  # type: ignore[attr-defined]


def test_a_new_password_ends_the_colleagues_sessions(client: Client, owner: User) -> None:
    agent = UserFactory.create()
    theirs = Client()
    theirs.force_login(agent)
    data = PERSON | {"username": agent.username}
    assert client.post(reverse("person", args=[agent.pk]), data).status_code == 302
    assert theirs.get("/").url.startswith("/sign-in")  # type: ignore[attr-defined]


# Sentences (who puts them in force: tests/sop/test_7_a_policies.py)


def reworded(key: str, text: str, scope: str = "") -> dict[str, str]:
    """What the page sends."""
    return {"key": key, "scope": scope, "text": text, "why": "更客气", "token": str(uuid4())}


def test_a_new_wording_is_proposed_and_waits_for_another(client: Client, owner: User) -> None:
    key, url = next(iter(defaults())), reverse("sentences")
    data = reworded(key, "第一种说法。")
    for _ in range(2):  # twice is once
        assert client.post(url, data).status_code == 302
    assert not Sentence.objects.exists()
    assert "等另一个人通过" in said(client.get(url))
    again = client.post(url, reworded(key, "第二种说法。"))
    assert (again.status_code, PolicyChange.objects.count()) == (422, 1)
    row, lead = PolicyChange.objects.get(), UserFactory.create(role="supervisor")
    put_in_force(row, by=Actor.person(lead), now=timezone.now())
    page = said(client.get(url))
    assert "第一种说法。" in page
    assert "第 1 版" in page


@pytest.mark.parametrize(
    "wrong",
    [
        *({"text": "{nobody_knows}"}, {"text": "{"}, {"text": " "}, {"key": "no.such"}),
        *({"why": ""}, {"from_at": "2020-01-01T00:00"}),
    ],
)
def test_a_wording_that_cannot_be_used_is_refused_and_kept(
    client: Client, owner: User, wrong: dict[str, str]
) -> None:
    data = reworded(next(iter(defaults())), "好的。") | wrong
    answer = client.post(reverse("sentences"), data)
    assert answer.status_code == 422
    assert not PolicyChange.objects.exists()
    assert 'role="alert"' in said(answer)


def test_a_shop_has_its_own_wording(client: Client, owner: User) -> None:
    ShopFactory.create(code="tb1")
    write(next(iter(defaults())), "本店的说法。", scope="tb1", by=owner)
    assert "本店的说法。" in said(client.get(reverse("sentences") + "?shop=tb1"))
    assert "本店的说法。" not in said(client.get(reverse("sentences")))


# The reveal log


def test_the_reveal_log_tells_who_saw_what_and_why(client: Client, owner: User) -> None:
    agent, order = UserFactory.create(full_name="李雷", username="li+lei"), OrderFactory.create()
    client.force_login(agent)
    for number in range(51):
        client.post(reverse("reveal", args=[order.order_no]), {"reason": f"核对身份 {number}"})
    assert Reveal.objects.count() == 51
    client.force_login(owner)
    page = said(client.get(reverse("reveal-log")))
    assert "李雷" in page
    assert "核对身份 50" in page
    assert order.order_no in page
    mine = client.get(reverse("reveal-log"), {"user": "li+lei"})
    older = mine.context["base"] + "&page=" + mine.context["page"].older
    assert "核对身份 0" in said(client.get(reverse("reveal-log") + older))
    assert "还没有人看过" in said(client.get(reverse("reveal-log") + "?user=nobody"))


@pytest.mark.parametrize("name", ["notices", "reveal-log"])
def test_a_page_address_that_was_cut_leads_to_the_first_page(
    client: Client, owner: User, name: str
) -> None:
    answer = client.get(reverse(name) + "?page=cut", follow=True)
    assert answer.status_code == 200
    assert "从第一页看起" in said(answer)


# In the browser


@pytest.mark.django_db(transaction=True)
def test_the_owner_sets_up_a_shop_and_a_colleague(new_page: NewPage, signed_in: SignedIn) -> None:
    page = signed_in(new_page(), UserFactory.create(role="owner"))
    page.goto("/shops/new")
    page.get_by_label("代码").fill("tb1")
    page.get_by_label("名称").fill("棉麻生活馆")
    page.get_by_label("渠道").select_option("taobao")
    page.get_by_label("催付时点").fill("半小时")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("alert")).to_contain_text("只能填分钟数")
    expect(page.get_by_label("名称")).to_have_value("棉麻生活馆")
    page.get_by_label("催付时点").fill("30, 360")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("main")).to_contain_text("店铺设置已保存")
    page.goto("/people/new")
    page.get_by_label("用户名").fill("zhao")
    page.get_by_label("姓名").fill("赵敏")
    page.get_by_label("新密码").fill("Gendan-2026-long")
    page.get_by_label("棉麻生活馆").check()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("main")).to_contain_text("赵敏 的资料已保存")
    assert User.objects.get(username="zhao").shop_codes == ["tb1"]
