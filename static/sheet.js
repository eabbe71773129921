// The draft of an act as a table: saves a cell when it is left, moves by keyboard, pastes a block, undoes.
// Amounts are text here. Only the server reads them and only the server adds them up.
(() => {
  "use strict";

  const form = document.querySelector("form[data-sheet]");
  const frame = document.querySelector(".grid-frame");
  // A page that the browser kept from before shows old figures.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && !document.querySelector('[data-state="dirty"], [data-state="refused"], [data-state="waiting"]')) location.reload();
  });

  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  named?.querySelector("input:not([type=hidden])")?.focus();
  if (!form || !frame) return;
  const status = document.getElementById("grid-status");
  const summary = document.getElementById("grid-summary");
  const notices = document.getElementById("sheet-notices");

  const cells = [...form.querySelectorAll("input[name^='c-']")].map((input) => ({
    input,
    name: input.name.slice(2),
    seen: form.elements[`s-${input.name.slice(2)}`], // what the server said last
    place: input.closest("td"),
    row: input.closest("tr"),
    group: null, // the cells it is saved with
    sent: null, // the text the server is reading, or has refused
  }));
  const byName = new Map(cells.map((cell) => [cell.name, cell]));
  const cellOf = (node) => (node.name?.startsWith("c-") ? byName.get(node.name.slice(2)) : undefined);
  const rows = [...form.querySelectorAll("tbody tr")].filter((row) => row.querySelector("input[name^='c-']"));
  const columns = [...new Set(cells.map((cell) => cell.input.dataset.column))];
  const undoable = [];
  let queue = Promise.resolve(); // one request at a time: totals never arrive out of order

  function say(name, values = {}) {
    const text = document.querySelector(`#grid-texts [data-text="${name}"]`)?.textContent ?? "";
    return text.replace(/\{(\w+)\}/g, (_all, key) => values[key]);
  }

  const csrf = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1]
    ?? form.elements.csrfmiddlewaretoken.value; // the cookie is fresher: signing in again changes it
  const isChanged = (cell) => cell.input.value.trim() !== cell.seen.value.trim();
  const mark = (cell, state) => { cell.place.dataset.state = state; };
  const label = (cell) => `${cell.row.querySelector(".title").firstElementChild.textContent}, ${cell.input.dataset.column === "reason" ? say("reason").toLowerCase() : cell.input.dataset.column}`;

  function complain(cell, message) {
    if (message) cell.input.setAttribute("aria-invalid", "true");
    else cell.input.removeAttribute("aria-invalid");
    cell.input.title = message;
  }

  // Saving

  function commit(cell, force = false) {
    if (!isChanged(cell)) {
      if (["dirty", "refused", "waiting"].includes(cell.place.dataset.state)) restore(cell);
      return;
    }
    if (!force && cell.sent === cell.input.value) return; // on its way, or refused as it stands
    save(cell.group ?? { cells: [cell] });
  }

  function save(batch) {
    if (!batch.cells.length) return;
    for (const cell of batch.cells) {
      cell.sent = cell.input.value;
      mark(cell, "pending");
      complain(cell, "");
    }
    clear(batch);
    const texts = new Map(batch.cells.map((cell) => [cell, cell.sent])); // typing goes on while it waits its turn
    queue = queue.then(() => send(batch, texts)).catch((error) => {
      keep(batch, say("broken", { status: "" }));
      console.error(error);
    });
  }

  // The message goes, and with it the field or the button that had the focus: the cell takes it back.
  function clear(batch) {
    const hadFocus = summary.contains(document.activeElement);
    summary.replaceChildren();
    if (hadFocus) batch.cells[0]?.input.focus();
  }

  async function send(batch, texts) {
    const asked = batch.cells.map((cell) => ({ cell, before: cell.seen.value, text: texts.get(cell) ?? cell.input.value }));
    const body = new URLSearchParams(batch.confirmation ? { confirmed: "yes", confirmation: batch.confirmation } : {});
    for (const { cell, before, text } of asked) {
      body.append(`c-${cell.name}`, text);
      body.append(`s-${cell.name}`, before);
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
    if (![200, 422].includes(response.status)) return keep(batch, say("broken", { status: response.status }));
    const answer = await response.json();
    if (response.ok) accept(batch, asked, answer);
    else refuse(batch, asked, answer);
  }

  function accept(batch, asked, answer) {
    const untouched = asked.filter(({ cell, text }) => cell.input.value === text).map(({ cell }) => cell);
    for (const { cell } of asked) {
      cell.group = null;
      cell.sent = null;
    }
    show(answer, new Set(untouched));
    for (const { cell } of asked) mark(cell, untouched.includes(cell) ? "saved" : "dirty");
    if (batch.undoes) {
      status.textContent = say("undone", { what: inWords(batch.cells) });
    } else {
      undoable.push(asked.map(({ cell, before }) => ({ cell, before })));
      status.textContent = say("saved", { what: inWords(batch.cells) });
    }
  }

  function refuse(batch, asked, answer) {
    const errors = new Map(answer.errors.map((error) => [error.cell, error.message]));
    const retyped = asked.filter(({ cell, text }) => cell.input.value !== text).map(({ cell }) => cell);
    show(answer, new Set());
    for (const { cell, text } of asked) {
      if (retyped.includes(cell)) { // newer text stays; it is saved when it is left, or is on its way already
        if (cell.sent === text) {
          cell.sent = null;
          mark(cell, isChanged(cell) ? "dirty" : "");
        }
        continue;
      }
      cell.input.value = text;
      cell.group = batch.cells.length > 1 ? batch : null;
      mark(cell, errors.has(cell.name) ? "refused" : "waiting");
      complain(cell, errors.get(cell.name) ?? "");
    }
    if (retyped.length === asked.length) return; // what was refused stands nowhere any more
    const list = element(answer.errors.length > 1 ? "ul" : "div");
    for (const error of answer.errors) {
      const item = element(answer.errors.length > 1 ? "li" : "p");
      const cell = byName.get(error.cell);
      if (cell) {
        const link = element("a", error.name);
        link.href = `#${cell.row.id}`;
        link.addEventListener("click", (event) => {
          event.preventDefault();
          cell.input.focus();
        });
        item.append(link, ": ");
      }
      item.append(error.message);
      list.append(item);
    }
    const isGroup = batch.cells.length > 1;
    const buttons = isGroup && !answer.confirm ? [again([batch]), giveUp(batch)] : [];
    tell("error", say("refused"), answer.confirm ? "" : say(isGroup ? "fix_all" : "fix"), [list], buttons);
    if (answer.confirm) summary.firstElementChild.append(...confirmation(batch));
  }

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
      save({ ...batch, confirmation: input.value.trim() });
    }, "button-primary");
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      event.stopPropagation();
      confirm.click();
    });
    const bar = element("div");
    bar.className = "toolbar";
    bar.append(confirm, giveUp(batch));
    return [why, bar];
  }

  // Nothing reached the server: the text stays, the batch waits.
  function keep(batch, message, ...buttons) {
    for (const cell of batch.cells) {
      cell.group = batch;
      mark(cell, "waiting");
    }
    tell("error", say("refused"), message, [], [again(), ...buttons]);
  }

  const waiting = () => [...new Set(cells.filter((cell) => cell.place.dataset.state === "waiting" && cell.group).map((cell) => cell.group))];
  const again = (batches) => button(say("again"), () => (batches ?? waiting()).forEach(save), "button-primary");
  const giveUp = (batch) => button(say("give_up"), () => {
    batch.cells.forEach(restore);
    clear(batch);
  });

  function signIn() {
    const link = element("a", say("sign_in"));
    link.className = "button";
    link.href = document.querySelector("#grid-texts [data-login]").href;
    link.target = "_blank";
    return link;
  }

  function restore(cell) {
    if (cell.group) cell.group.cells = cell.group.cells.filter((other) => other !== cell);
    cell.group = null;
    cell.sent = null;
    cell.input.value = cell.seen.value;
    mark(cell, "");
    complain(cell, "");
  }

  function undo() {
    const step = undoable.pop();
    if (!step) {
      status.textContent = say("nothing_to_undo");
      return;
    }
    for (const { cell, before } of step) cell.input.value = before;
    step[0].cell.input.focus();
    save({ cells: step.map(({ cell }) => cell), undoes: true });
  }

  // What the server answered: figures, what stands in the fields, and what to know besides.
  function show(answer, overwritten) {
    for (const [name, text] of Object.entries(answer.figures)) {
      const place = form.querySelector(`[data-figure="${name}"]`);
      if (place) place.textContent = text;
    }
    for (const [name, text] of Object.entries(answer.values)) {
      const cell = byName.get(name);
      if (!cell) continue;
      const follows = overwritten.has(cell) || !isChanged(cell);
      cell.seen.value = text;
      if (follows) cell.input.value = text;
    }
    notices.innerHTML = answer.notices;
    for (const input of document.querySelectorAll("input[name=version]")) input.value = answer.version;
  }

  const inWords = (saved) => (saved.length > 1 ? say("cells", { count: saved.length }) : `${label(saved[0])} — ${saved[0].seen.value || say("empty")}`);

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

  const at = (row, column) => row?.querySelector(`input[data-column="${column}"]`);

  function step(cell, by) {
    for (let place = rows.indexOf(cell.row) + by; rows[place]; place += by) {
      const next = at(rows[place], cell.input.dataset.column);
      if (next) return next.focus();
    }
    return undefined;
  }

  form.addEventListener("keydown", (event) => {
    const cell = cellOf(event.target);
    // event.code: on a Ukrainian layout the key is «я».
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.code === "KeyZ") {
      if (cell && isChanged(cell) && cell.sent !== cell.input.value) return; // the browser's own undo
      event.preventDefault();
      undo();
      return;
    }
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") {
      commit(cell, true);
      step(cell, event.shiftKey ? -1 : 1);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      step(cell, event.key === "ArrowUp" ? -1 : 1); // leaving the cell saves it
    } else if (event.key === "Escape") {
      restore(cell);
      cell.input.select();
      if (!form.querySelector('[data-state="refused"], [data-state="waiting"]')) summary.replaceChildren();
    } else {
      return;
    }
    event.preventDefault();
  });
  // Where no field has the focus Ctrl+Z undoes here, too.
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.code !== "KeyZ") return;
    if (form.contains(event.target) || event.target.closest("input, select, textarea, [contenteditable]")) return;
    event.preventDefault();
    undo();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => {
    const cell = cellOf(event.target);
    if (cell && !["refused", "waiting"].includes(cell.place.dataset.state)) mark(cell, isChanged(cell) ? "dirty" : "");
  });
  form.addEventListener("focusin", (event) => {
    const cell = cellOf(event.target);
    if (!cell) return;
    cell.input.select();
    history.replaceState(history.state, "", `#${cell.row.id}`); // the address names the row: a link can be sent
  });
  form.addEventListener("focusout", (event) => {
    const cell = cellOf(event.target);
    if (cell) commit(cell);
  });

  // Paste: a block of rows and columns goes right and down from the cell.

  form.addEventListener("paste", (event) => {
    const cell = cellOf(event.target);
    if (!cell) return;
    const table = event.clipboardData.getData("text/plain").replace(/(\r?\n)+$/, "").split(/\r?\n/).map((line) => line.split("\t"));
    const width = Math.max(...table.map((line) => line.length));
    if (table.length === 1 && width === 1) return;
    event.preventDefault();
    const [top, left] = [rows.indexOf(cell.row), columns.indexOf(cell.input.dataset.column)];
    const pairs = table.flatMap((line, down) => line.map((text, right) => [at(rows[top + down], columns[left + right]), text.trim()]));
    if (pairs.some(([input, text]) => !input && text)) {
      tell("error", "", say("too_many", { rows: table.length, columns: width }));
      return;
    }
    const filled = pairs.filter(([input, text]) => input && text); // an empty cell says nothing
    for (const [input, text] of filled) input.value = text;
    const changed = filled.map(([input]) => cellOf(input)).filter(isChanged);
    save({ cells: changed });
  });

  // What was typed is not lost by leaving the page, and waits for the network.

  window.addEventListener("beforeunload", (event) => {
    if (cells.some(isChanged)) event.preventDefault();
  });
  // On paper a field is its text, which may take several lines.
  window.addEventListener("beforeprint", () => {
    for (const cell of cells) cell.place.dataset.printed = cell.input.value;
  });
  window.addEventListener("online", () => waiting().forEach(save));
})();
