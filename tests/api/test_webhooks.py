"""Features 57: other systems are told of an order's states: signed, in order, until it arrives."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from connectors import webhook as outward
from connectors.answers import Rejected, Unreachable
from core.acts import Actor
from core.messages import deliver_due
from core.models import OutboxMessage
from orders.factories import OrderFactory, ShopFactory
from orders.models import Order, Shop, Webhook, WebhookDelivery
from orders.policy import Contacted
from orders.services.close import close_order, reopen_order
from orders.services.webhooks import (
    add_webhook,
    change_webhook,
    forget_deliveries,
    ping,
    renew_secret,
    tell_again,
)
from orders.words import IdentityKey
from staff.factories import UserFactory

pytestmark = pytest.mark.django_db
SURE = Contacted("qq", identity=frozenset({IdentityKey.ORDER_NO, IdentityKey.MOBILE}))


@dataclass
class Receiver:
    """Another system's address over real HTTP; `answers` are its next statuses, then 200."""

    url: str
    answers: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def states(self) -> list[str]:
        return [json.loads(body).get("state", "ping") for _, body in self.got]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.got.append((dict(self.headers), body))
            self.send_response(found.answers.pop(0) if found.answers else 200)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()
            self.wfile.write("好的 13800138000".encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Receiver(f"http://127.0.0.1:{server.server_port}/hook?x=1")
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def order(db: None) -> Order:
    return OrderFactory.create(state="unpaid")


def hook_of(shop: Shop, url: str, *states: str) -> tuple[Webhook, str]:
    owner = Actor.person(UserFactory.create(role="owner"))
    return add_webhook(shop, url, states, by=owner, now=timezone.now())


def close(order: Order, by: Actor) -> None:
    close_order(order, "不想要了", by=by, now=timezone.now(), contact=SURE)


def later(hours: int = 3) -> Any:
    return time_machine.travel(timezone.now() + timedelta(hours=hours), tick=False)


def test_a_new_state_is_told_and_signed(order: Order, by: Actor, receiver: Receiver) -> None:
    _, secret = hook_of(order.shop, receiver.url)
    close(order, by)
    deliver_due()
    ((headers, body),) = receiver.got
    told = json.loads(body)
    assert (told["type"], told["order_no"], told["state"]) == (
        "order.state",
        order.order_no,
        "closed",
    )
    assert told["url"] == f"/api/v1/orders/{order.order_no}"
    assert headers["Gendan-Event-Id"] == told["id"]
    at, _, v1 = headers["Gendan-Signature"].partition(",v1=")
    made = hmac.new(secret.encode(), f"{at[2:]}.".encode() + body, hashlib.sha256).hexdigest()
    assert v1 == made
    for personal in (order.consignee, order.mobile, order.street):
        assert personal not in body.decode()
    line = WebhookDelivery.objects.get()
    assert (line.status, line.tries, line.arrived) == (200, 1, True)
    assert "13800138000" not in line.said


def test_states_arrive_in_order_and_wait_for_the_first(
    order: Order, by: Actor, receiver: Receiver
) -> None:
    hook_of(order.shop, receiver.url)
    receiver.answers = [503, 302]
    close(order, by)
    reopen_order(order, by=by, now=timezone.now())
    deliver_due()
    assert receiver.states == ["closed"]
    with later(1):
        deliver_due()
    with later(2):
        deliver_due()
        deliver_due()
    assert receiver.states == ["closed", "closed", "closed", "unpaid"]
    assert len({json.loads(body)["id"] for _, body in receiver.got[:3]}) == 1
    tries = WebhookDelivery.objects.order_by("id").values_list("status", "tries")
    assert list(tries) == [(503, 1), (302, 2), (200, 3), (200, 1)]


def test_nothing_is_written_where_nobody_wants_to_know(order: Order, by: Actor) -> None:
    hook_of(ShopFactory.create(code="other"), "https://shop.example/a")
    hook_of(order.shop, "https://shop.example/b", "shipped")
    hook, _ = hook_of(order.shop, "https://shop.example/c")
    change_webhook(hook, hook.url, [], active=False, by=by, now=timezone.now())
    close(order, by)
    assert not OutboxMessage.objects.exists()


def test_an_act_that_rolls_back_tells_nobody(order: Order, by: Actor) -> None:
    from core.verdict import Refused

    hook_of(order.shop, "https://shop.example/b")
    with pytest.raises(Refused):
        reopen_order(order, by=by, now=timezone.now())
    assert not OutboxMessage.objects.exists()


def test_a_new_order_is_told_with_each_state_that_it_passes(
    api: Any, shop: Shop, shirt: Any, by: Actor, receiver: Receiver
) -> None:
    hook_of(shop, receiver.url)
    body = {
        "platform_no": "W1",
        "lines": [{"sku": shirt.code, "quantity": 1}],
        "receiving": {"consignee": "陈建生", "mobile": "13800138000"},
        "delivery": "pickup",
        "payments": [{"gateway": "bank", "trade_no": "B1", "amount": "159.00"}],
    }
    assert api.post("/api/v1/orders", body).status_code == 201
    deliver_due()
    deliver_due()
    assert receiver.states == ["unpaid", "paid"]


def test_states_that_are_written_in_bulk_are_told_too(order: Order, receiver: Receiver) -> None:
    """The sweep that closes unpaid orders, and imports, write many rows in one statement."""
    from core.acts import TIMER, act_on
    from core.bulk import change

    hook_of(order.shop, receiver.url)
    other = OrderFactory.create(state="unpaid", shop=ShopFactory.create(code="other"))
    rows: list[Order] = []
    with act_on("close_unpaid", rows, by=TIMER):
        change(Order, ["state"], [[order.pk, "closed"], [other.pk, "closed"]])
        change(Order, ["flag"], [[order.pk, "red"]])
    deliver_due()
    assert receiver.states == ["closed"]


def test_who_is_gone_is_not_asked_again(order: Order, by: Actor, receiver: Receiver) -> None:
    hook_of(order.shop, receiver.url)
    receiver.answers = [410]
    close(order, by)
    deliver_due()
    message = OutboxMessage.objects.get(topic="webhook.send")
    assert (message.state, "410" in message.error) == ("failed", True)


def test_an_address_that_answers_nobody_is_logged_and_tried_again(order: Order, by: Actor) -> None:
    hook_of(order.shop, "http://127.0.0.1:9/hook")
    close(order, by)
    deliver_due()
    assert WebhookDelivery.objects.get().status is None
    assert OutboxMessage.objects.get().state == "pending"


def test_the_owner_tries_it_renews_the_secret_and_tells_again(
    order: Order, by: Actor, receiver: Receiver
) -> None:
    hook, secret = hook_of(order.shop, receiver.url)
    ping(hook, by=by, now=timezone.now())
    assert renew_secret(hook, by=by, now=timezone.now()) != secret
    close(order, by)
    deliver_due()
    tell_again(WebhookDelivery.objects.get(state="closed"), by=by, now=timezone.now())
    deliver_due()
    assert sorted(receiver.states) == ["closed", "closed", "ping"]
    ids = [json.loads(body)["id"] for _, body in receiver.got]
    assert len(set(ids)) == 2
    assert forget_deliveries(timezone.now() + timedelta(days=31)) == 3


# Where it may go


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1"),
        *("0.0.0.0", "224.0.0.1", "::1", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1"),  # noqa: S104
        *("64:ff9b::a00:1", "2002:a00:1::1"),
    ],
)
def test_an_address_inside_is_no_public_one(address: str) -> None:
    assert not outward.public(address)


