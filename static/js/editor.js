// A small editor over <textarea data-rich>. Without this script the textarea itself is the editor.
// The server cleans whatever arrives, so nothing here is trusted; an untouched text is sent back as it came.
(() => {
  "use strict";

  const tools = [
    ["B", "Bold", "bold"],
    ["I", "Italic", "italic"],
    ["Heading", "Heading", "formatBlock", "h3"],
    ["Text", "Paragraph", "formatBlock", "p"],
    ["• List", "Bulleted list", "insertUnorderedList"],
    ["1. List", "Numbered list", "insertOrderedList"],
    ["Link", "Link", "createLink"],
  ];

  const run = (editor, command, value) => {
    editor.focus();
    if (command !== "createLink") return document.execCommand(command, false, value);
    const address = window.prompt("Address of the link (leave empty to remove it)", "https://");
    if (address === null) return false;
    return address.trim().length > 8 ? document.execCommand("createLink", false, address.trim()) : document.execCommand("unlink");
  };

  const dress = (textarea) => {
    const label = document.querySelector(`label[for="${textarea.id}"]`);
    label.id ||= `${textarea.id}_label`;

    const editor = document.createElement("div");
    editor.className = `form-control rich-text prose${textarea.classList.contains("is-invalid") ? " is-invalid" : ""}`;
    editor.contentEditable = "true";
    editor.setAttribute("role", "textbox");
    editor.setAttribute("aria-multiline", "true");
    editor.setAttribute("aria-labelledby", label.id);
    // The hint is for those who type without this script: typed in here, HTML would stay HTML.
    document.getElementById(`${textarea.id}_helptext`)?.remove();
    const notes = (textarea.getAttribute("aria-describedby") || "").split(" ").filter((id) => id && document.getElementById(id));
    if (notes.length) editor.setAttribute("aria-describedby", notes.join(" "));
    editor.innerHTML = textarea.value;
    editor.addEventListener("input", () => { textarea.value = editor.innerText.trim() ? editor.innerHTML : ""; });
    label.addEventListener("click", () => editor.focus());

    const bar = document.createElement("div");
    bar.className = "rich-tools";
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", "Format the text");
    for (const [text, name, command, value] of tools) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = `btn btn-sm btn-quiet rich-${command}`;
      button.textContent = text;
      button.setAttribute("aria-label", name);
      button.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the selection
      button.addEventListener("click", () => { run(editor, command, value); editor.dispatchEvent(new Event("input")); });
      bar.append(button);
    }
    textarea.hidden = true;
    textarea.before(bar, editor);
  };

  document.execCommand("defaultParagraphSeparator", false, "p");
  document.querySelectorAll("textarea[data-rich]").forEach(dress);
})();
