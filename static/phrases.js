// Ready wordings beside a text: a press puts one where the cursor stood.
(() => {
  "use strict";

  for (const phrase of document.querySelectorAll("[data-phrase]")) {
    const text = phrase.textContent.trim();
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-quiet small";
    button.textContent = text;
    phrase.replaceChildren(button);
    button.addEventListener("click", () => {
      const field = phrase.closest("form").querySelector("textarea");
      const before = field.value.slice(0, field.selectionStart);
      const gap = before && !/\s$/.test(before) ? " " : "";
      field.setRangeText(gap + text, field.selectionStart, field.selectionEnd, "end");
      field.focus();
      field.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
})();
