"""The form of what a customer decides on a stock-out (登记买家决定, SOP 1.3)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from aftersales.kinds.stock_outs import may_decide, may_open, ways
from aftersales.selectors.stock_outs import short_of
from aftersales.services.stock_outs import Decision
from aftersales.words import Sending, Way
from core.verdict import Verdict
from orders.forms.contact import ContactForm
from orders.forms.goods import GoodsRow, look_up
from orders.models import Order, OrderLine
from orders.words import ContactChannel
from stock.models import Sku


class DecisionForm(ContactForm):
    """What the customer wants, what leaves first, what the missing goods become, when to call."""

    way = forms.ChoiceField(label="买家要怎么办", choices=Way.choices(), widget=forms.RadioSelect)
    sending = forms.ChoiceField(
        label="有现货的",
        choices=Sending.choices(),
        widget=forms.RadioSelect,
        initial=Sending.TOGETHER.value,
    )
    again = forms.DateTimeField(
        label="什么时候再联系",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="买家再考虑的才填；不填 = 明天这个时候。",
    )

    def __init__(self, data: Any = None, *, order: Order, **kwargs: Any) -> None:
        kwargs["initial"] = {"channel": ContactChannel.TELEPHONE.value} | kwargs.get("initial", {})
        super().__init__(data, order=order, **kwargs)
        self.short = short_of(order)
        choices = [(way.value, way.label) for way in ways(self.short.pieces)]
        self.fields["way"].choices = choices  # type: ignore[attr-defined]
        if not self.short.pieces.several:
            del self.fields["sending"]
        self.rows = [SwapRow(data, line, self.short.asked(line)) for line in self.short.lines]
        look_up(self.rows)

    @property
    def drafting(self) -> bool:
        return "preview" in self.data

    @property
    def way_chosen(self) -> Way | None:
        typed = str(self["way"].value() or "")
        return Way(typed) if typed in list(Way) else None

    @property
    def sending_chosen(self) -> Sending:
        typed = str(self["sending"].value() or "") if "sending" in self.fields else ""
        return Sending(typed) if typed in list(Sending) else Sending.TOGETHER

    @property
    def outcome(self) -> Verdict:
        """What happens when this is done; before anything is chosen, whether it can be."""
        facts = self.order.facts()
        if self.way_chosen is None:
            return may_open(facts)
        return may_decide(facts, self.way_chosen, self.sending_chosen, self.short.pieces)

    def is_valid(self) -> bool:
        good = [row.is_valid() for row in self.rows]
        return super().is_valid() and (self.way_chosen is not Way.EXCHANGE or all(good))

    def clean_again(self) -> datetime | None:
        again: datetime | None = self.cleaned_data["again"]
        if again is not None and again <= timezone.now():
            raise forms.ValidationError("要选一个以后的时间。")
        return again

    def decision(self) -> Decision:
        values = self.cleaned_data
        way = Way(values["way"])
        swaps = self._swaps() if way is Way.EXCHANGE else {}
        again = values["again"] if way is Way.CONSIDER else None
        return Decision(way, Sending(values.get("sending") or Sending.TOGETHER), swaps, again)

    def _swaps(self) -> dict[int, Sku]:
        found = {row.line.pk: row.cleaned_data.get("sku") for row in self.rows if row.line}
        return {line: sku for line, sku in found.items() if sku is not None}


class SwapRow(GoodsRow):
    """Which goods a missing line becomes; how many is known."""

    def __init__(self, data: Any, line: OrderLine, pieces: int) -> None:
        super().__init__(data, prefix=f"line{line.pk}", line=line)
        del self.fields["quantity"], self.fields["remove"]
        self.pieces = pieces

    def clean(self) -> dict[str, Any]:
        return self.cleaned_data
