"""Forms of goods that come back: ask for it, look at them, agree, pay (SOP 1.4)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.utils import timezone

from aftersales import policy
from aftersales.forms.common import CaseForm, TalkForm
from aftersales.models import Case, CaseLine
from aftersales.policy import Found
from aftersales.rules import tree
from aftersales.selectors.left import pieces_left
from aftersales.selectors.versions import rules_for
from aftersales.services.goods_back import GoodsBack, verdict_for
from aftersales.services.returns import MoneyBack
from aftersales.words import CaseKind
from core.evidence.fields import files_field
from core.money import ZERO
from core.once import TokenForm
from core.scanning import ScanInput
from core.sentences import render
from orders.forms.contact import ContactForm
from orders.forms.goods import GoodsRow
from orders.models import Order, OrderLine

KNOWN = "订单上记的签收日期，期限从第二天算起；记得不对的，请资深客服破例。"
CAREFUL = [("yes", "完好"), ("no", "不完整")]


class Row(NamedTuple):
    """A line with how many may still come back, the field that says how many do, and what is sent
    instead.
    """

    line: OrderLine
    left: int
    field: forms.BoundField
    new: GoodsRow | None = None


class GoodsBackForm(ContactForm):
    """Which goods come back and why, with verdict, cost and sentence (SOP 1.4.a to 1.4.c)."""

    kind = CaseKind.RETURN
    reason = forms.ChoiceField(label="原因", choices=[])
    received_on = forms.DateField(
        label="哪天签收的",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="订单上没有签收日期：问买家，或者看物流。期限从签收第二天算起。",
    )
    tags = forms.ChoiceField(label="吊牌", choices=CAREFUL, widget=forms.RadioSelect, initial="yes")
    packaging = forms.ChoiceField(
        label="包装", choices=CAREFUL, widget=forms.RadioSelect, initial="yes"
    )
    wants = forms.CharField(label="补充说明", max_length=300, required=False)
    overruled = forms.CharField(
        label="破例原因",
        max_length=200,
        required=False,
        help_text="不符合政策、仍然要办的，资深客服写明原因。",
    )
    evidence = files_field("照片")

    def __init__(
        self, data: Any = None, *, order: Order, senior: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(data, order=order, **kwargs)
        self.rules, self.left, self.senior = rules_for(order), pieces_left(order), senior
        choices = [("", "选一个"), *tree(self.rules.reasons_for(self.kind))]
        self.fields["reason"].choices = choices  # type: ignore[attr-defined]
        if not senior:
            del self.fields["overruled"]
        if order.received_at is not None:
            self.fields["received_on"].disabled = True
            self.fields["received_on"].help_text = KNOWN
        self.lines = [line for line in order.lines.all() if self.left.get(line.pk, 0)]
        for line in self.lines:
            alone = len(self.lines) == 1 and self.left[line.pk] == 1
            self.fields[_name(line)] = forms.IntegerField(
                label=f"退几件：{line.label}",
                required=False,
                min_value=0,
                max_value=self.left[line.pk],
                initial=1 if alone else None,
                widget=forms.NumberInput(attrs={"placeholder": "0", "inputmode": "numeric"}),
            )

    def first_values(self, order: Order) -> dict[str, Any]:
        at = order.received_at
        return {"received_on": timezone.localdate(at) if at else None}

    def differences(self) -> list[tuple[str, str, str]]:
        return []  # what the form proposes does not stand on the order

    @property
    def rows(self) -> list[Row]:
        return [
            Row(line, self.left[line.pk], self.pieces_of(line), self.beside(line))
            for line in self.lines
        ]

    def pieces_of(self, line: OrderLine) -> forms.BoundField:
        """How many of a line come back."""
        return self[_name(line)]

    def beside(self, line: OrderLine) -> GoodsRow | None:
        """What is sent instead of a line."""
        return None

    @property
    def drafting(self) -> bool:
        return "preview" in self.data

    def clean_received_on(self) -> date:
        on: date = self.cleaned_data["received_on"]
        at = self.order.shipped_at
        wrong = policy.day_wrong(on, timezone.localdate(at) if at else None, timezone.localdate())
        if wrong is not None and self.order.received_at is None:
            raise forms.ValidationError(wrong.reason)
        return on

    def back(self) -> GoodsBack:
        """As it was typed."""
        values = self.cleaned_data
        return GoodsBack(
            {line.pk: values.get(_name(line)) or 0 for line in self.lines},
            values.get("reason", ""),
            values.get("received_on"),
            values.get("tags", "yes") == "yes",
            values.get("packaging", "yes") == "yes",
            values.get("wants", ""),
            values.get("overruled", ""),
        )

    @property
    def preview(self) -> dict[str, Any]:
        """Verdict, who pays which way, and what to tell the customer first (SOP 1.4.c)."""
        if self.is_bound:
            self.is_valid()
        else:
            self.cleaned_data = {
                name: field.initial for name, field in self.fields.items() if field.initial
            } | {"received_on": self.initial.get("received_on")}
        back, now = self.back(), timezone.now()
        verdict = verdict_for(self.order, self.kind, back, now, senior=self.senior)
        found: dict[str, Any] = {"verdict": verdict, "chosen": bool(back.reason)}
        if back.reason:
            reason = self.rules.reason(back.reason)
            found |= {"reason": reason, "cost": self.rules.cost(reason.fault)}
            say = policy.cost_said(self.rules, self.kind, reason.fault)
            say = verdict.say if verdict.say and not verdict.allowed else say
            found["sentence"] = render(say, self.order.shop.code)
        return found


def _name(line: OrderLine) -> str:
    return f"back-{line.pk}"


# -- the dock --------------------------------------------------------------------------------------


class FindForm(TokenForm):
    """A parcel that came in: slip, waybill, or order number."""

    code = forms.CharField(label="扫售后单号、运单号或订单号", max_length=64, widget=ScanInput)


class CountForm(TokenForm):
    """A scan of a product, or its code with a number of pieces. `last`: the one before it, as
    pieces and code, for who takes it back.
    """

    last = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)

    code = forms.CharField(label="扫商品条码", max_length=64, widget=ScanInput)
    quantity = forms.IntegerField(
        label="件数",
        min_value=1,
        max_value=10_000,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


# -- inspection ------------------------------------------------------------------------------------

MORE = "比说好的多寄了"  # as the customer hears it
OURS = ("good", "defect", "scrap")
GRADES: tuple[tuple[str, str], ...] = (
    ("good", "良品，入库"),
    ("defect", "次品"),
    ("scrap", "报废"),
    ("bad", "不认可"),
)


class Look(NamedTuple):
    """A line that came in, with the fields of its pieces by grade and of the remark."""

    line: CaseLine
    grades: list[forms.BoundField]
    note: forms.BoundField


class InspectForm(CaseForm):
    """For each line how many pieces of which grade; photos."""

    grades = GRADES
    evidence = files_field("照片")

    def __init__(self, data: Any = None, *, case: Case, **kwargs: Any) -> None:
        super().__init__(data, case=case, **kwargs)
        self.lines = [line for line in case.lines.all() if line.got]
        for line in self.lines:
            first = _first_look(line)
            for grade, label in self.grades:
                self.fields[f"{grade}-{line.pk}"] = forms.IntegerField(
                    label=f"{label}：{line.label}",
                    required=False,
                    min_value=0,
                    max_value=line.got,
                    initial=first.get(grade),
                    widget=forms.NumberInput(attrs={"placeholder": "0", "inputmode": "numeric"}),
                )
            self.fields[f"note-{line.pk}"] = forms.CharField(
                label=f"说明：{line.label}",
                required=False,
                max_length=200,
                initial=MORE if first.get("bad") else "",
            )

    @property
    def rows(self) -> list[Look]:
        return [
            Look(
                line,
                [self[f"{grade}-{line.pk}"] for grade, _ in self.grades],
                self[f"note-{line.pk}"],
            )
            for line in self.lines
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for line in self.lines:
            total = sum(values.get(f"{grade}-{line.pk}") or 0 for grade, _ in self.grades)
            if total != line.got and not self.errors:
                self.add_error(
                    f"good-{line.pk}", f"到了 {line.got} 件，几种加起来是 {total} 件，要一样。"
                )
            if values.get(f"bad-{line.pk}") and not values.get(f"note-{line.pk}"):
                self.add_error(f"note-{line.pk}", "不认可的写明为什么，买家要听。")
        return values

    def found(self) -> dict[int, Found]:
        return {line.pk: self._found(line) for line in self.lines}

    def _found(self, line: CaseLine) -> Found:
        good, defect, scrap = (self.cleaned_data.get(f"{g}-{line.pk}") or 0 for g in OURS)
        return Found(good, defect, scrap)

    def notes(self) -> dict[int, str]:
        return {line.pk: self.cleaned_data.get(f"note-{line.pk}", "") for line in self.lines}


def _first_look(line: CaseLine) -> dict[str, int]:
    """What an inspection finds most often: all that was agreed is good, and no more of it."""
    good = min(line.got, line.pieces)
    found = {"good": good, "bad": line.got - good} if good else {}
    return {grade: pieces for grade, pieces in found.items() if pieces}


class AgreeForm(TalkForm):
    """What was agreed about the difference: how many pieces of each line count."""

    what = forms.CharField(label="怎么谈的", max_length=300)

    def __init__(self, data: Any = None, *, case: Case, **kwargs: Any) -> None:
        super().__init__(data, case=case, **kwargs)
        self.lines = [line for line in case.lines.all() if line.got]
        for line in self.lines:
            promised = f"说好 {line.pieces} 件，" if line.pieces else "没有说好要寄，"
            self.fields[f"takes-{line.pk}"] = forms.IntegerField(
                label=f"认可几件：{line.label}",
                min_value=0,
                max_value=line.got,
                initial=min(line.accepted, line.pieces or line.accepted),
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                help_text=f"{promised}到了 {line.got} 件，验货认可 {line.accepted} 件。"
                "没有认可的退回买家。",
            )

    def takes(self) -> dict[int, int]:
        return {line.pk: self.cleaned_data[f"takes-{line.pk}"] for line in self.lines}


class RefundCaseForm(CaseForm):
    """How much goes back: by itself what was paid for the accepted pieces."""

    given = forms.DecimalField(
        label="少退的话，一共退多少（元）",
        required=False,
        min_value=Decimal("0.01"),
        max_digits=12,
        decimal_places=2,
        help_text="不填 = 认可的商品按实付全退。",
    )
    freight = forms.DecimalField(
        label="退买家当初付的运费（元）",
        required=False,
        min_value=ZERO,
        max_digits=12,
        decimal_places=2,
        help_text="买家垫付的寄回运费不在这里退，走“赔退货运费”。",
    )
    why = forms.CharField(label="说明", max_length=300, required=False)

    def money(self) -> MoneyBack:
        values = self.cleaned_data
        return MoneyBack(values["freight"] or ZERO, values["given"], values["why"])


class BackForm(TalkForm):
    """Why it goes back to the customer."""

    why = forms.CharField(label="为什么退回（会告诉买家）", max_length=200)
