// A form that a scanner fills (`form[data-scans]`) is a station, too: a scan goes into its field and
// sends it, the answer takes the page's place without leaving it, and says how it ended.
(() => {
  "use strict";
  const main = document.getElementById("main");
  const form = () => main.querySelector("form[data-scans]");
  const field = () => form()?.querySelector("input[data-scan]");
  if (!field()) return;

  function body(sent, button) {
    const pairs = [...new FormData(sent)].filter(([, value]) => typeof value === "string");
    return button?.name ? [...pairs, [button.name, button.value]] : pairs;
  }
  const what = (sent, button) => ({ url: sent.action, body: body(sent, button) });

  // A badge asks for its PIN, then another person goes on with this page.
  let badge = "";
  function asksPin(code) {
    badge = code;
    field().placeholder = code ? "输入 PIN，按回车" : "";
  }

  function request(text) {
    const scanned = /^U:([0-9A-Z-]{4,32})$/i.exec(text);
    if (scanned) {
      asksPin(scanned[1].toUpperCase());
      return null;
    }
    if (badge) {
      const csrf = form().querySelector("[name=csrfmiddlewaretoken]").value;
      const body = { badge, pin: text, next: location.pathname + location.search };
      return { secret: true, url: main.querySelector("[data-operator]").dataset.operator, headers: { "X-CSRFToken": csrf }, body };
    }
    field().value = text;
    if (form().reportValidity()) return what(form());
    soundOf("wrong");
    return null;
  }

  function say(text) {
    const box = document.createElement("div"), line = document.createElement("p");
    box.className = "messages";
    box.setAttribute("role", "alert");
    line.className = "no";
    line.textContent = text;
    box.append(line);
    main.querySelector(".messages")?.remove();
    main.prepend(box);
  }

  function switched({ next, wrong }) {
    asksPin("");
    if (wrong) {
      say(wrong);
      return "wrong";
    }
    location.assign(next);
    return null;
  }

  function answered(answer, text) {
    if (answer.headers.get("Content-Type")?.includes("json")) return switched(JSON.parse(text));
    if (answer.status === 403) {
      location.reload();
      return null;
    }
    const page = new DOMParser().parseFromString(text, "text/html"), fresh = page.getElementById("main");
    if (!fresh?.querySelector("form[data-scans]")) {
      location.assign(answer.url);
      return null;
    }
    main.replaceChildren(...fresh.childNodes);
    document.title = page.title;
    if (answer.redirected && answer.url !== location.href) history.pushState(null, "", answer.url);
    globalThis.htmx?.process(main);
    begin();
    if (!answer.ok || main.querySelector(".messages .no")) return "wrong";
    return main.querySelector("[data-outcome]")?.dataset.outcome || (main.querySelector(".messages") ? "right" : "");
  }

  const sender = sendScans({ kept: `scan:${location.pathname}`, field, request, answered });
  const reader = readScans({ field, done: sender.scanned, hidden: () => badge !== "" });

  // The first thing to do has the focus: the scan field, unless the page says another.
  function begin() {
    reader.clear();
    (main.querySelector("[autofocus]") || field()).focus({ preventScroll: true });
  }
  begin();

  main.addEventListener("submit", (e) => {
    if (!e.target.matches("form[data-scans]")) return;
    e.preventDefault();
    e.target.dataset.sent = "no";  // `frame.js` sends a form once; here `sending.js` sees to it
    sender.send(what(e.target, e.submitter));
  });
  // Enter in another field of the form means: now the scan.
  main.addEventListener("keydown", (e) => {
    const other = e.key === "Enter" && e.target.matches("form[data-scans] input:not([data-scan])");
    if (!other || field().value) return;
    e.preventDefault();
    field().focus();
  });
  addEventListener("popstate", () => location.reload());
})();
