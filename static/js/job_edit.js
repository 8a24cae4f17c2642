// Enter in a field that only searches must not save the page around it; without this script it searches, too.
(() => {
  "use strict";

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches?.("input[data-stays]")) event.preventDefault();
  });

  // A link to a folded section, or the browser's way back to it, opens it.
  const open = () => {
    const found = location.hash && document.getElementById(location.hash.slice(1));
    if (found instanceof HTMLDetailsElement) found.open = true;
  };
  window.addEventListener("hashchange", open);
  open();
})();
