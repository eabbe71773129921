// The month grid of cash: saves a cell when it is left, moves by keyboard, pastes a column, undoes.
// Amounts are text here. Only the server reads them and only the server adds them up.
(() => {
  "use strict";

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
  const summary = document.getElementById("grid-summary");

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

  // Words come from the page, so that they are translated with it.

  function say(name, values = {}) {
    const text = document.querySelector(`#grid-texts [data-text="${name}"]`)?.textContent ?? "";
    return text.replace(/\{(\w+)\}/g, (_all, key) => values[key]);
  }

  if (!form) return;
  const csrf = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1]
    ?? form.elements.csrfmiddlewaretoken.value; // the cookie is fresher: signing in again changes it

  const rows = [...form.querySelectorAll("tr[data-row]")].map((element) => ({
    element,
    id: element.id,
    name: element.dataset.name,
    cell: element.querySelector("[name=cell]").value,
    seen: element.querySelector("[name=seen]"), // what the server said last
    amount: element.querySelector("[name=amount]"),
    input: element.querySelector("input.figure"),
    mark: element.querySelector(".mark"),
    group: null, // the rows it is saved with
    sent: null, // the text the server is reading, or has refused
  }));
  const byId = new Map(rows.map((row) => [row.id, row]));
  const rowOf = (node) => byId.get(node.closest("tr")?.id);
  const undoable = [];
  let queue = Promise.resolve(); // one request at a time: totals never arrive out of order

  const isChanged = (row) => row.amount.value.trim() !== row.seen.value.trim();
  const SIGNS = { saved: "✓", refused: "!", waiting: "!", pending: "…", dirty: "•" };

  function mark(row, state) {
    row.element.dataset.state = state;
    row.mark.textContent = SIGNS[state] ?? "";
  }

  function complain(row, message) {
    document.getElementById(`m-${row.id}`)?.remove();
    if (!message) {
      row.input?.removeAttribute("aria-invalid");
      row.input?.removeAttribute("aria-describedby");
      return;
    }
    const line = document.createElement("tr");
    line.className = "cell-message";
    line.id = `m-${row.id}`;
    const cell = line.insertCell();
    cell.colSpan = row.element.cells.length;
    cell.append(element("p", message));
    row.element.after(line);
    row.input?.setAttribute("aria-invalid", "true");
    row.input?.setAttribute("aria-describedby", line.id);
  }

  // Saving

  function commit(row, force = false) {
    if (!isChanged(row)) {
      if (["dirty", "refused", "waiting"].includes(row.element.dataset.state)) restore(row);
      return;
    }
    if (!force && row.sent === row.amount.value) return; // on its way, or refused as it stands
    const batch = row.group ?? { rows: [row], origin: "typed" };
    save(batch);
  }

  function save(batch) {
    if (!batch.rows.length) return;
    for (const row of batch.rows) {
      row.sent = row.amount.value;
      mark(row, "pending");
      complain(row, "");
    }
    summary.replaceChildren();
    queue = queue.then(() => send(batch)).catch((error) => {
      keep(batch, say("broken", { status: "" }));
      console.error(error);
    });
  }

  async function send(batch) {
    const asked = batch.rows.map((row) => ({ row, before: row.seen.value, text: row.amount.value }));
    const body = new URLSearchParams({ origin: batch.origin });
    for (const { row, before, text } of asked) {
      body.append("cell", row.cell);
      body.append("seen", before);
      body.append("amount", text);
    }
    let response;
    try {
      response = await fetch(form.action, {
        method: "POST",
        body,
        headers: { Accept: "application/json", "X-CSRFToken": csrf() },
        redirect: "manual", // a redirect means the sign-in page
      });
    } catch {
      return keep(batch, say("no_network"));
    }
    if (response.type === "opaqueredirect" || response.status === 401) return keep(batch, say("no_session"), signIn());
    if (response.status === 403) return keep(batch, say((await response.text()).includes("data-no-csrf") ? "no_cookies" : "forbidden"), signIn());
    if (![200, 409, 422].includes(response.status)) return keep(batch, say("broken", { status: response.status }));
    const answer = await response.json();
    if (response.ok) {
      accept(batch, asked, answer);
    } else {
      refuse(batch, answer, response.status === 409);
    }
  }

  function accept(batch, asked, answer) {
    for (const { row, text } of asked) {
      row.group = null;
      row.sent = null;
      const untouched = row.amount.value === text;
      show(row.id, answer.rows[row.id]);
      if (untouched) row.amount.value = row.seen.value;
      mark(row, untouched ? "saved" : "dirty");
    }
    showTotals(answer.rows);
    if (batch.undoes) {
      const again = batch.undoes.some((step) => step.row.seen.value && !step.after);
      status.textContent = say(again ? "undone_new" : "undone", { what: inWords(batch.rows) });
    } else {
      undoable.push(asked.map(({ row, before }) => ({ row, before, after: row.seen.value })));
      status.textContent = [say("saved", { what: inWords(batch.rows) }), batch.remark ?? ""].join(" ");
    }
  }

  function refuse(batch, answer, isStale) {
    const errors = new Map(answer.errors.map((error) => [error.row, error.message]));
    const typed = batch.rows.map((row) => row.amount.value);
    batch.rows.forEach((row, index) => {
      show(row.id, answer.rows[row.id]);
      row.amount.value = typed[index];
      row.group = batch.rows.length > 1 ? batch : null;
      mark(row, errors.has(row.id) ? "refused" : "waiting");
      complain(row, errors.get(row.id) ?? "");
    });
    showTotals(answer.rows);
    const list = answer.errors.map((error) => {
      const item = element(answer.errors.length > 1 ? "li" : "p");
      const row = byId.get(error.row);
      if (row) {
        const link = element("a", error.cell);
        link.href = `#${error.row}`;
        link.addEventListener("click", (event) => {
          event.preventDefault();
          focus(row);
        });
        item.append(link, ": ");
      }
      item.append(error.message);
      return item;
    });
    const isGroup = batch.rows.length > 1;
    const advice = say(isStale ? "stale" : isGroup ? "fix_all" : "fix");
    const blocks = list.length > 1 ? [element("ul")] : list;
    if (list.length > 1) blocks[0].append(...list);
    tell("error", say("refused"), advice, blocks, isGroup ? [again([batch]), giveUp(batch)] : []);
  }

  // Nothing reached the server: the text stays, the batch waits.
  function keep(batch, message, ...buttons) {
    for (const row of batch.rows) {
      row.group = batch;
      mark(row, "waiting");
    }
    tell("error", say("refused"), message, [], [again(), ...buttons]);
  }

  function waiting() {
    return [...new Set(rows.filter((row) => row.element.dataset.state === "waiting" && row.group).map((row) => row.group))];
  }

  function again(batches) {
    return button(say("again"), () => (batches ?? waiting()).forEach(save), "button-primary");
  }

  function giveUp(batch) {
    return button(say("give_up"), () => {
      batch.rows.forEach(restore);
      summary.replaceChildren();
    });
  }

  function signIn() {
    const link = element("a", say("sign_in"));
    link.className = "button";
    link.href = document.querySelector("#grid-texts [data-login]").href;
    link.target = "_blank";
    return link;
  }

  function restore(row) {
    if (row.group) row.group.rows = row.group.rows.filter((other) => other !== row);
    row.group = null;
    row.sent = null;
    row.amount.value = row.seen.value;
    mark(row, "");
    complain(row, "");
  }

  function undo() {
    const step = undoable.pop();
    if (!step) {
      status.textContent = say("nothing_to_undo");
      return;
    }
    for (const { row, before } of step) row.amount.value = before;
    focus(step[0].row);
    save({ rows: step.map(({ row }) => row), origin: "typed", undoes: step });
  }

  // What the server answered

  function show(id, figures) {
    const target = document.getElementById(id);
    if (!target || !figures) return;
    for (const [name, text] of Object.entries(figures)) {
      const place = target.querySelector(`[data-figure="${name}"]`);
      if (!place) continue;
      place.textContent = text;
      if (name === "paid" || name === "left") place.classList.toggle("zero", text === "0,00");
      if (name === "left") place.classList.toggle("negative", String(text).startsWith("\u2212"));
    }
    const row = byId.get(id);
    if (!row) return;
    row.seen.value = figures.month;
    if (!row.input) row.amount.value = figures.month;
    const open = document.getElementById(`p-${id}`);
    if (open && window.htmx) {
      window.htmx.ajax("GET", row.element.querySelector(".toggle").getAttribute("hx-get"), { target: open, swap: "outerHTML" });
    }
  }

  function showTotals(figures) {
    for (const [id, row] of Object.entries(figures)) if (!byId.has(id)) show(id, row);
  }

  function inWords(saved) {
    if (saved.length > 1) return say("cells", { count: saved.length });
    return `${saved[0].name} — ${saved[0].seen.value || say("empty")}`;
  }

  function element(tag, text = "") {
    const made = document.createElement(tag);
    made.textContent = text;
    return made;
  }

  function button(text, action, kind = "") {
    const made = element("button", text);
    made.type = "button";
    made.className = `button ${kind}`;
    made.addEventListener("click", action);
    return made;
  }

  function tell(kind, title, text, blocks = [], buttons = []) {
    const notice = element("div");
    notice.className = `notice notice-${kind}`;
    const line = element("p");
    line.append(element("strong", title), ` ${text}`);
    notice.append(line, ...blocks);
    if (buttons.length) {
      const bar = element("div");
      bar.className = "toolbar";
      bar.append(...buttons);
      notice.append(bar);
    }
    summary.replaceChildren(notice);
  }

  // Keyboard

  function focus(row) {
    (row.input ?? row.element.querySelector(".toggle")).focus();
  }

  function step(row, by) {
    for (let at = rows.indexOf(row) + by; rows[at]; at += by) {
      if (rows[at].input) return focus(rows[at]);
    }
    return undefined;
  }

  form.addEventListener("keydown", (event) => {
    const row = rowOf(event.target);
    // event.code: on a Ukrainian layout the key is «я».
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.code === "KeyZ") {
      if (row?.input === event.target && isChanged(row) && row.sent !== row.amount.value) return; // the browser's own undo
      event.preventDefault();
      undo();
      return;
    }
    if (!row || event.target !== row.input || event.ctrlKey || event.metaKey) return;
    if (event.altKey) {
      if (event.key !== "ArrowDown") return;
      row.element.querySelector(".toggle").click();
    } else if (event.key === "Enter") {
      commit(row, true);
      step(row, event.shiftKey ? -1 : 1);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      step(row, event.key === "ArrowUp" ? -1 : 1); // leaving the cell saves it
    } else if (event.key === "Escape") {
      restore(row);
      row.input.select();
      if (!form.querySelector('[data-state="refused"], [data-state="waiting"]')) summary.replaceChildren();
    } else {
      return;
    }
    event.preventDefault();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => {
    const row = rowOf(event.target);
    if (row && !["refused", "waiting"].includes(row.element.dataset.state)) mark(row, isChanged(row) ? "dirty" : "");
  });
  form.addEventListener("focusin", (event) => {
    const row = rowOf(event.target);
    if (!row || event.target !== row.input) return;
    row.input.select();
    history.replaceState(history.state, "", `#${row.id}`); // the address names the row: a link can be sent
  });
  form.addEventListener("focusout", (event) => {
    const row = rowOf(event.target);
    if (row && event.target === row.input) commit(row);
  });

  // Paste

  form.addEventListener("paste", (event) => {
    const row = rowOf(event.target);
    if (!row || event.target !== row.input) return;
    const table = event.clipboardData.getData("text/plain").replace(/(\r?\n)+$/, "").split(/\r?\n/).map((line) => line.split("\t"));
    const width = Math.max(...table.map((line) => line.length));
    if (table.length === 1 && width === 1) return;
    event.preventDefault();
    const columns = Array.from({ length: width }, (_none, at) => table.map((line) => (line[at] ?? "").trim()));
    if (width === 1) {
      pasteFrom(row, columns[0]);
      return;
    }
    const choices = columns.filter((column) => column.some(Boolean)).map((column) =>
      button(column.filter(Boolean).slice(0, 3).join(" · "), () => pasteFrom(row, column)));
    tell("info", "", say("which_column"), [], [...choices, button(say("cancel"), () => summary.replaceChildren(), "button-quiet")]);
  });

  function pasteFrom(row, texts) {
    const targets = rows.slice(rows.indexOf(row), rows.indexOf(row) + texts.length);
    if (targets.length < texts.length) {
      tell("error", "", say("too_many", { copied: texts.length, left: targets.length }));
      return;
    }
    const filled = targets.filter((_target, at) => texts[at]); // an empty row says nothing
    targets.forEach((target, at) => {
      if (texts[at]) target.amount.value = texts[at];
    });
    const changed = filled.filter(isChanged);
    if (!changed.length) return;
    const skipped = texts.length - filled.length;
    save({ rows: changed, origin: "pasted", remark: skipped ? say("skipped", { count: skipped }) : "" });
  }

  // What was typed is not lost by leaving the page, and waits for the network.

  window.addEventListener("beforeunload", (event) => {
    if (rows.some((row) => isChanged(row))) event.preventDefault();
  });
  window.addEventListener("online", () => waiting().forEach(save));

  const named = byId.get(decodeURIComponent(location.hash.slice(1)));
  if (named) focus(named);
})();
