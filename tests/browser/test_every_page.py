"""Every page of the demo, opened once: axe, each width, fingers, words, times (screens 6–8, 19,
26, 37)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from staff.models import User
from tests.browser.axe import bring_along, findings
from tests.browser.places import demo_world, go, one, pages_of
from tests.conftest import NewPage, SignedIn, count_nothing

PARTS = 2  # the walk is long: two processes share it
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]

# Texts that run down the page one character under the other.
COLUMNS = """() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, parent = node.parentElement;
    if (node.data.trim().length < 3 || parent.closest('.sr, script, option, textarea')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const lines = [...range.getClientRects()].filter(box => box.width > 0);
    const size = parseFloat(getComputedStyle(parent).fontSize);
    if (lines.length >= 3 && Math.max(...lines.map(box => box.width)) < 2.2 * size)
      found.push(`${node.data.trim().slice(0, 20)} in ${lines.length} lines`);
  }
  return found;
}"""
# Controls that are lower or narrower than so many pixels. A link in a sentence may be (WCAG 2.5.8).
SMALL = """least => [...document.querySelectorAll(
  'button, .button, select, textarea, summary, label.check, .bar a, td a, li a, .tag[href],'
  + 'input:not([type=hidden], [type=checkbox], [type=radio])')]
  .filter(el => el.checkVisibility({visibilityProperty: true}) && !el.closest('.sr, p, .find')
    && !el.matches('.sr, .skip') && !el.closest('[aria-hidden=true]'))
  .map(el => [el, el.getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && (box.height < least - 0.5 || box.width < 24))
  .map(([el, box]) => `${el.outerHTML.slice(0, 90)} ${box.width | 0}×${box.height | 0}`)"""
# Colours without a word, and times that do not say their exact moment when pointed at.
MUTE = """() => [
  ...[...document.querySelectorAll('.tag')].filter(el => !el.textContent.trim()),
  ...[...document.querySelectorAll('time')]
    .filter(el => !/^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d$/.test(el.title)),
].map(el => el.outerHTML.slice(0, 120))"""


def faults(page: Page, address: str) -> list[str]:
    """What is wrong with the page that is open, at each width."""
    found: list[str] = []
    for width in (390, 721, 960, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(f"{width} {address} scrolls sideways")
        if width < 1000:  # what fits there fits on a wide screen, too
            found += [f"{width} {address}: {each}" for each in page.evaluate(COLUMNS)]
    page.set_viewport_size({"width": 960, "height": 900})
    return found + [f"{address}: {each}" for each in page.evaluate(SMALL, 44) + page.evaluate(MUTE)]


def looked_at(page: Page, address: str, without: str = "") -> list[str]:
    go(page, address)
    return findings(page, without) + faults(page, address)


@pytest.mark.parametrize("part", range(PARTS))
def test_nobody_is_kept_out_of_any_page(
    new_page: NewPage, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    world = demo_world()
    theirs = ("/", "/orders", *(one(state).get_absolute_url() for state in ("paid", "shipped")))
    visits = {"owner": pages_of(world, world.person), "agent": theirs}
    found: list[str] = []
    for username, addresses in visits.items():
        page = signed_in(new_page(has_touch=True), User.objects.get(username=username))
        bring_along(page)
        first, *others = addresses[part::PARTS]
        found += looked_at(page, first)
        with monkeypatch.context() as patch:
            count_nothing(patch)  # the bar is the same on every page
            for address in others:
                found += looked_at(page, address, without=".bar")
    assert not found, "\n".join(found)


def test_a_wide_page_a_flat_word_and_a_bare_time_would_be_found(page: Page) -> None:
    """The negative control."""
    page.goto("/sign-in")
    assert not findings(page)
    before = len(faults(page, "/sign-in"))  # here is a mouse: lower controls are no fault
    page.evaluate(
        """() => {
          const wide = document.createElement('div');
          wide.innerHTML = '<i class=tag></i><time>昨天</time><button>x</button>';
          wide.style.width = '1500px';
          document.body.append(wide);
        }"""
    )
    assert len(faults(page, "/sign-in")) == before + 4 + 1 + 2
