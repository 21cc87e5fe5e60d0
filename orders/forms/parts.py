"""Forms: which goods go into the second order; which orders go in one parcel (SOP 1.3, 2.b)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django import forms

from orders.forms.contact import ContactForm
from orders.models import Order, OrderLine
from orders.parting import Cut, Money
from orders.selectors.mergeable import Choice, choices
from orders.services.sharing import BOTH, FIRST, SECOND, money_of
from orders.services.split import Plan, Wish, plan
from orders.words import HoldKind

WAITS = [(FIRST, "原单"), (SECOND, "拆出去的"), (BOTH, "两单都挂")]
NEW_HOLDS = [
    ("", "不挂起"),
    (HoldKind.CUSTOMER.value, f"{HoldKind.CUSTOMER.label}（由人解除）"),
    (HoldKind.GOODS.value, f"{HoldKind.GOODS.label}（货到了再发）"),
]


class Row(NamedTuple):
    """A line with the field that says how many of its pieces go."""

    line: OrderLine
    field: forms.BoundField


class Half(NamedTuple):
    """One of the two orders as it would be."""

    title: str
    goods: list[tuple[str, int]]
    money: Money


class SplitForm(ContactForm):
    """How many of each line go, who bears the freight, and which of the two waits."""

    freight = forms.BooleanField(label="运费算在拆出去的那一单", required=False)
    waits = forms.ChoiceField(
        label="原来的挂起留在哪一单",
        choices=WAITS,
        initial=FIRST,
        widget=forms.RadioSelect,
        help_text="某种商品的缺货挂起跟着缺的那几件走；审单挂起两单都有。",
    )
    hold = forms.ChoiceField(label="拆出去的那一单", choices=NEW_HOLDS, required=False)
    why = forms.CharField(label="为什么拆", required=False, max_length=200)

    def __init__(self, data: Any = None, *, order: Order, **kwargs: Any) -> None:
        super().__init__(data, order=order, **kwargs)
        self.lines = list(order.lines.all())
        for line in self.lines:
            self.fields[_name(line)] = forms.IntegerField(
                label=f"拆出几件：{line.label}",
                required=False,
                min_value=0,
                max_value=line.quantity,
                widget=forms.NumberInput(attrs={"placeholder": "0", "inputmode": "numeric"}),
            )
        if not _other_holds(order):
            del self.fields["waits"]

    @property
    def drafting(self) -> bool:
        return "preview" in self.data

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("hold") and not values.get("why"):
            self.add_error("why", "挂起要写原因。")
        return values

    @property
    def rows(self) -> list[Row]:
        return [Row(line, self[_name(line)]) for line in self.lines]

    def wish(self) -> Wish:
        values = self.cleaned_data
        return Wish(
            {line.pk: values.get(_name(line)) or 0 for line in self.lines},
            freight=bool(values.get("freight")),
            waits=values.get("waits") or FIRST,
            hold=HoldKind(values["hold"]) if values.get("hold") else None,
            why=values.get("why", ""),
        )

    @property
    def plan(self) -> Plan | None:
        """The two orders as they would be, where the numbers can be read."""
        if not self.is_bound:
            return None
        self.is_valid()
        return plan(self.order, self.wish())

    @property
    def halves(self) -> list[Half]:
        found = self.plan
        if found is None or not found.gone:
            return []
        return [
            Half("原单", _kept(found.cuts), found.stays),
            Half("拆出去", [(c.goods.label, c.moved) for c in found.gone], found.goes),
        ]


def _name(line: OrderLine) -> str:
    return f"go-{line.pk}"


def _kept(cuts: Sequence[Cut]) -> list[tuple[str, int]]:
    return [(c.goods.label, c.kept) for c in cuts if c.kept]


def _other_holds(order: Order) -> bool:
    """Is there a hold of which a person has to say which of the two it holds?"""
    holds = order.holds.filter(state="open").exclude(kind=HoldKind.REVIEW.value)
    lines = {str(line.pk) for line in order.lines.all()}
    return any(hold.kind != HoldKind.STOCK_OUT.value or hold.cause not in lines for hold in holds)


class MergeForm(ContactForm):
    """Which of the same buyer's orders go in this one's parcel."""

    orders = forms.MultipleChoiceField(
        label="合并到这一单", required=False, widget=forms.CheckboxSelectMultiple, choices=[]
    )

    def __init__(self, data: Any = None, *, order: Order, **kwargs: Any) -> None:
        super().__init__(data, order=order, **kwargs)
        self.choices: list[Choice] = choices(order)
        self.fields["orders"].choices = [  # type: ignore[attr-defined]
            (choice.order.order_no, choice.order.order_no) for choice in self.choices
        ]
        ready = [row.order.order_no for row in self.choices if row.verdict.allowed]
        self.fields["orders"].initial = ready  # what the review proposes

    @property
    def drafting(self) -> bool:
        return "preview" in self.data

    def clean_orders(self) -> list[str]:
        numbers: list[str] = self.cleaned_data["orders"]
        if not numbers and not self.drafting:
            raise forms.ValidationError("请勾上要一起发的订单。")
        return numbers

    @property
    def ticked(self) -> list[Order]:
        typed = set(self["orders"].value() or [])
        return [choice.order for choice in self.choices if choice.order.order_no in typed]

    @property
    def together(self) -> Half | None:
        """The order as it would be with what is ticked."""
        if not self.ticked:
            return None
        goods, money = [], money_of(self.order)
        for row in (self.order, *self.ticked):
            goods += [(line.label, line.quantity) for line in row.lines.all()]
        for row in self.ticked:
            money = money.plus(money_of(row))
        return Half("合并以后", goods, money)
