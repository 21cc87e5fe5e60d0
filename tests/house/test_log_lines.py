"""The log of a full run: one line a request, act, task and message, and nobody's data in it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from config.logs import MaskedFormatter
from core import messages
from core.messages import send
from core.models import Job, OutboxMessage
from core.tasks import work_jobs
from orders.factories import OrderFactory, ShopFactory
from orders.models import Order
from staff.factories import UserFactory
from tests.formats.files import as_csv, taobao

PASSWORD = "correct horse battery"
# Of the data: a name, a telephone number, a street, an account; each stands nowhere else.
PEOPLE = [
    ("欧阳麒麟瑞", "17712345678", "凤凰栖梧路88号", "kirin_ouyang88"),
    ("上官飞雁归", "17887654321", "落霞孤鹜巷7号", "feiyan_shangguan7"),
]
REQUEST = "0123456789abcdef0123456789abcdef"


class Lines(io.StringIO):
    """Everything that any logger wrote, as production writes it."""

    def all(self, event: str = "", **about: Any) -> list[dict[str, Any]]:
        found = [json.loads(line) for line in self.getvalue().splitlines()]
        return [
            line for line in found if event in ("", line["event"]) and about.items() <= line.items()
        ]


@pytest.fixture
def lines() -> Iterator[Lines]:
    written, root, ours = Lines(), logging.getLogger(), logging.getLogger("gendan")
    handler = logging.StreamHandler(written)
    handler.setFormatter(MaskedFormatter(as_json=True))
    levels = root.level, ours.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    ours.setLevel(logging.DEBUG)
    yield written
    root.removeHandler(handler)
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


@pytest.fixture
def client(db: None) -> Client:
    UserFactory.create(username="zhang", role="owner", full_name="章节")
    return Client(raise_request_exception=False)


def sign_in(client: Client) -> None:
    from staff.models import User

    user = User.objects.get(username="zhang")
    user.set_password(PASSWORD)
    user.save()
    answer = client.post("/sign-in", {"username": "zhang", "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()


def import_orders(client: Client) -> None:
    ShopFactory.create(code="tb1")
    rows = [
        {"订单编号": f"35153123456789012{n}", "收货人姓名": who, "联系手机": f"'{mobile}",
         "收货地址": f"广东省 深圳市 福田区 {street}", "买家会员名": account}
        for n, (who, mobile, street, account) in enumerate(PEOPLE)
    ]  # fmt: skip
    rows.append({"订单编号": "3.51531E+16", "收货人姓名": PEOPLE[0][0]})
    file = SimpleUploadedFile("欧阳麒麟瑞的订单.csv", as_csv(taobao(*rows)))
    assert client.post("/imports", {"shop": "tb1", "orders": file}).status_code == 302
    while work_jobs():
        pass


def search(client: Client) -> None:
    for name, mobile, _, account in PEOPLE:
        for text in (name, mobile, mobile[-4:], account, name[:2]):
            address = client.post("/orders", {"q": text})["Location"]
            client.get(address)
        client.get(f"/orders/{name}")
        client.get(f"/orders/{mobile}")
        client.get("/orders", {"q": name})


def modify(client: Client) -> Order:
    order = OrderFactory.create(consignee=PEOPLE[0][0], mobile=PEOPLE[0][1], street=PEOPLE[0][2])
    url = order.get_absolute_url()
    client.post(f"{url}/reveal", {"reason": "修改收货信息"})
    page = client.get(f"{url}/modify-receiving")
    fields = page.context["form"]
    form = {name: str(fields[name].value() or "") for name in fields.fields if name != "identity"}
    form |= {"channel": "qq", "said": f"电话 {PEOPLE[1][1]}"}
    form |= {"consignee": PEOPLE[1][0], "mobile": PEOPLE[1][1], "street": PEOPLE[1][2]}
    answer = client.post(f"{url}/modify-receiving", form, HTTP_X_REQUEST_ID=REQUEST)
    assert answer.status_code == 302, answer.content.decode()
    assert answer["X-Request-ID"] == REQUEST
    client.post(f"{url}/note", {"text": f"{PEOPLE[0][0]} {PEOPLE[0][1]}"})
    return order


def export(client: Client) -> None:
    answer = client.post("/exports/new", {"query": "", "format": "csv", "reason": "核对身份"})
    assert answer.status_code == 302, answer.content.decode()
    while work_jobs():
        pass


def bad_input(client: Client) -> None:
    name, mobile, street, _ = PEOPLE[1]
    bad = {"shop": name, "consignee": name, "mobile": mobile, "street": street, "quantity": street}
    for path in ("/orders/new", "/imports", "/exports/new", f"/{name}/{mobile}", "/orders"):
        client.post(path, bad)
        client.post(path, json.dumps(bad), content_type="application/json")
    client.get("/orders", {"page": mobile, "state": name}, HTTP_X_REQUEST_ID=mobile)


def fail_with_a_quoted_row(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    name, mobile, street, account = PEOPLE[0]
    row = f'duplicate key\nDETAIL:  Failing row contains ({name}, {mobile}, "{street}", {account}).'

    def broken(message: OutboxMessage) -> None:
        raise ValueError(row)

    def broken_page(*args: Any, **kwargs: Any) -> None:
        raise ValueError(row)

    monkeypatch.setitem(messages._handlers, "test.broken", broken)
    send("test.broken", "a", {"order": 1}, now=timezone.now())
    messages.deliver_due()
    monkeypatch.setattr("desk.views.home.render", broken_page)
    assert client.get("/").status_code == 500


def test_the_log_of_a_full_run_has_nobodys_data(
    client: Client,
    lines: Lines,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    settings: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(client)
        import_orders(client)
        search(client)
        order = modify(client)
        export(client)
        bad_input(client)
        fail_with_a_quoted_row(client, monkeypatch)
        call_command("search_orders", PEOPLE[0][0], stdout=io.StringIO())
    tells_what_happened(lines, order)
    log = lines.getvalue()
    for person in PEOPLE:
        for secret in person:
            for written in (secret, json.dumps(secret)[1:-1], repr(secret.encode())[2:-1]):
                assert written not in log, written
    assert PASSWORD not in log


def tells_what_happened(lines: Lines, order: Order) -> None:
    """The same run can be followed: by request, act, job and message."""
    changed = lines.all("request", path="/orders/<str:order_no>/modify-receiving", method="POST")
    assert [line["status"] for line in changed] == [302]
    assert changed[0]["role"] == "owner"
    assert changed[0]["ms"] >= 0
    assert changed[0]["request_id"] == REQUEST
    acts = lines.all("act", verb="modify_receiving")
    assert [(line["order_no"], line["outcome"]) for line in acts] == [(order.order_no, "done")]
    assert lines.all("request", path="-", status=404)
    jobs = lines.all("job", kind="import_orders", outcome="done")
    assert jobs[0]["request_id"] == Job.objects.get(kind="import_orders").request_id
    assert lines.all("message", topic="test.broken", outcome="error")
    failed = lines.all("request", path="/", status=500)
    assert failed[0]["level"] == "error"
    assert any("ValueError" in line.get("exception", "") for line in lines.all())


# The request's id


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["", "13812345678", "x" * 32, "张三", "a b", "a" * 65, "-" * 20])
def test_an_id_that_is_not_well_formed_is_replaced(client: Client, given: str) -> None:
    made = client.get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"]
    assert made != given
    assert len(made) == 32


@pytest.mark.django_db
def test_the_id_goes_with_the_task_the_job_and_the_message(lines: Lines) -> None:
    from core.tasks import deliver_messages
    from core.trace import traced

    with traced("request", request_id=REQUEST):
        send("test.nobody", "a", {}, now=timezone.now())
        job = Job.objects.create(kind="x", not_before=timezone.now())
        deliver_messages.delay()
    written = OutboxMessage.objects.get(topic="test.nobody")
    assert written.request_id == job.request_id == REQUEST
    task = next(line for line in lines.all("task") if line["rows"])
    assert (task["request_id"], task["by"]) == (REQUEST, "hint")
    message = lines.all("message", topic="test.nobody")[0]
    assert (message["request_id"], message["outcome"]) == (REQUEST, "unhandleable")


def test_what_beat_asks_for_and_finds_nothing_is_no_news(db: None, lines: Lines) -> None:
    from config.sweeps import BY_BEAT
    from core.tasks import deliver_messages

    deliver_messages.apply_async(headers=BY_BEAT)
    (line,) = lines.all("task")
    assert (line["level"], line["by"]) == ("debug", "beat")
