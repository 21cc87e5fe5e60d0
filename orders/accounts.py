"""What a shop types in to use an outside system: the fields of its account. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from orders.words import MessageKind


@dataclass(frozen=True, slots=True)
class Field:
    """One value; what is `secret` is written and never shown again."""

    name: str
    label: str
    secret: bool = False
    required: bool = True
    long: bool = False
    help: str = ""


@dataclass(frozen=True, slots=True)
class SystemKind:
    """A system that shops have accounts with."""

    label: str
    fields: tuple[Field, ...]

    @property
    def secrets(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.secret)


# The names of the fields are those of the clients' account dataclasses (connectors).
ACCOUNTS: dict[str, SystemKind] = {
    "sms": SystemKind(
        "短信（阿里云）",
        (
            Field("access_key_id", "AccessKey ID"),
            Field("access_key_secret", "AccessKey Secret", secret=True),
            Field("sign_name", "短信签名"),
            Field(
                "templates",
                "短信模板",
                long=True,
                help="每行一个，消息种类=模板号，例如 payment_reminder=SMS_100001。种类："
                + "、".join(f"{kind.value} {kind.label}" for kind in MessageKind),
            ),
        ),
    ),
    "alipay": SystemKind(
        "支付宝",
        (
            Field("app_id", "应用编号（APPID）"),
            Field("private_key", "应用私钥", secret=True, long=True),
            Field("alipay_public_key", "支付宝公钥", long=True),
        ),
    ),
    "wechatpay": SystemKind(
        "微信支付",
        (
            Field("mchid", "商户号"),
            Field("serial_no", "商户证书序列号"),
            Field("private_key", "商户私钥", secret=True, long=True),
            Field("api_v3_key", "APIv3 密钥", secret=True),
            Field("public_key_id", "微信支付公钥编号", required=False),
            Field("public_key", "微信支付公钥", required=False, long=True),
            Field("certificates", "平台证书", required=False, long=True),
        ),
    ),
    "taobao": SystemKind(
        "淘宝开放平台",
        (
            Field("app_key", "App Key"),
            Field("app_secret", "App Secret", secret=True),
            Field("session", "授权码（SessionKey）", secret=True),
        ),
    ),
    "kuaidi100": SystemKind(
        "快递100",
        (
            Field("customer", "customer"),
            Field("key", "授权 key", secret=True),
            Field("salt", "推送签名用的 salt", secret=True),
        ),
    ),
    "kdniao": SystemKind(
        "快递鸟",
        (
            Field("business_id", "用户编号（EBusinessID）"),
            Field("app_key", "API key", secret=True),
        ),
    ),
    "eorder": SystemKind(
        "电子面单（快递鸟）",
        (
            Field("business_id", "用户编号（EBusinessID）"),
            Field("app_key", "API key", secret=True),
            Field("carriers", "各快递的客户号", secret=True, long=True),
            Field("sender_name", "寄件人"),
            Field("sender_phone", "寄件电话"),
            Field("sender_province", "寄件省", help="写全称：广东省、北京市、广西壮族自治区。"),
            Field("sender_city", "寄件市"),
            Field("sender_district", "寄件区县"),
            Field("sender_street", "寄件详细地址"),
        ),
    ),
}
_KINDS = "|".join(kind.value for kind in MessageKind)
_TEMPLATE = re.compile(rf"({_KINDS}) *= *SMS_\d+")
_CARRIER = re.compile(r"[A-Z0-9]{2,10} *= *[^,\s][^,]*(?:,[^,]*){0,3}")
SHORTEST = 12  # of a shorter secret not even the end is shown


def hint(secret: str) -> str:
    """What may be shown of a secret: that it is set, and its end."""
    letters = re.sub(r"-----[A-Z ]+-----|\s", "", secret)
    if not letters:
        return "未设置"
    return f"已设置 · 末 4 位 {letters[-4:]}" if len(letters) >= SHORTEST else "已设置"


def template_faults(text: str) -> list[str]:
    """The lines of `templates` that are no `kind=SMS_123` of a kind that we send."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [line for line in lines if not _TEMPLATE.fullmatch(line)]


def carrier_faults(text: str) -> list[str]:
    """The lines of `carriers` that are no `YTO=customer,password,branch,month` (only what the
    carrier wants)."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [line.partition("=")[0] for line in lines if not _CARRIER.fullmatch(line)]


def merged(old: Mapping[str, str], new: Mapping[str, str], kind: SystemKind) -> dict[str, str]:
    """The values as typed; a secret that was left empty stays as it was."""
    keep = {field.name for field in kind.secrets}
    return {
        field.name: (new.get(field.name) or (old.get(field.name, "") if field.name in keep else ""))
        for field in kind.fields
    }
