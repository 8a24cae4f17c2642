// One box chooses all jobs on the page; the list works without it.
(() => {
  "use strict";

  document.addEventListener("change", (event) => {
    const all = event.target.closest("[data-choose-all]");
    const form = document.getElementById(all ? all.dataset.chooseAll : event.target.getAttribute("form"));
    if (!form) return;
    const boxes = [...form.elements].filter((one) => one.type === "checkbox");
    if (all) boxes.forEach((box) => { box.checked = all.checked; });
    const head = document.querySelector(`[data-choose-all="${form.id}"]`);
    if (!head) return;
    const chosen = boxes.filter((box) => box.checked).length;
    head.checked = chosen === boxes.length;
    head.indeterminate = chosen > 0 && chosen < boxes.length;
  });
})();
