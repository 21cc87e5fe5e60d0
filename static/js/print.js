// The button of the papers' HTML view; without a script Ctrl + P does the same.
(() => {
  "use strict";
  // A station has it in a frame: print at once.
  if (parent !== window) addEventListener("load", () => print());
  const button = document.querySelector("[data-print]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => window.print());
})();
