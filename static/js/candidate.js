// Leafing through people by keyboard, and copying a link as soon as it is made. Everything works by links and buttons.
(() => {
  "use strict";

  const isTyping = (target) => target.closest?.("input, textarea, select, [contenteditable]") !== null;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.repeat) return;
    if (isTyping(event.target) || document.querySelector("dialog[open], details.menu[open]")) return;
    const control = document.querySelector(`[data-key~="${CSS.escape(event.key)}"]`);
    if (!control) return;
    event.preventDefault();
    control.click();
  });

  document.addEventListener("htmx:afterSwap", () => {
    const button = document.querySelector("[data-copy-now]");
    if (!button) return;
    delete button.dataset.copyNow;
    document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; });
    button.click();
  });
})();
