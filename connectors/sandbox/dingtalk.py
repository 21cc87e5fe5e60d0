"""The group robot of dingtalk, strictly."""

from __future__ import annotations

from connectors.sandbox.state import State
from connectors.sandbox.wire import Routes


def routes(state: State) -> Routes:
    return {}
