"""Long work of the stock room; the worker finds it here."""

from stock.services import goods_import

__all__ = ["goods_import"]
