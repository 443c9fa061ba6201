// The split as a bar: follows its three numbers, and its handles change them.
"use strict";

const SPLIT_PARTS = ["train", "validation", "test"];
const splitBar = document.getElementById("split-bar");

const percentOf = (part) => Number(document.getElementById(part).value);

/** Draw the parts as the three numbers say; nothing where they do not add up. */
function drawSplit() {
  const total = SPLIT_PARTS.reduce((sum, part) => sum + percentOf(part), 0);
  const addsUp = Math.abs(total - 100) < 1e-4 && SPLIT_PARTS.every((part) => percentOf(part) > 0);
  let start = 0;
  for (const part of SPLIT_PARTS) {
    const rectangle = splitBar.querySelector(`rect.${part}`);
    if (rectangle) {
      rectangle.setAttribute("x", start);
      rectangle.setAttribute("width", addsUp ? percentOf(part) : 0);
    }
    start += percentOf(part);
    const handle = splitBar.querySelector(`[data-before=${part}]`);
    if (!handle) continue;
    handle.hidden = !addsUp;
    handle.style.left = `${start}%`;
  }
}

/** Show the series, and the rows and dates of its parts, as the server says them. */
function showSplit(split) {
  document.getElementById("split-line").setAttribute("points", split.line);
  const svg = splitBar.querySelector("svg");
  for (const part of split.parts) {
    if (svg.querySelector(`rect.${part.name}`)) continue;
    const rectangle = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    rectangle.setAttribute("class", part.name);
    rectangle.setAttribute("height", 28);
    svg.prepend(rectangle);
  }
  const list = document.getElementById("split-parts");
  list.replaceChildren(...split.parts.flatMap((part) => {
    const term = document.createElement("dt");
    term.className = part.name;
    term.textContent = `${part.name}, ${part.rows}`;
    const text = document.createElement("dd");
    text.textContent = part.dates;
    return [term, text];
  }));
  drawSplit();
}

/** Move the border between two parts to where the pointer is; the third part stays. */
function moveBorder(handle, clientX) {
  const box = splitBar.getBoundingClientRect();
  const { before, after } = handle.dataset;
  const first = before === "train" ? 0 : percentOf("train");
  const both = percentOf(before) + percentOf(after);
  const wanted = Math.round((100 * (clientX - box.left)) / box.width) - first;
  const size = Math.min(Math.max(wanted, 1), both - 1);
  document.getElementById(before).value = Number(size.toFixed(4));
  document.getElementById(after).value = Number((both - size).toFixed(4));
  document.getElementById(before).dispatchEvent(new Event("input", { bubbles: true }));
}

if (splitBar) {
  drawSplit();
  for (const handle of splitBar.querySelectorAll(".handle")) {
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      handle.setPointerCapture(event.pointerId);
    });
    handle.addEventListener("pointermove", (event) => {
      if (handle.hasPointerCapture(event.pointerId)) moveBorder(handle, event.clientX);
    });
  }
  for (const part of SPLIT_PARTS) document.getElementById(part).addEventListener("input", drawSplit);
}
