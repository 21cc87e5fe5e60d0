"""Made-up goods, for tests and the demo."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import factory

from core.acts import current_act
from core.factories import SeedFactory
from stock.models import Sku, StockLevel
from stock.services import ledger


class SkuFactory(SeedFactory[Sku]):
    """A SKU with its stock level: `SkuFactory.create(style_no="A2031", price="159.00")`.

    `on_hand=None`: its stock is not kept.
    """

    class Meta:
        model = Sku

    style_no: Any = factory.Sequence(lambda n: f"A{2000 + n}")
    code: Any = factory.LazyAttribute(lambda s: f"{s.style_no}-{s.colour}-{s.size}")
    barcode: Any = factory.Sequence(lambda n: f"69{n:011d}")
    name: Any = "亚麻衬衫"
    colour: Any = "藏青"
    size: Any = "L"
    price: Any = Decimal("159.00")
    weight_g: Any = 260
    shelf: Any = factory.Sequence(lambda n: f"A-{n // 20 + 1:02d}-{n % 20 + 1:02d}")
    on_hand: Any = 20

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **values: Any) -> Any:
        on_hand = values.pop("on_hand")
        values["price"] = Decimal(values["price"])
        with cls.act():
            sku = super()._create(model_class, *args, **values)
            if on_hand is not None:
                ledger.open_levels([StockLevel(sku=sku, on_hand=on_hand)], current_act().at)
        return sku
