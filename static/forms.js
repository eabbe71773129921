// Every form that writes: it is sent once, and what was typed survives a session that ended meanwhile.
(() => {
  "use strict";

  const KEY = "kept-form";
  const LONGEST_WAIT = 10_000; // a request that never answered must not close the form for good
  const address = location.pathname + location.search;
  const person = document.body.dataset.user;

  // One press, one request.

  const sending = new Map(); // form → the buttons that wait for its answer

  function reopen(form) {
    for (const button of sending.get(form) ?? []) button.disabled = false;
    sending.delete(form);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return; // a script sends it itself
    if (sending.has(form)) {
      event.preventDefault();
      return;
    }
    sending.set(form, []);
    if (isKept(form)) keep(form);
    setTimeout(() => { // later: the pressed button is part of what is sent
      const buttons = [...form.elements].filter((one) => one.type === "submit" && !one.disabled);
      for (const button of buttons) button.disabled = true;
      sending.set(form, buttons);
    });
    setTimeout(() => reopen(form), LONGEST_WAIT);
  });
  window.addEventListener("pageshow", () => [...sending.keys()].forEach(reopen));

  // What was sent waits in this tab until the answer is there. An answer that is the sign-in page lets it wait on.

  const typed = (form) => [...form.elements].filter((one) => one.name && !["submit", "button", "password", "file"].includes(one.type) && one.name !== "csrfmiddlewaretoken");
  const isKept = (form) => Boolean(person) && form.matches(".stack, [data-unsaved]")
    && !form.querySelector("input[type=password]") && typed(form).some((one) => one.type !== "hidden");
  const keepable = () => [...document.forms].filter((form) => form.method === "post" && isKept(form));

  function store(kept) {
    try {
      if (kept) sessionStorage.setItem(KEY, JSON.stringify(kept));
      else sessionStorage.removeItem(KEY);
    } catch { /* no room or no permission: then nothing is kept */ }
  }

  function stored() {
    try {
      return JSON.parse(sessionStorage.getItem(KEY));
    } catch {
      return null;
    }
  }

  function values(one) {
    if (["checkbox", "radio"].includes(one.type)) return one.checked ? [one.value] : [];
    if (one.type === "select-multiple") return [...one.selectedOptions].map((option) => option.value);
    return [one.value];
  }

  function keep(form) {
    store({
      address,
      person,
      form: keepable().indexOf(form),
      fields: typed(form).map((one) => ({ name: one.name, type: one.type, values: values(one) })),
      hasFile: [...form.elements].some((one) => one.type === "file" && one.value),
      isInterrupted: false,
    });
  }

  function restore(form, kept) {
    // Rows that were added to a table are added again.
    for (const button of form.querySelectorAll("[data-add-row]")) {
      const total = form.elements[`${button.dataset.addRow}-TOTAL_FORMS`];
      const wanted = Number(kept.fields.find((one) => one.name === total.name)?.values[0]);
      while (Number(total.value) < wanted && !button.disabled) button.click();
    }
    const waiting = [...kept.fields];
    for (const one of typed(form)) {
      const place = waiting.findIndex((field) => field.name === one.name && field.type === one.type);
      if (place < 0) continue;
      const [field] = waiting.splice(place, 1);
      if (["checkbox", "radio"].includes(one.type)) one.checked = field.values.includes(one.value);
      else if (one.type === "select-multiple") for (const option of one.options) option.selected = field.values.includes(option.value);
      else one.value = field.values[0];
    }
    form.dispatchEvent(new Event("restored"));
    const notice = document.getElementById("kept-notice").content.cloneNode(true);
    notice.querySelector("[data-file]").hidden = !kept.hasFile;
    notice.querySelector("button").addEventListener("click", () => {
      store(null);
      form.reset();
      form.dispatchEvent(new Event("unsaved:ready")); // nothing here is worth a question any more
      location.reload();
    });
    form.before(notice);
    window.scrollTo(0, 0);
  }

  const kept = stored();
  if (!kept) return;
  if (document.querySelector("[data-interrupts]")) {
    store({ ...kept, isInterrupted: true });
    return;
  }
  const form = keepable()[kept.form];
  if (kept.isInterrupted && kept.address === address && kept.person === person && form) restore(form, kept);
  else store(null);
})();
