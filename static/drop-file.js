// A file dropped on a form lands in its file field. Without this script the field itself takes the file.
(() => {
  "use strict";

  for (const zone of document.querySelectorAll("[data-drop]")) {
    const field = document.getElementById(zone.dataset.drop);
    if (!field) continue;
    for (const hint of zone.querySelectorAll(".drop-hint")) hint.hidden = false;
    for (const name of ["dragover", "dragenter"]) {
      zone.addEventListener(name, (event) => {
        event.preventDefault();
        zone.classList.add("is-over");
      });
    }
    zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("is-over");
      if (event.dataTransfer.files.length) field.files = event.dataTransfer.files;
    });
  }
})();
