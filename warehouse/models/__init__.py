"""The warehouse's tables."""

from warehouse.models.parcel import Parcel, ParcelLine
from warehouse.models.scan import Scan
from warehouse.models.wave import Wave

__all__ = ["Parcel", "ParcelLine", "Scan", "Wave"]
