// The space editor: shows the inputs that matter, checks while one types, and shows how large the search is.
"use strict";

const form = document.getElementById("experiment-form");
const PAUSE_MS = 350;

const input = (name) => form.elements.namedItem(name);

/** The largest value a hyperparameter can take in the form as it stands. */
function largestValue(name) {
  const kind = input(`space.${name}.kind`).value;
  if (kind === "fixed") return Number(input(`space.${name}.value`).value);
  if (kind === "choice") {
    const choices = input(`space.${name}.choices`).value.split(/[,;\s]+/);
    return Math.max(...choices.map(Number));
  }
  return Number(input(`space.${name}.high`).value);
}

/** Show the inputs of the chosen kind, and the rows of layers that can exist. */
function showFittingInputs() {
  for (const row of form.querySelectorAll(".space-row")) {
    const kind = input(`space.${row.dataset.name}.kind`).value;
    row.dataset.kind = kind === "fixed" || kind === "choice" ? kind : "range";
    if (row.dataset.requires) {
      const canExist = largestValue(row.dataset.requires) >= Number(row.dataset.least);
      row.hidden = !canExist;
    }
  }
  const strategy = form.querySelector("input[name=strategy]:checked")?.value;
  for (const part of form.querySelectorAll(".for-strategy")) {
    part.hidden = part.dataset.strategy !== strategy;
  }
}

/** Every message at its field; those of fields that are fine now are taken away. */
function showProblems(problems) {
  const messages = new Map();
  for (const [name, message] of problems) {
    messages.set(name, [...(messages.get(name) || []), message]);
  }
  for (const error of form.querySelectorAll(".space-row > .error")) {
    const name = error.id.replace(/-error$/, "");
    const fieldMessages = messages.get(name) || [];
    const isWrong = fieldMessages.length > 0;
    error.hidden = !isWrong;
    error.textContent = fieldMessages.join(" ");
    error.closest(".space-row").classList.toggle("wrong", isWrong);
    messages.delete(name);
  }
  const others = [...messages].map(([name, texts]) => `${name.replaceAll("_", " ")}: ${texts.join(" ")}`);
  document.getElementById("preview-problem").textContent = others.join(" ");
}

/** The targets that the chosen dataset allows, and the one that is chosen already. */
function offerTargets(targets) {
  const select = input("space.target.value");
  const offered = targets.includes(select.value) ? targets : [...targets, select.value];
  const options = offered.map((target) => new Option(target, target, false, target === select.value));
  if (options.length !== select.options.length) select.replaceChildren(...options);
  input("space.target.choices").placeholder = targets.join(", ");
}

function showPreview(preview) {
  document.getElementById("preview-size").textContent = preview.size;
  document.getElementById("preview-trials").textContent = preview.trials;
  document.getElementById("preview-time").textContent = preview.time ? `· about ${preview.time} here` : "";
  document.getElementById("horizon-help").textContent = preview.rows_ahead;
  document.getElementById("preview-reason").textContent = preview.reason;
  document.getElementById("preview-notes").textContent = preview.space_notes.join(" ");
  document.getElementById("preview-warm-start").textContent = preview.warm_start;
  const list = document.getElementById("preview-samples");
  list.replaceChildren(...preview.samples.filter(Boolean).map((sample) => {
    const item = document.createElement("li");
    item.textContent = sample;
    return item;
  }));
  offerTargets(preview.targets);
  showProblems(preview.problems);
}

/** The split's chart follows the dataset and the three fractions. */
function drawSplit() {
  const query = new URLSearchParams({ dataset: input("dataset_id").value });
  for (const part of ["train", "validation", "test"]) {
    query.set(part, input(part).value);
  }
  const chart = document.getElementById("chart-split");
  const url = `/experiments/new/charts/split?${query}`;
  if (chart.dataset.chartUrl === url) return;
  chart.dataset.chartUrl = url;
  document.dispatchEvent(new CustomEvent("live:changed"));
}

let waiting = null;
let latestRequest = 0;

async function fetchPreview() {
  latestRequest += 1;
  const request = latestRequest;
  try {
    const response = await fetch(form.dataset.previewUrl, { method: "POST", body: new FormData(form) });
    const preview = await response.json();
    if (request === latestRequest && response.ok) showPreview(preview);
  } catch {
    // the server is away for a moment: the next change asks again
  }
}

function changed() {
  showFittingInputs();
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    drawSplit();
    fetchPreview();
  }, PAUSE_MS);
}

if (form) {
  document.documentElement.classList.add("scripted");
  showFittingInputs();
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
}
document.getElementById("problems")?.focus();
