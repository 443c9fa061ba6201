// Writes the name of each line at its end, so that nobody has to match colours with a legend.
"use strict";

const LABEL_HEIGHT = 14;
const LABEL_GAP = 8;
const MARKS = { circle: "●", square: "■", diamond: "◆", "triangle-up": "▲", cross: "✚", x: "✖" };
const NEAR = 100; // pixels: labels whose left edges are closer may cover each other

/** Where a line ends, in pixels from the corner of its chart; null where that is out of sight. */
function endOf(trace, { xaxis, yaxis }) {
  if (!trace.meta?.label || trace.visible !== true || trace.yaxis === "y2") return null;
  const last = trace.y.findLastIndex((value) => value !== null);
  if (last < 0) return null;
  const x = xaxis.d2p(trace.x[last]);
  const y = yaxis.d2p(trace.y[last]);
  const isInSight = y >= 0 && y <= yaxis._length && x >= 0 && x <= xaxis._length + 1;
  if (!isInSight) return null;
  const mark = trace.mode.includes("markers") ? MARKS[trace.marker.symbol] : "–";
  return { name: trace.meta.label, mark, colour: trace.line.color, left: xaxis._offset + x, top: yaxis._offset + y };
}

/** The labels among some that stand so near that they could cover one. */
const nearTo = (end, others) => others.filter((other) => Math.abs(other.left - end.left) < NEAR);

/** Move labels apart that would cover each other: downwards, and up again from the chart's lower edge. */
function spread(ends, bottom) {
  ends.sort((one, other) => one.top - other.top);
  ends.forEach((end, index) => {
    const above = nearTo(end, ends.slice(0, index));
    end.top = Math.max(end.top, ...above.map((other) => other.top + LABEL_HEIGHT));
  });
  for (let index = ends.length - 1; index >= 0; index -= 1) {
    const below = nearTo(ends[index], ends.slice(index + 1));
    ends[index].top = Math.min(ends[index].top, bottom, ...below.map((other) => other.top - LABEL_HEIGHT));
  }
}

function labelElement(end, width) {
  const label = document.createElement("span");
  const text = document.createElement("i");
  text.textContent = plainText(end.name);
  label.append(text);
  label.dataset.mark = end.mark ?? "–";
  label.style.color = end.colour;
  label.style.left = `${end.left + LABEL_GAP}px`;
  label.style.top = `${end.top - LABEL_HEIGHT / 2}px`;
  label.style.maxWidth = `${width - end.left - LABEL_GAP - 8}px`;
  return label;
}

function writeLabels(chart) {
  const layout = chart._fullLayout;
  let layer = chart.querySelector(".end-labels");
  if (!layer) {
    layer = document.createElement("div");
    layer.className = "end-labels";
    layer.ariaHidden = "true"; // the legend says it too
    chart.append(layer);
  }
  const ends = chart._fullData.map((trace) => endOf(trace, layout)).filter(Boolean);
  spread(ends, layout.yaxis._offset + layout.yaxis._length);
  layer.replaceChildren(...ends.map((end) => labelElement(end, layout.width)));
}

document.addEventListener("chart:drawn", (event) => {
  const chart = event.target;
  if (!chart.figure.layout.meta?.["end-labels"]) return;
  if (!chart.hasEndLabels) chart.on("plotly_afterplot", () => writeLabels(chart));
  chart.hasEndLabels = true;
  writeLabels(chart);
});
