// The table behind each chart: made from the figure that charts.js has fetched, when somebody opens it.
"use strict";

const MAX_TABLE_ROWS = 1000;
const SHOWN_DIGITS = 6;
const FORMULA_STARTS = [..."=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"]; // a spreadsheet runs such a text
// Marks at the edge of a chart have a height of their own, which says nothing.
const EDGE_AXIS = "y2";

/** The text of a title or a name as Plotly shows it: without tags, with < for &lt;. */
function plainText(text) {
  return new DOMParser().parseFromString(String(text ?? ""), "text/html").documentElement.textContent;
}

const axisTitle = (axis) => plainText(axis?.title?.text);

/** The column of a trace: its title and a value for each of its points. */
function columnOf(trace, index, traces) {
  const isUpper = trace.fill === "tonexty";
  const next = traces[index + 1];
  const isLower = next?.fill === "tonexty" && next.legendgroup === trace.legendgroup;
  const name = plainText(trace.name) || "value";
  const values = trace.yaxis === EDGE_AXIS ? trace.x.map((_, at) => trace.text?.[at] ?? "yes") : trace.y;
  return {
    title: name + (isLower ? ", lower" : isUpper ? ", upper" : ""),
    isLevel: trace.mode === "lines" && values.length === 2 && values[0] === values[1],
    isHeld: trace.line?.shape === "hv",
    values: new Map(trace.x.map((x, at) => [x, values[at]])),
  };
}

const compare = (one, other) => (one < other ? -1 : Number(one > other));

/** A row for each place on the x axis, a column for each trace. A level stands in every row. */
function wideTable(traces, xTitle, { pointUrl, isSorted }) {
  const links = new Map();
  const places = new Set();
  const columns = traces.map(columnOf);
  columns.forEach((column, index) => {
    if (column.isLevel) return;
    for (const [at, x] of traces[index].x.entries()) {
      if (x === null) continue;
      places.add(x);
      const id = traces[index].customdata?.[at];
      if (pointUrl && id) links.set(x, pointUrl + id);
    }
  });
  if (!places.size) columns.forEach((column) => [...column.values.keys()].forEach((x) => places.add(x)));
  const held = new Map();
  const inOrder = isSorted ? [...places].sort(compare) : [...places];
  const rows = inOrder.map((x) => [
    x,
    ...columns.map((column) => {
      if (column.isLevel) return [...column.values.values()][0];
      if (!column.isHeld) return column.values.get(x);
      if (column.values.has(x)) held.set(column, column.values.get(x));
      return held.get(column);
    }),
  ]);
  return { titles: [xTitle, ...columns.map((column) => column.title)], rows, links };
}

/** The points of a trace one by one; of a surface, those of its grid. */
function pointsOf(trace) {
  if (trace.z) return trace.z.flatMap((line, at) => line.map((z, i) => [trace.x?.[i] ?? i, trace.y?.[at] ?? at, z]));
  return trace.x.map((x, at) => [x, trace.y[at], trace.text?.[at] ?? trace.base?.[at]]);
}

/** A row for each point, where several stand at the same place. */
function longTable(traces, xTitle, yTitle) {
  const rows = traces.flatMap((trace) => pointsOf(trace).map((point) => [plainText(trace.name), ...point]));
  const titles = ["drawn as", xTitle, yTitle || "y", "value"];
  const hasValues = rows.some((row) => row[3] !== undefined && row[3] !== "");
  return hasValues ? { titles, rows } : { titles: titles.slice(0, 3), rows: rows.map((row) => row.slice(0, 3)) };
}

function isWide(trace) {
  if (trace.z || trace.orientation === "h" || !trace.x || !trace.y) return false;
  const places = trace.x.filter((x) => x !== null);
  return new Set(places).size === places.length;
}

