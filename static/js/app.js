// What pages do on top of working without scripts: dismissing, menus, dialogs, copying, and one ear for htmx errors.
(() => {
  "use strict";

  const say = (text, kind) => {
    // What stands behind an open dialog cannot be seen, nor is it read aloud.
    const box = document.querySelector("dialog[open] .sheet-messages") || document.getElementById("messages");
    if (!box) return;
    const alert = document.createElement("div");
    alert.className = `alert alert-${kind} alert-dismissible`;
    const words = document.createElement("div");
    words.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn-close";
    close.setAttribute("aria-label", "Dismiss");
    close.dataset.dismiss = "";
    alert.append(words, close);
    box.replaceChildren(alert);
    alert.scrollIntoView({ block: "nearest" });
  };

  const closeMenus = (except) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (menu !== except) menu.open = false;
    });
  };

  const copy = async (button) => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      say(button.dataset.copied || "Copied.", "success");
    } catch {
      say("Your browser did not let us copy. Select the text and copy it by hand.", "warning");
    }
  };

  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-dismiss], [data-copy], [data-dialog], [data-dialog-close]");
    closeMenus(event.target.closest("details.menu"));
    if (!target) return;
    if ("dismiss" in target.dataset) target.closest(".alert")?.remove();
    else if ("copy" in target.dataset) copy(target);
    else if ("dialogClose" in target.dataset) target.closest("dialog")?.close();
    else if ("dialog" in target.dataset) document.getElementById(target.dataset.dialog)?.showModal();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.activeElement?.closest("details.menu[open]");
    closeMenus();
    menu?.querySelector("summary")?.focus();
  });

  // Whoever presses the button of a sheet wants to see what it found, not the sheet.
  document.addEventListener("submit", (event) => event.target.querySelector("[popover]:popover-open")?.hidePopover());

  // A dialog that htmx brought opens by itself: <dialog data-opens>.
  document.addEventListener("htmx:load", (event) => {
    const found = event.detail.elt;
    const dialog = found.matches?.("dialog[data-opens]") ? found : found.querySelector?.("dialog[data-opens]");
    if (dialog && !dialog.open) dialog.showModal();
  });

  // A session that ended answers with the log-in page: show it as a page, not inside this one.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const landed = event.detail.xhr.responseURL;
    if (landed && new URL(landed).pathname.endsWith("/accounts/login/")) {
      event.detail.shouldSwap = false;
      window.location.reload();
    }
  });

  const sentences = {
    403: "Your role does not allow this. Reload the page to see what has changed.",
    404: "This no longer exists. Reload the page to see what has changed.",
    413: "This file is too large.",
    429: "That was a little fast. Please wait a moment and try again.",
  };
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    say(sentences[status] || "Something went wrong on our side. Reload the page to see what was saved, then try again.", "danger");
  });
  document.addEventListener("htmx:sendError", () => {
    say("We could not reach Purpose Jobs. Check your connection and try again.", "danger");
  });
  document.addEventListener("htmx:timeout", () => {
    say("Purpose Jobs took too long to answer. Please try again.", "danger");
  });
})();
