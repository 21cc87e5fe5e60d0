"""A shop's accounts with outside systems: the owner's screen, sealed secrets, a try."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from connectors import alipay, eorder, kdniao, kuaidi100, sms, taobao, wechatpay
from connectors.sandbox import keys
from connectors.sandbox.registry import credentials
from connectors.sandbox.server import Sandbox
from connectors.sandbox.sms import CREDENTIALS
from core.acts import Actor
from core.messages import deliver_due
from core.models import Act
from orders.accounts import ACCOUNTS, hint
from orders.factories import ShopFactory
from orders.handlers.checks import CHECKS
from orders.models import Shop, ShopAccount
from orders.selectors.account import NoAccount, credentials_of, values_of
from orders.services.account import save_account, try_account
from staff.factories import UserFactory
from staff.models import Notice, User

pytestmark = pytest.mark.django_db
SECRET = CREDENTIALS["access_key_secret"]


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(role="owner", full_name="周总")
    client.force_login(user)
    return user


@pytest.fixture
def shop(owner: User) -> Shop:
    made: Shop = ShopFactory.create(code="tb1")
    return made


def page(shop: Shop, system: str = "sms") -> str:
    return reverse("shop-account", args=[shop.code, system])


def typed(**change: str) -> dict[str, str]:
    return CREDENTIALS | {"active": "on"} | change


def save(shop: Shop, owner: User, **change: str) -> ShopAccount:
    by = Actor.person(owner)
    return save_account(shop, "sms", CREDENTIALS | change, by=by, now=timezone.now())


def said(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_owner_sets_an_account_and_the_client_gets_it(client: Client, shop: Shop) -> None:
    answer = client.post(page(shop), typed())
    assert answer.status_code == 302, said(answer)
    assert credentials_of(shop, "sms", sms.Account) == sms.Account(**CREDENTIALS)


def test_a_secret_is_never_shown_again(client: Client, shop: Shop, owner: User) -> None:
    save(shop, owner)
    for address in (page(shop), reverse("shop", args=[shop.code])):
        text = said(client.get(address))
        assert SECRET not in text
        assert f"已设置 · 末 4 位 {SECRET[-4:]}" in text
    refused = client.post(page(shop), typed(access_key_secret="another-secret-123", sign_name=""))
    assert refused.status_code == 422
    assert "another-secret-123" not in said(refused)


def test_nothing_kept_has_the_secret_in_clear(client: Client, shop: Shop) -> None:
    client.post(page(shop), typed())
    client.post(page(shop), typed(access_key_secret="another-secret-123"))
    account = ShopAccount.objects.get()
    assert values_of(account)["access_key_secret"] == "another-secret-123"
    kept = [account.sealed]
    kept += [str(row) for row in account.history.values()]
    kept += [str(row) for row in Act.objects.values()]
    assert not any(word in text for text in kept for word in (SECRET, "another-secret-123"))
    assert "sealed" not in account.history.values()[0]


def test_the_act_says_what_changed_and_not_to_what(client: Client, shop: Shop) -> None:
    client.post(page(shop), typed())
    client.post(page(shop), typed(access_key_secret="another-secret-123", sign_name="新签名"))
    act = Act.objects.filter(verb="save_account").latest("at")
    assert act.changes == [
        ["AccessKey Secret", "已设置", "换了新的"],
        ["短信签名", "跟单台演练", "新签名"],
    ]
    assert act.actor_name == "周总"
    assert "AccessKey Secret" in said(client.get(page(shop)))


def test_a_secret_left_empty_stays(client: Client, shop: Shop, owner: User) -> None:
    account = save(shop, owner)
    client.post(page(shop), typed(access_key_secret="", sign_name="新签名"))
    account.refresh_from_db()
    assert values_of(account)["access_key_secret"] == SECRET
    assert values_of(account)["sign_name"] == "新签名"


def test_a_first_account_needs_its_secrets(client: Client, shop: Shop) -> None:
    answer = client.post(page(shop), typed(access_key_secret=""))
    assert answer.status_code == 422
    assert "还没有设置，请填上。" in said(answer)
    assert not ShopAccount.objects.exists()


@pytest.mark.parametrize("lines", ["SMS_1", "shipped=1234", "shiped=SMS_1", "shipped=SMS_1\nb"])
def test_templates_are_checked_line_by_line(client: Client, shop: Shop, lines: str) -> None:
    answer = client.post(page(shop), typed(templates=lines))
    assert answer.status_code == 422
    assert "这一行不对" in said(answer)


def test_a_key_with_many_lines_keeps_them(client: Client, shop: Shop) -> None:
    pem = "-----BEGIN PRIVATE KEY-----\r\nMIIE\r\nabcdefgh1234\r\n-----END PRIVATE KEY-----"
    values = {"app_id": "2021", "private_key": pem, "alipay_public_key": "MIIB", "active": "on"}
    assert client.post(page(shop, "alipay"), values).status_code == 302
    kept = values_of(ShopAccount.objects.get(system="alipay"))
    assert kept["private_key"] == pem.replace("\r\n", "\n")
    assert "末 4 位 1234" in said(client.get(page(shop, "alipay")))


def test_of_a_short_secret_not_even_the_end_is_shown() -> None:
    assert hint("abcd1234") == "已设置"
    assert hint("") == "未设置"


def test_who_is_no_owner_gets_403_and_another_system_404(
    client: Client, shop: Shop, agent_client: Client
) -> None:
    assert agent_client.get(page(shop)).status_code == 403
    assert client.get(page(shop, "nothing")).status_code == 404
    assert client.get(reverse("shop-account", args=["none", "sms"])).status_code == 404


def test_an_account_that_is_off_or_missing_says_what_to_do(shop: Shop, owner: User) -> None:
    with pytest.raises(NoAccount, match="店铺 tb1 没有启用短信"):
        credentials_of(shop, "sms", sms.Account)
    by = Actor.person(owner)
    save_account(shop, "sms", CREDENTIALS, active=False, by=by, now=timezone.now())
    with pytest.raises(NoAccount):
        credentials_of(shop, "sms", sms.Account)


def test_with_another_key_of_ours_the_owner_types_it_again(
    client: Client, shop: Shop, owner: User, settings: Any
) -> None:
    save(shop, owner)
    settings.SECRET_KEY = "another-" + "1" * 50
    client.force_login(owner)
    with pytest.raises(NoAccount, match="重新填"):
        credentials_of(shop, "sms", sms.Account)
    assert "读不出来了" in said(client.get(page(shop)))
    assert client.post(page(shop), typed()).status_code == 302
    assert credentials_of(shop, "sms", sms.Account).access_key_secret == SECRET


# The try


@pytest.mark.parametrize(
    ("secret", "expected"), [(SECRET, "连通了"), ("wrong-secret-wrong", "AccessKey Secret 不对")]
)
def test_a_try_is_told_to_who_asked(
    client: Client, shop: Shop, owner: User, sandbox: Sandbox, secret: str, expected: str
) -> None:
    save(shop, owner, access_key_secret=secret)
    assert "试连" in said(client.get(page(shop)))
    client.post(reverse("shop-account-try", args=[shop.code, "sms"]))
    deliver_due()
    notice = Notice.objects.get()
    assert notice.to == owner
    assert expected in notice.text
    assert notice.url == page(shop)
    assert sandbox.state.effects() == []


def test_without_an_account_nothing_is_tried(client: Client, shop: Shop, sandbox: Sandbox) -> None:
    answer = client.post(reverse("shop-account-try", args=[shop.code, "sms"]), follow=True)
    assert "先保存并启用账号" in said(answer)
    deliver_due()
    assert sandbox.state.calls == []


WRONG = {
    "sms": {"access_key_secret": "wrong-secret"},
    "taobao": {"app_secret": "wrong-secret"},
    "alipay": {"private_key": keys.private_pem("of-somebody-else")},
    "wechatpay": {"private_key": keys.private_pem("of-somebody-else")},
    "kuaidi100": {"key": "wrong-key"},
    "kdniao": {"app_key": "wrong-key"},
    "eorder": {"app_key": "wrong-key"},
}


def tried(shop: Shop, owner: User, system: str, values: dict[str, str]) -> str:
    """What the owner reads of a try with these values."""
    by = Actor.person(owner)
    try_account(
        save_account(shop, system, values, by=by, now=timezone.now()), by=by, now=timezone.now()
    )
    deliver_due()
    return Notice.objects.latest("pk").text


@pytest.mark.parametrize("system", list(ACCOUNTS))
def test_each_system_tells_a_right_account_from_a_wrong_one(
    shop: Shop, owner: User, sandbox: Sandbox, system: str
) -> None:
    values = credentials()[system]
    assert "连通了" in tried(shop, owner, system, values)
    wrong = tried(shop, owner, system, values | WRONG[system])
    assert "没有连通" in wrong
    assert sandbox.state.effects() == []


def test_a_key_that_is_none_is_said(shop: Shop, owner: User, sandbox: Sandbox) -> None:
    values = credentials()["wechatpay"] | {"private_key": "-----BEGIN PRIVATE KEY-----\nx"}
    assert "密钥格式不对" in tried(shop, owner, "wechatpay", values)


def test_a_system_that_is_away_is_said_at_once(shop: Shop, owner: User, sandbox: Sandbox) -> None:
    sandbox.state.fault("sms", "error_500", 2)
    assert "没有连通：短信：出错了" in tried(shop, owner, "sms", credentials()["sms"])


def test_the_fields_are_those_of_the_clients() -> None:
    clients = (sms, taobao, alipay, wechatpay, kuaidi100, kdniao, eorder)
    for client in clients:
        names = [field.name for field in fields(client.Account)]
        assert [field.name for field in ACCOUNTS[client.SYSTEM].fields] == names
    assert {client.SYSTEM for client in clients} == set(ACCOUNTS) == set(CHECKS)
