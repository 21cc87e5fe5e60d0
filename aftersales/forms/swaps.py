"""Forms of an exchange before shipping (发货前换货, SOP 1.1.f, 1.2.d)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from aftersales.forms.common import TalkForm
from aftersales.kinds.swaps import may_open, may_swap
from aftersales.models import Case
from aftersales.rules import tree
from aftersales.selectors.exchanges import Price
from aftersales.selectors.swaps import Swapping, draft_of, price_of
from aftersales.selectors.versions import rules_for
from aftersales.words import CaseKind, SwapWay
from core.verdict import Verdict
from orders.forms.contact import ContactForm
from orders.forms.goods import GoodsRow, look_up
from orders.models import Order, OrderLine
from stock.models import Sku


class SwapForm(ContactForm):
    """In place or placed anew; which pieces become what; why."""

    way = forms.ChoiceField(
        label="怎么换",
        choices=SwapWay.choices(),
        widget=forms.RadioSelect,
        initial=SwapWay.IN_PLACE.value,
    )
    reason = forms.ChoiceField(label="原因", choices=[])
    wants = forms.CharField(label="补充说明", max_length=300, required=False)

    def __init__(self, data: Any = None, *, order: Order, **kwargs: Any) -> None:
        super().__init__(data, order=order, **kwargs)
        reasons = tree(rules_for(order).reasons_for(CaseKind.SWAP))
        self.fields["reason"].choices = [("", "选一个"), *reasons]  # type: ignore[attr-defined]
        lines = order.lines.select_related("sku").order_by("id")
        self.rows = [SwapRow(data, line) for line in lines]
        look_up(self.rows)
        if self.rows:  # most want another size: work begins there
            self.rows[0].fields["sku"].widget.attrs["autofocus"] = True

    @property
    def drafting(self) -> bool:
        return "preview" in self.data

    def is_valid(self) -> bool:
        good = [row.is_valid() for row in self.rows]
        return super().is_valid() and all(good)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        chosen = [row for row in self.rows if row.is_valid() and row.cleaned_data.get("sku")]
        if not chosen and all(row.is_valid() for row in self.rows):
            self.add_error(None, "还没有选换成什么：填款号或编码，再选颜色和尺码。")
        return values

    @property
    def way_chosen(self) -> SwapWay:
        typed = str(self["way"].value() or "")
        return SwapWay(typed) if typed in list(SwapWay) else SwapWay.IN_PLACE

    def swap(self) -> Swapping:
        """As it was typed; rows that are not good yet are left out."""
        good = {row.line.pk: row for row in self.rows if row.line and row.is_valid()}
        new: dict[int, Sku] = {
            key: row.cleaned_data["sku"] for key, row in good.items() if row.cleaned_data.get("sku")
        }
        typed = self.cleaned_data if self.is_bound and hasattr(self, "cleaned_data") else {}
        pieces = {key: good[key].cleaned_data["quantity"] for key in new}
        about = typed.get("reason", ""), typed.get("wants", "")
        return Swapping(self.way_chosen, pieces, new, *about)

    @property
    def outcome(self) -> Verdict:
        """What happens when this is done; before anything is chosen, whether it can be."""
        facts = self.order.facts()
        return may_swap(facts, self.way_chosen) if self.is_bound else may_open(facts)

    @property
    def price(self) -> Price | None:
        """The difference of what is chosen, in place."""
        swap = self.swap() if self.is_bound else Swapping()
        if not swap.new or swap.way is not SwapWay.IN_PLACE:
            return None
        return price_of(draft_of(self.order, swap))


class SwapRow(GoodsRow):
    """A line of the order: how many of it become what; left alone, it stays."""

    def __init__(self, data: Any, line: OrderLine) -> None:
        super().__init__(data, prefix=f"line{line.pk}", line=line)
        self.most = line.quantity
        del self.fields["remove"]

    def clean(self) -> dict[str, Any]:
        pieces = self.cleaned_data.get("quantity")
        if self.cleaned_data.get("sku") and not (pieces and pieces <= self.most):
            self.add_error("quantity", f"填 1 到 {self.most} 件。")
        return self.cleaned_data


class TieNewForm(TalkForm):
    """The order that the customer placed instead: one of the same buyer's, or its number."""

    pick = forms.ChoiceField(
        label="同一买家后来的订单", required=False, widget=forms.RadioSelect, choices=[]
    )
    number = forms.CharField(
        label="或者填新订单号",
        max_length=64,
        required=False,
        help_text="我们的订单号或平台单号；刚拍的订单，导入以后才查得到。",
    )

    certain = forms.BooleanField(
        label="账号和手机都对不上，核对过，是同一个人的订单", required=False
    )

    def __init__(
        self, data: Any = None, *, case: Case, candidates: Sequence[Order] = (), **kwargs: Any
    ) -> None:
        super().__init__(data, case=case, **kwargs)
        choices = [(one.order_no, _choice(one)) for one in candidates]
        self.fields["pick"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["pick"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("pick") and not values.get("number") and not self.errors:
            self.add_error("number", "请选一张，或填新订单号。")
        return values

    def chosen(self) -> str:
        values = self.cleaned_data
        return str(values["number"] or values.get("pick", ""))


def _choice(one: Order) -> str:
    return f"{one.order_no} · {one.get_state_display()} · {one.goods_summary} · {one.due} 元"


class EndForm(TalkForm):
    """Why nothing more is done."""

    why = forms.CharField(label="为什么", max_length=200)
