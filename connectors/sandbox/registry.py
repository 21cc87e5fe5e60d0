"""Which module imitates which system. A new one is a line here."""

from __future__ import annotations

from connectors.sandbox import dingtalk, sms, taobao, wecom
from connectors.sandbox.wire import Make

ROUTES: dict[str, Make] = {
    "sms": sms.routes,
    "wecom": wecom.routes,
    "dingtalk": dingtalk.routes,
    "taobao": taobao.routes,
}
# What a shop types in to use them.
CREDENTIALS: dict[str, dict[str, str]] = {"sms": sms.CREDENTIALS}
