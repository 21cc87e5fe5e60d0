"""Barcodes in HTML: the same bars as in the PDF, as SVG without styles (SOP 2.c)."""

from __future__ import annotations

from django import template
from django.utils.html import format_html

from warehouse.printing.bars import Unencodable, code128
from warehouse.selectors.papers import carrier_name

register = template.Library()


@register.filter
def carrier(code: str) -> str:
    """圆通速递 for YTO; what is no code stays."""
    return carrier_name(code)


@register.simple_tag
def barcode(text: str) -> str:
    """Code 128; its text alone where no barcode can say it."""
    try:
        bars = code128(text)
    except Unencodable:
        return format_html('<span class="uncoded">{}</span>', text)
    return format_html(
        '<svg class="bars" role="img" aria-label="{}" viewBox="0 0 {} 1" '
        'preserveAspectRatio="none" shape-rendering="crispEdges"><path d="{}"/></svg>',
        f"条码 {text}",
        bars.width,
        bars.path,
    )
