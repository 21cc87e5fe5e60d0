"""Reconciliation of gateways' bills, by what is done: bring, read, compare, settle (SOP 6.d)."""
