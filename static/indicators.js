// Rows that htmx saves one by one (indicators, reports of units): this script says when a row did not reach the server.
(() => {
  "use strict";

  const form = document.querySelector("[data-indicators]");
  if (!form) return;
  const texts = document.getElementById("indicator-texts");
  const say = (name) => texts.querySelector(`[data-text="${name}"]`).textContent;
  const waiting = new Set(); // rows whose text only this page has
  let leaving = false;

  const rowOf = (event) => event.detail.elt?.closest("[hx-post]");
  // Signing in again changes the cookie; what the page brought along no longer fits.
  const csrf = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];

  function refuse(row, message) {
    waiting.add(row);
    const state = row.querySelector("[id^=state-]");
    const text = document.createElement("strong");
    text.className = "field-error";
    text.textContent = `! ${message}`;
    const buttons = document.createElement("p");
    buttons.className = "toolbar";
    const again = document.createElement("button");
    again.type = "button";
    again.className = "button";
    again.textContent = say("again");
    again.addEventListener("click", () => window.htmx.trigger(row, "change"));
    const signIn = document.createElement("a");
    signIn.className = "button button-quiet";
    signIn.textContent = say("sign_in");
    signIn.href = texts.querySelector("[data-login]").href;
    signIn.target = "_blank";
    buttons.append(again, signIn);
    state.replaceChildren(text, buttons);
    summarise();
  }

  // On a phone the words stand beyond the right edge: what is not saved is named at the bottom, too.
  function summarise() {
    const refused = [...form.querySelectorAll("[hx-post]")].filter((row) => row.querySelector("[id^=state-] .field-error"));
    const summary = document.getElementById("indicator-summary");
    summary.replaceChildren();
    if (!refused.length) return;
    const notice = document.createElement("div");
    notice.className = "notice notice-error";
    notice.append(say("unsaved"));
    for (const row of refused) {
      const link = document.createElement("a");
      link.href = `#${row.closest("[id]").id}`;
      link.textContent = row.dataset.name ?? `№ ${row.cells[0].textContent.trim()}`;
      link.addEventListener("click", (event) => {
        event.preventDefault();
        row.querySelector("[id^=state-]").scrollIntoView({ block: "center", inline: "nearest" });
      });
      notice.append(" ", link);
    }
    summary.append(notice);
  }

  const isElsewhere = (detail) =>
    detail.xhr.responseURL && new URL(detail.xhr.responseURL).pathname !== detail.pathInfo.requestPath;

  document.body.addEventListener("htmx:configRequest", (event) => {
    const token = csrf();
    if (!token) return;
    event.detail.headers["X-CSRFToken"] = token;
    event.detail.parameters.csrfmiddlewaretoken = token;
  });
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (!isElsewhere(event.detail)) return;
    event.detail.shouldSwap = false; // the sign-in page is no answer
    event.detail.isError = false;
    const row = rowOf({ detail: { elt: event.detail.requestConfig.elt } });
    if (row) refuse(row, say("no_session"));
  });
  document.body.addEventListener("htmx:responseError", (event) => {
    const row = rowOf(event);
    const status = event.detail.xhr.status;
    if (!row) return;
    if (status === 401) refuse(row, say("no_session"));
    else if (status === 403) refuse(row, say("forbidden"));
    else refuse(row, say("broken").replace("{status}", status));
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.body.addEventListener(name, (event) => {
      const row = rowOf(event);
      if (row) refuse(row, say("no_network"));
    });
  }
  document.body.addEventListener("htmx:afterOnLoad", (event) => {
    const row = rowOf({ detail: { elt: event.detail.requestConfig.elt } });
    if (row && !isElsewhere(event.detail)) waiting.delete(row);
  });
  document.body.addEventListener("htmx:oobAfterSwap", summarise);
  document.addEventListener("submit", (event) => {
    if (event.target.hasAttribute("hx-post")) return;
    leaving = true;
    const token = csrf();
    if (token) event.target.elements.csrfmiddlewaretoken.value = token;
  });
  window.addEventListener("beforeunload", (event) => {
    if (waiting.size && !leaving) event.preventDefault();
  });
})();
