"""The demo of the refunds room."""
