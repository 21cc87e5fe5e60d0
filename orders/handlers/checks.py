"""Does an account work? For each system a call that changes nothing. Raises ConnectorError."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from connectors import alipay, eorder, kdniao, kuaidi100, sms, taobao, wechatpay
from connectors.answers import Rejected, Unknown
from connectors.gateways import PaymentGateway, RefundRequest, RefundState
from connectors.trackers import CarrierTracker, Parcel
from orders.models import Shop
from orders.selectors.account import credentials_of

# Numbers that nobody has: a system that knows us says that it knows nothing of them.
NO_REFUND = RefundRequest("gendan-try", "0" * 28, Decimal("0.01"), Decimal("0.01"))
NO_PARCEL = Parcel("YTO", "YT0000000000000")
UNKNOWN_TRADE = "ACQ.TRADE_NOT_EXIST"
UNKNOWN_PARCEL = {"没有可用套餐或单号有误"}


def _gateway(system: str, gateway: PaymentGateway) -> None:
    answer = gateway.query(NO_REFUND)
    if answer.state is RefundState.ABSENT or answer.code == UNKNOWN_TRADE:
        return
    if answer.code:
        raise Rejected(system, answer.code, answer.reason)
    raise Unknown(system, answer.reason)


def _tracker(tracker: CarrierTracker) -> None:
    try:
        tracker.query(NO_PARCEL)
    except Rejected as no:
        if no.message not in UNKNOWN_PARCEL:
            raise


def _eorder(issuer: eorder.Eorder) -> None:
    """Cancel what nobody ordered: it knows us when it says so."""
    try:
        issuer.check()
    except Rejected as no:
        if no.code in eorder.UNKNOWN_TO_IT:
            raise


CHECKS: dict[str, Callable[[Shop], None]] = {
    "sms": lambda shop: sms.AliyunSms(credentials_of(shop, "sms", sms.Account)).check(),
    "taobao": lambda shop: taobao.Taobao(credentials_of(shop, "taobao", taobao.Account)).check(),
    "alipay": lambda shop: _gateway(
        "alipay", alipay.Alipay(credentials_of(shop, "alipay", alipay.Account))
    ),
    "wechatpay": lambda shop: _gateway(
        "wechatpay", wechatpay.WechatPay(credentials_of(shop, "wechatpay", wechatpay.Account))
    ),
    "kuaidi100": lambda shop: _tracker(
        kuaidi100.Kuaidi100(credentials_of(shop, "kuaidi100", kuaidi100.Account))
    ),
    "kdniao": lambda shop: _tracker(kdniao.Kdniao(credentials_of(shop, "kdniao", kdniao.Account))),
    "eorder": lambda shop: _eorder(eorder.Eorder(credentials_of(shop, "eorder", eorder.Account))),
}
