// Draws every .chart: fetches its figure, gives it the theme's colours, redraws when either changes.
"use strict";

// The last of these buttons would send the series to strangers.
const UNWANTED_BUTTONS = ["lasso2d", "select2d", "autoScale2d", "sendChartToCloud"];
const CONFIG = { displaylogo: false, modeBarButtonsToRemove: UNWANTED_BUTTONS, plotlyServerURL: "" };
const COLOUR_KEYS = ["color", "fillcolor"];
// A linear scale of the usual values alone, where a figure's layout.meta gives its range.
const CLOSE_UP = "close-up";
// With more, Plotly labels all nine digits of a power of ten, and the labels overlap.
const MAX_LOG_TICKS = 3;
const RETRY_AFTER_MS = 3000;
// A figure whose layout.meta names a pause is drawn anew only after so many seconds.
const PAUSE = "redraw-seconds";
const RETRY_TEXT = "This chart could not be loaded. It will be tried again in a moment.";

// A figure whose layout.meta has this has names at the ends of its lines: end-labels.js writes them.
const END_LABELS = "end-labels";
const NARROW = 600;

function themeColour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** A copy of a figure in which names of colours are the theme's colours. */
function coloured(part, key) {
  const isOfNumbers = Array.isArray(part) && typeof part[0] === "number";
  if (isOfNumbers) return part;
  if (Array.isArray(part)) return part.map((item) => coloured(item, key));
  if (part && typeof part === "object") {
    const entries = Object.entries(part).map(([name, value]) => [name, coloured(value, name)]);
    return Object.fromEntries(entries);
  }
  const isColour = COLOUR_KEYS.includes(key) && typeof part === "string";
  return (isColour && themeColour(part)) || part;
}

function themed(layout) {
  const grid = themeColour("chart-grid");
  const axis = {
    gridcolor: grid,
    zerolinecolor: themeColour("faint"),
    linecolor: themeColour("line"),
    tickfont: { size: 11 },
  };
  const font = { color: themeColour("ink"), size: 12, family: getComputedStyle(document.body).fontFamily };
  return {
    ...coloured(layout),
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font,
    modebar: {
      bgcolor: "rgba(0,0,0,0)",
      color: themeColour("faint"),
      activecolor: themeColour("link"),
    },
    hoverlabel: {
      bgcolor: themeColour("card"),
      bordercolor: themeColour("line"),
      font: { color: themeColour("ink") },
    },
    xaxis: { ...axis, ...layout.xaxis },
    yaxis: { ...axis, ...layout.yaxis },
  };
}

const plotlyAddress = document.currentScript.dataset.plotly;
let plotly = null; // the promise of its script, as soon as there is a chart

/** Load Plotly once; a page whose tab is drawn without it does not wait for its 4.5 MB. */
function loadPlotly() {
  plotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = plotlyAddress;
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => {
      plotly = null;
      reject(new Error("Plotly"));
    });
    document.head.append(script);
  });
  return plotly;
}

const switchesOf = (chart, kind) => document.querySelectorAll(`button[data-for="${chart.id}"][data-${kind}]`);

function press(buttons, chosen) {
  for (const button of buttons) button.setAttribute("aria-pressed", String(button === chosen));
}

/** Remember a scale from page to page. Some browsers refuse. */
function rememberScale(name, scale) {
  try {
    window.localStorage.setItem(name, scale);
  } catch {
    // it is chosen anew on the next page
  }
}

function rememberedScale(name) {
  try {
    return window.localStorage.getItem(name);
  } catch {
    return null;
  }
}

const closeUpRange = (chart) => chart.figure.layout.meta?.[CLOSE_UP];

/** The scale chosen by hand, on this page or the one before, or else the figure's own. */
function scaleOf(chart) {
  const name = chart.dataset.scaleKept;
  const chosen = chart.scale || (name && rememberedScale(name));
  if (chosen && (chosen !== CLOSE_UP || closeUpRange(chart))) return chosen;
  if (closeUpRange(chart)) return CLOSE_UP;
  return chart.figure.layout.yaxis.type || "linear";
}

