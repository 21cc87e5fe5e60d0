"""The sandbox itself: its page, its switches, its callbacks; for people of this machine only."""

from __future__ import annotations

import http.client
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest

from connectors.sandbox.server import Sandbox
from connectors.sandbox.wire import Reply, Request


def get(sandbox: Sandbox, path: str, **headers: str) -> httpx.Response:
    return httpx.get(sandbox.address + path, headers=headers, trust_env=False)


def post(sandbox: Sandbox, path: str, data: dict[str, str], **headers: str) -> httpx.Response:
    return httpx.post(sandbox.address + path, data=data, headers=headers, trust_env=False)


def test_the_page_shows_what_was_done_and_escapes_it(sandbox: Sandbox) -> None:
    sandbox.state.did("sms", "SendSms", "<b>key", text="<script>alert(1)</script>")
    page = get(sandbox, "/").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>" not in page
    assert "<b>key" not in page


def test_an_empty_sandbox_says_so(sandbox: Sandbox) -> None:
    assert "还没有。" in get(sandbox, "/").text


def test_a_person_switches_a_fault_and_mends_it(sandbox: Sandbox) -> None:
    answer = post(sandbox, "/_control/fault", {"system": "sms", "kind": "error_500", "times": "2"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "不办，回答 500、不办，回答 500" in get(sandbox, "/").text
    assert post(sandbox, "/sms/", {}).status_code == 500
    post(sandbox, "/_control/mend", {"system": "sms"})
    assert post(sandbox, "/sms/", {}).status_code == 400


@pytest.mark.parametrize(
    "typed",
    [
        {"system": "none", "kind": "slow"},
        {"system": "sms", "kind": "none"},
        {"system": "sms", "kind": "slow", "times": "0"},
        {"system": "sms", "kind": "slow", "times": "many"},
        {},
    ],
)
def test_a_wrong_fault_is_refused(sandbox: Sandbox, typed: dict[str, str]) -> None:
    assert post(sandbox, "/_control/fault", typed).status_code == 422


def test_programs_read_the_effects_and_forget_them(sandbox: Sandbox) -> None:
    sandbox.state.did("sms", "SendSms", "k", telephone="13800001111")
    [effect] = get(sandbox, "/_control/effects?system=sms").json()
    assert (effect["what"], effect["key"]) == ("SendSms", "k")
    assert get(sandbox, "/_control/effects?system=wecom").json() == []
    post(sandbox, "/_control/reset", {})
    assert get(sandbox, "/_control/effects").json() == []


@pytest.mark.parametrize("headers", [{"Host": "evil.test"}, {"Origin": "https://evil.test"}])
def test_another_sites_page_can_neither_read_nor_switch(
    sandbox: Sandbox, headers: dict[str, str]
) -> None:
    assert get(sandbox, "/", **headers).status_code == 403
    typed = {"system": "sms", "kind": "slow"}
    assert post(sandbox, "/_control/fault", typed, **headers).status_code == 403
    assert sandbox.state.faults("sms") == []


def test_what_there_is_not_is_404_and_what_is_too_large_413(sandbox: Sandbox) -> None:
    assert get(sandbox, "/nothing").status_code == 404
    assert get(sandbox, "/sms/nothing").status_code == 404
    connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=5)
    connection.request("GET", "/sms/", headers={"Content-Length": "99999999999"})
    assert connection.getresponse().status == 413
    connection.close()


def test_parts_of_a_path_reach_the_handler(sandbox: Sandbox) -> None:
    def answer(request: Request) -> Reply:
        return Reply.json({"no": request.params["no"], "query": request.query})

    sandbox.routes["sms"][("GET", "/v3/refunds/{no}")] = answer
    try:
        told = get(sandbox, "/sms/v3/refunds/R1?mchid=2").json()
    finally:
        del sandbox.routes["sms"][("GET", "/v3/refunds/{no}")]
    assert told == {"no": "R1", "query": {"mchid": "2"}}


# Callbacks


class _Listener(HTTPServer):
    """Somebody who is called back."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.came = threading.Semaphore(0)
        outer = self

        class Hear(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.heard.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.end_headers()
                outer.came.release()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Hear)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"


def test_callbacks_come_once_twice_or_when_they_are_released(sandbox: Sandbox) -> None:
    ours = _Listener()
    say = sandbox.state.call_back
    say("sms", ours.address, b"once")
    sandbox.state.fault("sms", "callback_twice")
    say("sms", ours.address, b"twice")
    sandbox.state.fault("sms", "callback_late")
    say("sms", ours.address, b"late")
    get(sandbox, "/sms/nothing")  # they go out after an answer
    assert all(ours.came.acquire(timeout=5) for _ in range(3))
    assert sorted(ours.heard) == [b"once", b"twice", b"twice"]
    post(sandbox, "/_control/release", {})
    assert ours.came.acquire(timeout=5)
    assert ours.heard[-1] == b"late"
    ours.shutdown()
    ours.server_close()


def test_a_callback_to_elsewhere_is_never_sent(sandbox: Sandbox) -> None:
    sandbox.state.call_back("sms", "https://shop.example/notify", b"x")
    get(sandbox, "/sms/nothing")
    [kept] = sandbox.state.take_callbacks("sms")
    assert kept.body == b"x"
    assert sandbox.state.take_callbacks() == []
