// The form for an experiment: previews the search while one types, says every problem, and starts it.
"use strict";

const PAUSE_MS = 350;
const FIELD_BOX = ".field, .space-row, .custom-models, fieldset, section";
const startButton = document.getElementById("start");
let waiting = null;
let latestRequest = 0;
let isStarting = false;
let isApproved = false;

/** The messages of each field, by the name of the field. */
function groupByField(problems) {
  const messages = new Map();
  for (const [name, message] of problems) {
    messages.set(name, [...(messages.get(name) || []), message]);
  }
  return messages;
}

/** Show the messages of one field, or take them away. False where the page has no such field. */
function showFieldProblems(name, texts) {
  const field = document.getElementById(name);
  const box = field?.closest(FIELD_BOX);
  if (!box) return false;
  const isWrong = texts.length > 0;
  let error = document.getElementById(`${name}-error`);
  if (!error && isWrong) {
    error = document.createElement("small");
    error.className = "error";
    error.id = `${name}-error`;
    box.append(error);
  }
  if (error) {
    error.hidden = !isWrong;
    error.textContent = texts.join(" ");
  }
  if (!box.matches("section")) box.classList.toggle("wrong", isWrong);
  if (isWrong && box.matches(".space-row")) box.open = true;
  if (field.matches("input, select, textarea")) describeBy(field, error, isWrong);
  return true;
}

/** Tell a screen reader that a field is wrong, and which text says why. */
function describeBy(field, error, isWrong) {
  if (isWrong) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
  if (!error) return;
  const ids = new Set((field.getAttribute("aria-describedby") || "").split(" ").filter(Boolean));
  if (isWrong) ids.add(error.id);
  else ids.delete(error.id);
  field.setAttribute("aria-describedby", [...ids].join(" "));
}

/** Every message at its field, and how many fields have one in the bar. */
function showProblems(problems) {
  const messages = groupByField(problems);
  const count = messages.size;
  const others = [];
  for (const error of form.querySelectorAll(".error[id$=-error]")) {
    const name = error.id.replace(/-error$/, "");
    if (!messages.has(name)) showFieldProblems(name, []);
  }
  for (const [name, texts] of messages) {
    if (!showFieldProblems(name, texts)) others.push(`${name.replaceAll("_", " ")}: ${texts.join(" ")}`);
  }
  document.getElementById("preview-problem").textContent = others.join(" ");
  const link = document.getElementById("preview-problems");
  link.hidden = count === 0;
  document.getElementById("no-problems").hidden = count > 0;
  link.textContent = count === 1 ? "1 problem, show" : `${count} problems, show`;
  if (count === 0) document.getElementById("problems")?.remove();
}

/** Lead to the first field that is wrong, and open what hides it. */
function showFirstProblem() {
  const error = form.querySelector(".error[id$=-error]:not([hidden])") || document.getElementById("preview-problem");
  const field = document.getElementById(error.id.replace(/-error$/, "")) || error;
  for (let box = field.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  const target = field.matches(".custom-models") ? field.querySelector("button") : field;
  if (!target.matches("input, select, textarea, a, button")) target.tabIndex = -1;
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "center" });
}

/** Fill in what the choice of another dataset changes, and say so. */
function applyFilling(filling) {
  for (const [name, text] of Object.entries(filling.fields)) {
    const field = input(name);
    if (field) field.value = text;
  }
  document.getElementById("filled-in").hidden = false;
  document.getElementById("filled-in-text").textContent = filling.message;
  form.querySelector("[name=undo]")?.remove();
  const summary = document.getElementById("default-summary");
  if (!summary) return;
  summary.textContent = filling.summary;
  document.getElementById("default-dataset").value = filling.fields.derived_from;
  fillList("default-reasons", filling.reasons);
}

/** What each card of effort would set now. */
function showEfforts(efforts) {
  for (const effort of efforts) {
    const card = form.querySelector(`[name=effort][value=${effort.name}]`);
    card.setAttribute("aria-pressed", String(effort.is_chosen));
    if (effort.trials === null && card.dataset.trials) continue; // the form has a mistake just now
    card.querySelector("span").textContent = effort.text;
    card.dataset.minutes = effort.minutes;
    card.dataset.trials = effort.trials ?? "";
  }
}

