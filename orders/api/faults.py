"""What pydantic found wrong, said in Chinese with stable codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orders.api.problems import Fault, pointer

# pydantic's name → our stable code and the sentence; `{…}` is filled from its context.
_SAID = {
    "missing": ("missing", "缺少这一项。"),
    "extra_forbidden": ("unknown_field", "不认识这一项，请去掉或核对名称。"),
    "string_type": ("not_text", "要写成文字（加引号）。"),
    "string_unicode": ("bad_character", "有不能保存的字符。"),
    "string_too_short": ("too_short", "至少 {min_length} 个字。"),
    "string_too_long": ("too_long", "最多 {max_length} 个字。"),
    "string_pattern_mismatch": ("bad_format", "写法不对。"),
    "literal_error": ("not_a_choice", "只能是：{expected}。"),
    "int_type": ("not_a_number", "要写整数。"),
    "int_parsing": ("not_a_number", "要写整数。"),
    "int_from_float": ("not_a_number", "要写整数。"),
    "int_parsing_size": ("too_large", "数字太大。"),
    "bool_type": ("not_true_or_false", "只能是 true 或 false。"),
    "greater_than_equal": ("too_small", "不能小于 {ge}。"),
    "less_than_equal": ("too_large", "不能大于 {le}。"),
    "list_type": ("not_a_list", "要写成列表 […]。"),
    "too_short": ("too_few", "至少 {min_length} 项。"),
    "too_long": ("too_many", "最多 {max_length} 项。"),
    "model_type": ("not_an_object", "要写成对象 {{…}}。"),
    "model_attributes_type": ("not_an_object", "要写成对象 {{…}}。"),
    "dict_type": ("not_an_object", "要写成对象 {{…}}。"),
}
OURS = {"bad_money", "bad_time"}  # raised by our own types


def faults_of(errors: list[dict[str, Any]]) -> list[Fault]:
    """One fault for each error of ninja's ValidationError, in their order, none twice."""
    return list(dict.fromkeys(_fault(error) for error in errors))


def _fault(error: Mapping[str, Any]) -> Fault:
    source, *path = error["loc"]
    if source == "body":
        path = path[1:]  # the name of the parameter in our function
    code, said = _said(error)
    return Fault(pointer(path), code, said, source)


def _said(error: Mapping[str, Any]) -> tuple[str, str]:
    if error["type"] in OURS:
        return error["type"], error["msg"]
    code, text = _SAID.get(error["type"], ("bad_value", "写法不对。"))
    context = {"expected": "", **error.get("ctx", {})}
    context["expected"] = context["expected"].replace(" or ", ", ").replace("'", "")
    return code, text.format_map(context)
