// Adds empty rows to a table of editable rows; without this script the page offers two spare ones.
"use strict";

for (const button of document.querySelectorAll("[data-add-row]")) {
  const prefix = button.dataset.addRow;
  const total = document.getElementById(`id_${prefix}-TOTAL_FORMS`);
  const body = document.querySelector(`[data-rows="${prefix}"] tbody`);
  const empty = document.getElementById(`${prefix}-empty`);
  button.hidden = false;
  button.addEventListener("click", () => {
    const row = document.createElement("template");
    row.innerHTML = empty.innerHTML.replaceAll("__prefix__", total.value);
    total.value = String(Number(total.value) + 1);
    body.append(row.content);
    body.lastElementChild.querySelector("textarea, select, input:not([type=hidden])").focus();
  });
}
