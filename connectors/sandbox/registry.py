"""Which module imitates which system. A new one is a line here."""

from __future__ import annotations

from connectors.sandbox import (
    alipay,
    dingtalk,
    eorder,
    kdniao,
    kuaidi100,
    sms,
    taobao,
    wechatpay,
    wecom,
)
from connectors.sandbox.wire import Make

ROUTES: dict[str, Make] = {
    "sms": sms.routes,
    "wecom": wecom.routes,
    "dingtalk": dingtalk.routes,
    "taobao": taobao.routes,
    "alipay": alipay.routes,
    "wechatpay": wechatpay.routes,
    "kuaidi100": kuaidi100.routes,
    "kdniao": kdniao.routes,
    "eorder": eorder.routes,
}


def credentials() -> dict[str, dict[str, str]]:
    """What a shop types in to use them."""
    return {
        "sms": sms.CREDENTIALS,
        "taobao": taobao.CREDENTIALS,
        "alipay": alipay.credentials(),
        "wechatpay": wechatpay.credentials(),
        "kuaidi100": kuaidi100.CREDENTIALS,
        "kdniao": kdniao.CREDENTIALS,
        "eorder": eorder.CREDENTIALS,
    }
