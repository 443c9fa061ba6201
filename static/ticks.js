// Lists with ticks: the tick at the head of a list sets all of its page.
"use strict";

document.addEventListener("change", (event) => {
  const all = event.target;
  if (!all.matches("[data-tick-all]")) return;
  for (const box of document.querySelectorAll(`input[type=checkbox][name="${all.dataset.tickAll}"]`)) {
    box.checked = all.checked;
  }
});
