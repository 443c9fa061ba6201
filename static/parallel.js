// Parallel coordinates of the trials of an experiment as SVG. A brush on an axis is the table's filter.
"use strict";

const readSearch = () => new URLSearchParams(location.search).get("search") || "";
const askPage = (detail) => document.dispatchEvent(new CustomEvent("foretune:query", { detail }));

class ParallelChart {
  constructor(host) {
    this.url = host.dataset.linesUrl;
    this.version = null;
    this.drawnAt = 0;
    this.changed = new Set(); // axes whose brushes the table has not been asked for
    this.lines = null;
    this.found = null; // by index of the line, whether the table's filter finds it; null: all
    this.svg = svgElement("svg", { role: "group", "aria-label": host.getAttribute("aria-label") });
    this.tip = document.createElement("p");
    this.tip.className = "parallel-tip";
    this.tip.hidden = true;
    this.resizes = new ResizeObserver(() => {
      const { clientWidth, clientHeight } = this.host;
      const isChanged = this.width !== clientWidth || this.height !== clientHeight;
      if (this.lines && isChanged) this.layOut();
    });
    this.svg.addEventListener("pointermove", (event) => this.movePointer(event));
    this.svg.addEventListener("pointerleave", () => this.showLine(null));
    this.svg.addEventListener("click", () => this.openTrial());
    this.hovered = null; // the index of the line under the pointer
    this.mount(host);
  }

  /** Draw into this element from now on: the tab may have been away. */
  mount(host) {
    this.host = host;
    if (this.lines) {
      host.replaceChildren(this.svg, this.tip);
      this.showCount();
    }
    this.resizes.disconnect();
    this.resizes.observe(host);
  }

  get isBrushing() {
    return this.drag || this.changed.size > 0;
  }

  openTrial() {
    if (this.hovered === null || this.justBrushed) return;
    askPage({ trial: String(this.lines.numbers[this.hovered]) });
  }

  /** Fetch the lines where they have changed. */
  async load() {
    const version = this.host.dataset.version;
    if (this.version === version || this.isBrushing) return;
    const pause = this.lines?.numbers.length > PARALLEL.manyLines ? PARALLEL.calmMs - (Date.now() - this.drawnAt) : 0;
    clearTimeout(this.waiting);
    if (pause > 0) {
      this.waiting = setTimeout(() => this.load(), pause);
      return;
    }
    this.version = version;
    try {
      this.address = null;
      const [lines] = await Promise.all([fetchParallel(this.url), this.loadFound()]);
      if (this.isBrushing) {
        this.version = null; // the next live update fetches them again
        return;
      }
      this.drawnAt = Date.now();
      this.show(lines);
    } catch {
      this.version = null;
      if (!this.lines) this.host.textContent = PARALLEL.retryText;
      this.waiting = setTimeout(() => this.host.isConnected && this.load(), PARALLEL.retryMs);
    }
  }

  /** Ask which trials the filter of the page finds. */
  async loadFound() {
    const query = new URLSearchParams(location.search);
    const wanted = new URLSearchParams();
    for (const name of ["search", "state"]) {
      if (query.get(name)) wanted.set(name, query.get(name));
    }
    const address = String(wanted);
    if (address === this.address) return;
    this.address = address;
    if (!address) {
      this.answer = null;
      return;
    }
    const answer = await fetchParallel(`${this.url}/matching?${address}`);
    if (answer.numbers && this.address === address) this.answer = { count: answer.count, numbers: new Set(answer.numbers) };
  }

  show(lines) {
    this.lines = lines;
    this.axes = lines.axes.map((spec) => new ParallelAxis(spec));
    this.readBrushes();
    this.host.replaceChildren(this.svg, this.tip);
    this.layOut();
  }

  /** Show what the filter of the page says, whoever wrote it. */
  async follow() {
    if (!this.lines || this.isBrushing) return;
    try {
      await this.loadFound();
    } catch {
      return; // live.js says that nobody answers
    }
    if (this.isBrushing) return;
    this.readBrushes();
    this.paint();
  }

  readBrushes() {
    const parts = filterParts(readSearch()) || [];
    for (const axis of this.axes) axis.readConditions(parts.filter((part) => isAbout(part, axis)));
    this.found = this.answer ? this.lines.numbers.map((number) => this.answer.numbers.has(number)) : null;
  }

  /** Places of axes and lines for the width there is. */
  layOut() {
    const { columns, numbers } = this.lines;
    if (!this.host.clientHeight) return; // another tab is shown
    this.width = this.host.clientWidth;
    this.height = this.host.clientHeight;
    const { height } = this;
    const hasMissing = columns.some((column) => column.includes(null));
    const gaps = Math.max(1, this.axes.length - 1);
    const width = Math.max(this.width, PARALLEL.minDistance * gaps + 2 * PARALLEL.side);
    this.bottom = height - PARALLEL.bottom - (hasMissing ? PARALLEL.missingHeight : 0);
    this.missingY = height - 6;
    this.xs = this.axes.map((_, index) => Math.round(PARALLEL.side + (index * (width - 2 * PARALLEL.side)) / gaps));
    this.ys = this.axes.map((axis, index) => {
      const place = (value, line) => (value === null ? this.missingY : this.y(axis.fraction(value, numbers[line])));
      return columns[index].map(place);
    });
    this.svg.setAttribute("width", width);
    this.svg.setAttribute("height", height);
    this.svg.classList.toggle("many", numbers.length > PARALLEL.manyLines);
    this.build(hasMissing);
    this.paint();
  }

  y(fraction) {
    return Math.round(2 * (this.bottom - fraction * (this.bottom - PARALLEL.top))) / 2;
  }

