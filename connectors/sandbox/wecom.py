"""WeCom's group robot: knows its key, the form of a message, and 20 in a minute."""

from __future__ import annotations

from typing import Any

from connectors.sandbox.state import State
from connectors.sandbox.wire import Reply, Request, Routes

SYSTEM = "wecom"
KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
LONGEST = 2048  # bytes


def routes(state: State) -> Routes:
    def send(request: Request) -> Reply:
        code, message = _wrong(state, request)
        if not code:
            state.did(SYSTEM, "text", "", content=request.json()["text"]["content"])
        return Reply.json({"errcode": code, "errmsg": message})

    return {("POST", "/cgi-bin/webhook/send"): send}


def _wrong(state: State, request: Request) -> tuple[int, str]:
    told: Any = request.json()
    if request.query.get("key") != KEY:
        return 93000, "invalid webhook url"
    if not isinstance(told, dict) or told.get("msgtype") != "text":
        return 40008, "invalid message type"
    text = told.get("text")
    content = text.get("content") if isinstance(text, dict) else None
    if not isinstance(content, str) or not content:
        return 44004, "empty content"
    if len(content.encode()) > LONGEST:
        return 40058, "text.content exceed max length 2048"
    if state.store(SYSTEM).get("crowded"):
        return 45009, "api freq out of limit"
    return 0, "ok"
