"""What a supervisor types: a reason, the owner's limits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from core.once import RowForm
from orders.forms.contact import ActForm
from orders.models import Order
from refunds.models import RefundLimits
from refunds.payees import Payee
from refunds.selectors.weighing import reviewers
from staff.models import User


class DecideForm(ActForm):
    """Agree, or take it back: nothing but a yes."""


class RejectForm(ActForm):
    why = forms.CharField(label="为什么不退", max_length=300, help_text="这句话会告诉买家。")


class ReturnForm(ActForm):
    why = forms.CharField(label="还缺什么", max_length=300, help_text="申请人会收到通知。")


class ReviewerField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A colleague who decides, or nobody: then all do."""

    def __init__(self, shop: str = "") -> None:
        super().__init__(
            reviewers(shop), label="给谁审", required=False, empty_label="放回，谁都可以审"
        )

    def label_from_instance(self, user: User) -> str:
        return f"{user.display_name}（{user.get_role_display()}）"


class AssignForm(ActForm):
    """To whom it is given."""

    def __init__(self, data: Any = None, *, order: Order, **kwargs: Any) -> None:
        super().__init__(data, order=order, **kwargs)
        self.fields["to"] = ReviewerField(order.shop.code)


class ReasonForm(ActForm):
    why = forms.CharField(label="原因", max_length=300, help_text="申请人会收到通知。")


class GiveUpForm(ActForm):
    why = forms.CharField(label="为什么不再退", max_length=300)


class PayeeForm(ActForm):
    """Where the money goes, as the buyer says it."""

    payee = forms.CharField(label="收款人（户名）", max_length=64)
    payee_account = forms.RegexField(
        r"^[0-9A-Za-z@._ +-]{4,64}$",
        label="收款账号",
        help_text="照买家报的填；页面上会遮住，导出给财务的文件里是全的。",
        error_messages={"invalid": "账号只有数字、字母和 @ . _ -，照买家报的填。"},
    )
    payee_bank = forms.CharField(label="开户行", max_length=64, help_text="写到支行更好。")

    def payee_of(self) -> Payee | None:
        """None where nothing was typed."""
        name, account, bank = (
            self.cleaned_data[field] for field in ("payee", "payee_account", "payee_bank")
        )
        return Payee(name, account.replace(" ", ""), bank) if account else None


class ByHandForm(PayeeForm):
    """Left empty where the payee is known already; else all of it."""

    def __init__(self, data: Any = None, *, order: Order, **kwargs: Any) -> None:
        super().__init__(data, order=order, **kwargs)
        for name in ("payee", "payee_account", "payee_bank"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        names = [name for name in ("payee", "payee_account", "payee_bank") if name in values]
        if any(values[name] for name in names):
            for name in names:
                if not values[name]:
                    self.add_error(name, "户名、账号、开户行要一起填。")
        return values


class TransferForm(ActForm):
    """The transfer as the bank shows it."""

    transfer_no = forms.RegexField(
        r"^[0-9A-Za-z-]{4,64}$",
        label="银行流水号",
        error_messages={"invalid": "流水号只有数字、字母和短横线，照网银上的填。"},
    )


class LimitsForm(RowForm):
    """The owner's limits."""

    supervisor = forms.DecimalField(label="主管一人可批（元）", max_digits=9, decimal_places=2)
    finance = forms.DecimalField(
        label="财务一人可批（元）",
        max_digits=9,
        decimal_places=2,
        help_text="超过的要两个人同意；负责人一人可批任何金额。",
    )
    payout = forms.DecimalField(
        label="赔付一人可批（元）",
        max_digits=9,
        decimal_places=2,
        help_text="超出买家实付的钱；超过的要两个人同意。",
    )
    large = forms.DecimalField(label="超过多少元提示大额", max_digits=9, decimal_places=2)
    often = forms.IntegerField(
        label="30 天里几笔提示常退款", min_value=1, max_value=1000, help_text="同一位买家别的退款。"
    )

    def first_values(self, row: RefundLimits) -> dict[str, Any]:
        return {
            name: getattr(row, name)
            for name in ("supervisor", "finance", "payout", "large", "often")
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name in ("supervisor", "finance", "payout", "large"):
            if values.get(name, Decimal(0)) < 0:
                self.add_error(name, "不能是负数。")
        return values
