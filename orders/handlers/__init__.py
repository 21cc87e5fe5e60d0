"""What is done with messages: the only place of this room that calls `connectors`."""

# Each registers its topics.
from orders.handlers import accounts, colleagues, customers, platform, pull, webhooks  # noqa: F401