/** What a chart draws, as titles of columns and rows. */
function tableOf(chart) {
  const { data, layout } = chart.figure;
  const traces = data.filter((trace) => trace.meta !== "close-up" && (trace.z || trace.x?.length));
  const xTitle = axisTitle(layout.xaxis) || (layout.xaxis?.type === "date" ? "date" : "x");
  const yTitle = axisTitle(layout.yaxis);
  const isSorted = layout.xaxis?.type === "date" || traces.every((trace) => typeof trace.x?.[0] === "number");
  if (traces.every(isWide)) return wideTable(traces, xTitle, { pointUrl: chart.dataset.pointUrl, isSorted });
  return longTable(traces, xTitle, yTitle);
}

function shown(value) {
  if (typeof value === "number") return String(Number(value.toPrecision(SHOWN_DIGITS)));
  return value === null || value === undefined ? "–" : plainText(value);
}

/** A cell of a CSV: quoted, and a text that a spreadsheet would run as a formula made harmless. */
function csvCell(value) {
  if (typeof value === "number") return String(value);
  const text = value === null || value === undefined ? "" : plainText(value);
  const harmless = FORMULA_STARTS.includes(text[0]) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function rowElement(row, links) {
  const [first, ...others] = row;
  const address = links?.get(first);
  const name = address ? element("a", { href: address }, shown(first)) : shown(first);
  const head = element("th", { scope: "row" }, name);
  return element("tr", {}, head, ...others.map((value) => element("td", { className: "n" }, shown(value))));
}

function downloadButton(label, { titles, rows }) {
  const button = element("button", { type: "button" }, "Download as CSV");
  button.addEventListener("click", () => {
    const text = [titles, ...rows].map((row) => row.map(csvCell).join(",")).join("\r\n");
    const address = URL.createObjectURL(new Blob([`${text}\r\n`], { type: "text/csv" }));
    element("a", { href: address, download: `${label}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  });
  return button;
}

/** Fill the opened details of a chart with its table. */
function fill(details) {
  const chart = document.getElementById(details.dataset.numbersOf);
  const box = details.querySelector("div");
  if (!chart?.figure || !details.open) return;
  const table = tableOf(chart);
  if (!table.rows.length) {
    const notes = (chart.figure.layout.annotations || []).map((note) => plainText(note.text));
    box.replaceChildren(notes.join(" ") || "Nothing is drawn yet.");
    return;
  }
  const label = chart.getAttribute("aria-label");
  const scrolled = box.querySelector(".scroll")?.scrollTop || 0;
  const yTitle = axisTitle(chart.figure.layout.yaxis);
  const caption = element("caption", {}, yTitle ? `${label}: ${yTitle}` : label);
  const heads = table.titles.map((title, at) => element("th", { scope: "col", className: at ? "n" : "" }, title));
  const rows = table.rows.slice(0, MAX_TABLE_ROWS).map((row) => rowElement(row, table.links));
  const filled = element(
    "table",
    {},
    caption,
    element("thead", {}, element("tr", {}, ...heads)),
    element("tbody", {}, ...rows),
  );
  const scroll = element("div", { className: "scroll", tabIndex: 0, role: "region", ariaLabel: `Numbers of: ${label}` }, filled);
  const count = table.rows.length.toLocaleString("en");
  const isCut = table.rows.length > MAX_TABLE_ROWS;
  const note = isCut ? `The first ${MAX_TABLE_ROWS.toLocaleString("en")} of ${count} rows; the CSV has all.` : `${count} rows.`;
  box.replaceChildren(element("p", { className: "row small" }, note, downloadButton(label, table)), scroll);
  scroll.scrollTop = scrolled;
}

document.addEventListener("toggle", (event) => event.target.matches?.("details.chart-numbers") && fill(event.target), true);
document.addEventListener("chart:drawn", (event) => {
  const details = document.getElementById(`numbers-${event.target.id}`);
  if (!details) return;
  details.hidden = false;
  const isRead = details.contains(document.activeElement) && details.querySelector("table");
  if (!isRead) fill(details); // a table that somebody reads is not changed under the fingers
});
