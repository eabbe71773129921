// Sample set-up only: choosing a sample user fills the sign-in form.
(() => {
  "use strict";
  const form = document.getElementById("sign-in");
  for (const button of document.querySelectorAll("button[data-username]")) {
    button.addEventListener("click", () => {
      form.elements.username.value = button.dataset.username;
      form.elements.password.value = button.dataset.password;
      form.querySelector("button").focus();
    });
  }
})();
