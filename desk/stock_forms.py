"""Forms of the stock's screens: a receipt by scanner, a correction."""

from __future__ import annotations

from django import forms

from core.once import TokenForm
from core.scanning import ScanInput
from stock.models import Sku
from stock.selectors.goods import skus_by_text
from stock.services.adjust import LABELS

MOST = 100_000


class ReceiveForm(TokenForm):
    """A scan: which SKU, how many."""

    code = forms.CharField(
        label="条码或商家编码",
        max_length=64,
        error_messages={"required": "扫一下商品的条码，或输入商家编码。"},
        widget=ScanInput,
    )
    pieces = forms.IntegerField(
        label="件数",
        min_value=1,
        max_value=MOST,
        error_messages={
            "required": "填收到几件。",
            "invalid": "件数要填整数。",
            "min_value": "至少 1 件；退回去的在商品的库存页上调整。",
            "max_value": "一次最多 100,000 件，请核对件数。",
        },
    )
    note = forms.CharField(label="说明", max_length=100, required=False)

    def clean_code(self) -> Sku:
        """The one SKU that was meant."""
        text = self.cleaned_data["code"]
        found = skus_by_text([text]).get(text, [])
        if not found:
            raise forms.ValidationError("没有这个条码或编码的商品。核对标签，或先在商品里建档。")
        if len(found) > 1:
            raise forms.ValidationError("这是款号，有好几个颜色尺码。请扫具体一件的条码。")
        return found[0]


class AdjustForm(TokenForm):
    """What to change by hand, by how many pieces, and why."""

    how = forms.ChoiceField(label="做什么", choices=list(LABELS.items()))
    pieces = forms.IntegerField(
        label="件数",
        min_value=1,
        max_value=MOST,
        error_messages={
            "required": "填几件。",
            "invalid": "件数要填整数。",
            "min_value": "至少 1 件。",
            "max_value": "一次最多 100,000 件，请核对件数。",
        },
    )
    why = forms.CharField(
        label="原因",
        max_length=200,
        error_messages={"required": "写下原因：谁看到的、为什么。"},
    )
