"""Forms of the stock room."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from core.money import ZERO
from core.once import RowForm, TokenForm

MOST = 100_000  # pieces of one SKU at a time; more is a slip of the finger


def _day(label: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget)


def _pieces(label: str, least: int = 1, **kwargs: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric"})
    return forms.IntegerField(label=label, min_value=least, max_value=MOST, widget=widget, **kwargs)


def _side(label: str) -> forms.IntegerField:
    """Of a product as it is packed; 0 or empty: not known."""
    return forms.IntegerField(label=label, min_value=0, max_value=10_000, required=False)


class _FromToday(forms.Form):
    def clean_expected_on(self) -> date:
        day: date = self.cleaned_data["expected_on"]
        if day < timezone.localdate():
            raise forms.ValidationError("要选今天或以后的日期。")
        return day


class DraftForm(TokenForm):
    """A purchase or production order by hand."""

    code = forms.CharField(label="商家编码或条码", max_length=64)
    quantity = _pieces("数量（件）")


class QuantityForm(RowForm):
    quantity = _pieces("数量（件）")

    def first_values(self, row: Any) -> dict[str, Any]:
        return {"quantity": row.quantity}


class OrderForm(_FromToday, RowForm):
    """Whom it was ordered from, and when it will be here."""

    supplier = forms.CharField(label="供应商", max_length=100)
    expected_on = _day("预计到货")


class DueForm(_FromToday, RowForm):
    expected_on = _day("完工日期")


class MoveForm(_FromToday, RowForm):
    """Another expected day, and why."""

    expected_on = _day("新的预计到货")
    why = forms.CharField(label="原因", max_length=200, help_text="会告诉在等这些货的同事。")

    def first_values(self, row: Any) -> dict[str, Any]:
        return {"expected_on": row.expected_on}


class RemarkForm(RowForm):
    note = forms.CharField(label="说明", max_length=200, required=False)


class SampleForm(RowForm):
    """Is the sample right?"""

    result = forms.ChoiceField(
        label="样品",
        choices=[("pass", "合格"), ("fail", "不合格，要重做")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label="说明", max_length=200, required=False, help_text="不合格的写清哪里不对。"
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("result") == "fail" and not values.get("note"):
            self.add_error("note", "写一下哪里不合格，好让车间改。")
        return values


class ReceiveForm(RowForm):
    """Good and defect pieces that arrived; may be a part."""

    good = _pieces("良品（件）", 0)
    defect = _pieces("次品（件）", 0, initial=0, help_text="次品单独放，不算可用库存。")
    note = forms.CharField(label="质检说明", max_length=200, required=False)
    over = forms.BooleanField(label="多出来的也收下", required=False)

    def first_values(self, row: Any) -> dict[str, Any]:
        return {"good": row.missing}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("good") == 0 and values.get("defect") == 0:
            self.add_error("good", "良品和次品至少填一个。")
        if values.get("defect") and not values.get("note"):
            self.add_error("note", "有次品，写一下是什么问题。")
        return values


class WhyForm(RowForm):
    why = forms.CharField(label="原因", max_length=200)


SIDES = ("length_mm", "width_mm", "height_mm")


class SkuFields(forms.Form):
    """What a SKU is."""

    style_no = forms.CharField(label="款号", max_length=64)
    name = forms.CharField(label="品名", max_length=200)
    colour = forms.CharField(label="颜色", max_length=64, required=False)
    size = forms.CharField(label="尺码", max_length=64, required=False)
    barcode = forms.CharField(label="条码", max_length=64, required=False)
    price = forms.DecimalField(
        label="售价（元）", min_value=0, max_digits=12, decimal_places=2, required=False
    )
    weight_g = forms.IntegerField(label="重量（克）", min_value=0, max_value=10_000_000)
    length_mm = _side("长（毫米）")
    width_mm = _side("宽（毫米）")
    height_mm = _side("高（毫米）")
    shelf = forms.CharField(label="货位", max_length=32, required=False)
    check_quality = forms.BooleanField(label="发货前质检", required=False)
    made = forms.BooleanField(label="自己生产（缺货建生产单，不是采购单）", required=False)
    active = forms.BooleanField(label="在售", required=False)

    def clean_price(self) -> Decimal:
        return self.cleaned_data["price"] or ZERO

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        return values | {side: values.get(side) or 0 for side in SIDES}


SKU_FIELDS = tuple(SkuFields.base_fields)


class SkuForm(SkuFields, RowForm):
    """An existing SKU."""

    def first_values(self, row: Any) -> dict[str, Any]:
        return {name: getattr(row, name) for name in SKU_FIELDS}


class NewSkuForm(SkuFields, TokenForm):
    """A new SKU; its code stays as it is for ever."""

    field_order = ["code", *SKU_FIELDS]
    code = forms.CharField(
        label="商家编码", max_length=64, help_text="和平台上的一致，订单靠它认商品；以后不能改。"
    )


class GoodsFileForm(forms.Form):
    """A table of goods, and whether its levels count."""

    file = forms.FileField(
        label="商品表格",
        help_text="CSV 或 XLSX，最多 20,000 行、10 MB。先导出一份，照着列名填；空格子不改。",
        error_messages={"required": "选一个文件。", "empty": "这个文件是空的。"},
    )
    levels = forms.BooleanField(
        label="在库数也按文件改",
        required=False,
        help_text="只在开账或者整理完库存时勾。平时的差异用盘点。",
    )
