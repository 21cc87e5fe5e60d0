// A scanner types while a Chinese input method is on: every key is “Process”, 229, and only `code`
// says which it was; of what nobody took the method composes something.
(text) => {
  const field = document.querySelector("#scan, [data-scan]");
  const key = (code, shiftKey, key = "Process") => field.dispatchEvent(new KeyboardEvent("keydown", {
    bubbles: true, cancelable: true, isComposing: true, keyCode: 229, key, code, shiftKey,
  }));
  const named = (sign) => {
    if (/[0-9]/.test(sign)) return `Digit${sign}`;
    return { "-": "Minus", ":": "Semicolon" }[sign] || `Key${sign.toUpperCase()}`;
  };
  const composition = (type, data) => field.dispatchEvent(new CompositionEvent(type, { bubbles: true, data }));
  composition("compositionstart", "");
  for (const sign of text) {
    key(named(sign), /[A-Z:]/.test(sign));
    field.value += "拼";  // the method goes on composing, whatever the page says
    field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertCompositionText", data: "拼" }));
  }
  composition("compositionend", "拼音");
  key("Enter", false, "Enter");
}
