"""DingTalk's group robot with 加签: checks token, time and signature."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import Any

from connectors.sandbox.state import State
from connectors.sandbox.wire import Reply, Request, Routes

SYSTEM = "dingtalk"
TOKEN = "5a3b0c9dsandbox0sandbox0sandbox0sandbox0sandbox0sandbox0sandbox0"  # noqa: S105
SECRET = "SEC000sandbox000sandbox000sandbox000sandbox000sandbox000sandbox00"  # noqa: S105
HOUR = 3600 * 1000  # milliseconds


def routes(state: State) -> Routes:
    def send(request: Request) -> Reply:
        code, message = _wrong(state, request)
        if not code:
            state.did(SYSTEM, "text", "", content=request.json()["text"]["content"])
        return Reply.json({"errcode": code, "errmsg": message})

    return {("POST", "/robot/send"): send}


def _wrong(state: State, request: Request) -> tuple[int, str]:
    query, told = request.query, request.json()
    if query.get("access_token") != TOKEN:
        return 300005, "token is not exist"
    at = query.get("timestamp", "")
    if not at.isdecimal() or abs(time.time() * 1000 - int(at)) > HOUR:
        return 310000, "invalid timestamp"
    digest = hmac.new(SECRET.encode(), f"{at}\n{SECRET}".encode(), hashlib.sha256).digest()
    if not hmac.compare_digest(base64.b64encode(digest).decode(), query.get("sign", "")):
        return 310000, "sign not match"
    return _wrong_message(state, request, told)


def _wrong_message(state: State, request: Request, told: Any) -> tuple[int, str]:
    if not request.headers.get("content-type", "").startswith("application/json"):
        return 43004, "无效的HTTP HEADER Content-Type"
    if not isinstance(told, dict) or told.get("msgtype") != "text":
        return 400105, "不支持的消息类型"
    text = told.get("text")
    if not isinstance(text, dict) or not text.get("content"):
        return 40035, "缺少参数 content"
    if state.store(SYSTEM).get("crowded"):
        return 410100, "发送速度太快而限流"
    return 0, "ok"
