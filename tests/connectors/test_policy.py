"""The one HTTP policy, against a real server over real HTTP (issue: connectors)."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from connectors import http
from connectors.answers import Answer, BreakerOpen, ConnectorError, Unknown, Unreachable
from connectors.models import Breaker
from connectors.sandbox.server import Sandbox
from connectors.sandbox.wire import Reply, Request
from connectors.selectors import troubles
from connectors.services import breaker
from connectors.tasks import knock
from core.acts import TIMER, act_on
from core.messages import NotYet


@pytest.fixture(autouse=True)
def deed(sandbox: Sandbox) -> Iterator[None]:
    """An address of the sandbox that only counts how often something was done."""

    def do(request: Request) -> Reply:
        sandbox.state.did("sms", "deed", request.query.get("key", ""))
        return Reply.json({"n": len(sandbox.state.effects("sms"))})

    sandbox.routes["sms"][("POST", "/deed")] = do
    yield
    del sandbox.routes["sms"][("POST", "/deed")]


def call(*, idempotent: bool = False, timeout: float = 2.0, **more: Any) -> Answer:
    return http.request(
        "sms", "POST", http.url("sms", "/deed"), idempotent=idempotent, timeout=timeout, **more
    )


def done(sandbox: Sandbox) -> int:
    return len(sandbox.state.effects("sms", "deed"))


def test_an_answer_below_500_is_an_answer(sandbox: Sandbox) -> None:
    assert call().json() == {"n": 1}
    other = http.request("sms", "POST", http.url("sms", "/nothing"), idempotent=True)
    assert other.status == 404


def test_slow_is_waited_for(sandbox: Sandbox) -> None:
    sandbox.state.fault("sms", "slow")
    assert call().status == 200


@pytest.mark.parametrize("fault", ["slow", "timeout", "timeout_after"])
def test_hanging_is_unknown_after_the_read_time_out(sandbox: Sandbox, fault: str) -> None:
    sandbox.state.fault("sms", fault)
    with pytest.raises(Unknown):
        call(timeout=0.05)
    assert done(sandbox) == (fault != "timeout")


@pytest.mark.parametrize("fault", ["error_500", "error_500_after", "timeout_after"])
def test_what_is_not_idempotent_is_never_sent_twice(sandbox: Sandbox, fault: str) -> None:
    sandbox.state.fault("sms", fault)
    with pytest.raises(Unknown):
        call()
    assert len(sandbox.state.calls) == 1


@pytest.mark.parametrize("fault", ["error_500", "error_500_after", "timeout_after"])
def test_what_is_idempotent_is_tried_once_more(sandbox: Sandbox, fault: str) -> None:
    sandbox.state.fault("sms", fault)
    assert call(idempotent=True).status == 200
    assert len(sandbox.state.calls) == 2


def test_an_endless_answer_is_cut_off(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LARGEST", 200_000)
    sandbox.state.fault("sms", "huge")
    with pytest.raises(Unknown, match="太大"):
        call()


def test_an_answer_that_drips_is_cut_off(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes within the read time-out; the whole of it never would."""
    monkeypatch.setattr(http, "WHOLE_SECONDS", 0.2)
    sandbox.state.fault("sms", "drip")
    with pytest.raises(Unknown):
        call()


def test_a_redirect_is_not_followed(sandbox: Sandbox) -> None:
    sandbox.state.fault("sms", "redirect")
    with pytest.raises(Unknown, match="不跟去"):
        call()
    assert len(sandbox.state.calls) == 1


def test_an_answer_sent_twice_is_read_once(sandbox: Sandbox) -> None:
    sandbox.state.fault("sms", "twice")
    assert call().json() == {"n": 1}
    assert call().json() == {"n": 2}


def test_what_is_no_json_is_unknown(sandbox: Sandbox) -> None:
    sandbox.state.fault("sms", "garbage")
    with pytest.raises(Unknown):
        call().json()


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest",
        "http://127.0.0.1:1/",
        "file:///etc/passwd",
        "//x",
        "",
        "http://127.0.0.1:{port}@evil.test/",
    ],
)
def test_a_foreign_host_is_never_asked(sandbox: Sandbox, address: str) -> None:
    with pytest.raises(Unreachable):
        http.request("sms", "GET", address.format(port=sandbox.port), idempotent=True)
    assert sandbox.state.calls == []
    assert not Breaker.objects.exists()


