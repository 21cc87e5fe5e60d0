"""Tables of the stock room: goods, levels and their ledger, and what is on its way here."""

from stock.models.goods import Movement, Sku, StockLevel
from stock.models.supply import Arrival, Supply

__all__ = ["Arrival", "Movement", "Sku", "StockLevel", "Supply"]
