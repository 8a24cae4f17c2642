// Conveniences of the pages: times in the reader's own zone, buttons that say they are busy.
(() => {
  "use strict";

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
