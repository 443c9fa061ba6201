// Drag and drop for the upload: a dropped file is sent like a chosen one.
"use strict";

const form = document.getElementById("upload-form");
const drop = document.getElementById("drop");
const file = document.getElementById("file");

for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
for (const name of ["dragleave", "drop"]) {
  drop.addEventListener(name, () => drop.classList.remove("over"));
}
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  if (!event.dataTransfer.files.length) return;
  file.files = event.dataTransfer.files;
  form.requestSubmit();
});
file.addEventListener("change", () => {
  if (file.files.length) form.requestSubmit();
});
