// The space editor: a chip for each hyperparameter, which opens to a text box; those that are fixed are folded away.
"use strict";

const form = document.getElementById("experiment-form");
const input = (name) => form.elements.namedItem(name);
const rowsOf = (selector) => [...form.querySelectorAll(`${selector} .space-row`)];
const labelOf = (row) => row.querySelector("summary > span").textContent;
const textOf = (row) => row.querySelector("input").value.trim();
let searchedNames = null; // as the server says; null before its first word
let textBefore = "";

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
  for (const texts of form.querySelectorAll(".explanations")) {
    const chosen = input(texts.dataset.for).value;
    for (const text of texts.children) text.hidden = text.dataset.option !== chosen;
  }
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

/** What a closed chip shows, and its place: among what is searched, or in its group of what is fixed. */
function placeRow(row) {
  row.querySelector(".chip-value").textContent = textOf(row).replaceAll("..", "–");
  if (row.open || !searchedNames) return;
  const isSearched = searchedNames.has(row.dataset.name);
  const isAmongSearched = row.parentElement.id === "searched";
  if (isSearched === isAmongSearched) return;
  const hadFocus = row.contains(document.activeElement);
  const groups = [...form.querySelectorAll("#fixed .chips")];
  const group = groups.find((chips) => chips.dataset.group === row.dataset.group);
  (isSearched ? document.getElementById("searched") : group).append(row);
  if (!hadFocus) return;
  const isShown = isSearched || document.getElementById("fixed").open;
  (isShown ? row : document.getElementById("fixed")).querySelector("summary").focus();
}

/** Place all chips as the server reads them. */
function placeRows(names) {
  searchedNames = new Set(names);
  rowsOf("").forEach(placeRow);
  listFixedRows();
}

/** Close a chip unless its text is wrong; the focus stays on it. */
function closeRow(row) {
  if (!row.open || row.classList.contains("wrong")) return;
  const hadFocus = row.contains(document.activeElement);
  row.open = false;
  if (hadFocus) row.querySelector("summary").focus();
  placeRow(row);
  listFixedRows();
}

/** Open a chip with its text selected, and close the others. */
function openRow(row) {
  for (const other of form.querySelectorAll(".space-row[open]")) if (other !== row) closeRow(other);
  row.open = true;
  const field = row.querySelector("input");
  textBefore = field.value;
  field.focus();
  field.select();
}

function clickChip(event) {
  const row = event.target.closest(".space-row > summary")?.parentElement;
  if (!row) return;
  event.preventDefault();
  if (row.open) closeRow(row);
  else openRow(row);
}

/** Escape takes back what was typed since the chip was opened. */
function pressEscape(event) {
  const row = event.target.closest(".space-row[open]");
  if (event.key !== "Escape" || !row) return;
  event.target.value = textBefore;
  row.classList.remove("wrong");
  closeRow(row);
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Search a hyperparameter that was fixed, over a suggested range. */
function addRow(event) {
  const row = rowsOf("#fixed").find((other) => other.dataset.name === event.target.value);
  event.target.value = "";
  if (!row) return;
  document.getElementById("searched").append(row);
  openRow(row);
  const field = row.querySelector("input");
  field.value = row.dataset.suggestion;
  field.select();
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
  for (const folded of form.querySelectorAll("details.folded, .space-row")) {
    folded.open = folded.dataset.keptOpen !== undefined || folded.querySelector("[data-kept-open], .wrong") !== null;
    if (folded.matches(".wrong")) folded.open = true;
  }
  showFittingInputs();
  form.addEventListener("input", showFittingInputs);
  form.addEventListener("change", showFittingInputs);
  form.addEventListener("click", clickChip);
  form.addEventListener("keydown", pressEscape);
  document.getElementById("add").addEventListener("change", addRow);
}
