"""Rows of goods: looked up by style number, code or barcode, then colour and size (SOP 1.1.f)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django import forms

from orders.models import OrderLine
from orders.services.products import Wanted
from stock.models import Sku
from stock.selectors.goods import skus_by_text

MOST_NEW = 20


class GoodsRow(forms.Form):
    """One line: what it is or shall be, how many, or gone."""

    find = forms.CharField(
        label="款号 / 编码 / 条码",
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    remove = forms.BooleanField(label="去掉", required=False)
    sku = forms.CharField(label="颜色尺码", required=False, widget=forms.Select)
    quantity = forms.IntegerField(label="数量", required=False, min_value=0, max_value=9999)

    def __init__(self, data: Any, *, prefix: str, line: OrderLine | None) -> None:
        self.line = line
        self.found: list[Sku] = []
        first = {"find": _first_text(line), "sku": line.sku_id if line else None}
        first["quantity"] = line.quantity if line else 1
        super().__init__(data, prefix=prefix, initial=first)
        what = line.label if line else "新的一行"
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = f"{what}：{field.label}"
            field.widget.attrs["id"] = f"id_{prefix}-{name}"

    @property
    def text(self) -> str:
        """What is to be looked up."""
        return str(self["find"].value() or "").strip()[:64]

    def offer(self, found: Sequence[Sku]) -> None:
        """These are what the text means: to choose from."""
        self.found = list(found)
        choices = [(str(sku.pk), _choice(sku)) for sku in self.found]
        here = self.line is not None and self.line.sku_id in {sku.pk for sku in self.found}
        if self.line is not None and self.text == self.initial["find"] and not here:
            choices = [("", "不换"), *choices]
        elif len(choices) > 1 and not here:
            choices = [("", "选颜色和尺码"), *choices]
        self.fields["sku"].widget.choices = choices

    @property
    def kept(self) -> bool:
        """Does the row leave its goods as they are?"""
        if self.line is None:
            return False
        posted = str(self["sku"].value() or "")
        return self.text == str(self.initial["find"]) and posted in ("", str(self.line.sku_id))

    def chosen(self) -> Sku | None:
        """The SKU that the row names: the only one found, or the one chosen of several."""
        if len(self.found) == 1:
            return self.found[0]
        posted = str(self["sku"].value() or "")
        return next((sku for sku in self.found if str(sku.pk) == posted), None)

    def clean_sku(self) -> Sku | None:
        if self.kept:
            return None
        sku = self.chosen()
        if not self.text or sku is not None or self.cleaned_data.get("remove"):
            return sku
        if self.found:
            raise forms.ValidationError("请选颜色和尺码。")
        raise forms.ValidationError(f"没有找到“{self.text}”，试试款号、商家编码或条码。")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        missing = values.get("quantity") is None and "quantity" not in self.errors
        if missing and (self.line or self.text) and not values.get("remove"):
            self.add_error("quantity", "请填数量。")
        if self.line is not None and not self.text and self.initial["find"]:
            self.add_error("find", "请填要换成什么；不要这件就勾“去掉”。")
        return values

    def wanted(self) -> Wanted | None:
        """What the row asks for; None for an empty new one."""
        values = self.cleaned_data
        gone = values["remove"] or not values["quantity"]
        if self.line is not None:
            return Wanted(
                self.line.pk, None if gone else values["sku"], 0 if gone else values["quantity"]
            )
        if gone or values["sku"] is None:
            return None
        return Wanted(None, values["sku"], values["quantity"])


def _first_text(line: OrderLine | None) -> str:
    if line is None:
        return ""
    return line.sku.style_no if line.sku else line.style_no or line.code


def _choice(sku: Sku) -> str:
    level = getattr(sku, "level", None)
    stock = "缺货" if level else "不管库存"
    if level and level.available > 0:
        stock = f"有货 {level.available}"
    return f"{sku.spec or sku.name} · {sku.price} 元 · {stock}"


def goods_rows(data: Any, lines: Sequence[OrderLine], least_new: int = 1) -> list[GoodsRow]:
    """The rows of a form: one for each line, and new ones as many as were asked for."""
    rows = [GoodsRow(data, prefix=f"line{line.pk}", line=line) for line in lines]
    new = range(new_count(data, least_new))
    rows += [GoodsRow(data, prefix=f"new{index}", line=None) for index in new]
    look_up(rows)
    return rows


def look_up(rows: Collection[GoodsRow]) -> None:
    """Offer each row what its text means; one query for all."""
    known = skus_by_text(row.text for row in rows)
    for row in rows:
        row.offer(known.get(row.text, []))


def new_count(data: Any, least: int = 1) -> int:
    """How many new rows the form has; a button adds one."""
    try:
        count = int(data.get("rows", least)) if data else least
    except (TypeError, ValueError):
        count = least
    more = 1 if data and "more" in data else 0
    return max(least, min(count + more, MOST_NEW))
