"""The tables of the orders room."""

from orders.models.account import ShopAccount
from orders.models.api import ApiAnswer
from orders.models.buyer import Buyer, BuyerAccount
from orders.models.hand import HandTask
from orders.models.hold import Hold
from orders.models.imports import ColumnMapping, ImportRejection
from orders.models.line import OldWaybill, OrderLine, OrderNumber
from orders.models.message import CustomerMessage
from orders.models.money import Payment, Trade
from orders.models.order import Order
from orders.models.pull import PullCursor
from orders.models.review import BlockEntry, Claim, RemoteArea, ReviewHit
from orders.models.shop import Shop
from orders.models.talk import Contact, Note, OrderLink
from orders.models.webhook import Webhook, WebhookDelivery

__all__ = [
    "ApiAnswer",
    "BlockEntry",
    "Buyer",
    "BuyerAccount",
    "Claim",
    "ColumnMapping",
    "Contact",
    "CustomerMessage",
    "HandTask",
    "Hold",
    "ImportRejection",
    "Note",
    "OldWaybill",
    "Order",
    "OrderLine",
    "OrderLink",
    "OrderNumber",
    "Payment",
    "PullCursor",
    "RemoteArea",
    "ReviewHit",
    "Shop",
    "ShopAccount",
    "Trade",
    "Webhook",
    "WebhookDelivery",
]
