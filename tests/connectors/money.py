"""A shop with an account at the gateways of the sandbox, and a trade that was paid."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from connectors import accounts
from connectors.gateways import PaymentGateway, RefundRequest
from connectors.sandbox import alipay, wechatpay
from connectors.sandbox.server import Sandbox

TRADES = {"alipay": "2026112522001403990500000001", "wechatpay": "4200002026112500000000000001"}
PAID = Decimal("100.00")
FAR = "https://gendan.example"  # the sandbox keeps callbacks to it until somebody takes them


def typed(shop: str, system: str) -> dict[str, str] | None:
    """What was typed in for the shop `tb1` (the settings name this function)."""
    modules: dict[str, Any] = {"alipay": alipay, "wechatpay": wechatpay}
    return modules[system].credentials() if shop == "tb1" and system in modules else None


@dataclass
class Till:
    """One gateway with its account, the sandbox behind it, and a paid trade."""

    system: str
    sandbox: Sandbox
    gateway: PaymentGateway

    @classmethod
    def open(cls, system: str, sandbox: Sandbox) -> Till:
        trade = TRADES[system]
        if system == "alipay":
            alipay.paid(sandbox.state, trade, PAID, f"{FAR}/callbacks/alipay/tb1")
            sandbox.state.take_callbacks()  # that it was paid is not the matter here
        else:
            wechatpay.paid(sandbox.state, trade, int(PAID * 100))
        return cls(system, sandbox, accounts.gateway_of(system, "tb1"))

    def request(self, amount: str = "30.00", key: str = "R1", **more: Any) -> RefundRequest:
        facts: dict[str, Any] = {"trade_no": TRADES[self.system], "total": PAID, "reason": "尺码"}
        facts |= more
        return RefundRequest(key, amount=Decimal(amount), **facts)

    def refunded(self) -> list[Decimal]:
        """What the sandbox really paid back."""
        effects = self.sandbox.state.effects(self.system, "refund")
        if self.system == "alipay":
            return [Decimal(e.data["amount"]) for e in effects]
        return [Decimal(e.data["fen"]) / 100 for e in effects]

    def refuse(self, *codes: str) -> None:
        """Answer the next refunds with these codes."""
        self.sandbox.state.store(self.system)["refuse"] = list(codes)
