"""Forms of the small acts: close, hold, lift, release, pay, note, follow-up, account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from core.money import ZERO
from orders.forms.contact import ActForm, ContactForm
from orders.models import Order
from orders.policy import BY_HAND_HOLDS, identified
from orders.services.pay import Paid
from orders.words import AccountKind, Gateway, HoldKind


class NothingForm(ActForm):
    """An act that needs nothing but a yes."""


class CloseForm(ContactForm):
    """Close an unpaid order: two identity keys and why (SOP 1.2.e)."""

    why = forms.ChoiceField(
        label="关闭原因",
        choices=[(w, w) for w in ("买家不想要了", "拍错重拍", "信息填错", "联系不上买家", "其他")],
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        verdict = identified(self.contacted().identity, "1.2.e") if "channel" in values else None
        if verdict is not None and not verdict.allowed:
            self.add_error("identity", f"{verdict.reason}{verdict.instead}")
        return values


class HoldForm(ActForm):
    """Put a hold on an order by hand."""

    kind = forms.ChoiceField(label="类型", choices=[(k.value, k.label) for k in BY_HAND_HOLDS])
    reason = forms.CharField(label="原因", max_length=300)
    until = forms.DateTimeField(
        label="到什么时候自动解除",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="不填 = 由人解除。",
    )

    def clean_until(self) -> datetime | None:
        until: datetime | None = self.cleaned_data["until"]
        if until is not None and until <= timezone.now():
            raise forms.ValidationError("要选一个以后的时间。")
        return until

    def held(self) -> dict[str, Any]:
        values = self.cleaned_data
        return {
            "kind": HoldKind(values["kind"]),
            "reason": values["reason"],
            "until": values["until"],
        }


class StopForm(ActForm):
    """Remind no more: why, and whether the buyer wants no messages at all."""

    why = forms.CharField(label="原因", max_length=200, required=False)
    never = forms.BooleanField(label="这位买家以后什么消息都不接收", required=False)


class LiftForm(ActForm):
    """Lift a hold: why."""

    why = forms.CharField(label="为什么可以解除", max_length=200)


class AskStopForm(ContactForm):
    """Ask the warehouse to stop the parcel: why (SOP 1.1.e, 1.2.b)."""

    why = forms.ChoiceField(
        label="为什么要拦",
        choices=[
            (w, w) for w in ("改收货信息", "换商品", "改配送方式", "买家不要了", "发错货", "其他")
        ],
    )
    more = forms.CharField(
        label="补充说明", max_length=200, required=False, help_text="仓库在看板上看得到。"
    )

    def reason(self) -> str:
        values = self.cleaned_data
        return "：".join(part for part in (values["why"], values["more"].strip()) if part)


class WithdrawForm(ActForm):
    """Take a request back: why."""

    why = forms.CharField(label="为什么不拦了", max_length=200)


class PayForm(ActForm):
    """A payment that came in: number, amount, gateway."""

    gateway = forms.ChoiceField(label="收款方式", choices=Gateway.choices)
    number = forms.CharField(label="交易号", max_length=64)
    amount = forms.DecimalField(
        label="金额（元）", min_value=Decimal("0.01"), max_digits=12, decimal_places=2
    )
    account = forms.CharField(label="付款账号", max_length=128, required=False)

    def first_values(self, order: Order) -> dict[str, Any]:
        return {"amount": order.facts([]).unpaid_rest, "gateway": Gateway.BANK.value}

    def differences(self) -> list[tuple[str, str, str]]:
        return []  # what the form proposes does not stand on the order

    def paid(self) -> Paid:
        values = self.cleaned_data
        return Paid(
            values["number"].strip(),
            values["amount"],
            Gateway(values["gateway"]),
            values["account"],
        )


class NoteForm(ActForm):
    """A memo on the order."""

    text = forms.CharField(label="备注", widget=forms.Textarea, max_length=2000)
    for_shop = forms.BooleanField(label="同步到店铺后台备注", required=False)


class FollowUpForm(ActForm):
    """The day on which the order comes back to one's list."""

    on = forms.DateField(
        label="跟进日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="那天它会出现在您的首页；清空就是取消。",
    )

    def first_values(self, order: Order) -> dict[str, Any]:
        return {"on": order.follow_up_on}

    def clean_on(self) -> date | None:
        on: date | None = self.cleaned_data["on"]
        if on is not None and on < timezone.localdate():
            raise forms.ValidationError("要选今天或以后的日期。")
        return on


class AccountForm(ActForm):
    """Another account of the same buyer."""

    kind = forms.ChoiceField(label="类型", choices=AccountKind.choices)
    account = forms.CharField(label="账号", max_length=64)


class TieForm(ActForm):
    """The top-up order that belongs to this one: chosen, or typed."""

    pick = forms.ChoiceField(
        label="同一买家的补差价订单", required=False, widget=forms.RadioSelect, choices=[]
    )
    top_up = forms.CharField(
        label="或者填补差价订单号",
        max_length=64,
        required=False,
        help_text="我们的订单号或平台单号。",
    )
    certain = forms.BooleanField(label="账号和手机都对不上，核对过，是同一个人付的", required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        order: Order,
        candidates: Sequence[Order],
        expected: Decimal | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, order=order, **kwargs)
        choices = [(row.order_no, _top_up(row, expected)) for row in candidates]
        self.fields["pick"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["pick"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("pick") and not values.get("top_up") and not self.errors:
            self.add_error("top_up", "请选一张，或填补差价订单号。")
        return values

    def number(self) -> str:
        values = self.cleaned_data
        return str(values["top_up"] or values.get("pick", ""))


def _top_up(row: Order, expected: Decimal | None) -> str:
    over = row.total_paid - (expected or row.total_paid)
    fits = "，金额相符" if row.total_paid == expected else ""
    more = f"，多 {over} 元要退" if over > ZERO else ""
    return f"{row.order_no} · {row.total_paid} 元{fits}{more} · {row.platform_no}"


class PickForm(ActForm):
    """One of several things on the order, and why."""

    pick = forms.ChoiceField(label="哪一笔", widget=forms.RadioSelect, choices=[])
    why = forms.CharField(label="原因", max_length=200)

    def __init__(
        self,
        data: Any = None,
        *,
        order: Order,
        label: str,
        choices: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, order=order, **kwargs)
        self.fields["pick"].label = label
        self.fields["pick"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.initial["pick"] = choices[0][0]


class DifferenceForm(ContactForm):
    """The platform's value or ours (SOP 5.a)."""

    hold = forms.ChoiceField(label="哪一处", widget=forms.RadioSelect, choices=[])
    choice = forms.ChoiceField(
        label="用哪一边",
        choices=[("theirs", "用平台的"), ("ours", "保留我们的")],
        widget=forms.RadioSelect,
    )
    why = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(
        self, data: Any = None, *, order: Order, choices: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(data, order=order, **kwargs)
        self.fields["hold"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.initial["hold"] = choices[0][0]
