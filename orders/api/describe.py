"""The description of the API: openapi.json for machines, a page of our own for people.

Swagger's page would bring a megabyte of script and styles that our CSP blocks; what it says stands
in the schema, and a template shows that as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from ninja import NinjaAPI

from orders.api.problems import PROBLEM
from orders.api.signin import Bearer

ROOT = "/api/v1/"
TEXT = (
    "店铺自己的系统（自有商城、电话订购）用它登记订单、付款和备注，读订单。"
    "每个店铺有自己的令牌：Authorization: Bearer gdn_…。"
    "金额是两位小数的文字（元），时间按 RFC 3339。"
    "错误是 application/problem+json，列出每一处和它的位置。"
)
View = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True, slots=True)
class Row:
    """One field or parameter as the page shows it."""

    name: str
    kind: str
    needed: bool
    said: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One operation as the page shows it."""

    method: str
    path: str
    title: str
    said: str
    scope: str
    parameters: list[Row]
    body: list[Row]
    answer: list[Row]
    codes: list[int]


def openapi(api: NinjaAPI) -> View:
    def view(request: HttpRequest) -> HttpResponse:
        return JsonResponse(schema(api), json_dumps_params={"ensure_ascii": False})

    return _public(view)


def docs(api: NinjaAPI) -> View:
    def view(request: HttpRequest) -> HttpResponse:
        context = {"operations": operations(api), "text": TEXT}
        return render(request, "orders/api_docs.html", context)

    return _public(view)


def _public(view: View) -> View:
    """For whoever writes a client: there is nothing of a shop in it."""
    view.login_required = False  # type: ignore[attr-defined]
    return view


@cache
def schema(api: NinjaAPI) -> dict[str, Any]:
    """ninja's schema; problems have their own content type, operations their scope."""
    whole: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=ROOT))
    scopes = _scopes(api)
    for each in _each(whole):
        each["x-scope"] = scopes[each["operationId"]]
        for status, answer in each["responses"].items():
            if int(status) >= 400:
                answer["content"] = {PROBLEM: answer["content"]["application/json"]}
    return whole


def _each(whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in whole["paths"].values():
        yield from methods.values()


def _scopes(api: NinjaAPI) -> dict[str, str]:
    return {
        str(operation.operation_id): auth.scope.value
        for _, router in api._routers
        for view in router.path_operations.values()
        for operation in view.operations
        for auth in operation.auth_callbacks
        if isinstance(auth, Bearer)
    }


@cache
def operations(api: NinjaAPI) -> list[Shown]:
    """What the page shows, from the schema."""
    whole = schema(api)
    known = whole["components"]["schemas"]
    return [
        Shown(
            method=method.upper(),
            path=path,
            title=each["summary"],
            said=each["description"],
            scope=each["x-scope"],
            parameters=[_parameter(one) for one in each["parameters"]],
            body=list(_rows(_body(each), known)),
            answer=list(_rows(_answer(each), known)),
            codes=sorted(map(int, each["responses"])),
        )
        for path, methods in whole["paths"].items()
        for method, each in methods.items()
    ]


def _parameter(one: dict[str, Any]) -> Row:
    where = {"header": "请求头", "query": "参数", "path": "路径"}[one["in"]]
    return Row(one["name"], where, one["required"], one.get("description", ""))


def _body(each: dict[str, Any]) -> dict[str, Any]:
    content = each.get("requestBody", {}).get("content", {})
    found: dict[str, Any] = content.get("application/json", {}).get("schema", {})
    return found


def _answer(each: dict[str, Any]) -> dict[str, Any]:
    good = each["responses"][min(each["responses"])]
    found: dict[str, Any] = good["content"]["application/json"]["schema"]
    return found


def _rows(part: dict[str, Any], known: dict[str, Any], before: str = "") -> Iterator[Row]:
    """The fields with their paths: `lines[].sku`."""
    part = _resolved(part, known)
    for name, field in part.get("properties", {}).items():
        path = f"{before}{name}"
        inner = _resolved(field, known)
        needed = name in part.get("required", ())
        yield Row(path, _kind(inner), needed, field.get("description", ""))
        if inner.get("type") == "array":
            yield from _rows(inner["items"], known, f"{path}[].")
        else:
            yield from _rows(inner, known, f"{path}.")


def _resolved(part: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """What a reference, or the one real choice beside null, stands for."""
    for choice in [*part.get("anyOf", []), *part.get("allOf", [])]:
        if choice.get("type") != "null":
            return _resolved(choice, known)
    if "$ref" in part:
        found: dict[str, Any] = known[part["$ref"].rsplit("/", 1)[-1]]
        return found
    return part


def _kind(field: dict[str, Any]) -> str:
    if "enum" in field:
        return " | ".join(field["enum"])
    kind = str(field.get("type", ""))
    names = {"array": "列表", "object": "对象", "integer": "整数", "boolean": "true / false"}
    kind = names.get(kind, "文字")
    limits = [
        f"最多 {field[name]}" for name in ("maxLength", "maxItems", "maximum") if name in field
    ]
    if "pattern" in field and "example" in field:
        return "金额"
    return "时间" if field.get("format") == "date-time" else " ".join([kind, *limits])
