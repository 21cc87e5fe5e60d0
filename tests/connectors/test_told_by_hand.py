"""What a person tells the sandbox: that a buyer paid, that a carrier moved a parcel."""

from __future__ import annotations

import httpx
import pytest

from connectors.sandbox.server import Sandbox

TOLD = [
    ("alipay/_pay", {"trade_no": "2026", "amount": "9.90"}),
    ("wechatpay/_pay", {"transaction_id": "4200", "fen": "990"}),
    (
        "kuaidi100/_news",
        {"company": "yuantong", "number": "YT1", "state": "3", "context": "已签收"},
    ),
    ("kdniao/_news", {"shipper": "YTO", "number": "YT1", "state": "3", "station": "已签收"}),
]


@pytest.mark.parametrize(("path", "form"), TOLD, ids=[path for path, _ in TOLD])
def test_it_is_taken_and_a_missing_field_is_named(
    sandbox: Sandbox, path: str, form: dict[str, str]
) -> None:
    address = f"{sandbox.address}/{path}"
    assert httpx.post(address, data=form, trust_env=False).status_code == 200
    last = list(form)[-1]
    for name in form:
        rest = {other: value for other, value in form.items() if other != name}
        answer = httpx.post(address, data=rest, trust_env=False)
        assert (answer.status_code, answer.text) == (422, f"少了 {name}\n")
    if path.endswith("_pay"):
        answer = httpx.post(address, data=form | {last: "viel"}, trust_env=False)
        assert (answer.status_code, answer.text) == (422, "数字不对\n")
