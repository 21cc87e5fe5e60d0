"""Reads of the orders room, each with a fixed number of queries."""
