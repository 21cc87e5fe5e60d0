"""What is done with messages: the only place of this room that calls `connectors`."""

# Each registers its topics.
from refunds.handlers import bills, money, platform, refuse  # noqa: F401
