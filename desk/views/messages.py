"""Messages that wait or did not arrive: look, try again, give up (architecture §6)."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages as said
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from core import payloads, policy
from core.acts import Actor, Repeated
from core.keyset import Page, page
from core.messages import broker_answers, label_of
from core.models import Act, InboxMessage, Message, MessageState, OutboxMessage
from core.selectors import BOXES, late_since
from core.undelivered import give_up_message, retry_message, retry_messages
from core.verdict import Refused, Verdict
from desk.forms import GiveUpForm
from desk.post import failed_in, get_message, messages_in, standing, waiting_in
from orders.selectors.page import labelled
from staff.http import Request
from staff.matrix import allow

LISTS = {"failed": "失败", "waiting": "在等", "given_up": "已放弃"}
MOST = 100  # at once; a page shows fewer
ENDED = [MessageState.DONE, MessageState.GIVEN_UP]


@allow("view_messages")
def failed(request: Request) -> HttpResponse:
    """How both boxes stand, and one of their lists: failed, waiting, given up."""
    box = request.GET.get("box", "out")
    box = box if box in BOXES else "out"
    which = request.GET.get("list", "failed")
    which = which if which in LISTS else "failed"
    now = timezone.now()
    context = {
        "standing": standing(request.user),
        "late_since": late_since(now),
        "broker": broker_answers(),
        "lists": LISTS,
        "box": box,
        "which": which,
        "page": _listed(_rows(request, box, which)),
        "base": "?" + urlencode({"box": box, "list": which}),
        "token": uuid.uuid4(),
    }
    return render(request, "desk/messages.html", context)


def _rows(request: Request, box: str, which: str) -> Page[Any]:
    """One page, by the index that holds just these rows; given-up ones stand among the done."""
    at, mark = request.GET.get("page", ""), f"{box}.{which}"
    if which == "failed":
        return page(failed_in(box, request.user), ("-id",), at, mark=mark)
    if which == "waiting":
        return page(waiting_in(box, request.user), ("not_before", "id"), at, mark=mark)
    ended = messages_in(box, request.user).filter(state__in=ENDED)
    given_up = Q(state=MessageState.GIVEN_UP)
    return page(ended, ("-done_at", "-id"), at, where=given_up, mark=mark)


def _listed(found: Page[Any]) -> Page[Any]:
    for row in found.rows:
        row.label = label_of(row.topic)
        row.may_retry = policy.may_retry(row.state)
    return found


@allow("view_messages")
def message(request: Request, box: str, message_id: int) -> HttpResponse:
    """One message: what it says, what went wrong, what was done with it."""
    return _show(request, box, get_message(box, message_id, request.user))


@allow("retry_message")
def retry(request: Request, box: str, message_id: int) -> HttpResponse:
    """Back into the queue."""
    row = get_message(box, message_id, request.user)
    if request.method != "POST":
        return _show(request, box, row)
    try:
        retry_message(row, **_common(request))
    except Repeated:
        pass
    except Refused as refusal:
        return _show(request, box, row, refusal=refusal.verdict)
    said.success(request, "已经放回队列，几秒钟内再试。")
    return redirect("message", box, message_id)


@allow("give_up_message")
def give_up(request: Request, box: str, message_id: int) -> HttpResponse:
    """Ask why, and leave it undelivered."""
    row = get_message(box, message_id, request.user)
    if request.method != "POST":
        return _show(request, box, row)
    form = GiveUpForm(request.POST)
    if not form.is_valid():
        return _show(request, box, row, form=form, status=422)
    try:
        give_up_message(row, form.cleaned_data["why"], **_common(request))
    except Repeated:
        pass
    except Refused as refusal:
        return _show(request, box, row, form=form, refusal=refusal.verdict)
    said.success(request, "已经放弃，不会再发。要是弄错了，按“再试一次”。")
    return redirect("message", box, message_id)


@allow("retry_message")
@require_POST
def retry_shown(request: Request) -> HttpResponse:
    """All that the list showed; what somebody settled meanwhile is left alone."""
    box = request.POST.get("box", "out")
    ids = [int(pk) for pk in request.POST.getlist("id") if pk.isdecimal() and len(pk) < 19]
    rows = list(failed_in(box, request.user).filter(pk__in=ids[:MOST]).order_by("pk"))
    done = retry_messages(rows, by=Actor.person(request.user), now=timezone.now())
    if done:
        said.success(request, f"{done} 条已经放回队列，几秒钟内再试。")
    else:
        said.error(request, "这些消息已经处理过了，没有要再试的。")
    return redirect(request.path.removesuffix("/retry") + "?" + urlencode({"box": box}))


def _common(request: Request) -> dict[str, Any]:
    try:
        token = uuid.UUID(request.POST.get("token", ""))
    except ValueError:
        token = None
    return {"by": Actor.person(request.user), "now": timezone.now(), "token": token}


def _show(
    request: Request,
    box: str,
    row: Message,
    *,
    form: GiveUpForm | None = None,
    refusal: Verdict | None = None,
    status: int = 200,
) -> HttpResponse:
    row.refresh_from_db()
    content, size = _content(row)
    context = {
        "box": box,
        "row": row,
        "label": label_of(row.topic),
        "lines": payloads.lines(content),
        "size": size,
        "may_retry": policy.may_retry(row.state),
        "may_give_up": policy.may_give_up(row.state),
        "refusal": refusal,
        "form": form or GiveUpForm(),
        "token": uuid.uuid4(),
        "acts": labelled(_acts(row)),
    }
    return render(request, "desk/message.html", context, status=409 if refusal else status)


def _content(row: Message) -> tuple[Any, int]:
    """What can be shown of it, and how many bytes came where nothing can."""
    if isinstance(row, InboxMessage):
        raw = bytes(row.raw)
        found = payloads.read(raw)
        return (found, 0) if found is not None else ({}, len(raw))
    assert isinstance(row, OutboxMessage)  # noqa: S101
    return (row.payload, 0) if isinstance(row.payload, dict | list) else ({}, 0)


def _acts(row: Message) -> list[Act]:
    kind = str(row._meta.model_name)
    acts = Act.objects.filter(order_no=row.order_no, subject_kind=kind, subject_id=row.pk)
    return list(acts.order_by("-at", "-id")[:20])
