"""Whose account a transfer goes to, as pure functions: what is typed, and when (SOP 1.5, 1.3.e).

Asked of the buyer when the way it was paid does not take the money back any more.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.verdict import Verdict, no, yes
from refunds.policy import RefundFacts
from refunds.words import RefundState

R = RefundState


@dataclass(frozen=True, slots=True)
class Payee:
    """As the buyer says it: the name on the account, its number, its bank."""

    name: str
    account: str
    bank: str


def may_enter_payee(refund: RefundFacts) -> Verdict:
    """Write down where the money goes, before it is transferred; also to correct it."""
    if refund.applies:
        return no("1.5", "平台保管的钱只能在平台上退，用不着收款账户。")
    if refund.state is not R.FAILED and not (refund.state is R.SENDING and refund.by_hand):
        return no("1.5", f"退款{refund.state.label}，用不着收款账户。")
    if refund.transfer_no:
        return no("1.5", "转账已经登记，收款账户不能再改。", instead="转错了请财务联系银行。")
    return yes("1.5", "向买家核对户名、账号和开户行再填；财务照着转账。")


def needs_payee(known: bool, typed: Payee | None) -> Verdict | None:
    """A transfer of ours wants somebody to pay to; None where there is one."""
    if known or typed is not None:
        return None
    return no("1.5", "还不知道转给谁。", instead="问买家要户名、账号和开户行，填在这里。")
