// Keys: / filter, n new experiment, c compare, j and k rows, ? this list. Never while somebody types in a field.
"use strict";

const OFF_KEY = "shortcuts-off";
const TYPED_IN = "input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]";
const FILTER = "main input[name=search]";
const PANEL = "#panel:not([hidden])"; // j and k go on from trial to trial there
const COMPARE = ["#comparison", "#compare", "#bulk"]
  .flatMap((form) => [`${form} button:not([formaction])`, `button[form="${form.slice(1)}"]:not([formaction])`])
  .join(", ");
const dialog = document.getElementById("shortcuts");
const areOn = dialog.querySelector("input[type=checkbox]");

function readSwitch() {
  try {
    return localStorage.getItem(OFF_KEY) === null;
  } catch {
    return true; // some browsers refuse
  }
}

function rememberSwitch() {
  try {
    if (areOn.checked) localStorage.removeItem(OFF_KEY);
    else localStorage.setItem(OFF_KEY, "yes");
  } catch {
    // it holds for this page alone
  }
}

/** The link or button of each row that leads somewhere. */
function rowTargets() {
  const targets = [];
  for (const row of document.querySelectorAll("main tbody tr")) {
    const target = row.querySelector("th[scope=row] a[href], td a[href]:not(.user-tag)");
    if (target && target.offsetParent) targets.push(target);
  }
  return targets;
}

/** Focus the main link of the next row, or of the one before. */
function moveBy(step) {
  const targets = rowTargets();
  const row = document.activeElement.closest("tr");
  const current = targets.findIndex((target) => target.closest("tr") === row);
  const index = row && current >= 0 ? current + step : 0;
  targets[Math.max(0, Math.min(index, targets.length - 1))]?.focus();
}

function findVisible(selector) {
  const candidates = [...document.querySelectorAll(selector)];
  return candidates.find((element) => element.offsetParent && !element.disabled);
}

function focusFilter() {
  const field = findVisible(FILTER);
  field?.focus();
  field?.select();
}

const ACTIONS = {
  "/": focusFilter,
  n: () => location.assign("/experiments/new"),
  c: () => findVisible(COMPARE)?.click(),
  j: () => moveBy(1),
  k: () => moveBy(-1),
  "?": () => dialog.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.defaultPrevented || event.isComposing || !areOn.checked) return;
  if (event.target.matches(TYPED_IN) || document.querySelector("dialog[open]")) return;
  const act = ACTIONS[event.key];
  if (!act || ("jk".includes(event.key) && document.querySelector(PANEL))) return;
  event.preventDefault();
  act();
});

areOn.checked = readSwitch();
areOn.addEventListener("change", rememberSwitch);
for (const button of document.querySelectorAll("[data-shortcuts]")) {
  button.hidden = false;
  button.addEventListener("click", () => dialog.showModal());
}
