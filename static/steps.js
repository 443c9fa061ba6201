// Forecasts of several rows: a slider for the step that charts draw, and links that draw one forecast.
// Both change the address, which says what is drawn, without loading the page anew.
"use strict";

const REST_BEFORE_DRAWING_MS = 80; // while the slider moves

let drawing = null;

function withParameter(address, name, value) {
  const [path, query] = address.split("?");
  const parameters = new URLSearchParams(query);
  if (value === null) parameters.delete(name);
  else parameters.set(name, value);
  const written = parameters.toString();
  return written ? `${path}?${written}` : path;
}

/** What the address says is drawn; null where it says nothing. */
const requested = (name) => new URLSearchParams(location.search).get(name);

function keepInAddress(name, value) {
  const address = withParameter(location.pathname + location.search, name, value);
  history.replaceState(history.state, "", address + location.hash);
}

/** "step 6 of 24 = 6 hours ahead", as app.web.views.steps_text writes it. */
function describeStep(form, step) {
  const spans = JSON.parse(form.dataset.spans);
  const span = spans[step - 1];
  return `step ${step} of ${spans.length}${span ? ` = ${span} ahead` : ""}`;
}

function showStep(form, step) {
  const text = describeStep(form, step);
  form.querySelector("output").textContent = text;
  form.elements.step.setAttribute("aria-valuetext", text);
  for (const id of form.dataset.charts.split(" ")) {
    const chart = document.getElementById(id);
    chart.dataset.chartUrl = withParameter(chart.dataset.chartUrl, "step", step);
    for (const button of document.querySelectorAll(`button[data-for="${id}"][data-view]`)) {
      button.dataset.view = withParameter(button.dataset.view, "step", step);
    }
  }
}

/** Make the number field of a form a slider, at the step that the address says. */
function makeSlider(form) {
  const field = form.elements.step;
  if (field.type === "range") return;
  field.type = "range";
  form.querySelector("button").hidden = true;
  const step = Number(requested("step") || field.value);
  if (step >= 1 && step <= Number(field.max)) field.value = step;
  showStep(form, Number(field.value));
}

/** Mark the link to what is drawn, and draw it. */
function drawLinked(link) {
  for (const other of document.querySelectorAll(`a[data-draws="${link.dataset.draws}"]`)) {
    if (other === link) other.setAttribute("aria-current", "true");
    else other.removeAttribute("aria-current");
  }
  document.getElementById(link.dataset.draws).dataset.chartUrl = link.dataset.figure;
}

/** After the server has sent a part anew: what was chosen on this page is chosen again. */
function restore() {
  document.querySelectorAll("form.step-choice").forEach(makeSlider);
  const origin = requested("origin");
  for (const link of document.querySelectorAll("a[data-draws]")) {
    if (new URL(link.href).searchParams.get("origin") === origin) drawLinked(link);
  }
  window.drawAll();
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form.step-choice");
  if (!form || event.target !== form.elements.step) return;
  const step = Number(form.elements.step.value);
  showStep(form, step);
  clearTimeout(drawing);
  drawing = setTimeout(() => {
    keepInAddress("step", step);
    window.drawAll();
  }, REST_BEFORE_DRAWING_MS);
});

document.addEventListener("submit", (event) => {
  if (event.target.matches("form.step-choice")) event.preventDefault(); // Enter: it is drawn already
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-draws]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  keepInAddress("origin", new URL(link.href).searchParams.get("origin"));
  drawLinked(link);
  window.drawAll();
  document.getElementById(link.dataset.draws).scrollIntoView({ block: "nearest" });
});

document.addEventListener("live:changed", restore);
restore();
