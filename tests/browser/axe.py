"""What axe calls serious or critical on a page, in both themes."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

ONLY_WRONG = {"resultTypes": ["violations"]}  # what passes is long, and nobody reads it
ALL: dict[str, Any] = {**ONLY_WRONG, "rules": {"target-size": {"enabled": True}}}
COLOURS: dict[str, Any] = {**ONLY_WRONG, "runOnly": ["color-contrast"]}
RUN = """async ([without, options]) =>
  (await axe.run(without ? {exclude: [[without]]} : document, options)).violations"""


def findings(page: Page, without: str = "") -> list[str]:
    """Everything in light, the colours again in dark; `without`: a part that is known already."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = _run(page, "light", ALL, without) + _run(page, "dark", COLOURS, without)
    page.emulate_media(color_scheme="light")
    return found


def bring_along(page: Page) -> None:
    """For many pages: each has axe as it opens, which is quicker than to hand it over."""
    page.add_init_script(script=Axe().axe_script)


def _run(page: Page, scheme: Any, options: dict[str, Any], without: str) -> list[str]:
    page.emulate_media(color_scheme=scheme)
    return [
        f"{page.url} {scheme}: {each['id']} {node['html'][:120]}"
        for each in page.evaluate(RUN, [without, options])
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]
