"""Freight that the buyer paid at our cost: a payout, once (赔退货运费, SOP 1.4.c, 1.5.f)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from aftersales import policy
from aftersales.models import Case
from aftersales.selectors.versions import rules_of
from aftersales.services.acting import case_act, order_of
from aftersales.services.money import files_of
from core.acts import Change
from core.evidence.keeping import Kept
from core.models import Act
from core.verdict import no
from refunds.models import Payout
from refunds.services.payout import request_payout
from refunds.words import PayoutKind


@dataclass(frozen=True, slots=True)
class Owed:
    """So many yuan, to whom ("": to the account that paid), and why where it is more than usual."""

    amount: Decimal
    payee: str = ""
    why: str = ""


def owe_freight(case: Case, owed: Owed, evidence: Sequence[Kept] = (), **common: Any) -> Act:
    """Ask for it with the case's files and further ones; decided by another (SOP 1.5.f).

    Raises Refused, Conflict, Repeated.
    """
    with case_act("owe_freight", case, **common) as (row, log):
        policy.may_pay_freight(rules_of(row), owed.amount, owed.why).require()
        order = order_of(row)
        payee = owed.payee or order.buyer_pay_account
        if not payee:
            no("1.5.f", "没有收款账号。", instead="问买家的支付宝或银行账号和户名。").require()
        why = f"{row.number} 退货运费，{row.get_fault_display()}。{owed.why}"
        kept = [*files_of(row), *evidence]
        about = (PayoutKind.RETURN_FREIGHT, owed.amount, payee, why)
        request_payout(order, *about, kept, by=common["by"], now=common["now"])
        number = Payout.objects.filter(order=order).order_by("-id")[0].number
        row.details = {**row.details, "payout": number}
        log.changed([Change("退货运费", "", f"{number} {owed.amount} 元")], row)
        log.noted(
            f"申请赔退货运费 {owed.amount} 元（{row.number}）", clause="1.5.f", reason=owed.why
        )
    return log.act
