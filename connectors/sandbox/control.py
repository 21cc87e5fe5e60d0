"""The page for people: what happened, and which faults are switched (`/` and `/_control/`).

Programs ask `/_control/effects?system=sms` and get JSON.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any

from connectors.sandbox.state import FAULTS, State
from connectors.sandbox.wire import Reply, Request
from connectors.systems import SYSTEMS, label_of

SHOWN = 100
BACK = Reply(b"", 303, {"Location": "/"})
LOCAL = ("127.0.0.1", "localhost", "[::1]")


def answer(state: State, target: str, request: Request) -> Reply:
    """The answer at an address that belongs to no system."""
    if not _from_here(request):
        return Reply("只能从本机打开。\n".encode(), 403)
    path = target.partition("?")[0].rstrip("/")
    key = (request.method, path)
    if key in (("GET", ""), ("GET", "/_control")):
        return Reply(_page(state).encode(), content_type="text/html; charset=utf-8")
    if key == ("GET", "/_control/effects"):
        return Reply.json([_told(e) for e in state.effects(request.query.get("system", ""))])
    if key in _SWITCHES:
        return _SWITCHES[key](state, request.form)
    return Reply(b"not found\n", 404)


def _from_here(request: Request) -> bool:
    """A page of another site must not switch faults: neither by a form nor by a name of its own."""
    host = request.headers.get("Host", "").rpartition(":")[0]
    origin = request.headers.get("Origin", "")
    return host in LOCAL and origin in ("", "null", f"http://{request.headers.get('Host', '')}")


def _fault(state: State, form: dict[str, str]) -> Reply:
    try:
        times = form.get("times", "1")
        state.fault(form.get("system", ""), form.get("kind", ""), int(times))
    except ValueError:
        return Reply("没有这个系统或故障，或次数不对（1 到 1000）。\n".encode(), 422)
    return BACK


def _mend(state: State, form: dict[str, str]) -> Reply:
    for system in [form["system"]] if form.get("system") in SYSTEMS else SYSTEMS:
        state.mend(system)
    return BACK


def _release(state: State, form: dict[str, str]) -> Reply:
    with state.lock:
        state.callbacks += state.late
        state.late = []
    return BACK


def _reset(state: State, form: dict[str, str]) -> Reply:
    state.reset()
    return BACK


_SWITCHES = {
    ("POST", "/_control/fault"): _fault,
    ("POST", "/_control/mend"): _mend,
    ("POST", "/_control/release"): _release,
    ("POST", "/_control/reset"): _reset,
}


def _told(effect: Any) -> dict[str, Any]:
    return {
        "system": effect.system,
        "what": effect.what,
        "key": effect.key,
        "data": effect.data,
        "at": effect.at.isoformat(),
    }


def _page(state: State) -> str:
    with state.lock:
        effects = "".join(map(_effect_row, reversed(state.effects()[-SHOWN:])))
        calls = "".join(map(_call_row, reversed(state.calls[-SHOWN:])))
        waiting = "".join(_faults_row(state, name) for name in SYSTEMS)
        held = len(state.late)
    return f"""<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>演练系统 · 跟单台</title>
<style>body{{font:15px/1.5 sans-serif;margin:1rem auto;max-width:70rem;padding:0 1rem}}
table{{border-collapse:collapse;width:100%}}td,th{{border-bottom:1px solid #ccc;padding:.2rem .5rem;
text-align:left;vertical-align:top;overflow-wrap:anywhere}}form{{display:inline}}</style>
<h1>演练系统</h1><p>这里模仿短信、支付、平台和快递，没有真的发出去。刷新看最新。</p>
<h2>故障</h2><table><tr><th>系统<th>等着发生的<th>切换</tr>{waiting}</table>
<p><form method="post" action="/_control/mend"><button>全部恢复</button></form>
<form method="post" action="/_control/release"><button>放行压着的回调（{held}）</button></form>
<form method="post" action="/_control/reset"><button>清空记录和故障</button></form></p>
<h2>真正办成的</h2><table><tr><th>时间<th>系统<th>办了什么<th>键<th>内容</tr>
{effects or "<tr><td colspan=5>还没有。</tr>"}</table>
<h2>收到的请求</h2><table><tr><th>时间<th>系统<th>请求<th>回答<th>故障</tr>
{calls or "<tr><td colspan=5>还没有。</tr>"}</table></html>"""


def _effect_row(effect: Any) -> str:
    data = json.dumps(effect.data, ensure_ascii=False, default=str)
    cells = (f"{effect.at:%H:%M:%S}", label_of(effect.system), effect.what, effect.key, data)
    return _row(*cells)


def _call_row(call: Any) -> str:
    status = str(call.status) if call.status else "—"
    fault = FAULTS.get(call.fault, "")
    cells = (f"{call.at:%H:%M:%S}", label_of(call.system), f"{call.method} {call.path}")
    return _row(*cells, status, fault)


def _row(*cells: str) -> str:
    return f"<tr>{''.join(f'<td>{escape(cell)}' for cell in cells)}</tr>"


def _faults_row(state: State, system: str) -> str:
    waiting = "、".join(FAULTS[kind] for kind in state.faults(system)) or "—"
    options = "".join(f'<option value="{kind}">{label}' for kind, label in FAULTS.items())
    return f"""<tr><td>{escape(label_of(system))}<td>{escape(waiting)}<td>
<form method="post" action="/_control/fault"><input type="hidden" name="system" value="{system}">
<select name="kind" aria-label="故障">{options}</select>
<input name="times" value="1" size="3" aria-label="次数"> 次 <button>设上</button></form>
<form method="post" action="/_control/mend"><input type="hidden" name="system" value="{system}">
<button>恢复</button></form></tr>"""
