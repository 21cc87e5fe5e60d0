"""Waybill numbers: `assign` gives them, `replace` others, `pool` keeps uploads, `void` ends."""
