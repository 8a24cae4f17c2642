// Conveniences of the import dialog and the integration form; both work without them.
(() => {
  "use strict";

  document.addEventListener("click", (event) => {
    const all = event.target.closest("[data-switch-all]");
    if (!all) return;
    all.closest("form").querySelectorAll("input[role=switch]").forEach((box) => {
      box.checked = all.dataset.switchAll === "on";
    });
  });

  document.addEventListener("submit", (event) => {
    const button = event.target.querySelector("[data-busy]");
    if (!button) return;
    button.textContent = button.dataset.busy;
    button.setAttribute("aria-disabled", "true");
  });
})();
