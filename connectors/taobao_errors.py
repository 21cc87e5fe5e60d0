"""What an `error_response` of TOP means: no, not yet, ask the seller to sign in, or unknown.

Of `taobao.rp.refunds.agree` and `taobao.refund.refuse` (open.taobao.com, 退款API) also what their
pages name as conditions: sub-accounts with the right, a code by SMS above an amount, one state of
the application (`refund_version`); and that what has not been sent cannot be refused.
"""

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
    "isv.refund-version-error": "申请的版本已经变化：下次收到新的版本以后再发一次",
    "isv.permission-api-package-limit": "应用没有退款的权限：请负责人到淘宝开放平台开通",
    "isv.sub-account-no-permission": "授权的子账号没有退款的权限：请负责人在千牛给它开通",
}
# The text of an answer that is no error: a person does it on the platform's pages.
ON_ITS_PAGES = {
    "验证码": "平台要短信验证码，接口办不了：请到千牛同意退款，再在这里登记",
    "金额": "金额和平台上的申请不一致：请到千牛核对，同意以后在这里登记",
    "状态": "申请的状态变了：请到千牛看看，已经退了的在这里登记",
    "审核": "平台说还没有审核：请到千牛同意退款，再在这里登记",
}
_BAN = re.compile(r"ban will last for (\d+)")


def on_its_pages(said: str) -> str:
    """What to do about a refused agreement: the platform's words, and the way on its pages."""
    way = next((way for word, way in ON_ITS_PAGES.items() if word in said), "")
    return f"{said}。{way}" if way else said


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
