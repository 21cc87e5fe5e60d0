"""What finance does with refunds that were handed over (SOP 1.5)."""

from __future__ import annotations

from refunds import paying
from refunds.forms.decide import ByHandForm, DecideForm, GiveUpForm, PayeeForm, TransferForm
from refunds.payees import may_enter_payee
from refunds.services.money import (
    confirm_transfer,
    enter_transfer,
    finish_there,
    give_up_refund,
    pay_by_hand,
    send_again,
)
from refunds.services.transfers import enter_payee
from refunds.services.withdraw import facts_of
from refunds.views.decide import decision, transfer

again = decision(
    "send_again",
    "再发一次",
    DecideForm,
    lambda o, row, user: paying.may_send_again(facts_of(row, o)),
    lambda o, row, form, user, common: send_again(o, row, **common),
)
by_hand = decision(
    "pay_by_hand",
    "改为手工转账",
    ByHandForm,
    lambda o, row, user: paying.may_pay_by_hand(facts_of(row, o)),
    lambda o, row, form, user, common: pay_by_hand(o, row, form.payee_of(), **common),
    about=transfer,
)
payee = decision(
    "enter_payee",
    "登记收款账户",
    PayeeForm,
    lambda o, row, user: may_enter_payee(facts_of(row, o)),
    lambda o, row, form, user, common: enter_payee(o, row, form.payee_of(), **common),
    about=transfer,
)
give_up = decision(
    "give_up_refund",
    "不再退",
    GiveUpForm,
    lambda o, row, user: paying.may_give_up(facts_of(row, o)),
    lambda o, row, form, user, common: give_up_refund(o, row, form.cleaned_data["why"], **common),
)
enter = decision(
    "enter_transfer",
    "登记转账",
    TransferForm,
    lambda o, row, user: paying.may_enter_transfer(facts_of(row, o)),
    lambda o, row, form, user, common: enter_transfer(
        o, row, form.cleaned_data["transfer_no"], **common
    ),
    about=transfer,
)
confirm = decision(
    "confirm_transfer",
    "复核转账",
    DecideForm,
    lambda o, row, user: paying.may_confirm_transfer(facts_of(row, o), user.pk),
    lambda o, row, form, user, common: confirm_transfer(o, row, **common),
    about=transfer,
)
finish = decision(
    "finish_there",
    "平台已同意",
    DecideForm,
    lambda o, row, user: paying.may_finish_there(facts_of(row, o)),
    lambda o, row, form, user, common: finish_there(o, row, **common),
)
