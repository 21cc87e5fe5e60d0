"""The processes of a house, and the outside with which it deals."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import redis
from django.conf import settings
from django.test import Client
from django.utils import timezone

from config.health import serves
from config.paths import BASE_DIR
from connectors.models import Breaker
from connectors.sandbox import alipay, wechatpay
from connectors.sandbox.server import Sandbox
from core.acts import Actor
from core.models import MessageState, OutboxMessage
from orders.factories import ShopFactory
from orders.models import Shop, Trade
from orders.services.account import save_account
from orders.words import Gateway
from refunds.models import Refund
from refunds.services.bulk import decide_all
from staff.factories import UserFactory
from staff.models import User
from tests.house.conftest import free_port, wait_until
from tests.refunds.asking import ask, goods, paid_order

Process = subprocess.Popen[bytes]
CELERY = [sys.executable, "-m", "celery", "--quiet", "-A", "config"]
HOW = {
    "worker": [*CELERY, "worker", "-P", "threads", "-c", "2", "--without-gossip"],
    "beat": [*CELERY, "beat", "--pidfile="],
    "web": [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn", "--threads", "4"],
}
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


def until(what: Callable[[], bool], say: Callable[[], str] = str, patience: float = 120) -> None:
    """Several processes start in such a test: on a busy machine each takes its time."""
    wait_until(what, say, patience)


class Broker:
    """A Redis of our own (with SQLite: the folder), that remembers nothing when it is restarted."""

    def __init__(self, var: Path, own: bool) -> None:
        self.folder, self.port = var / "broker", free_port() if own else 0
        self.process: Process | None = None
        if own:
            self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0" if self.port else ""

    def start(self) -> None:
        if self.port:
            command = [
                "redis-server",
                "--port",
                str(self.port),
                "--save",
                "",
                "--bind",
                "127.0.0.1",
            ]
            self.process = subprocess.Popen(command, cwd=BASE_DIR, stdout=subprocess.DEVNULL)
            until(self._answers)

    def stop(self) -> None:
        """As `kill -9`; a folder is gone in one step."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        elif self.folder.exists():
            self.folder.rename(self.folder.with_name(f"forgotten-{uuid.uuid4().hex}"))

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


@dataclass
class House:
    """Web, worker and beat over the test's database: `house.begin("worker")`."""

    env: dict[str, str]
    broker: Broker
    outside: Sandbox
    running: list[Process] = field(default_factory=list)
    works: bool = False

    def begin(self, which: str) -> Process:
        command = list(HOW[which])
        if which == "web":
            command += ["--bind", f"127.0.0.1:{self.env['PORT']}", "config.wsgi:application"]
        with Path(self.env["GENDAN_VAR"], f"{which}.log").open("ab") as log:
            process = subprocess.Popen(command, cwd=BASE_DIR, env=self.env, stdout=log, stderr=log)
        self.running.append(process)
        if which == "web":
            until(lambda: serves(int(self.env["PORT"])))
        self.works = self.works or which == "worker"
        return self.running[-1]

    def end(self) -> None:
        for process in self.running:
            process.send_signal(signal.SIGKILL)
            process.wait()
        self.broker.stop()

    def dies(self, moment: str) -> None:
        """A new worker, until it is killed there."""
        Path(self.env["GENDAN_VAR"], "die").write_text(moment)
        worker = self.begin("worker")
        until(lambda: worker.poll() is not None)
        leases_last()

    def signed_in(self, user: User) -> httpx.Client:
        """A person at a browser of their own."""
        session = Client()
        session.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        base = f"http://127.0.0.1:{self.env['PORT']}"
        return httpx.Client(
            base_url=base, cookies={name: session.cookies[name].value}, timeout=40, trust_env=False
        )

    def paid_back(self, system: str = "alipay") -> list[tuple[str, Decimal]]:
        """The gateway's own ledger."""
        found = self.outside.state.effects(system, "refund")
        if system == "alipay":
            return [(one.key, Decimal(one.data["amount"])) for one in found]
        return [(one.key, Decimal(one.data["fen"]) / 100) for one in found]


