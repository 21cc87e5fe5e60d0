"""The outside systems: what people call them, where they stand, which variable moves them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class System:
    """`variable` of the environment names another base address, such as the sandbox's.

    `hosts`: further ones of its own, that its answers send us to.
    """

    name: str
    label: str
    variable: str
    url: str
    hosts: tuple[str, ...] = ()


SYSTEMS = {
    system.name: system
    for system in (
        System("sms", "短信", "SMS_URL", "https://dysmsapi.aliyuncs.com"),
        System("wecom", "企业微信", "WECOM_URL", "https://qyapi.weixin.qq.com"),
        System("dingtalk", "钉钉", "DINGTALK_URL", "https://oapi.dingtalk.com"),
        System(
            "alipay",
            "支付宝",
            "ALIPAY_URL",
            "https://openapi.alipay.com",
            ("dwbillcenter.alipay.com",),
        ),
        System("wechatpay", "微信支付", "WECHATPAY_URL", "https://api.mch.weixin.qq.com"),
        System("taobao", "淘宝", "TAOBAO_URL", "https://eco.taobao.com"),
        System("kuaidi100", "快递100", "KUAIDI100_URL", "https://poll.kuaidi100.com"),
        System("kdniao", "快递鸟", "KDNIAO_URL", "https://api.kdniao.com"),
        System("eorder", "电子面单（快递鸟）", "EORDER_URL", "https://api.kdniao.com"),
    )
}


def label_of(system: str) -> str:
    """What people call it; a shop's webhook is a system of its own."""
    if system.startswith("webhook:"):
        return f"状态通知 {system.partition(':')[2]}"
    return SYSTEMS[system].label if system in SYSTEMS else system
