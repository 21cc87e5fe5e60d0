"""Addresses and telephones: split a pasted one, check that its parts belong together. Pure."""

from orders.addresses.check import phone_faults, place_faults, problems, receiving_faults
from orders.addresses.paste import Pasted, split_contact
from orders.addresses.phones import clean_phone, plausible_phone
from orders.addresses.regions import Region, check_region, split_region

__all__ = [
    "Pasted",
    "Region",
    "check_region",
    "clean_phone",
    "phone_faults",
    "place_faults",
    "plausible_phone",
    "problems",
    "receiving_faults",
    "split_contact",
    "split_region",
]