function paint(chart) {
  const layout = themed(chart.figure.layout);
  const scales = [...switchesOf(chart, "scale")];
  const scale = scaleOf(chart);
  if (scales.length) {
    const range = scale === CLOSE_UP ? { range: closeUpRange(chart) } : {};
    const type = scale === "log" ? { type: "log", nticks: MAX_LOG_TICKS } : { type: "linear" };
    layout.yaxis = { ...layout.yaxis, ...range, ...type, uirevision: scale };
    for (const button of scales) {
      button.hidden = button.dataset.scale === CLOSE_UP && !closeUpRange(chart);
    }
    press(scales, scales.find((button) => button.dataset.scale === scale));
  }
  if (layout.meta?.[END_LABELS]) {
    const isNarrow = chart.clientWidth < NARROW;
    layout.margin = { ...layout.margin, r: isNarrow ? 72 : 136 };
    layout.showlegend = !isNarrow; // it would leave the lines no room
  }
  const data = chart.figure.data.map((trace) => {
    const isForCloseUp = trace.meta === CLOSE_UP;
    return isForCloseUp ? { ...trace, visible: scale === CLOSE_UP } : trace;
  });
  return window.Plotly.react(chart, coloured(data), layout, CONFIG);
}

const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.isConnected) window.Plotly.Plots.resize(target);
  }
});

/** Fetch and draw one chart; a chart whose version was drawn already is left alone. */
async function draw(chart) {
  const version = `${chart.dataset.chartUrl}#${chart.dataset.version}`;
  if (chart.requested === version) return;
  const pauseMs = 1000 * (chart.figure?.layout.meta?.[PAUSE] || 0) - (Date.now() - chart.drawnAt);
  if (pauseMs > 0 && chart.drawnUrl === chart.dataset.chartUrl) {
    clearTimeout(chart.waiting);
    chart.waiting = setTimeout(() => chart.isConnected && draw(chart), pauseMs);
    return;
  }
  chart.requested = version;
  try {
    const asked = fetch(chart.dataset.chartUrl, { headers: { Accept: "application/json" } });
    const [response] = await Promise.all([asked, loadPlotly()]);
    if (!response.ok) throw new Error(String(response.status));
    const figure = await response.json();
    if (chart.requested !== version || !chart.isConnected) return;
    const isFirst = !chart.figure;
    chart.figure = figure;
    chart.drawnAt = Date.now();
    chart.drawnUrl = chart.dataset.chartUrl;
    if (isFirst) chart.replaceChildren();
    await paint(chart);
    chart.dispatchEvent(new CustomEvent("chart:drawn", { bubbles: true }));
    if (isFirst) sizes.observe(chart);
    if (isFirst && chart.dataset.pointUrl) openPointsOnClick(chart);
  } catch {
    if (chart.requested === version) chart.requested = undefined;
    if (!chart.figure) chart.textContent = RETRY_TEXT;
    setTimeout(() => chart.isConnected && draw(chart), RETRY_AFTER_MS);
  }
}

/** A click on a point leads to what it stands for. */
function openPointsOnClick(chart) {
  chart.on("plotly_click", (event) => {
    const id = event.points[0] && event.points[0].customdata;
    if (id) window.location.assign(chart.dataset.pointUrl + id);
  });
}

function drawAll() {
  for (const chart of document.querySelectorAll(".chart[data-chart-url]")) draw(chart);
  for (const group of document.querySelectorAll(".switch[hidden]")) group.hidden = false;
}

function repaintAll() {
  for (const chart of document.querySelectorAll(".chart")) {
    if (chart.figure) paint(chart);
  }
}

/** Buttons beside a chart: another scale of its upright axis, or another view of the same numbers. */
function switchView(event) {
  const button = event.target.closest("button[data-for]");
  if (!button) return;
  const chart = document.getElementById(button.dataset.for);
  if (button.dataset.scale) {
    chart.scale = button.dataset.scale;
    if (chart.dataset.scaleKept) rememberScale(chart.dataset.scaleKept, chart.scale);
    if (chart.figure) paint(chart);
  } else {
    press(switchesOf(chart, "view"), button);
    chart.dataset.chartUrl = button.dataset.view;
    draw(chart);
  }
}

document.addEventListener("click", switchView);
document.addEventListener("live:changed", drawAll);
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaintAll);
document.addEventListener("theme:changed", repaintAll);
drawAll();
