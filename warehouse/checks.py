"""Said at the start of every process: can papers be printed (SOP 2.c, failure mode 31)?"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning

from warehouse.printing.fonts import NoFont, find


def font_is_there(**_: Any) -> list[CheckMessage]:
    """Everything but printing works without a font, so it is a warning."""
    try:
        find(settings.FONT)
    except NoFont as error:
        return [Warning(str(error), id="warehouse.W001")]
    return []
