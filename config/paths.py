"""Where the project stands and where it keeps what it writes."""

from __future__ import annotations

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("GENDAN_VAR") or BASE_DIR / "var").absolute()
