// The space editor: a line of text for each hyperparameter; those that are fixed are folded away.
"use strict";

const form = document.getElementById("experiment-form");
const ADVANCED = ["strategy", "pruning", "objective", "seed"];

const input = (name) => form.elements.namedItem(name);
const rowsOf = (selector) => [...form.querySelectorAll(`${selector} .space-row`)];
const labelOf = (row) => row.querySelector("label").textContent;

/** The largest number a hyperparameter can be in the form as it stands. */
function largestValue(name) {
  const [text] = input(`space.${name}.text`).value.split(" when ");
  const numbers = text.replaceAll("..", " ").split(/[,;\s]+/).map(Number);
  return Math.max(...numbers.filter(Number.isFinite));
}

/** Show the rows of layers that can exist, the options of the strategy, and what is folded away. */
function showFittingInputs() {
  for (const row of form.querySelectorAll(".space-row[data-requires]")) {
    row.hidden = !(largestValue(row.dataset.requires) >= Number(row.dataset.least));
  }
  const strategy = input("strategy").value;
  for (const part of form.querySelectorAll(".for-strategy")) {
    part.hidden = part.dataset.strategy !== strategy;
  }
  const texts = ADVANCED.map((name) => `${name} ${input(name).value}`);
  const minutes = input("budget_minutes").value;
  texts.push(minutes ? `at most ${minutes} min` : "no time budget");
  document.getElementById("advanced-summary").textContent = texts.join(" · ");
  listFixedRows();
}

/** How many rows are fixed, and which of them can be added to what is searched. */
function listFixedRows() {
  const rows = rowsOf("#fixed").filter((row) => !row.hidden);
  document.getElementById("fixed-count").textContent = `${rows.length} fixed: show`;
  const select = document.getElementById("add");
  select.hidden = rows.length === 0;
  const chosen = select.value; // its own input event comes before its change event
  const options = rows.map((row) => new Option(labelOf(row), row.dataset.name));
  select.replaceChildren(select.options[0], ...options);
  select.value = chosen;
}

/** Search a hyperparameter that was fixed, over a suggested range. */
function addRow(event) {
  const row = rowsOf("#fixed").find((other) => other.dataset.name === event.target.value);
  event.target.value = "";
  if (!row) return;
  document.getElementById("searched").append(row);
  const field = row.querySelector("input");
  field.value = row.dataset.suggestion;
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** The targets that the chosen dataset allows. */
function offerTargets(targets) {
  const row = form.querySelector("[data-name=target]");
  if (!row) return;
  row.querySelector(".choices").textContent = `Of ${targets.join(", ")}.`;
  row.dataset.suggestion = targets.join(", ");
}

if (form) {
  document.documentElement.classList.add("scripted");
  for (const folded of form.querySelectorAll("details.folded")) {
    folded.open = folded.dataset.keptOpen !== undefined || folded.querySelector(".wrong") !== null;
  }
  showFittingInputs();
  form.addEventListener("input", showFittingInputs);
  form.addEventListener("change", showFittingInputs);
  document.getElementById("add").addEventListener("change", addRow);
}
