"""The warehouse's tables."""

from warehouse.models.packing import Box, FreightPrice, ShopPacking
from warehouse.models.parcel import Parcel, ParcelLine
from warehouse.models.scan import Scan
from warehouse.models.short import ShortPick
from warehouse.models.wave import Wave

__all__ = [
    "Box",
    "FreightPrice",
    "Parcel",
    "ParcelLine",
    "Scan",
    "ShopPacking",
    "ShortPick",
    "Wave",
]
