// What people see and touch of one axis: its labels, and a brush with a handle at either end.
"use strict";

const PARALLEL_HANDLE = {
  width: 15,
  height: 6,
  target: 24, // pixels: how large a thing to touch is at least
  letterWidth: 6.3,
};

class ParallelBrush {
  constructor(chart, axis, index) {
    this.chart = chart;
    this.axis = axis;
    this.index = index;
    this.x = chart.xs[index];
    this.room = (chart.xs[1] ?? this.x + 200) - chart.xs[0];
    this.group = svgElement("g", { class: "axis" }, chart.svg);
    svgElement("line", { x1: this.x, x2: this.x, y1: PARALLEL.top, y2: chart.bottom }, this.group);
    this.addLabels();
    const hit = { x: this.x - PARALLEL.hitWidth / 2, y: PARALLEL.top - 8, width: PARALLEL.hitWidth, height: chart.bottom - PARALLEL.top + 16 };
    this.area = svgElement("rect", { ...hit, class: "area" }, this.group);
    this.area.addEventListener("pointerdown", (event) => this.begin(event, this.modeAt(event)));
    this.range = svgElement("rect", { class: "range", x: this.x - 6, width: 12 }, this.group);
    this.handles = [0, 1].map((end) => this.addHandle(end));
  }

  addLabels() {
    const { axis, chart, x } = this;
    const most = Math.max(6, Math.floor(this.room / PARALLEL_HANDLE.letterWidth) - 1);
    const title = axis.name.length > most ? `${axis.name.slice(0, most - 1)}…` : axis.name;
    const element = this.addText(title, x, PARALLEL.titleY, "title");
    svgElement("title", {}, element).textContent = axis.name;
    if (axis.isSpaced) {
      const every = Math.ceil(axis.labels.length / 8);
      axis.labels.forEach((label, index) => {
        if (index % every) return;
        const shown = label.length > most - 3 ? `${label.slice(0, most - 4)}…` : label;
        this.addText(shown, x + 9, chart.y(axis.fraction(index)) + 3, "tick");
      });
      return;
    }
    const prefix = axis.isCut ? "≥ " : "";
    this.addText(prefix + this.format(1), x, PARALLEL.top - 6, "end");
    this.addText(this.format(0), x, chart.bottom + 13, "end");
    if (!axis.isWhole || axis.high - axis.low > 1) this.addText(this.format(0.5), x + 9, chart.y(this.middle()) + 3, "tick");
  }

  /** Where the number that the middle is rounded to stands. */
  middle() {
    return this.axis.fraction(Number(this.format(0.5)));
  }

  format(fraction) {
    const { axis } = this;
    const value = axis.valueAt(fraction);
    return String(Number(value.toPrecision(axis.isWhole ? 6 : 3)));
  }

  addText(text, x, y, kind) {
    const element = svgElement("text", { x, y, class: kind }, this.group);
    element.textContent = text;
    return element;
  }

  /** A handle is a slider: arrow keys move it, Delete takes the brush away. */
  addHandle(end) {
    const handle = svgElement("g", {
      id: `parallel-${this.index}-${end}`,
      class: "handle",
      role: "slider",
      tabindex: "0",
      "aria-label": `${this.axis.name}, ${end === 0 ? "from" : "to"}`,
      "aria-orientation": "vertical",
      "aria-valuemin": "0",
      "aria-valuemax": "100",
    }, this.group);
    const { target, width, height } = PARALLEL_HANDLE;
    const outwards = end === 0 ? -height / 2 : height / 2 - target; // inside, a drag draws another brush
    svgElement("rect", { class: "target", x: -target / 2, y: outwards, width: target, height: target }, handle);
    svgElement("rect", { class: "grip", x: -width / 2, y: -height / 2, width, height, rx: 2 }, handle);
    handle.addEventListener("pointerdown", (event) => this.begin(event, end));
    handle.addEventListener("keydown", (event) => this.pressKey(event, end));
    return handle;
  }

  get ends() {
    return this.axis.brush || [0, 1];
  }

