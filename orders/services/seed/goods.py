"""Made-up clothes: styles in colours and sizes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from stock.models import Sku


@dataclass(frozen=True, slots=True)
class Style:
    """One model of clothes; price in yuan, weight in g, folded in mm."""

    no: str
    name: str
    price: str
    weight_g: int
    folded: tuple[int, int, int]
    colours: tuple[str, ...]
    sizes: tuple[str, ...]
    largest: str = "10.00"  # what the largest size costs more, yuan


STYLES: Sequence[Style] = (
    Style(
        "A1023",
        "亚麻长袖衬衫",
        "129.00",
        240,
        (320, 240, 25),
        ("藏青", "米白"),
        ("S", "M", "L", "XL"),
    ),
    Style(
        "A1107",
        "纯棉圆领T恤",
        "59.00",
        180,
        (300, 230, 20),
        ("白色", "黑色", "浅灰"),
        ("M", "L", "XL"),
    ),
    Style(
        "B2051", "连帽加绒卫衣", "169.00", 560, (350, 260, 60), ("墨绿", "雾霾蓝"), ("M", "L", "XL")
    ),
    Style(
        "B2088", "羊毛混纺针织衫", "239.00", 420, (330, 250, 50), ("驼色", "酒红"), ("S", "M", "L")
    ),
    Style(
        "C3012", "直筒牛仔裤", "159.00", 620, (340, 260, 45), ("深蓝",), ("28", "29", "30", "31")
    ),
    Style("D4006", "轻薄羽绒服", "399.00", 480, (300, 250, 90), ("黑色", "砖红"), ("M", "L", "XL")),
)


def skus(styles: Sequence[Style] = STYLES) -> Iterator[Sku]:
    """Every colour and size of each style, not yet saved; barcodes for use in a shop."""
    for index, style in enumerate(styles):
        length, width, height = style.folded
        for place, (colour, size) in enumerate(
            (colour, size) for colour in style.colours for size in style.sizes
        ):
            yield Sku(
                code=f"{style.no}-{_short(style, colour)}-{size}",
                barcode=f"29{index:05d}{place:05d}",
                style_no=style.no,
                name=style.name,
                colour=colour,
                size=size,
                price=Decimal(style.price) + Decimal(style.largest) * (size == style.sizes[-1]),
                weight_g=style.weight_g + 15 * style.sizes.index(size),
                length_mm=length,
                width_mm=width,
                height_mm=height,
                shelf=f"{style.no[0]}-{index + 1:02d}-{place + 1:02d}",
            )


def _short(style: Style, colour: str) -> str:
    """The colour's place in its style as two digits: codes stay ASCII."""
    return f"{style.colours.index(colour) + 1:02d}"


def top_up_sku() -> Sku:
    """The SKU by which buyers pay a difference (SOP 0)."""
    return Sku(
        code="BCJ",
        style_no="BCJ",
        name="补差价专用链接（1元）",
        price=Decimal("1.00"),
        is_top_up=True,
    )
