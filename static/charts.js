// Draws every .chart: fetches its figure, gives it the theme's colours, redraws when either changes.
"use strict";

const UNWANTED = ["lasso2d", "select2d", "autoScale2d", "sendChartToCloud"]; // the last would send the series to strangers
const CONFIG = { displaylogo: false, modeBarButtonsToRemove: UNWANTED, plotlyServerURL: "" };
const COLOUR_KEYS = ["color", "fillcolor"];
const CLOSE_UP = "close-up"; // a linear scale of the usual values alone, where a figure's layout.meta gives its range
const LOG_TICKS = 3; // with more, Plotly labels all nine digits of a power of ten, and they cover each other
const TRY_AGAIN_AFTER = 3000;

function themeColour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** A copy of a figure in which names of colours are the theme's colours. */
function coloured(part, key) {
  if (Array.isArray(part)) return part.map((inner) => coloured(inner, key));
  if (part && typeof part === "object") {
    return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, coloured(inner, name)]));
  }
  return COLOUR_KEYS.includes(key) && typeof part === "string" ? themeColour(part) || part : part;
}

function themed(layout) {
  const grid = themeColour("chart-grid");
  const axis = { gridcolor: grid, zerolinecolor: themeColour("faint"), linecolor: themeColour("line"), tickfont: { size: 11 } };
  const words = { color: themeColour("ink"), size: 12, family: getComputedStyle(document.body).fontFamily };
  return {
    ...coloured(layout),
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: words,
    modebar: { bgcolor: "rgba(0,0,0,0)", color: themeColour("faint"), activecolor: themeColour("link") },
    hoverlabel: { bgcolor: themeColour("card"), bordercolor: themeColour("line"), font: { color: themeColour("ink") } },
    xaxis: { ...axis, ...layout.xaxis },
    yaxis: { ...axis, ...layout.yaxis },
  };
}

const switchesOf = (place, kind) => document.querySelectorAll(`button[data-for="${place.id}"][data-${kind}]`);

function press(buttons, chosen) {
  for (const button of buttons) button.setAttribute("aria-pressed", String(button === chosen));
}

/** What the browser keeps from page to page; some keep nothing. */
function kept(name, value) {
  try {
    if (value) window.localStorage.setItem(name, value);
    return window.localStorage.getItem(name);
  } catch {
    return null;
  }
}

const closeUpOf = (place) => place.figure.layout.meta?.[CLOSE_UP];

/** The scale chosen by hand, on this page or the one before, or else the figure's own. */
function scaleOf(place) {
  const name = place.dataset.scaleKept;
  const chosen = place.scale || (name && kept(name));
  if (chosen && (chosen !== CLOSE_UP || closeUpOf(place))) return chosen;
  return closeUpOf(place) ? CLOSE_UP : place.figure.layout.yaxis.type || "linear";
}

function paint(place) {
  const layout = themed(place.figure.layout);
  const scales = [...switchesOf(place, "scale")];
  const scale = scaleOf(place);
  if (scales.length) {
    const range = scale === CLOSE_UP ? { range: closeUpOf(place) } : {};
    const shape = scale === "log" ? { type: "log", nticks: LOG_TICKS } : { type: "linear" };
    layout.yaxis = { ...layout.yaxis, ...range, ...shape, uirevision: scale };
    for (const button of scales) button.hidden = button.dataset.scale === CLOSE_UP && !closeUpOf(place);
    press(scales, scales.find((button) => button.dataset.scale === scale));
  }
  const data = place.figure.data.map((trace) => (trace.meta === CLOSE_UP ? { ...trace, visible: scale === CLOSE_UP } : trace));
  return window.Plotly.react(place, coloured(data), layout, CONFIG);
}

const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) if (target.isConnected) window.Plotly.Plots.resize(target);
});

/** Fetch and draw one chart; a chart whose version was drawn already is left alone. */
async function draw(place) {
  const mark = `${place.dataset.chartUrl}#${place.dataset.version}`;
  if (place.asked === mark) return;
  place.asked = mark;
  try {
    const answer = await fetch(place.dataset.chartUrl, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const figure = await answer.json();
    if (place.asked !== mark || !place.isConnected) return;
    const fresh = !place.figure;
    place.figure = figure;
    if (fresh) place.replaceChildren();
    await paint(place);
    if (fresh) sizes.observe(place);
    if (fresh && place.dataset.pointUrl) link(place);
  } catch {
    if (place.asked === mark) place.asked = undefined;
    if (!place.figure) place.textContent = "This chart could not be loaded. It will be tried again in a moment.";
    setTimeout(() => place.isConnected && draw(place), TRY_AGAIN_AFTER);
  }
}

/** A click on a point leads to what it stands for. */
function link(place) {
  place.on("plotly_click", (event) => {
    const id = event.points[0] && event.points[0].customdata;
    if (id) window.location.assign(place.dataset.pointUrl + id);
  });
}

function drawAll() {
  for (const place of document.querySelectorAll(".chart[data-chart-url]")) draw(place);
  for (const group of document.querySelectorAll(".switch[hidden]")) group.hidden = false;
}

function repaintAll() {
  for (const place of document.querySelectorAll(".chart")) if (place.figure) paint(place);
}

/** Buttons beside a chart: another scale of its upright axis, or another view of the same numbers. */
function turn(event) {
  const button = event.target.closest("button[data-for]");
  if (!button) return;
  const place = document.getElementById(button.dataset.for);
  if (button.dataset.scale) {
    place.scale = button.dataset.scale;
    if (place.dataset.scaleKept) kept(place.dataset.scaleKept, place.scale);
    if (place.figure) paint(place);
  } else {
    press(switchesOf(place, "view"), button);
    place.dataset.chartUrl = button.dataset.view;
    draw(place);
  }
}

document.addEventListener("click", turn);
document.addEventListener("live:changed", drawAll);
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaintAll);
drawAll();
