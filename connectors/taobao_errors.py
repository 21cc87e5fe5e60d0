"""What an `error_response` of TOP means: no, not yet, ask the seller to sign in, or unknown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NoReturn

from connectors.answers import Later, Rejected, SignedOut, Unknown

SYSTEM = "taobao"
LIMITED = 7  # App Call Limited
NO_SESSION = {26, 27}
SESSION_WORDS = ("invalid-sessionkey", "session-expired", "missing-session", "session-not-exist")
UNSURE = {10}  # Service Currently Unavailable
# What a person can do about it; other codes show the platform's own words.
REASONS = {
    "isv.logistics-offline-service-error:B04": "订单已经发货或者关闭了",
    "isv.logistics-offline-service-error:B60": "运单号不符合规则，或者已经用过",
    "isv.logistics-update-company-or-mailno-error:P08": "发货超过 24 小时，平台不让改了",
    "isv.trade-not-exist": "平台上没有这一单",
    "CLOSE_TRADE_TOO_FAST": "下单不到 10 秒，还不能关闭",
    "isv.invalid-signature": "App Secret 不对",
}
_BAN = re.compile(r"ban will last for (\d+)")


def raise_for(error: Mapping[str, Any], now: datetime) -> NoReturn:
    """Raise Later, SignedOut, Unknown or Rejected."""
    code, sub = error.get("code"), str(error.get("sub_code") or "")
    words = str(error.get("sub_msg") or error.get("msg") or "")
    if code in NO_SESSION or any(word in sub for word in SESSION_WORDS):
        raise SignedOut(SYSTEM, sub or str(code), "授权到期了，请负责人重新授权")
    if code == LIMITED or sub.startswith("accesscontrol.limited"):
        ban = _BAN.search(words)
        wait = timedelta(seconds=int(ban[1][:6]) if ban else 60)
        raise Later(SYSTEM, now + wait, "调用次数到了平台的限额")
    if code in UNSURE or sub.startswith(("isp.", "top-remote")):
        raise Unknown(SYSTEM, f"平台出错（{sub or code}）")
    if sub == "CLOSE_TRADE_TOO_FAST":
        raise Later(SYSTEM, now + timedelta(seconds=15), REASONS[sub])
    raise Rejected(SYSTEM, sub or str(code), REASONS.get(sub, words or "平台不接受"))
