// Buttons that ask the browser for a passkey. The library does the asking; here stands which fields it fills.
(() => {
  "use strict";
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const button = form.querySelector("[data-passkey-button]");
    const passwordless = form.elements.passwordless;
    window.allauth.webauthn.forms[`${form.dataset.passkey}Form`]({
      ids: {
        [form.dataset.passkey]: button.id,
        credential: form.elements.credential.id,
        passwordless: passwordless ? passwordless.id : undefined,
        data: form.dataset.passkeyOptions,
      },
    });
  }
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    for (const refused of document.querySelectorAll("[data-passkey-refused]")) refused.hidden = false;
  });
})();
