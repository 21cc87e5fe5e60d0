// A station: each scan is one POST with its own key, answered with the bench as it is now.
(() => {
  "use strict";
  const area = document.getElementById("bench-area"), field = document.getElementById("scan");
  if (!area || !field) return;
  const POLL = 3000, headers = { "X-CSRFToken": area.dataset.csrf };
  const bench = () => document.getElementById("bench");
  const asksPin = () => bench().dataset.expect === "pin";

  function show(html) {
    const box = document.createElement("template");
    box.innerHTML = html;
    const fresh = box.content.querySelector("#bench");
    if (!fresh) return location.reload();  // signed out, or another page: begin anew
    bench().replaceWith(fresh);
    if (document.activeElement === document.body) field.focus({ preventScroll: true });
    field.placeholder = fresh.dataset.asks || "";
    const page = area.dataset.page, number = fresh.dataset.parcel;
    if (!page) return;  // a wave's list stays at its address
    history.replaceState(null, "", number ? `${page}?parcel=${encodeURIComponent(number)}` : page);
  }

  // Without HTTPS there is no randomUUID.
  function uuid() {
    const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((n, i) => (i === 6 ? n & 15 | 64 : i === 8 ? n & 63 | 128 : n).toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  function request(text) {
    const { parcel, badge } = bench().dataset;
    if (asksPin()) return { secret: true, headers, url: area.dataset.operator, body: { badge, pin: text, parcel } };
    return { headers, url: area.dataset.scan, body: { code: text, token: crypto.randomUUID?.() || uuid(), parcel } };
  }

  function answered(answer, text) {
    if (answer.headers.get("Content-Type")?.includes("json")) {
      location.assign(JSON.parse(text).next);
      return null;
    }
    if (!answer.ok || answer.redirected) {
      location.reload();
      return null;
    }
    show(text);
    if (asksPin()) sender.drop();
    printed(bench().dataset.print);
    return bench().dataset.outcome;
  }

  // A paper that was asked for is printed from a frame: the station stays where it is.
  function printed(url) {
    document.getElementById("print-frame")?.remove();
    if (!url) return;
    const frame = document.createElement("iframe");
    frame.id = "print-frame";
    frame.title = "打印";
    frame.src = url;
    area.append(frame);
  }

  // What a mouse or a key of the page does is a scan of the command sheet, too.
  document.addEventListener("click", (e) => {
    const button = e.target.closest("#bench [data-command]");
    if (!button) return;
    field.focus({ preventScroll: true });
    sender.scanned(button.dataset.command);
  });
  document.addEventListener("keydown", (e) => {
    const button = document.querySelector(`#bench [data-press="${CSS.escape(e.key)}"]`);
    if (!button) return;
    e.preventDefault();
    button.click();
  });

  // A stop for one of the list's parcels stands until it was seen; the scan that says so counts
  // for nothing else.
  const unseen = () => bench().dataset.whole === "yes";
  function seen() {
    delete bench().dataset.whole;
    field.focus({ preventScroll: true });
  }
  document.addEventListener("click", (e) => unseen() && e.target.closest("#bench .stops") && !e.target.closest("a") && seen());
  document.addEventListener("keydown", (e) => unseen() && e.key === "Enter" && !field.value && seen());

  const sender = sendScans({ kept: `scan:${area.dataset.scan}`, field: () => field, request, answered });
  const reader = readScans({ field: () => field, done: (text) => (unseen() ? seen() : sender.scanned(text)), hidden: asksPin });
  reader.clear();  // what was typed before the page was ready has no answer: scan it again
  field.focus({ preventScroll: true });

  // -- the poll: a stop for what is in hand takes the whole screen ---------------------------
  async function poll() {
    setTimeout(poll, POLL);
    if (document.hidden || sender.busy() || !area.dataset.live) return;
    const { parcel, stop, whole } = bench().dataset;
    try {
      const answer = await fetch(`${area.dataset.live}?parcel=${encodeURIComponent(parcel)}&stop=${stop}`, { signal: AbortSignal.timeout(5000) });
      sender.connected(true);
      if (answer.status !== 200 || sender.busy() || parcel !== bench().dataset.parcel) return;
      show(await answer.text());
      if (bench().dataset.stop) {
        const known = stop.split(","), now = bench().dataset.stop.split(",");
        if (!area.dataset.page && (whole || now.some((one) => !known.includes(one)))) bench().dataset.whole = "yes";
        sender.drop();
        soundOf("stop");
      }
    } catch {
      sender.connected(false);
    }
  }
  setTimeout(poll, POLL);
})();
