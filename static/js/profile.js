// Skills and places as chips, over the plain list with commas that the form sends either way.
(() => {
  "use strict";

  const split = (text) => text.split(/[,;\n]/).map((name) => name.trim().replace(/\s+/g, " ")).filter(Boolean);

  const enhance = (area) => {
    const label = document.querySelector(`label[for="${area.id}"]`);
    const box = document.createElement("div");
    const list = document.createElement("ul");
    const input = document.createElement("input");
    let names = split(area.value);
    box.className = "names";
    list.className = "chips";
    input.type = "text";
    input.id = `${area.id}_add`;
    input.autocomplete = "off";
    input.setAttribute("list", area.dataset.names);
    ["aria-describedby", "aria-invalid"].forEach((name) => {
      if (area.hasAttribute(name)) input.setAttribute(name, area.getAttribute(name));
    });
    if (label) label.htmlFor = input.id;

    const draw = () => {
      area.value = names.join(", ");
      list.replaceChildren(...names.map((name) => {
        const chip = document.createElement("li");
        const words = document.createElement("span");
        const remove = document.createElement("button");
        chip.className = "chip";
        words.textContent = name;
        remove.type = "button";
        remove.textContent = "×";
        remove.setAttribute("aria-label", `Remove ${name}`);
        remove.addEventListener("click", () => {
          names = names.filter((other) => other !== name);
          draw();
          input.focus();
        });
        chip.append(words, remove);
        return chip;
      }));
    };

    const take = () => {
      if (!input.value.trim()) return; // else a click on a chip's button would find the chip redrawn
      const have = new Set(names.map((name) => name.toLowerCase()));
      split(input.value).forEach((name) => {
        if (!have.has(name.toLowerCase())) names.push(name);
        have.add(name.toLowerCase());
      });
      input.value = "";
      draw();
    };

    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && input.value.trim()) {
        event.preventDefault();
        take();
      } else if (event.key === "Backspace" && !input.value && names.length) {
        names = names.slice(0, -1);
        draw();
      }
    });
    input.addEventListener("input", (event) => {
      // A suggestion that was chosen comes as a whole, without a key.
      if (/[,;]/.test(input.value) || event.inputType === "insertReplacementText" || !event.inputType) take();
    });
    input.addEventListener("blur", take);
    box.addEventListener("click", (event) => {
      if (event.target === box) input.focus();
    });
    box.append(list, input);
    area.hidden = true;
    area.after(box);
    draw();
  };

  document.querySelectorAll("textarea[data-names]").forEach(enhance);
})();
