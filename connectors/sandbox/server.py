"""The HTTP server of the sandbox: finds the handler, plays the faults, sends the callbacks.

Everything stands below the system's name: /alipay/gateway.do is Alipay's /gateway.do.
"""

from __future__ import annotations

import contextlib
import re
import sys
import threading
import time
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from connectors.sandbox import control
from connectors.sandbox.registry import ROUTES
from connectors.sandbox.state import Call, Callback, State
from connectors.sandbox.wire import Handler, Reply, Request, Routes

LARGEST_REQUEST = 10 * 1024 * 1024
ELSEWHERE = "http://elsewhere.invalid/"
PIECE = b" " * 65536
LOCAL = ("http://127.0.0.1", "http://localhost")


class Sandbox:
    """The server in a thread of its own: `with Sandbox() as sandbox: … sandbox.urls()`."""

    def __init__(self, port: int = 0, seconds: float = 30.0) -> None:
        self.state: State = State(seconds)
        self.routes: dict[str, Routes] = {name: make(self.state) for name, make in ROUTES.items()}
        handler = type("Bound", (_Exchange,), {"sandbox": self})
        self.server = _Server(("127.0.0.1", port), handler)
        self.port: int = self.server.server_address[1]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def urls(self) -> dict[str, str]:
        """The base address of each system."""
        return {name: f"{self.address}/{name}" for name in ROUTES}

    def __enter__(self) -> Sandbox:
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def find(self, system: str, method: str, path: str) -> tuple[Handler | None, dict[str, str]]:
        """The handler of a path, whose `{parts}` may be anything but a slash."""
        for (verb, pattern), handler in self.routes.get(system, {}).items():
            wanted = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(pattern))
            match = re.fullmatch(wanted, path)
            if match and verb == method:
                return handler, match.groupdict()
        return None, {}

    def handle(self, system: str, request: Request) -> Reply:
        """What the system answers, without faults; one request at a time."""
        handler, params = self.find(system, request.method, request.path)
        if handler is None:
            return Reply(b"not found\n", 404)
        with self.state.lock:
            return handler(
                Request(request.method, request.target, request.headers, request.body, params)
            )

    def send_callbacks(self) -> None:
        """Send what waits for this machine; what has another address stays for whoever asks."""
        with self.state.lock:
            ours = [c for c in self.state.callbacks if c.address.startswith(LOCAL)]
            self.state.callbacks = [c for c in self.state.callbacks if c not in ours]
        for callback in ours:
            threading.Thread(target=_send, args=(callback,), daemon=True).start()


def _send(callback: Callback) -> None:
    with contextlib.suppress(httpx.HTTPError):
        httpx.post(
            callback.address, content=callback.body, headers=callback.headers, trust_env=False
        )


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who asked may hang up; everything else is our mistake and shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Exchange(BaseHTTPRequestHandler):
    """One connection."""

    sandbox: Sandbox
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "Gendan-sandbox", ""
    timeout = 60

    def log_message(self, format: str, *args: Any) -> None:
        """The log is the page."""

    def _any(self) -> None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST_REQUEST:
            self.close_connection = True
            self._reply(Reply(b"too large\n", 413))
            return
        body = self.rfile.read(int(length))
        system, _, rest = self.path.lstrip("/").partition("/")
        headers = httpx.Headers(list(self.headers.items()))  # whatever their case
        request = Request(self.command, f"/{rest}", headers, body)
        if system in self.sandbox.routes:
            self._play(system, request)
        else:
            self._reply(control.answer(self.sandbox.state, self.path, request))
            self.sandbox.send_callbacks()

    do_GET = do_POST = do_PUT = do_DELETE = _any  # noqa: N815

    def _play(self, system: str, request: Request) -> None:
        """Answer as the system does, or as broken as it was told to be."""
        fault = self.sandbox.state.take_fault(system)
        done = fault in ("", "slow", "twice", "timeout_after", "error_500_after")
        reply = self.sandbox.handle(system, request) if done else Reply()
        status = reply.status if fault in ("", "slow", "twice") else 0
        self._note(system, request, status, fault)
        if fault in _BROKEN:
            _BROKEN[fault](self)
        else:
            if fault == "slow":
                self.sandbox.state.wait()
            for _ in range(2 if fault == "twice" else 1):
                self._reply(reply)
        self.sandbox.send_callbacks()

    def _note(self, system: str, request: Request, status: int, fault: str) -> None:
        at = datetime.now().astimezone()
        call = Call(system, request.method, request.path, status, fault, at)
        with self.sandbox.state.lock:
            self.sandbox.state.calls.append(call)
            del self.sandbox.state.calls[:-500]

    def _reply(self, reply: Reply) -> None:
        with contextlib.suppress(OSError):  # who asked may have gone
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

    def _hang(self) -> None:
        self.sandbox.state.wait()
        self.close_connection = True

    def _fail(self) -> None:
        self._reply(Reply(b"internal error\n", 500))

    def _huge(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.send_response(200)
            self.end_headers()
            while True:
                self.wfile.write(PIECE)

    def _drip(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
            while True:
                self.wfile.write(b".")
                time.sleep(self.sandbox.state.seconds / 20)

    def _garbage(self) -> None:
        self._reply(Reply(b"<html>\xff\xfe", 200))

    def _redirect(self) -> None:
        self._reply(Reply(b"", 302, {"Location": ELSEWHERE}))


_BROKEN = {
    "timeout": _Exchange._hang,
    "timeout_after": _Exchange._hang,
    "error_500": _Exchange._fail,
    "error_500_after": _Exchange._fail,
    "huge": _Exchange._huge,
    "drip": _Exchange._drip,
    "garbage": _Exchange._garbage,
    "redirect": _Exchange._redirect,
}