def page_of(refund: Refund) -> str:
    return f"{refund.get_absolute_url()}/approve"


def form_of(person: httpx.Client, refund: Refund) -> dict[str, str]:
    """The page of the approval as the person sees it, ready to be sent."""
    page = person.get(page_of(refund))
    assert page.status_code == 200, page.text
    return dict(HIDDEN.findall(page.text))


# -- refunds -------------------------------------------------------------------------------------


def own_shop(by: Actor) -> Shop:
    """A shop with accounts at the imitated gateways, as its owner typed them in."""
    shop: Shop = ShopFactory.create()
    for system, typed in (("alipay", alipay.credentials()), ("wechatpay", wechatpay.credentials())):
        save_account(shop, system, typed, by=by, now=timezone.now())
    return shop


def in_review(
    outside: Sandbox, by: Actor, count: int = 1, system: str = "alipay", shop: Shop | None = None
) -> list[Refund]:
    """So many refunds of orders that were paid there, each of another amount."""
    now, shop = timezone.now(), shop or own_shop(by)
    skus = [goods(f"{price}", on_hand=count) for price in ("99.97", "100.00", "0.01", "33.33")]
    found = []
    for n in range(count):
        order = paid_order(30, now=now, shop=shop, lines=[(skus[n % len(skus)], 1)])
        trade = Trade.objects.get(payments__order=order)
        _paid(outside, trade, f"2026112622001{trade.pk:015d}", system)
        found.append(ask(order, by, now=now))
    return found


def _paid(outside: Sandbox, trade: Trade, number: str, system: str) -> None:
    gateway = Gateway.ALIPAY if system == "alipay" else Gateway.WECHAT
    Trade.objects.filter(pk=trade.pk).update(number=number, gateway=gateway.value)
    if system == "alipay":
        alipay.paid(outside.state, number, trade.paid)
    else:
        wechatpay.paid(outside.state, number, int(trade.paid * 100))


def approved(rows: Sequence[Refund]) -> None:
    """A supervisor approves them in batches; the time to take it back is over."""
    lead: User = UserFactory.create(role="supervisor")
    about: dict[str, Any] = {"role": lead.role, "by": Actor.person(lead)}
    before = timezone.now() - timedelta(minutes=1)
    for start in range(0, len(rows), 200):
        part = rows[start : start + 200]
        job = decide_all("approve_refund", part, {}, now=before, token=uuid.uuid4(), **about)
        assert job.done == len(part), job.result


# -- as time passes ------------------------------------------------------------------------------


def time_passes() -> None:
    """Nobody can take it back any more, the next try is due, the breaker's pause is over.

    No lease ends by it.
    """
    now, waiting = timezone.now(), OutboxMessage.objects.filter(state=MessageState.PENDING)
    Refund.objects.filter(state="approved", not_before__gt=now).update(not_before=now)
    waiting.filter(not_before__gt=now).update(not_before=now)
    Breaker.objects.filter(open_until__gt=now).update(open_until=now)


def leases_last() -> None:
    """What a killed worker held stays with it, however long the next takes to start."""
    held = OutboxMessage.objects.filter(state=MessageState.CLAIMED)
    held.update(not_before=timezone.now() + timedelta(days=1))


def leases_end() -> None:
    OutboxMessage.objects.filter(state=MessageState.CLAIMED).update(not_before=timezone.now())


def states(rows: Sequence[Refund]) -> list[str]:
    found = Refund.objects.filter(pk__in=[row.pk for row in rows])
    return list(found.order_by("pk").values_list("state", flat=True))


def all_back(rows: Sequence[Refund]) -> bool:
    """Hurry on, and say whether all of them succeeded and nothing of them is under way."""
    time_passes()
    left = OutboxMessage.objects.filter(topic="refund.send").exclude(state=MessageState.DONE)
    return set(states(rows)) == {"succeeded"} and not left.exists()


def has_redis() -> bool:
    return shutil.which("redis-server") is not None
