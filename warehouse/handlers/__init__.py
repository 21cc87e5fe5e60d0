"""What is done with messages: the only place of this room that calls `connectors`."""

# Each registers its topics.
from warehouse.handlers import platform, tracking, waybills  # noqa: F401
