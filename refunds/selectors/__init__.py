"""Reads of the refunds room."""
