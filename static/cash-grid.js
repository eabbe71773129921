// The month grid of cash (saved-table.js): payments behind a cell, and a pasted column.
(() => {
  "use strict";

  const { say, element, button, start } = window.savedTable;
  const compact = document.querySelector("[data-compact]");
  if (compact) {
    const box = compact.querySelector("input");
    const show = () => document.documentElement.classList.toggle("is-compact", box.checked);
    box.checked = localStorage.getItem("compact") === "yes";
    box.addEventListener("change", () => {
      localStorage.setItem("compact", box.checked ? "yes" : "no");
      show();
    });
    compact.hidden = false;
    show();
  }

  const form = document.querySelector("[data-cash-grid]");
  const frame = document.querySelector(".grid-frame");
  if (!frame) return;
  document.querySelector(".month-tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  if (frame.scrollWidth > frame.clientWidth) { // a phone: the month's column stands beside the title
    const [title, entry] = ["title", "entry"].map((name) => frame.querySelector(`thead .${name}`));
    frame.scrollLeft = entry.offsetLeft - title.offsetWidth;
  }
  const status = document.getElementById("grid-status");

  // Payments behind a cell: htmx brings them, a second press folds them away.

  frame.addEventListener("click", (event) => {
    const toggle = event.target.closest(".toggle");
    if (!toggle || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const open = document.getElementById(`p-${toggle.closest("tr").id}`);
    toggle.setAttribute("aria-expanded", String(!open));
    if (!open) return;
    open.remove();
    event.preventDefault();
    event.stopPropagation();
  }, true);
  const fold = (event) => {
    event.target.closest?.("tr")?.querySelector(".toggle")?.setAttribute("aria-expanded", "false");
    status.textContent = say("payments_failed");
  };
  frame.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, pathInfo } = event.detail;
    if (xhr.status !== 200 || !xhr.responseURL.includes(pathInfo.requestPath.split("?")[0])) {
      event.detail.shouldSwap = false; // an error, or the sign-in page after the session ended
      fold(event);
    }
  });
  frame.addEventListener("htmx:sendError", fold);
  frame.addEventListener("htmx:afterSettle", (event) => {
    document.getElementById(`p-${event.target.id}`)?.scrollIntoView({ block: "nearest" });
  });

  if (!form) return;
  const cells = [...form.querySelectorAll("tr[data-row]")].map((row) => {
    const input = row.querySelector("input.figure"); // none where a cell has several payments
    return {
      row,
      place: row,
      field: row.querySelector("[name=amount]"),
      seen: row.querySelector("[name=seen]"),
      target: input ?? row.querySelector(".toggle"),
      input,
      cell: row.querySelector("[name=cell]").value,
      mark: row.querySelector(".mark"),
    };
  });
  const byId = new Map(cells.map((cell) => [cell.row.id, cell]));
  const SIGNS = { saved: "✓", refused: "!", waiting: "!", pending: "…", dirty: "•" };

  const table = start({
    form,
    cells,
    cellOf(node) {
      const cell = byId.get(node.closest("tr")?.id);
      return cell?.input === node ? cell : undefined;
    },
    label: (cell) => cell.row.dataset.name,
    marked(cell, state) {
      cell.mark.textContent = SIGNS[state] ?? "";
    },
    complain(cell, message) {
      document.getElementById(`m-${cell.row.id}`)?.remove();
      if (!message) {
        cell.input?.removeAttribute("aria-invalid");
        cell.input?.removeAttribute("aria-describedby");
        return;
      }
      const line = element("tr");
      line.className = "cell-message";
      line.id = `m-${cell.row.id}`;
      const place = line.insertCell();
      place.colSpan = cell.row.cells.length;
      place.append(element("p", message));
      cell.row.after(line);
      cell.input?.setAttribute("aria-invalid", "true");
      cell.input?.setAttribute("aria-describedby", line.id);
    },
    next(cell, by) {
      let at = cells.indexOf(cell) + by;
      while (cells[at] && !cells[at].input) at += by;
      return cells[at]?.input;
    },
    request(batch, asked) {
      const body = new URLSearchParams({ origin: batch.origin ?? "typed" });
      for (const { cell, before, text } of asked) {
        body.append("cell", cell.cell);
        body.append("seen", before);
        body.append("amount", text);
      }
      return body;
    },
    show(answer, set) {
      for (const [id, figures] of Object.entries(answer.rows)) {
        print(id, figures);
        const cell = byId.get(id);
        if (!cell) continue;
        set(cell, figures.month);
        const open = document.getElementById(`p-${id}`);
        if (open && window.htmx) {
          window.htmx.ajax("GET", cell.row.querySelector(".toggle").getAttribute("hx-get"), { target: open, swap: "outerHTML" });
        }
      }
    },
    errors: (answer) => answer.errors.map(({ row, cell, message }) => ({ cell: byId.get(row), name: cell, message })),
    advice: (_answer, isGroup, isStale) => say(isStale ? "stale" : isGroup ? "fix_all" : "fix"),
    undone: (steps) => (steps.some(({ cell, after }) => cell.seen.value && !after) ? "undone_new" : "undone"),
    key(event, cell) { // Alt with an arrow
      if (event.key !== "ArrowDown") return false;
      cell.row.querySelector(".toggle").click();
      return true;
    },
    paste(cell, lines) {
      const width = Math.max(...lines.map((line) => line.length));
      const columns = Array.from({ length: width }, (_none, at) => lines.map((line) => (line[at] ?? "").trim()));
      if (width === 1) {
        pasteFrom(cell, columns[0]);
        return;
      }
      const choices = columns.filter((column) => column.some(Boolean)).map((column) =>
        button(column.filter(Boolean).slice(0, 3).join(" · "), () => pasteFrom(cell, column)));
      table.tell("info", "", say("which_column"), [], [...choices, button(say("cancel"), table.clear, "button-quiet")]);
    },
  });

  function print(id, figures) {
    const target = document.getElementById(id);
    for (const [name, text] of Object.entries(figures)) {
      const place = target?.querySelector(`[data-figure="${name}"]`);
      if (!place) continue;
      place.textContent = text;
      if (name === "paid" || name === "left") place.classList.toggle("zero", text === "0,00");
      if (name === "left") place.classList.toggle("negative", String(text).startsWith("\u2212"));
    }
  }

  function pasteFrom(cell, texts) {
    const targets = cells.slice(cells.indexOf(cell), cells.indexOf(cell) + texts.length);
    if (targets.length < texts.length) {
      table.tell("error", "", say("too_many", { copied: texts.length, left: targets.length }));
      return;
    }
    const filled = targets.filter((_target, at) => texts[at]); // an empty row says nothing
    targets.forEach((target, at) => {
      if (texts[at]) target.field.value = texts[at];
    });
    const skipped = texts.length - filled.length;
    table.save({ cells: filled.filter(table.isChanged), origin: "pasted", remark: skipped ? say("skipped", { count: skipped }) : "" });
  }

  byId.get(decodeURIComponent(location.hash.slice(1)))?.target.focus();
})();
