"""Form: register an order by hand (SOP 5.a, 5.e, 5.g)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from core.once import TokenForm
from orders.forms.goods import GoodsRow, goods_rows
from orders.forms.receiving import ReceivingFields
from orders.models import Shop
from orders.policy import Contacted
from orders.services.register import NewOrder
from orders.words import CARRIERS, AccountKind, ContactChannel, Delivery, Terms


class RegisterForm(TokenForm, ReceivingFields):
    """Who ordered what, where it goes and how it is paid."""

    shop = forms.ModelChoiceField(label="店铺", queryset=Shop.objects.none(), empty_label=None)
    channel = forms.ChoiceField(
        label="怎么下的单", choices=ContactChannel.choices, initial=ContactChannel.TELEPHONE.value
    )
    their_no = forms.CharField(label="对方单号（没有就空着）", max_length=64, required=False)
    account_kind = forms.ChoiceField(label="账号类型", choices=AccountKind.choices, initial="qq")
    account = forms.CharField(label="买家账号", max_length=64, required=False)
    terms = forms.ChoiceField(label="付款条件", choices=Terms.choices)
    delivery = forms.ChoiceField(label="配送方式", choices=Delivery.choices)
    carrier = forms.ChoiceField(
        label="快递公司", choices=[("", "由仓库安排"), *CARRIERS.items()], required=False
    )
    freight = forms.DecimalField(
        label="运费（元）", min_value=0, max_value=99999, decimal_places=2, initial=Decimal("0.00")
    )
    discount = forms.DecimalField(
        label="优惠（元）",
        min_value=0,
        max_value=9999999,
        decimal_places=2,
        initial=Decimal("0.00"),
    )
    message = forms.CharField(
        label="买家留言", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

    rows: list[GoodsRow]

    def __init__(self, data: Any = None, *, shops: Sequence[Shop], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        known = Shop.objects.filter(pk__in=[shop.pk for shop in shops])
        self.fields["shop"].queryset = known  # type: ignore[attr-defined]
        if self.splitting:
            self.split()
        self.rows = goods_rows(self.data if self.is_bound else None, [])

    @property
    def drafting(self) -> bool:
        return self.splitting or bool({"preview", "more", "lookup"} & set(self.data))

    @property
    def partial(self) -> bool:
        return self.drafting and not {"more", "split"} & set(self.data)

    @property
    def new_count(self) -> int:
        return len(self.rows)

    def is_valid(self) -> bool:
        good = [row.is_valid() for row in self.rows]
        return super().is_valid() and all(good)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        self.check_receiving(values, address=values.get("delivery") != Delivery.PICKUP)
        if not any(row.is_valid() and row.wanted() for row in self.rows):
            self.add_error(None, "至少要有一种商品。")
        elif values.get("discount") is not None and values["discount"] > self.goods_total:
            self.add_error("discount", "优惠不能比货款多。")
        return values

    @property
    def goods(self) -> list[tuple[Any, int]]:
        """The SKUs and quantities of the rows that can be read."""
        found = [row.wanted() for row in self.rows if row.is_valid()]
        return [(want.sku, want.quantity) for want in found if want is not None]

    @property
    def goods_total(self) -> Decimal:
        """At list prices, yuan."""
        return sum((sku.price * quantity for sku, quantity in self.goods), Decimal("0.00"))

    def new_order(self) -> NewOrder:
        values = self.cleaned_data
        return NewOrder(
            shop=values["shop"],
            goods=self.goods,
            receiving=self.receiving(),
            terms=Terms(values["terms"]),
            delivery=Delivery(values["delivery"]),
            carrier=values["carrier"],
            account_kind=AccountKind(values["account_kind"]),
            account=values["account"],
            freight=values["freight"],
            discount=values["discount"],
            message=values["message"],
            their_no=values["their_no"],
        )

    def contacted(self) -> Contacted:
        return Contacted(channel=self.cleaned_data["channel"], said=self.cleaned_data["message"])
