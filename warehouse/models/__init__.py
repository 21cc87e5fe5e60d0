"""The warehouse's tables."""

from warehouse.models.dispatch import Dispatch
from warehouse.models.enquiry import Enquiry
from warehouse.models.hand_over import HandOver
from warehouse.models.packing import Box, FreightPrice, ShopPacking
from warehouse.models.parcel import Parcel, ParcelLine
from warehouse.models.printed import Printed
from warehouse.models.scan import Scan
from warehouse.models.short import ShortPick
from warehouse.models.take import StockTake, TakeCount, TakeLine
from warehouse.models.tracking import CarrierTerm, Tracking, TrackingEvent, Trouble
from warehouse.models.upload_file import UploadFile, UploadTemplate
from warehouse.models.wave import Wave
from warehouse.models.waybill import WaybillNumber

__all__ = [
    "Box",
    "CarrierTerm",
    "Dispatch",
    "Enquiry",
    "FreightPrice",
    "HandOver",
    "Parcel",
    "ParcelLine",
    "Printed",
    "Scan",
    "ShopPacking",
    "ShortPick",
    "StockTake",
    "TakeCount",
    "TakeLine",
    "Tracking",
    "TrackingEvent",
    "Trouble",
    "UploadFile",
    "UploadTemplate",
    "Wave",
    "WaybillNumber",
]