  build(hasMissing) {
    const focused = this.svg.contains(document.activeElement) ? document.activeElement.id : null;
    this.svg.replaceChildren();
    const ranks = Array.from({ length: PARALLEL.nColours }, (_, index) => `rank-${index}`).reverse();
    const kinds = ["faded", ...ranks, "best", "hovered"]; // the last are drawn on top
    this.paths = kinds.map((kind) => svgElement("path", { class: `line ${kind}` }, this.svg));
    this.controls = this.axes.map((axis, index) => new ParallelBrush(this, axis, index));
    if (hasMissing) {
      svgElement("text", { x: 4, y: this.missingY + 3, class: "end" }, this.svg).textContent = "not set";
    }
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  isShown(line) {
    if (!this.isBrushing) return this.found === null || this.found[line];
    return this.axes.every((axis, index) => axis.admits(this.lines.columns[index][line]));
  }

  pathOf(line) {
    const points = this.xs.map((x, index) => `${x} ${this.ys[index][line]}`);
    return `M${points.join("L")}`;
  }

  /** Draw the lines of one colour as one path: thousands of elements would be slow. */
  paint() {
    const { colours, numbers } = this.lines;
    const pieces = Array.from({ length: PARALLEL.nColours + 1 }, () => new Set());
    for (let line = 0; line < numbers.length; line += 1) {
      const kind = this.isShown(line) ? PARALLEL.nColours - Number(colours[line]) : 0;
      pieces[kind].add(this.pathOf(line));
    }
    pieces.forEach((paths, index) => this.paths[index].setAttribute("d", [...paths].join("")));
    const best = this.bestLine();
    this.paths[PARALLEL.nColours + 1].setAttribute("d", best !== null && this.isShown(best) ? this.pathOf(best) : "");
    for (const control of this.controls) control.paint();
    this.showLine(null);
    this.showCount();
  }

  bestLine() {
    const objectives = this.lines.columns.at(-1);
    let best = null;
    objectives.forEach((objective, line) => {
      if (best === null || objective < objectives[best]) best = line;
    });
    return best;
  }

  showCount() {
    const { numbers, count } = this.lines;
    const write = (amount) => amount.toLocaleString("en");
    const noun = count === 1 ? "trial" : "trials";
    const part = numbers.length < count ? `${write(numbers.length)} of ` : "";
    const drawn = `${part}${write(count)} ${noun} with an objective`;
    const found = this.answer ? `, the filter finds ${write(this.answer.count)}` : "";
    const place = document.getElementById("parallel-count");
    if (place) place.textContent = drawn + found;
  }

  /** A brush has changed; `isDone`: the table is to follow. */
  brushed(axis, isDone) {
    this.changed.add(axis);
    clearTimeout(this.frame);
    if (!isDone) {
      this.frame = setTimeout(() => this.paint(), 0);
      return;
    }
    clearTimeout(this.keyTimer);
    this.keyTimer = null;
    let search = readSearch();
    for (const changed of this.changed) search = withConditions(search, changed, changed.conditions());
    this.changed.clear();
    askPage({ search: search || null, page: null });
    this.follow();
  }

  brushedByKey(axis) {
    clearTimeout(this.keyTimer);
    this.keyTimer = setTimeout(() => this.brushed(axis, true), PARALLEL.keyPauseMs);
    this.brushed(axis, false);
  }

  /** The line under the pointer comes to the fore, with its trial and values. */
  movePointer(event) {
    if (this.drag || !this.lines) return;
    this.justBrushed = false;
    const box = this.svg.getBoundingClientRect();
    this.showLine(this.lineAt(event.clientX - box.left, event.clientY - box.top), event.clientX - box.left);
  }

  lineAt(x, y) {
    const right = this.xs.findIndex((place) => place >= x);
    if (right < 1) return null;
    const share = (x - this.xs[right - 1]) / (this.xs[right] - this.xs[right - 1]);
    const [from, to] = [this.ys[right - 1], this.ys[right]];
    let nearest = null;
    let least = PARALLEL.hoverPixels;
    for (let line = 0; line < from.length; line += 1) {
      const distance = Math.abs(from[line] + share * (to[line] - from[line]) - y);
      if (distance < least && this.isShown(line)) [nearest, least] = [line, distance];
    }
    return nearest;
  }

  showLine(line, x = 0) {
    this.hovered = line;
    this.svg.classList.toggle("on-line", line !== null);
    this.paths.at(-1).setAttribute("d", line === null ? "" : this.pathOf(line));
    this.tip.hidden = line === null;
    if (line === null) return;
    const { numbers, columns } = this.lines;
    const texts = this.axes.map((axis, index) => {
      const value = columns[index][line];
      if (value === null) return null;
      return `${axis.name} ${axis.isSpaced ? axis.labels[value] : Number(value.toPrecision(4))}`;
    });
    this.tip.textContent = `trial ${numbers[line]}: ${texts.filter(Boolean).reverse().join(", ")}`;
    this.tip.style.left = `${Math.min(x, Math.max(0, this.host.scrollLeft + this.width - 260))}px`;
  }
}

async function fetchParallel(url) {
  const response = await fetch(url, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

let parallelChart = null;

function drawParallel() {
  const host = document.getElementById("chart-parallel");
  if (!host) return;
  const isSame = parallelChart?.url === host.dataset.linesUrl;
  if (!isSame) parallelChart = new ParallelChart(host);
  else if (parallelChart.host !== host) parallelChart.mount(host);
  parallelChart.load();
}

document.addEventListener("live:changed", drawParallel);
document.addEventListener("foretune:refreshed", () => {
  drawParallel();
  parallelChart?.follow();
});
drawParallel();
