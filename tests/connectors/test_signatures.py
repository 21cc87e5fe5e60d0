"""What is signed, with which keys, and what an answer that is not signed is worth."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote_plus

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.utils import timezone

from connectors import alipay, wechatpay
from connectors.accounts import gateway_of
from connectors.gateways import Forged, RefundAnswer, RefundState
from connectors.sandbox import alipay as pay
from connectors.sandbox import keys
from connectors.sandbox import wechatpay as wechat
from connectors.sandbox.server import Sandbox
from tests.connectors.money import Till

UNKNOWN = RefundState.UNKNOWN


def signed(text: str | bytes, name: str = "alipay") -> str:
    raw = text.encode() if isinstance(text, str) else text
    return base64.b64encode(keys.private_key(name).sign(raw, PKCS1v15(), SHA256())).decode()


# Answers


def test_an_answer_signed_by_somebody_else_is_unknown_then_found(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have been done by whom we asked all the same."""
    own, real = keys.private_key("somebody"), keys.private_key
    ours = f"{till.system}-shop"
    with monkeypatch.context() as forged:
        forged.setattr(keys, "private_key", lambda name: real(name) if name == ours else own)
        for ask in (till.gateway.refund, till.gateway.query):
            assert ask(till.request()).state is UNKNOWN
    assert till.gateway.query(till.request()).state is RefundState.SUCCEEDED
    assert till.refunded() == [Decimal(30)]


METHOD = "alipay.trade.refund"
NAME = "alipay_trade_refund_response"
NODE = '{"code":"10000","msg":"Success","fund_change":"Y","note":"\\u007b} 中文 \\/"}'


def opened(body: str) -> Any:
    return alipay.opened(body.encode(), METHOD, keys.public_pem("alipay"))


def test_the_bytes_of_the_node_count_as_they_came() -> None:
    """Escapes, braces in a text and spaces would be lost by writing the JSON anew."""
    body = f'{{"{NAME}":{NODE},"alipay_cert_sn":"1","sign":"{signed(NODE)}"}}'
    assert opened(body)["note"] == "{} 中文 /"


@pytest.mark.parametrize(
    "body",
    [
        f'{{"{NAME}":{NODE}}}',
        f'{{"{NAME}":{NODE},"sign":""}}',
        f'{{"{NAME}":{NODE},"sign":"!"}}',
        f'{{"{NAME}":{NODE} ,"sign":"{signed(NODE + " ")}"}}',
        # A second node that was never signed, before or behind the one that was.
        f'{{"{NAME}":{NODE},"{NAME}":{{"code":"10000"}},"sign":"{signed("{}")}"}}',
        f'{{"error_response":{NODE},"sign":"{signed(NODE)}"}}',
        f'{{"alipay_trade_query_response":{NODE},"sign":"{signed(NODE)}"}}',
        "[]",
        "{}",
        '{"a":1}',
        "null",
        "<html>",
        f'{{"{NAME}":[],"sign":"{signed("[]")}"}}',
    ],
)
def test_an_answer_that_is_not_signed_as_it_should_be_is_unknown(body: str) -> None:
    answer = opened(body)
    assert isinstance(answer, RefundAnswer)
    assert answer.state is UNKNOWN


def test_of_two_nodes_the_signed_one_is_read() -> None:
    body = f'{{"{NAME}":{NODE},"{NAME}":{{"code":"10000"}},"sign":"{signed(NODE)}"}}'
    assert opened(body)["fund_change"] == "Y"


# Keys as people have them


def test_a_private_key_is_read_in_every_form_that_is_handed_out() -> None:
    key = keys.private_key("alipay-shop")
    forms = [
        key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()
        for form in (PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL)
    ]
    bare = [alipay.bare(form) for form in forms]
    broken_lines = bare[0][:64] + "\r\n" + bare[0][64:] + "  "
    read = [alipay.key_of(form) for form in [*forms, *bare, broken_lines]]
    assert len({key.private_numbers().d for key in read}) == 1
    for wrong in ("", "MIIE", keys.public_pem("alipay")):
        with pytest.raises(ValueError, match="no private key"):
            alipay.key_of(wrong)