def test_an_address_outside_is() -> None:
    assert outward.public("93.184.216.34")
    assert outward.public("2606:4700::1111")


@pytest.mark.parametrize("url", ["https://localhost/", "https://127.0.0.1:8000/", "https://[::1]/"])
def test_outside_the_demo_nothing_inside_is_called(settings: Any, url: str) -> None:
    settings.DEMO = False
    with pytest.raises(Rejected, match="内部网络"):
        outward.tell("webhook:1", url, b"{}", {})


def test_outside_the_demo_only_https_is_called(settings: Any, receiver: Receiver) -> None:
    settings.DEMO = False
    with pytest.raises(Rejected, match="https"):
        outward.tell("webhook:1", receiver.url, b"{}", {})
    settings.CONNECTOR_HOSTS = [receiver.url.split("/")[2]]
    assert outward.tell("webhook:1", receiver.url, b"{}", {}).status == 200
    assert len(receiver.got) == 1


def test_the_connection_goes_to_the_address_that_was_looked_at(
    settings: Any, monkeypatch: pytest.MonkeyPatch, receiver: Receiver
) -> None:
    """A name that answers something else the second time gains nothing."""
    answers = iter(["93.184.216.34", "127.0.0.1"])
    asked = []

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(2, 1, 6, "", (next(answers), port))]

    settings.DEMO = False
    monkeypatch.setattr("connectors.webhook.socket.getaddrinfo", resolve)
    sent: list[Any] = []

    def post(system: str, ready: Any, begun: float) -> tuple[int, str]:
        sent.append(ready)
        return 200, ""

    monkeypatch.setattr(outward, "_post", post)
    outward.tell("webhook:1", "https://shop.example/hook", b"{}", {})
    assert (asked, sent[0].url.host) == (["shop.example"], "93.184.216.34")
    assert sent[0].headers["Host"] == "shop.example"
    assert sent[0].extensions["sni_hostname"] == "shop.example"


