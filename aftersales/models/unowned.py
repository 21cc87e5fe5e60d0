"""What stands on and in a parcel that belongs to no known order yet (无主件, SOP 0, 1.4.f)."""

from __future__ import annotations

from django.db import models

from aftersales.models.case import Case
from core.masking import mask_account, mask_address, mask_name, mask_phone
from orders.words import CARRIERS


class UnownedParcel(models.Model):
    """What the dock read on it. Personal data stands here alone, and in no history.

    `slip_no`, `slip_account`: what is written on the paper inside. Waybill and carrier are the
    case's.
    """

    case = models.OneToOneField(Case, models.CASCADE, related_name="unowned")
    sender_name = models.CharField("寄件人", max_length=64, blank=True)
    sender_phone = models.CharField("寄件电话", max_length=32, blank=True)
    sender_address = models.CharField("寄件地址", max_length=300, blank=True)
    slip_no = models.CharField("纸条上的单号", max_length=64, blank=True)
    slip_account = models.CharField("纸条上的旺旺、QQ", max_length=64, blank=True)
    place = models.CharField("放在哪里", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "无主件面单"

    def __str__(self) -> str:
        return self.case.number

    @property
    def carrier_name(self) -> str:
        return CARRIERS.get(self.case.carrier, self.case.carrier)

    @property
    def name_masked(self) -> str:
        return mask_name(self.sender_name)

    @property
    def phone_masked(self) -> str:
        return mask_phone(self.sender_phone)

    @property
    def address_masked(self) -> str:
        return mask_address(self.sender_address)

    @property
    def account_masked(self) -> str:
        return mask_account(self.slip_account)

    def masked(self) -> dict[str, str]:
        """Label → value, as a timeline may show it."""
        return {
            "寄件人": self.name_masked,
            "寄件电话": self.phone_masked,
            "寄件地址": self.address_masked,
            "纸条上的单号": self.slip_no,
            "纸条上的旺旺、QQ": self.account_masked,
            "放在哪里": self.place,
        }