  paint() {
    const { axis, chart } = this;
    const [low, high] = this.ends;
    this.group.classList.toggle("brushed", axis.brush !== null);
    this.range.setAttribute("y", chart.y(high));
    this.range.setAttribute("height", Math.max(2, chart.y(low) - chart.y(high)));
    this.handles.forEach((handle, end) => {
      const fraction = this.ends[end];
      handle.setAttribute("transform", `translate(${this.x} ${chart.y(fraction)})`);
      handle.setAttribute("aria-valuenow", String(Math.round(100 * fraction)));
      handle.setAttribute("aria-valuetext", axis.textAt(fraction, end));
    });
  }

  fractionAt(event) {
    const { chart } = this;
    const y = event.clientY - chart.svg.getBoundingClientRect().top;
    return Math.min(1, Math.max(0, (chart.bottom - y) / (chart.bottom - PARALLEL.top)));
  }

  /** What a drag that begins here does: move the brush, or draw another. */
  modeAt(event) {
    const at = this.fractionAt(event);
    const { brush } = this.axis;
    return brush && brush[0] <= at && at <= brush[1] ? "move" : "draw";
  }

  begin(event, mode) {
    if (event.button) return;
    event.preventDefault();
    event.stopPropagation();
    const { chart } = this;
    const start = this.fractionAt(event);
    const before = [...this.ends];
    chart.drag = true;
    chart.showLine(null);
    chart.svg.setPointerCapture(event.pointerId);
    let isMoved = false;
    const move = (moved) => {
      isMoved ||= Math.abs(moved.clientY - event.clientY) >= PARALLEL.clickPixels;
      if (!isMoved) return;
      this.axis.brush = this.dragged(mode, before, start, this.fractionAt(moved));
      chart.brushed(this.axis, false);
    };
    const end = () => {
      chart.svg.removeEventListener("pointermove", move);
      chart.svg.removeEventListener("pointerup", end);
      chart.svg.removeEventListener("pointercancel", end);
      chart.drag = false;
      chart.justBrushed = true;
      const isClick = !isMoved && typeof mode === "string";
      const hadBrush = this.axis.brush !== null;
      if (isClick) this.axis.brush = null;
      if (isMoved || (isClick && hadBrush)) chart.brushed(this.axis, true);
    };
    chart.svg.addEventListener("pointermove", move);
    chart.svg.addEventListener("pointerup", end);
    chart.svg.addEventListener("pointercancel", end);
  }

  /** The brush after a drag from one fraction to another; null: the whole axis. */
  dragged(mode, [low, high], start, at) {
    let ends = [Math.min(start, at), Math.max(start, at)];
    if (mode === "move") {
      const shift = Math.min(1 - high, Math.max(-low, at - start));
      ends = [low + shift, high + shift];
    }
    if (mode === 0) ends = [Math.min(at, high), Math.max(at, high)];
    if (mode === 1) ends = [Math.min(low, at), Math.max(low, at)];
    return this.withoutWhole(ends);
  }

  withoutWhole(ends) {
    const isWhole = ends[0] <= PARALLEL_AXIS.minFraction && ends[1] >= 1 - PARALLEL_AXIS.minFraction;
    return isWhole ? null : ends;
  }

  pressKey(event, end) {
    const step = this.axis.keyStep;
    const ends = [...this.ends];
    const steps = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 5, PageDown: -5 };
    if (event.key in steps) ends[end] += steps[event.key] * step;
    else if (event.key === "Home") ends[end] = end === 0 ? 0 : ends[0] + step;
    else if (event.key === "End") ends[end] = end === 0 ? ends[1] - step : 1;
    else if (["Delete", "Backspace", "Escape"].includes(event.key)) ends.splice(0, 2, 0, 1);
    else return;
    event.preventDefault();
    const least = this.axis.isSpaced ? step : 0;
    if (end === 0) ends[0] = Math.max(0, Math.min(ends[0], ends[1] - least));
    else ends[1] = Math.min(1, Math.max(ends[1], ends[0] + least));
    this.axis.brush = this.withoutWhole(ends);
    this.chart.brushedByKey(this.axis);
  }
}
