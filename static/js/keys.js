// Reads scans from key events. `event.code` names the key whatever the input method makes of it,
// so a Chinese input method that is on swallows nothing. Handhelds whose scanner commits text
// without key events come in by `input`.
(() => {
  "use strict";
  const PLAIN = { Minus: "-", Equal: "=", Semicolon: ";", Quote: "'", Comma: ",", Period: ".", Slash: "/", Backslash: "\\", BracketLeft: "[", BracketRight: "]", Backquote: "`", Space: " ", NumpadDecimal: ".", NumpadAdd: "+", NumpadSubtract: "-", NumpadDivide: "/", NumpadMultiply: "*" };
  const SHIFTED = { Minus: "_", Equal: "+", Semicolon: ":", Quote: '"', Comma: "<", Period: ">", Slash: "?", Backslash: "|", BracketLeft: "{", BracketRight: "}", Backquote: "~", Space: " " };
  const DIGITS = ")!@#$%^&*(";

  // The character of a key: as it is where no input method is at work, else by the key's name on
  // the layout that scanners type in; "" for none.
  function character(e) {
    const code = e.code || "", composing = e.isComposing || e.keyCode === 229;
    if (!composing && code && /^[ -~]$/.test(e.key)) return e.key;
    if (/^Key[A-Z]$/.test(code)) return e.shiftKey ? code[3] : code[3].toLowerCase();
    if (/^Digit[0-9]$/.test(code)) return e.shiftKey ? DIGITS[code[5]] : code[5];
    if (/^Numpad[0-9]$/.test(code)) return code[6];
    return (e.shiftKey && SHIFTED[code]) || PLAIN[code] || "";
  }

  const ends = (e) => ["Enter", "NumpadEnter", "Tab"].includes(e.code) || e.key === "Enter";
  const elsewhere = (el, field) => el !== field && el.closest?.("input, textarea, select, dialog[open], details[open]");
  // No scan begins with these: `/` is the search box, and off the field a key that works a page.
  const works = (e, field) => e.code === "Slash" && !e.shiftKey || e.target !== field && [" ", "j", "k", "?"].includes(e.key);

  // Calls `done(text)` for each scan that ends in Enter or Tab; `hidden()` says whether to mask it.
  // `field()`: the field that shows it, null where the page has none now.
  window.readScans = ({ field, done, hidden }) => {
    let buffer = "", coded = false;
    const show = () => { if (field()) field().value = hidden() ? "•".repeat(buffer.length) : buffer; };
    const clear = () => { buffer = ""; show(); };

    document.addEventListener("keydown", (e) => {
      const box = field();
      if (!box || e.ctrlKey || e.metaKey || e.altKey || elsewhere(e.target, box)) return;
      if (ends(e)) {
        if (!buffer) return;
        e.preventDefault();
        e.stopImmediatePropagation();
        const text = buffer;
        clear();
        done(text);
        return;
      }
      if (e.key === "Escape") return clear();
      if (!buffer && works(e, box)) {
        if (e.code !== "Slash" || e.target !== box) return;
        e.preventDefault();
        return document.getElementById("q")?.focus();
      }
      if (e.code === "Backspace") {
        buffer = buffer.slice(0, -1);
        e.preventDefault();
        return show();
      }
      const sign = character(e);
      coded = Boolean(sign);
      if (!sign) return;
      e.preventDefault();
      e.stopImmediatePropagation();
      if (buffer.length < 128) buffer += sign;
      show();
    }, true);

    // What an input method made of keys that were read already is put away again.
    document.addEventListener("input", (e) => {
      if (e.target !== field()) return;
      if (!coded || e.inputType === "insertFromPaste") buffer = e.target.value.trim();
      show();
    });
    document.addEventListener("compositionend", (e) => { if (e.target === field()) setTimeout(show); });
    document.addEventListener("focusout", (e) => {
      if (e.target === field()) setTimeout(() => {
        const now = document.activeElement;
        if (!now || now === document.body || now === document.documentElement) field()?.focus({ preventScroll: true });
      });
    });
    return { clear };
  };
})();
