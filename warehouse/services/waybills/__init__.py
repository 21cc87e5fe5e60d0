"""Waybill numbers: `assign` gives them, `pool` keeps those that were uploaded, `void` ends them."""
