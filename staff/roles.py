"""The roles of the company (architecture §7)."""

from __future__ import annotations

from django.db import models


class Role(models.TextChoices):
    AGENT = "agent", "客服"
    SENIOR = "senior", "资深客服"
    AFTERSALES = "aftersales", "售后"
    WAREHOUSE = "warehouse", "仓库"
    LOGISTICS = "logistics", "物流"
    PURCHASING = "purchasing", "采购"
    SUPERVISOR = "supervisor", "主管"
    FINANCE = "finance", "财务"
    OWNER = "owner", "负责人"


class Scope(models.TextChoices):
    """What a token of the intake API may do (SOP 5.a)."""

    ORDERS_READ = "orders:read", "读订单"
    ORDERS_WRITE = "orders:write", "登记订单"
    PAYMENTS_WRITE = "payments:write", "登记付款"
    NOTES_WRITE = "notes:write", "写备注"
