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

  const format = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
  const localise = (root) => {
    root.querySelectorAll("time[data-local]").forEach((time) => {
      time.title = time.textContent;
      time.textContent = format.format(new Date(time.dateTime));
      delete time.dataset.local;
    });
  };
  document.addEventListener("DOMContentLoaded", () => localise(document));
  document.addEventListener("htmx:load", (event) => localise(event.detail.elt));

  document.addEventListener("submit", (event) => {
    const button = event.target.querySelector("[data-busy]");
    if (!button) return;
    button.textContent = button.dataset.busy;
    button.setAttribute("aria-disabled", "true");
  });
})();
