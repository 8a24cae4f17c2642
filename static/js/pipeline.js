// The pipeline asks for itself; while somebody has a menu of a card open, it waits for the next time.
(() => {
  "use strict";

  document.addEventListener("htmx:beforeRequest", (event) => {
    const columns = document.getElementById("pipeline");
    if (event.target === columns && columns.querySelector("details[open]")) event.preventDefault();
  });
})();
