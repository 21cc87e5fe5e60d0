"""What is done with messages: the only place of this room that calls `connectors`."""

from orders.handlers import accounts, colleagues, platform  # noqa: F401  (each registers its topics)
