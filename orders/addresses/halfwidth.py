"""Full-width digits and letters as a Chinese input method leaves them: １３８ → 138."""

from __future__ import annotations

_RANGES = ((0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A))
_SIGNS = "－＋＊＃＄＝＿．／～＠"
_TO_HALF = {code: code - 0xFEE0 for first, last in _RANGES for code in range(first, last + 1)}
_TO_HALF |= {ord(sign): ord(sign) - 0xFEE0 for sign in _SIGNS} | {0x3000: 0x20}


def half_width(text: str) -> str:
    """Digits, letters and signs narrow; Chinese punctuation and everything else as it is."""
    return text.translate(_TO_HALF)
