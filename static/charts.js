// Draws every .chart: fetches its figure, gives it the theme's colours, redraws when either changes.
"use strict";

const COLOURS = ["chart-1", "chart-2", "chart-3", "chart-4", "bad", "good"];
const CONFIG = { responsive: true, displaylogo: false, modeBarButtonsToRemove: ["lasso2d", "select2d", "autoScale2d"] };

function themeColour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** A copy of a figure in which colour names are the theme's colours. */
function coloured(part) {
  if (Array.isArray(part)) return part.map(coloured);
  if (part && typeof part === "object") {
    return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, coloured(inner)]));
  }
  return COLOURS.includes(part) ? themeColour(part) : part;
}

function themed(layout) {
  const axis = { gridcolor: themeColour("chart-grid"), zerolinecolor: themeColour("chart-grid"), linecolor: themeColour("line") };
  const menus = (layout.updatemenus || []).map((menu) => ({
    ...menu, bgcolor: themeColour("wash"), bordercolor: themeColour("line"), font: { color: themeColour("ink"), size: 11 },
  }));
  return {
    ...coloured(layout),
    updatemenus: menus,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: themeColour("ink"), size: 12, family: getComputedStyle(document.body).fontFamily },
    hoverlabel: { bgcolor: themeColour("card"), bordercolor: themeColour("line"), font: { color: themeColour("ink") } },
    xaxis: { ...axis, ...layout.xaxis },
    yaxis: { ...axis, ...layout.yaxis },
  };
}

function paint(place, figure) {
  place.figure = figure;
  place.classList.remove("waiting");
  // a logarithmic scale chosen by hand stays when new epochs come in
  const layout = themed(figure.layout);
  const chosen = place.layout && place.layout.yaxis && place.layout.yaxis.type;
  if (chosen && figure.layout.updatemenus) layout.yaxis.type = chosen;
  return window.Plotly.react(place, coloured(figure.data), layout, CONFIG);
}

/** Fetch and draw one chart; a chart whose version was drawn already is left alone. */
async function draw(place) {
  const mark = `${place.dataset.chartUrl}#${place.dataset.version}`;
  if (place.drawn === mark) return;
  const fresh = place.drawn === undefined;
  place.drawn = mark;
  try {
    const answer = await fetch(place.dataset.chartUrl, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const figure = await answer.json();
    if (fresh) place.replaceChildren();
    await paint(place, figure);
    if (fresh && place.dataset.linked !== undefined) {
      place.on("plotly_click", (event) => {
        const id = event.points[0] && event.points[0].customdata;
        if (id) window.location.assign(`/trials/${id}`);
      });
    }
  } catch {
    place.drawn = undefined;
    if (fresh) place.textContent = "This chart could not be loaded. It will be tried again.";
  }
}

function drawAll() {
  for (const place of document.querySelectorAll(".chart[data-chart-url]")) draw(place);
}

function repaintAll() {
  for (const place of document.querySelectorAll(".chart")) if (place.figure) paint(place, place.figure);
}

document.addEventListener("live:changed", drawAll);
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaintAll);
drawAll();
