// Forms: a double click sends a form once, and a page that comes back from the history can send its forms anew.
"use strict";

const REST_MS = 3000;

/** A one-time key, as the server makes them: whoever sends a form twice with one key sends it once. */
function makeKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function setButtons(form, areDisabled) {
  for (const button of form.querySelectorAll("button")) button.disabled = areDisabled;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  setTimeout(() => setButtons(form, true)); // not at once: a disabled button would not be sent along
  setTimeout(() => setButtons(form, false), REST_MS);
});

/** What can be undone for a while is offered so long, counted from the start of this page. */
for (const form of document.querySelectorAll("form[data-seconds]")) {
  setTimeout(() => form.remove(), 1000 * Number(form.dataset.seconds));
}

addEventListener("pageshow", (event) => {
  const [navigation] = performance.getEntriesByType("navigation");
  if (!event.persisted && navigation?.type !== "back_forward") return;
  for (const field of document.querySelectorAll("input[name=one_time_key]")) field.value = makeKey();
  for (const form of document.forms) setButtons(form, false);
});
