"""The first rows of a file as they may be shown before anybody has said what its columns are.

What the title or the guess calls personal is masked by its kind; of other columns what looks like
a telephone, a name or an address (architecture §7).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from core.masking import mask_account, mask_address, mask_name, mask_phone, scrub
from orders.addresses.paste import SURNAMES

Mask = Callable[[str], str]
_BY_FIELD: dict[str, Mask] = {
    "consignee": mask_name,
    "mobile": mask_phone,
    "telephone": mask_phone,
    "address": mask_address,
    "buyer_account": mask_account,
    "pay_account": mask_account,
}
_BY_TITLE: list[tuple[re.Pattern[str], Mask]] = [
    (re.compile("手机|电话|联系方式|号码|tel|phone|mobile", re.IGNORECASE), mask_phone),
    (re.compile("地址|住址|address", re.IGNORECASE), mask_address),
    (re.compile("账号|帐号|账户|旺旺|微信|QQ|会员|昵称|account", re.IGNORECASE), mask_account),
    (re.compile("姓名|收货人|收件人|联系人|客户|顾客|买家|consignee", re.IGNORECASE), mask_name),
]
_NAME = re.compile(r"[\u4e00-\u9fff·]{2,4}")
_PLACE = re.compile(r"[省市区县].*[路街道巷村镇号栋室]")


def sample(value: str, title: str, field: str = "") -> str:
    """One cell of a column with this title; `field`: what of ours it is taken for."""
    if mask := _BY_FIELD.get(field):
        return mask(value)
    if field:
        return scrub(value)
    by_title = next((mask for words, mask in _BY_TITLE if words.search(title)), None)
    return by_title(value) if by_title else _by_look(value)


def _by_look(value: str) -> str:
    if _PLACE.search(value):
        return scrub(mask_address(value))
    if _NAME.fullmatch(value.strip()) and value.strip()[0] in SURNAMES:
        return mask_name(value)
    return scrub(value)
