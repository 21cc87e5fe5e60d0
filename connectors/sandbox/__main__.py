"""`python -m connectors.sandbox --port 8010`: until SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import signal
import threading

from connectors.sandbox.server import Sandbox


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m connectors.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    with Sandbox(parser.parse_args().port) as sandbox:
        sandbox.state.demo = True
        stop.wait()


if __name__ == "__main__":
    main()
