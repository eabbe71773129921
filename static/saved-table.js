// What the tables of cash and of drafts share: a cell is saved when it is left, one batch at a time; a refusal stands beside
// its cell and nothing typed is lost; keys move, Ctrl+Z undoes. Amounts are text here: only the server reads and adds them.
window.savedTable = (() => {
  "use strict";

  // Words come from the page, so that they are translated with it.
  function say(name, values = {}) {
    const text = document.querySelector(`#grid-texts [data-text="${name}"]`)?.textContent ?? "";
    return text.replace(/\{(\w+)\}/g, (_all, key) => values[key]);
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

  function toolbar(...buttons) {
    const bar = element("div");
    bar.className = "toolbar";
    bar.append(...buttons);
    return bar;
  }

  // ``table`` knows its page: form, cells, and what is done with them.
  //   A cell: field (its text), seen (what the server said last), place (carries its state), row, target (takes the focus).
  //   cellOf(node), label(cell), next(cell, by), complain(cell, message), request(batch, asked), show(answer, follows),
  //   errors(answer), advice(answer, isGroup, isStale), paste(cell, lines); if it likes: marked, undone, asks, key.
  function start(table) {
    const { form, cells } = table;
    const status = document.getElementById("grid-status");
    const summary = document.getElementById("grid-summary");
    const undoable = [];
    let queue = Promise.resolve(); // one request at a time: totals never arrive out of order

    for (const cell of cells) {
      cell.group = null; // the batch it is saved with
      cell.sent = null; // the text the server is reading, or has refused
    }
    const csrf = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1]
      ?? form.elements.csrfmiddlewaretoken.value; // the cookie is fresher: signing in again changes it
    const isChanged = (cell) => cell.field.value.trim() !== cell.seen.value.trim();
    const isState = (cell, ...states) => states.includes(cell.place.dataset.state);

    function mark(cell, state) {
      cell.place.dataset.state = state;
      table.marked?.(cell, state);
    }

    // Saving

    function commit(cell, force = false) {
      if (!isChanged(cell)) {
        if (isState(cell, "dirty", "refused", "waiting")) restore(cell);
        return;
      }
      if (!force && cell.sent === cell.field.value) return; // on its way, or refused as it stands
      save(cell.group ?? { cells: [cell] });
    }

    function save(batch) {
      if (!batch.cells.length) return;
      for (const cell of batch.cells) {
        cell.sent = cell.field.value;
        mark(cell, "pending");
        table.complain(cell, "");
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
      if (hadFocus) batch.cells[0]?.target.focus();
    }

    async function send(batch, texts) {
      const asked = batch.cells.map((cell) => ({ cell, before: cell.seen.value, text: texts.get(cell) ?? cell.field.value }));
      let response;
      try {
        response = await fetch(form.action, {
          method: "POST",
          body: table.request(batch, asked),
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
      if (response.ok) accept(batch, asked, answer);
      else refuse(batch, asked, answer, response.status === 409);
    }

    function accept(batch, asked, answer) {
      const untouched = new Set(asked.filter(({ cell, text }) => cell.field.value === text).map(({ cell }) => cell));
      for (const { cell, text } of asked) {
        cell.group = null;
        if (cell.sent === text) cell.sent = null; // otherwise newer text is on its way already
      }
      take(answer, untouched);
      for (const { cell } of asked) mark(cell, untouched.has(cell) ? "saved" : cell.sent === null ? "dirty" : "pending");
      if (batch.undoes) {
        status.textContent = say(table.undone?.(batch.undoes) ?? "undone", { what: inWords(batch.cells) });
      } else {
        undoable.push(asked.map(({ cell, before }) => ({ cell, before, after: cell.seen.value })));
        status.textContent = [say("saved", { what: inWords(batch.cells) }), batch.remark ?? ""].join(" ");
      }
    }

    function refuse(batch, asked, answer, isStale) {
      const found = table.errors(answer);
      const errors = new Map(found.map((error) => [error.cell, error.message]));
      const retyped = asked.filter(({ cell, text }) => cell.field.value !== text).map(({ cell }) => cell);
      const isGroup = batch.cells.length > 1;
      take(answer, new Set());
      for (const { cell, text } of asked) {
        if (retyped.includes(cell)) { // newer text stays; it is saved when it is left, or is on its way already
          if (cell.sent === text) {
            cell.sent = null;
            mark(cell, isChanged(cell) ? "dirty" : "");
          }
          continue;
        }
        cell.field.value = text;
        cell.group = isGroup ? batch : null;
        mark(cell, errors.has(cell) ? "refused" : "waiting");
        table.complain(cell, errors.get(cell) ?? "");
      }
      if (retyped.length === asked.length) return; // what was refused stands nowhere any more
      const list = element(found.length > 1 ? "ul" : "div");
      for (const { cell, name, message } of found) {
        const item = element(found.length > 1 ? "li" : "p");
        if (cell) {
          const link = element("a", name);
          link.href = `#${cell.row.id}`;
          link.addEventListener("click", (event) => {
            event.preventDefault();
            cell.target.focus();
          });
          item.append(link, ": ");
        }
        item.append(message);
        list.append(item);
      }
      const asks = table.asks?.(batch, answer);
      tell("error", say("refused"), table.advice(answer, isGroup, isStale), [list], isGroup && !asks ? [again([batch]), giveUp(batch)] : []);
      if (asks) summary.firstElementChild.append(...asks);
    }

    // Figures, and what stands in the fields: a field follows unless a person typed into it meanwhile.
    function take(answer, untouched) {
      table.show(answer, (cell, text) => {
        const follows = untouched.has(cell) || !isChanged(cell);
        cell.seen.value = text;
        if (follows) cell.field.value = text;
      });
    }

    // Nothing reached the server: the text stays, the batch waits.
    function keep(batch, message, ...buttons) {
      for (const cell of batch.cells) {
        cell.group = batch;
        mark(cell, "waiting");
      }
      tell("error", say("refused"), message, [], [again(), ...buttons]);
    }

    const waiting = () => [...new Set(cells.filter((cell) => isState(cell, "waiting") && cell.group).map((cell) => cell.group))];
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
      cell.field.value = cell.seen.value;
      mark(cell, "");
      table.complain(cell, "");
    }

    function undo() {
      const step = undoable.pop();
      if (!step) {
        status.textContent = say("nothing_to_undo");
        return;
      }
      for (const { cell, before } of step) cell.field.value = before;
      step[0].cell.target.focus();
      save({ cells: step.map(({ cell }) => cell), undoes: step });
    }

    const inWords = (saved) => (saved.length > 1 ? say("cells", { count: saved.length }) : `${table.label(saved[0])} — ${saved[0].seen.value || say("empty")}`);

    function tell(kind, title, text, blocks = [], buttons = []) {
      const notice = element("div");
      notice.className = `notice notice-${kind}`;
      const line = element("p");
      line.append(element("strong", title), ` ${text}`);
      notice.append(line, ...blocks);
      if (buttons.length) notice.append(toolbar(...buttons));
      summary.replaceChildren(notice);
    }

    // Keyboard. event.code: on a Ukrainian layout the key is «я».

    const isUndo = (event) => (event.ctrlKey || event.metaKey) && !event.shiftKey && event.code === "KeyZ";

    form.addEventListener("keydown", (event) => {
      const cell = table.cellOf(event.target);
      if (isUndo(event)) {
        if (cell && isChanged(cell) && cell.sent !== cell.field.value) return; // the browser's own undo
        event.preventDefault();
        undo();
        return;
      }
      if (!cell || event.ctrlKey || event.metaKey) return;
      if (event.altKey) {
        if (!table.key?.(event, cell)) return;
      } else if (event.key === "Enter") {
        commit(cell, true);
        table.next(cell, event.shiftKey ? -1 : 1)?.focus();
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        table.next(cell, event.key === "ArrowUp" ? -1 : 1)?.focus(); // leaving the cell saves it
      } else if (event.key === "Escape") {
        restore(cell);
        cell.field.select();
        if (!cells.some((each) => isState(each, "refused", "waiting"))) summary.replaceChildren();
      } else {
        return;
      }
      event.preventDefault();
    });
    // Where no field has the focus Ctrl+Z undoes here, too.
    document.addEventListener("keydown", (event) => {
      if (!isUndo(event) || form.contains(event.target) || event.target.closest("input, select, textarea, [contenteditable]")) return;
      event.preventDefault();
      undo();
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", (event) => {
      const cell = table.cellOf(event.target);
      if (cell && !isState(cell, "refused", "waiting")) mark(cell, isChanged(cell) ? "dirty" : "");
    });
    form.addEventListener("focusin", (event) => {
      const cell = table.cellOf(event.target);
      if (!cell) return;
      cell.field.select();
      history.replaceState(history.state, "", `#${cell.row.id}`); // the address names the row: a link can be sent
    });
    form.addEventListener("focusout", (event) => {
      const cell = table.cellOf(event.target);
      if (cell) commit(cell);
    });
    form.addEventListener("paste", (event) => {
      const cell = table.cellOf(event.target);
      if (!cell) return;
      const lines = event.clipboardData.getData("text/plain").replace(/(\r?\n)+$/, "").split(/\r?\n/).map((line) => line.split("\t"));
      if (lines.length === 1 && lines[0].length === 1) return; // one cell: as the browser does it
      event.preventDefault();
      table.paste(cell, lines);
    });

    // What was typed is not lost by leaving the page, and waits for the network.

    window.addEventListener("beforeunload", (event) => {
      if (cells.some(isChanged)) event.preventDefault();
    });
    window.addEventListener("online", () => waiting().forEach(save));

    return { save, tell, giveUp, isChanged, clear: () => summary.replaceChildren() };
  }

  return { say, element, button, toolbar, start };
})();