def test_a_name_that_is_none_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        outward.tell("webhook:1", "https://no.invalid./", b"{}", {})


# The owner's screens


@pytest.fixture
def owner_client(db: None) -> Client:
    client = Client()
    client.force_login(UserFactory.create(role="owner", full_name="周总"))
    return client


def test_a_token_is_made_shown_once_and_revoked(owner_client: Client, shop: Shop) -> None:
    at = f"/shops/{shop.code}/api"
    assert owner_client.post(at, {"name": "官网"}).status_code == 422
    form = {"name": "官网", "scopes": ["orders:read"], "days": "30"}
    made = owner_client.post(at, form).content.decode()
    text = made.split("gdn_")[1].split("<")[0]
    assert Client().get("/api/v1/orders", headers={"Authorization": f"Bearer gdn_{text}"}).json()
    page = owner_client.get(at).content.decode()
    assert text not in page
    assert "读订单" in page
    token = page.split(f"{at}/")[1].split("/")[0]
    assert owner_client.post(f"{at}/{token}/revoke", {"why": ""}).status_code == 422
    owner_client.post(f"{at}/{token}/revoke", {"why": "换系统"})
    page = owner_client.get(at).content.decode()
    assert "已作废" in page
    assert "换系统" in page
    assert owner_client.post(f"{at}/{token}/revoke", {"why": "再来"}).status_code == 409


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("shop.example", "完整的网址"),
        ("ftp://shop.example", "完整的网址"),
        ("http://shop.example", "要用 https"),
        ("https://u:p@shop.example", "用户名"),
        ("https://[", "不是一个网址"),
        ("https://商城.example", "完整的网址"),
    ],
)
def test_an_address_that_cannot_be_told_is_refused(
    owner_client: Client, shop: Shop, settings: Any, url: str, said: str
) -> None:
    settings.DEMO = False
    answer = owner_client.post(f"/shops/{shop.code}/webhooks/new", {"url": url, "active": "on"})
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_webhook_is_set_and_its_log_read(
    owner_client: Client, order: Order, by: Actor, receiver: Receiver
) -> None:
    shop = order.shop
    form = {"url": receiver.url, "states": ["closed"], "active": "on"}
    made = owner_client.post(f"/shops/{shop.code}/webhooks/new", form).content.decode()
    assert "whsec_" in made
    hook = Webhook.objects.get()
    at = f"/shops/{shop.code}/webhooks/{hook.pk}"
    close(order, by)
    owner_client.post(f"{at}/ping")
    deliver_due()
    page = owner_client.get(at).content.decode()
    assert "whsec_" not in page
    assert order.order_no in page
    assert "测试" in page
    line = WebhookDelivery.objects.get(state="closed")
    owner_client.post(f"{at}/again/{line.pk}")
    deliver_due()
    assert receiver.states.count("closed") == 2
    assert "whsec_" in owner_client.post(f"{at}/secret").content.decode()
    owner_client.post(at, form | {"active": ""})
    assert "停用" in owner_client.get(f"/shops/{shop.code}/api").content.decode()
