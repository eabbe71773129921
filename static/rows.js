// Tables of editable rows: adds rows, keeps what belongs together, names the row behind a №, guards unsaved text.
// Without this script a page offers two spare rows, and № says what belongs to what.
(() => {
  "use strict";

  for (const form of document.querySelectorAll("form[data-unsaved]")) guard(form);
  const table = document.querySelector("[data-rows]");
  if (!table) return;
  const prefix = table.dataset.rows;
  const body = table.tBodies[0];
  const total = document.getElementById(`id_${prefix}-TOTAL_FORMS`);
  const most = Number(document.getElementById(`id_${prefix}-MAX_NUM_FORMS`).value);
  const empty = document.getElementById(`${prefix}-empty`);
  const addButton = document.querySelector(`[data-add-row="${prefix}"]`);

  const field = (row, name) => row.querySelector(`[name$="-${name}"]`);
  const text = (row, name) => field(row, name)?.value.trim() ?? "";
  const rows = () => [...body.rows];
  const number = (row) => text(row, "position");
  const isNamed = (row) => Boolean(text(row, "title") || text(row, "id"));
  const continues = (row) => Boolean(row.querySelector("[data-continue]")) && !isNamed(row);

  // What names another row by its № follows when that row's № changes: input → row.
  const named = new Map();

  function link(input) {
    const own = input.closest("tr");
    const candidates = rows().filter((row) => row !== own && isNamed(row) && number(row) === input.value.trim());
    const above = candidates.filter((row) => row.compareDocumentPosition(own) & Node.DOCUMENT_POSITION_FOLLOWING);
    const row = input.dataset.names === "row" ? candidates[0] : above.at(-1) ?? candidates[0];
    if (row) named.set(input, row);
    else named.delete(input);
    tell(input);
  }

  // The title of what is named stands under its №.
  function tell(input) {
    if (!input.dataset.names) return;
    const option = [...(input.list?.options ?? [])].find((one) => one.value === input.value.trim());
    const row = named.get(input);
    let title = input.parentElement.querySelector(".named");
    if (!title) {
      title = document.createElement("small");
      title.className = "named";
      input.after(title);
    }
    title.textContent = option?.label ?? (row ? text(row, "title") : "");
    title.title = title.textContent;
  }

  const naming = (row) => [...row.querySelectorAll("[data-names]"), ...(continues(row) ? [field(row, "position")] : [])];
  const next = () => String(Math.max(0, ...rows().map((row) => Number(number(row)) || 0)) + 1);
  const isBlank = (row) => [...row.querySelectorAll("input:not([type=checkbox]), select, textarea")].every((input) => !input.value);

  function insert(place) {
    const made = document.createElement("template");
    made.innerHTML = empty.innerHTML.replaceAll("__prefix__", total.value);
    const row = made.content.querySelector("tr");
    total.value = String(Number(total.value) + 1);
    place(row);
    prepare(row);
    return row;
  }

  function prepare(row) {
    if (field(row, "position") && isBlank(row)) field(row, "position").value = next();
    const button = row.querySelector("[data-continue]");
    if (button) button.hidden = false;
    limit();
  }

  function limit() {
    const isFull = Number(total.value) >= most;
    for (const button of [addButton, ...body.querySelectorAll("[data-continue]")]) button.disabled = isFull;
  }

  addButton.hidden = false;
  addButton.addEventListener("click", () => {
    insert((row) => body.append(row)).querySelector("textarea, select, input:not([type=hidden], .position)").focus();
  });

  body.addEventListener("click", (event) => {
    const button = event.target.closest("[data-continue]");
    if (!button) return;
    const above = button.closest("tr");
    if (!number(above)) field(above, "position").value = next();
    const row = insert((made) => above.after(made));
    row.classList.add("continuation");
    field(row, "position").value = number(above);
    link(field(row, "position"));
    field(row, "economic_code").focus();
  });

  body.addEventListener("change", (event) => {
    const input = event.target;
    const row = input.closest("tr");
    const followers = [...named].filter(([, target]) => target === row).map(([one]) => one);
    if (input === field(row, "position") && !continues(row)) {
      for (const one of followers) one.value = input.value.trim();
    } else if (input === field(row, "DELETE")) {
      for (const one of followers.filter((each) => !each.dataset.names)) field(one.closest("tr"), "DELETE").checked = input.checked;
    } else if (input === field(row, "title")) {
      followers.forEach(tell);
      if (isNamed(row)) named.delete(field(row, "position"));
    }
    for (const one of naming(row)) if (one === input) link(one);
  });

  table.closest("form").addEventListener("restored", () => {
    named.clear();
    rows().forEach((row) => naming(row).forEach(link));
  });
  rows().forEach(prepare);
  rows().forEach((row) => naming(row).forEach(link));
  for (const form of document.querySelectorAll("form[data-unsaved]")) form.dispatchEvent(new Event("unsaved:ready"));

  // Leaving with unsaved text asks first.
  function guard(form) {
    const content = () => new URLSearchParams(new FormData(form)).toString();
    let before = content();
    let isSending = false;
    form.addEventListener("unsaved:ready", () => { before = content(); });
    form.addEventListener("submit", () => { isSending = true; });
    window.addEventListener("pageshow", () => { isSending = false; });
    window.addEventListener("beforeunload", (event) => {
      if (!isSending && (form.dataset.unsaved || content() !== before)) event.preventDefault();
    });
  }
})();
