"""The papers as HTML: a scanner reads them from the screen's picture (SOP 2.c, screens 25)."""

from __future__ import annotations

import io
from typing import Any

import pytest
import zxingcpp
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page

from staff.factories import UserFactory
from tests.printing.parcels import begun
from warehouse.services.papers.ask import print_papers
from warehouse.words import Paper

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]


def test_the_label_as_html_has_the_same_barcodes_and_is_light_in_the_dark(
    new_page: Any, signed_in: Any
) -> None:
    packer = UserFactory.create(role="warehouse")
    _, (parcel,) = begun(1)
    job = print_papers(Paper.LABEL, [parcel], user=packer, now=timezone.now())
    page: Page = signed_in(new_page(color_scheme="dark", device_scale_factor=2), packer)
    page.goto(reverse("print-sheets", args=[job.pk, 1]))
    label = page.locator(".label")
    assert label.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 255, 255)"
    picture = Image.open(io.BytesIO(label.screenshot(caret="initial")))
    found = {each.text for each in zxingcpp.read_barcodes(picture)}
    assert found == {parcel.waybill, parcel.number}
    page.emulate_media(media="print")
    assert not page.locator(".tools").is_visible()