/** The cards are one tab stop; the arrows lead from one to the next. */
function moveAmongEfforts(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const cards = [...form.querySelectorAll("[name=effort]")];
  const index = cards.indexOf(event.target);
  if (!step || index < 0) return;
  event.preventDefault();
  const next = cards[(index + step + cards.length) % cards.length];
  for (const card of cards) card.tabIndex = card === next ? 0 : -1;
  next.focus();
}

/** Set what a card says, in place. */
function chooseEffort(event) {
  const card = event.target.closest("[name=effort]");
  if (!card?.dataset.minutes) return; // before the first preview the server sets it
  event.preventDefault();
  input("budget_minutes").value = card.dataset.minutes;
  if (card.dataset.trials) input("max_trials").value = card.dataset.trials;
  updatePreview();
}

function fillList(id, texts) {
  const items = texts.filter(Boolean).map((text) => {
    const item = document.createElement("li");
    item.textContent = text;
    return item;
  });
  document.getElementById(id).replaceChildren(...items);
}

function showPreview(preview) {
  const texts = {
    "preview-size": preview.size,
    "preview-planned": preview.planned,
    "preview-trials": preview.trials,
    "preview-time": preview.time ? `· ≈ ${preview.time}` : "",
    "horizon-help": preview.rows_ahead,
    "preview-reason": preview.reason,
    "preview-notes": preview.space_notes.join(" "),
    "preview-warm-start": preview.warm_start,
  };
  for (const [id, text] of Object.entries(texts)) document.getElementById(id).textContent = text;
  fillList("preview-samples", preview.samples);
  document.getElementById("name").placeholder = preview.name;
  showSplit(preview.split);
  showEfforts(preview.efforts);
  for (const [name, text] of Object.entries(preview.parts)) document.getElementById(`part-${name}`).textContent = text;
  offerTargets(preview.targets);
  if (preview.filling) applyFilling(preview.filling);
  if (!preview.asks_about_one_trial) document.getElementById("one-trial").hidden = true;
  showFittingInputs();
  showProblems(preview.problems);
  placeRows(preview.searched);
}

/** Show what the search would be like now. Null where the server does not say, or something newer was asked. */
async function updatePreview() {
  clearTimeout(waiting);
  latestRequest += 1;
  const request = latestRequest;
  try {
    const response = await fetch(form.dataset.previewUrl, { method: "POST", body: new FormData(form) });
    const preview = await response.json();
    if (request !== latestRequest || !response.ok) return null;
    showPreview(preview);
    return preview;
  } catch {
    return null; // the server is away for a moment: the next change asks again
  }
}

function changed() {
  clearTimeout(waiting);
  waiting = setTimeout(updatePreview, PAUSE_MS);
}

/** Start the search if nothing is wrong with it; otherwise lead to what has to be decided first. */
async function start() {
  if (isStarting) return;
  isStarting = true;
  const preview = await updatePreview();
  isStarting = false;
  if (preview?.problems.length) {
    showFirstProblem();
  } else if (preview?.filling && Object.keys(preview.filling.fields).length > 1) {
    document.getElementById("filled-in").focus();
  } else if (preview?.asks_about_one_trial) {
    document.getElementById("one-trial").hidden = false;
    form.querySelector("[name=one_trial]").focus();
  } else {
    isApproved = true;
    form.requestSubmit(startButton);
    isApproved = false;
  }
}

/** Enter in a field updates the preview and closes its chip; with Ctrl it starts the search. */
async function pressEnter(event) {
  if (event.key !== "Enter" || event.isComposing) return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    start();
  } else if (event.target.matches("input, select")) {
    event.preventDefault();
    const row = event.target.closest(".space-row");
    const preview = await updatePreview();
    if (preview && row) closeRow(row);
  }
}

if (form) {
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("keydown", pressEnter);
  form.addEventListener("click", chooseEffort);
  form.addEventListener("keydown", moveAmongEfforts);
  form.querySelectorAll("[name=effort]").forEach((card, index) => {
    card.tabIndex = index === 0 ? 0 : -1;
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter !== startButton || isApproved) return;
    event.preventDefault();
    start();
  });
  document.getElementById("preview-problems").addEventListener("click", (event) => {
    event.preventDefault();
    showFirstProblem();
  });
}
document.getElementById("problems")?.focus();
