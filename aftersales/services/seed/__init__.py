"""The demo of the after-sales room."""