def test_nobody_there_is_certainly_not_done(sandbox: Sandbox, settings: Any) -> None:
    settings.CONNECTOR_URLS = settings.CONNECTOR_URLS | {"sms": "http://127.0.0.1:9"}
    with pytest.raises(Unreachable):
        call()


def test_an_act_never_calls_out(sandbox: Sandbox) -> None:
    rows: list[Breaker] = []
    with pytest.raises(RuntimeError, match="message"), act_on("note", rows, by=TIMER):
        call()
    assert sandbox.state.calls == []


# The breaker


def fail(times: int, **more: Any) -> None:
    for _ in range(times):
        with pytest.raises(ConnectorError):
            call(**more)


def test_failures_in_a_row_open_it_and_nobody_calls(sandbox: Sandbox) -> None:
    sandbox.state.fault("sms", "error_500", breaker.FAILURES)
    fail(breaker.FAILURES)
    with pytest.raises(BreakerOpen) as stop:
        call()
    assert len(sandbox.state.calls) == breaker.FAILURES
    assert isinstance(stop.value, NotYet)
    assert stop.value.until > timezone.now()
    assert str(stop.value) == f"短信：连不上，{timezone.localtime(stop.value.until):%H:%M} 再试"
    [trouble] = troubles()
    assert str(trouble).startswith("短信 连不上，")


def test_an_answer_between_starts_the_count_again(sandbox: Sandbox) -> None:
    sandbox.state.fault("sms", "error_500", breaker.FAILURES - 1)
    fail(breaker.FAILURES - 1)
    call()
    sandbox.state.fault("sms", "error_500", breaker.FAILURES - 1)
    fail(breaker.FAILURES - 1)
    assert troubles() == []


def test_after_the_pause_a_probe_mends_it(sandbox: Sandbox) -> None:
    sandbox.state.fault("sms", "error_500", breaker.FAILURES)
    fail(breaker.FAILURES)
    with time_machine.travel(troubles()[0].until, tick=False):
        assert call().status == 200
    assert troubles() == []
    assert call().status == 200


def test_a_failed_probe_makes_the_pause_longer(sandbox: Sandbox) -> None:
    sandbox.state.fault("sms", "error_500", breaker.FAILURES + 1)
    fail(breaker.FAILURES)
    first = troubles()[0].until
    with time_machine.travel(first, tick=False):
        fail(1)
        assert (troubles()[0].until - first).total_seconds() == breaker.COOL_DOWN[1]
        with pytest.raises(BreakerOpen):
            call()


def test_only_one_caller_probes(sandbox: Sandbox) -> None:
    sandbox.state.fault("sms", "error_500", breaker.FAILURES)
    fail(breaker.FAILURES)
    until = troubles()[0].until
    breaker.enter("sms", until)
    with pytest.raises(BreakerOpen):
        breaker.enter("sms", until)


def test_a_probe_that_died_is_followed_by_another(sandbox: Sandbox) -> None:
    sandbox.state.fault("sms", "error_500", breaker.FAILURES)
    fail(breaker.FAILURES)
    breaker.enter("sms", troubles()[0].until)
    breaker.enter("sms", troubles()[0].until)


def test_one_broken_system_leaves_the_others_alone(sandbox: Sandbox) -> None:
    sandbox.state.fault("sms", "error_500", breaker.FAILURES)
    fail(breaker.FAILURES)
    other = http.request("wecom", "GET", http.url("wecom", "/nothing"), idempotent=True)
    assert other.status == 404


def test_a_system_that_nobody_has_reason_to_call_mends_too(sandbox: Sandbox) -> None:
    sandbox.state.fault("sms", "error_500", breaker.FAILURES + 1)
    fail(breaker.FAILURES)
    until = troubles()[0].until
    with time_machine.travel(until, tick=False):
        knock()  # whoever waits comes back at this time: nobody knocks yet
    assert len(sandbox.state.calls) == breaker.FAILURES
    with time_machine.travel(until + timedelta(minutes=2), tick=False):
        knock()  # it is still broken
        again = troubles()[0].until
        assert again > until
    with time_machine.travel(again + timedelta(minutes=2), tick=False):
        knock()
    assert troubles() == []


@pytest.mark.django_db(transaction=True)
def test_of_many_that_come_together_one_probes(transactional_db: None) -> None:
    now = timezone.now()
    Breaker.objects.create(system="sms", failures=5, opened_at=now, open_until=now)

    def probe(_: int) -> bool:
        from django.db import connection

        try:
            breaker.enter("sms", now)
        except BreakerOpen:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(probe, range(6))) == 1