def certificate(name: str, number: int) -> str:
    """WeChat's platform certificate."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tenpay.com")])
    now, key = timezone.now(), keys.private_key(name)
    built = x509.CertificateBuilder(subject, subject, key.public_key(), number)
    built = built.not_valid_before(now).not_valid_after(now + timedelta(days=1))
    return built.sign(key, SHA256()).public_bytes(Encoding.PEM).decode()


def test_wechats_certificates_and_its_public_key_are_valid_side_by_side(house: None) -> None:
    numbers = {"old": 0x0A1B2C, "new": 0xDD00EE}
    pems = "".join(certificate(name, number) for name, number in numbers.items())
    typed = wechat.credentials() | {"certificates": pems}
    gateway = wechatpay.WechatPay(wechatpay.Account(**typed))
    body, now = b"{}", timezone.now()
    at = str(int(now.timestamp()))
    for name, serial in (("old", "0A1B2C"), ("new", "DD00EE"), ("wechatpay", wechat.KEY_ID)):
        headers = {
            "Wechatpay-Timestamp": at,
            "Wechatpay-Nonce": "n",
            "Wechatpay-Serial": serial,
            "Wechatpay-Signature": signed(f"{at}\nn\n{{}}\n", name),
        }
        gateway.verify(headers, body, now)
        with pytest.raises(Forged):
            gateway.verify(headers | {"Wechatpay-Serial": "0A1B2D"}, body, now)


def test_a_signature_by_a_key_that_the_account_does_not_hold_is_unknown(
    house: None, sandbox: Sandbox
) -> None:
    """The sandbox signs with its public key, the account holds a certificate."""
    pem = certificate("wechatpay", 0xAB)
    typed = wechat.credentials() | {"public_key_id": "", "public_key": "", "certificates": pem}
    gateway = wechatpay.WechatPay(wechatpay.Account(**typed))
    till = Till.open("wechatpay", sandbox)
    assert gateway.refund(till.request()).state is UNKNOWN


# Callbacks in another encoding


def test_alipay_may_write_gbk(house: None) -> None:
    form = {
        "app_id": pay.APP_ID,
        "charset": "GBK",
        "out_biz_no": "R1",
        "refund_fee": "3.00",
        "subject": "棉衬衫",
        "trade_no": "2026",
        "trade_status": "TRADE_SUCCESS",
    }
    text = "&".join(f"{name}={form[name]}" for name in sorted(form)).encode("gbk")
    sent = form | {"sign_type": "RSA2", "sign": signed(text)}
    raw = "&".join(f"{k}={quote_plus(v.encode('gbk'))}" for k, v in sent.items()).encode()
    gateway = gateway_of("alipay", "tb1")
    gateway.verify({}, raw, timezone.now())
    assert gateway.read(raw).amount == Decimal(3)


def test_a_sealed_text_with_another_key_or_shape_is_forged(house: None) -> None:
    gateway = gateway_of("wechatpay", "tb1")
    plain = {"mchid": wechat.MCHID, "success_time": "", "amount": {"refund": 1.5}}
    whole = json.loads(wechat.event("REFUND.SUCCESS", "refund", plain))
    resource = whole["resource"]
    wrongs: tuple[Any, ...] = (
        {},
        {"resource": resource | {"algorithm": "none"}},
        {"resource": resource | {"nonce": "000000000000"}},
        {"resource": resource | {"ciphertext": "!"}},
        {"resource": []},
        whole,  # sealed rightly, but there is no refund in it
    )
    for wrong in wrongs:
        with pytest.raises(Forged):
            gateway.read(json.dumps(wrong).encode())
