// What every page does: shortcuts, rows, copying, countdowns, theme. No library, no inline code.
// Runs in <head>: it listens on the document, so a key or a choice counts before all is loaded.
(() => {
  "use strict";
  const typing = (el) => el.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  const composing = (e) => e.isComposing || e.keyCode === 229;
  const shortcuts = () => document.body.dataset.shortcuts !== "off";
  const visible = (el) => el.getClientRects().length > 0;

  // -- shortcuts ---------------------------------------------------------------------------
  const keyed = (key) => {
    const scope = document.querySelector("dialog[open]") || document;
    return [...scope.querySelectorAll("[data-key]")].find((el) => el.dataset.key === key && visible(el));
  };

  function showKeys() {
    const box = document.getElementById("keys");
    if (!box || box.open) return;
    const rows = [["/", "查订单"], ["j / k", "上下移动"], ["Enter", "打开"], ["Ctrl+Enter", "填好了，办"], ["Esc", "关闭"]];
    document.querySelectorAll("[data-key]").forEach((el) => {
      if (visible(el)) rows.push([el.dataset.key.toUpperCase(), el.dataset.keyName || el.textContent.trim()]);
    });
    const inRows = new Map([...document.querySelectorAll("[data-rows] [data-row-key]")].map((el) => [el.dataset.rowKey.toUpperCase(), el.dataset.rowKeyName]));
    rows.push(...inRows);
    box.querySelector("tbody").replaceChildren(...rows.map(([key, name]) => {
      const tr = document.createElement("tr");
      const k = document.createElement("kbd");
      k.textContent = key;
      tr.insertCell().append(k);
      tr.insertCell().append(name);
      return tr;
    }));
    open(box);
  }

  function moveRow(step) {
    const rows = [...document.querySelectorAll("[data-rows] tbody tr:not(.group)")];
    if (!rows.length) return;
    const at = rows.findIndex((row) => row.classList.contains("on"));
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
    rows.forEach((row) => row.classList.toggle("on", row === next));
    next.querySelector("a")?.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  // Ctrl+Enter does what the page of an act is about, from any of its fields.
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || !e.ctrlKey || composing(e)) return;
    const form = e.target.closest("form") || document.querySelector("dialog[open] form, #act-form");
    [...form?.querySelectorAll("button.main") || []].at(-1)?.click();
  });
  document.addEventListener("keydown", (e) => {
    if (composing(e) || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "/" && !typing(e.target)) {
      e.preventDefault();
      const box = document.getElementById("q");
      box?.focus();
      box?.select();
      return;
    }
    if (typing(e.target) || !shortcuts()) return;
    if (e.key === "?") return showKeys();
    if (e.key === "j" || e.key === "k") {
      e.preventDefault();
      return moveRow(e.key === "j" ? 1 : -1);
    }
    const tick = e.key === "x" && document.querySelector("[data-rows] tr.on input[type=checkbox]");
    if (tick) return tick.click();
    const inRow = !document.querySelector("dialog[open]") && document.querySelector(`[data-rows] tr.on [data-row-key="${CSS.escape(e.key)}"]`);
    if (inRow) {
      e.preventDefault();
      return inRow.click();
    }
    const el = keyed(e.key.toLowerCase());
    if (el) {
      e.preventDefault();
      el.click();
      document.getElementById(el.dataset.then)?.focus();
    }
  });
  // Enter that ends an input method's composition must not send the form.
  document.addEventListener("keydown", (e) => {
    if (e.key === "Enter" && composing(e)) e.stopPropagation();
  }, true);

  // -- dialogs -----------------------------------------------------------------------------
  let opener = null;
  function open(box) {
    opener = document.activeElement;
    box.showModal();
  }
  function changed(root) {
    return [...root.querySelectorAll("form[data-guard]")].some((form) => form.dataset.dirty === "yes");
  }
  function closed() {
    const box = document.getElementById("dialog");
    if (box) box.querySelector("[data-body]").replaceChildren();
    if (opener && document.contains(opener)) opener.focus();
    opener = null;
  }
  document.addEventListener("cancel", (e) => {
    if (e.target.matches("dialog") && changed(e.target) && !confirm("填写的内容还没有保存，确定关闭吗？")) e.preventDefault();
  }, true);
  document.addEventListener("close", (e) => { if (e.target.matches("dialog")) closed(); }, true);
  document.addEventListener("click", (e) => {
    const close = e.target.closest("[data-close]");
    if (!close) return;
    const box = close.closest("dialog[open]");
    if (!box) return;
    e.preventDefault();
    if (!changed(box) || confirm("填写的内容还没有保存，确定关闭吗？")) box.close();
  });
  document.addEventListener("htmx:afterSwap", (e) => {
    const box = document.getElementById("dialog");
    if (!box || !box.contains(e.target)) return;
    if (!box.open) open(box);
    if (e.target.closest("[data-keep-focus]")) return;
    const root = e.target.dataset.part ? e.target : box;
    const first = root.querySelector(e.target.dataset.part || "[aria-invalid=true], [autofocus], [role=alert] button") || root.querySelector("input:not([type=hidden]), select, textarea, button:not([tabindex])");
    first?.focus();
  });

  // -- forms -------------------------------------------------------------------------------
  document.addEventListener("input", (e) => {
    const form = e.target.closest("form[data-guard]");
    if (form) form.dataset.dirty = "yes";
  });
  document.addEventListener("submit", (e) => {
    const form = e.target;
    if (form.dataset.sent === "yes") {
      e.preventDefault();
      e.stopPropagation();
      return;
    }
    if (form.method !== "post" || form.hasAttribute("data-again")) return;
    form.dataset.sent = "yes";
    form.dataset.dirty = "no";
    form.querySelectorAll("button").forEach((b) => b.setAttribute("aria-busy", "true"));
  }, true);
  document.addEventListener("htmx:afterRequest", (e) => {
    const form = e.target.closest?.("form");
    if (!form) return;
    form.dataset.sent = "no";
    form.querySelectorAll("button").forEach((b) => b.removeAttribute("aria-busy"));
  });
  // A file that the server would refuse anyway is told before it travels.
  document.addEventListener("change", (e) => {
    const most = e.target.type === "file" && Number(e.target.form?.dataset.maxBytes);
    if (!most) return;
    const large = [...e.target.files].some((file) => file.size > most);
    e.target.setCustomValidity(large ? `文件超过 ${Math.floor(most / 1048576)} MB，请在平台上按时间分几次导出。` : "");
    e.target.reportValidity();
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach((f) => {
    f.dataset.sent = "no";
    f.querySelectorAll("button").forEach((b) => b.removeAttribute("aria-busy"));
  }));
  window.addEventListener("beforeunload", (e) => {
    if (changed(document)) e.preventDefault();
  });
  document.addEventListener("change", (e) => {
    if (e.target.matches("[data-autosend]")) e.target.form.requestSubmit();
  });
  document.addEventListener("click", (e) => {
    const greyed = e.target.closest("[aria-disabled=true]");
    if (greyed) e.preventDefault();
  }, true);

  // What stands nowhere on the page as it is copied gets a field of its own until one leaves it.
  function selectable(button, text) {
    const box = document.createElement("input");
    box.readOnly = true;
    box.value = text;
    box.setAttribute("aria-label", "要复制的内容");
    box.addEventListener("blur", () => box.remove());
    button.before(box);
    box.select();
  }

  // -- copying -----------------------------------------------------------------------------
  document.addEventListener("click", async (e) => {
    const button = e.target.closest("[data-copy], [data-copy-from]");
    if (!button) return;
    const source = button.dataset.copyFrom && button.closest(".tell").querySelector(button.dataset.copyFrom);
    const text = source ? source.textContent.trim() : button.dataset.copy;
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "已复制";
    } catch {
      // Without HTTPS there is no clipboard: select the text, so that Ctrl+C takes it.
      const before = button.previousElementSibling;
      if (source) getSelection().selectAllChildren(source);
      else if (before?.textContent.trim() === text) getSelection().selectAllChildren(before);
      else selectable(button, text);
      button.textContent = "已选中，按 Ctrl+C";
    }
    document.getElementById("said").textContent = button.textContent;
    setTimeout(() => { button.textContent = label; }, 1500);
  });

  // -- countdowns --------------------------------------------------------------------------
  function span(ms) {
    const seconds = Math.floor(Math.abs(ms) / 1000), minutes = Math.floor(seconds / 60);
    if (!minutes) return `${seconds} 秒`;
    const days = Math.floor(minutes / 1440), hours = Math.floor(minutes % 1440 / 60);
    if (days) return `${days} 天 ${hours} 小时`;
    return hours ? `${hours} 小时 ${minutes % 60} 分` : `${minutes} 分`;
  }
  function tick() {
    document.querySelectorAll("[data-countdown]").forEach((el) => {
      const left = new Date(el.dateTime) - Date.now();
      const waited = el.dataset.countdown === "waited";
      el.textContent = (waited ? "已等 " : left >= 0 ? "剩 " : "已超 ") + span(left);
      if (waited) return;
      el.closest(".tag")?.classList.toggle("bad", left < 0);
      el.closest("[data-while]")?.toggleAttribute("hidden", left < 0);
    });
  }
  setInterval(tick, 1000);
  document.addEventListener("htmx:load", tick);
  document.addEventListener("DOMContentLoaded", tick);

  // -- ticking rows --------------------------------------------------------------------------
  document.addEventListener("change", (e) => {
    if (!e.target.matches("[data-tick-all]")) return;
    e.target.closest("table").querySelectorAll("tbody input[type=checkbox]").forEach((box) => { box.checked = e.target.checked; });
  });

  // -- theme, search box -------------------------------------------------------------------
  document.addEventListener("click", (e) => {
    const choice = e.target.closest("[data-theme-choice]");
    if (!choice) return;
    const theme = choice.dataset.themeChoice;
    if (theme) {
      localStorage.setItem("theme", theme);
      document.documentElement.dataset.theme = theme;
    } else {
      localStorage.removeItem("theme");
      delete document.documentElement.dataset.theme;
    }
  });
  document.addEventListener("click", (e) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(e.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", (e) => {
    const menu = e.key === "Escape" && document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  document.addEventListener("htmx:beforeRequest", (e) => {
    // The live poll rests while nobody looks; the box with something typed asks for no recents.
    if (e.target.id === "live" && document.hidden) e.preventDefault();
    if (e.target.id === "q" && e.target.value) e.preventDefault();
  });
  document.addEventListener("htmx:responseError", (e) => {
    const said = document.getElementById("said");
    if (said && e.detail.xhr.status >= 500) said.textContent = "服务器出错了，刚才的操作没有成功，请再试一次。";
  });
})();
