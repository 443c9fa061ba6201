// The space editor: shows the inputs that matter, checks while one types, and says what the search comes to.
"use strict";

const form = document.getElementById("experiment-form");
const PAUSE = 350;

const row = (name) => form.querySelector(`.space-row[data-name="${name}"]`);
const input = (name) => form.elements.namedItem(name);

/** The largest value a hyperparameter can take in the form as it stands. */
function largest(name) {
  const kind = input(`space.${name}.kind`).value;
  if (kind === "fixed") return Number(input(`space.${name}.value`).value);
  if (kind === "choice") return Math.max(...input(`space.${name}.choices`).value.split(/[,;\s]+/).map(Number));
  return Number(input(`space.${name}.high`).value);
}

/** Show the inputs of the chosen kind, and the rows of layers that can exist. */
function arrange() {
  for (const one of form.querySelectorAll(".space-row")) {
    one.dataset.kind = ["fixed", "choice"].includes(input(`space.${one.dataset.name}.kind`).value)
      ? input(`space.${one.dataset.name}.kind`).value : "range";
    if (one.dataset.requires) one.hidden = !(largest(one.dataset.requires) >= Number(one.dataset.least));
  }
  const strategy = form.querySelector("input[name=strategy]:checked")?.value;
  for (const part of form.querySelectorAll(".for-strategy")) part.hidden = part.dataset.strategy !== strategy;
}

/** Every message at its field; those of fields that are fine now are taken away. */
function mark(problems) {
  const words = new Map();
  for (const [name, message] of problems) words.set(name, [...(words.get(name) || []), message]);
  for (const error of form.querySelectorAll(".space-row > .error")) {
    const found = words.get(error.id.replace(/-error$/, ""));
    error.hidden = !found;
    error.textContent = found ? found.join(" ") : "";
    error.closest(".space-row").classList.toggle("wrong", Boolean(found));
    words.delete(error.id.replace(/-error$/, ""));
  }
  const others = [...words].map(([name, found]) => `${name.replaceAll("_", " ")}: ${found.join(" ")}`);
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

function tell(found) {
  document.getElementById("preview-size").textContent = found.size;
  document.getElementById("preview-trials").textContent = found.trials;
  document.getElementById("preview-time").textContent = found.time ? `· about ${found.time} here` : "";
  document.getElementById("preview-reason").textContent = found.reason;
  document.getElementById("preview-warm-start").textContent = found.warm_start;
  const list = document.getElementById("preview-samples");
  list.replaceChildren(...found.samples.filter(Boolean).map((sample) => {
    const item = document.createElement("li");
    item.textContent = sample;
    return item;
  }));
  offerTargets(found.targets);
  mark(found.problems);
}

/** The split's chart follows the dataset and the three shares. */
function drawSplit() {
  const query = new URLSearchParams({ dataset: input("dataset_id").value });
  for (const part of ["train", "validation", "test"]) query.set(part, input(part).value);
  const chart = document.getElementById("chart-split");
  const url = `/experiments/new/charts/split?${query}`;
  if (chart.dataset.chartUrl === url) return;
  chart.dataset.chartUrl = url;
  document.dispatchEvent(new CustomEvent("live:changed"));
}

let waiting = null;
let latest = 0;

async function ask() {
  const mine = ++latest;
  try {
    const answer = await fetch(form.dataset.previewUrl, { method: "POST", body: new FormData(form) });
    const found = await answer.json();
    if (mine === latest && answer.ok) tell(found);
  } catch {
    // the server is away for a moment: the next change asks again
  }
}

function changed() {
  arrange();
  clearTimeout(waiting);
  waiting = setTimeout(() => { drawSplit(); ask(); }, PAUSE);
}

if (form) {
  document.documentElement.classList.add("scripted");
  arrange();
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
}
document.getElementById("problems")?.focus();
