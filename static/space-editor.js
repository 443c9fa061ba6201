// The space editor: shows the inputs of the chosen kinds, and the rows of layers that can exist.
"use strict";

const form = document.getElementById("experiment-form");

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

/** The targets that the chosen dataset allows, and the one that is chosen already. */
function offerTargets(targets) {
  const select = input("space.target.value");
  const offered = targets.includes(select.value) ? targets : [...targets, select.value];
  const options = offered.map((target) => new Option(target, target, false, target === select.value));
  if (options.length !== select.options.length) select.replaceChildren(...options);
  input("space.target.choices").placeholder = targets.join(", ");
}

if (form) {
  document.documentElement.classList.add("scripted");
  showFittingInputs();
  form.addEventListener("input", showFittingInputs);
  form.addEventListener("change", showFittingInputs);
}
