// The draft of an act as a table (saved-table.js): a block pasted over rows and columns, reasons for cuts below paid cash.
(() => {
  "use strict";

  const { say, element, button, toolbar, start } = window.savedTable;
  const form = document.querySelector("form[data-sheet]");
  // A page that the browser kept from before shows old figures.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && !document.querySelector('[data-state="dirty"], [data-state="refused"], [data-state="waiting"]')) location.reload();
  });

  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  named?.querySelector("input:not([type=hidden])")?.focus();
  if (!form || !document.querySelector(".grid-frame")) return;
  const notices = document.getElementById("sheet-notices");

  const cells = [...form.querySelectorAll("input[name^='c-']")].map((field) => ({
    field,
    target: field,
    name: field.name.slice(2),
    seen: form.elements[`s-${field.name.slice(2)}`],
    place: field.closest("td"),
    row: field.closest("tr"),
  }));
  const byName = new Map(cells.map((cell) => [cell.name, cell]));
  const cellOf = (node) => (node.name?.startsWith("c-") ? byName.get(node.name.slice(2)) : undefined);
  const rows = [...form.querySelectorAll("tbody tr")].filter((row) => row.querySelector("input[name^='c-']"));
  const columns = [...new Set(cells.map((cell) => cell.field.dataset.column))];
  const at = (row, column) => row?.querySelector(`input[data-column="${column}"]`);

  const table = start({
    form,
    cells,
    cellOf,
    label: (cell) => `${cell.row.querySelector(".title").firstElementChild.textContent}, ${cell.field.dataset.column === "reason" ? say("reason").toLowerCase() : cell.field.dataset.column}`,
    complain(cell, message) {
      if (message) cell.field.setAttribute("aria-invalid", "true");
      else cell.field.removeAttribute("aria-invalid");
      cell.field.title = message;
    },
    next(cell, by) {
      for (let place = rows.indexOf(cell.row) + by; rows[place]; place += by) {
        const found = at(rows[place], cell.field.dataset.column);
        if (found) return found;
      }
      return undefined;
    },
    request(batch, asked) {
      const body = new URLSearchParams(batch.confirmation ? { confirmed: "yes", confirmation: batch.confirmation } : {});
      for (const { cell, before, text } of asked) {
        body.append(`c-${cell.name}`, text);
        body.append(`s-${cell.name}`, before);
      }
      return body;
    },
    show(answer, set) {
      for (const [name, text] of Object.entries(answer.figures)) {
        const place = form.querySelector(`[data-figure="${name}"]`);
        if (place) place.textContent = text;
      }
      for (const [name, text] of Object.entries(answer.values)) if (byName.has(name)) set(byName.get(name), text);
      notices.innerHTML = answer.notices;
      for (const input of document.querySelectorAll("input[name=version]")) input.value = answer.version;
    },
    errors: (answer) => answer.errors.map(({ cell, name, message }) => ({ cell: byName.get(cell), name, message })),
    advice: (answer, isGroup) => (answer.confirm ? "" : say(isGroup ? "fix_all" : "fix")),
    asks: (batch, answer) => (answer.confirm ? confirmation(batch) : undefined),
    paste(cell, lines) {
      const width = Math.max(...lines.map((line) => line.length));
      const [top, left] = [rows.indexOf(cell.row), columns.indexOf(cell.field.dataset.column)];
      const pairs = lines.flatMap((line, down) => line.map((text, right) => [at(rows[top + down], columns[left + right]), text.trim()]));
      if (pairs.some(([field, text]) => !field && text)) {
        table.tell("error", "", say("too_many", { rows: lines.length, columns: width }));
        return;
      }
      const filled = pairs.filter(([field, text]) => field && text); // an empty cell says nothing
      for (const [field, text] of filled) field.value = text;
      table.save({ cells: filled.map(([field]) => cellOf(field)).filter(table.isChanged) });
    },
  });

  // A sum below what is already paid is written only with a reason.
  function confirmation(batch) {
    const why = element("label", say("reason"));
    const input = element("input");
    input.autocomplete = "off";
    input.id = "confirmation";
    why.append(" ", input);
    const confirm = button(say("confirm"), () => {
      if (!input.value.trim()) {
        input.setAttribute("aria-invalid", "true");
        input.placeholder = say("say_why");
        input.focus();
        return;
      }
      table.save({ ...batch, confirmation: input.value.trim() });
    }, "button-primary");
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      event.stopPropagation();
      confirm.click();
    });
    return [why, toolbar(confirm, table.giveUp(batch))];
  }

  // On paper a field is its text, which may take several lines.
  window.addEventListener("beforeprint", () => {
    for (const cell of cells) cell.place.dataset.printed = cell.field.value;
  });
})();
