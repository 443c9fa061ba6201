// One axis of parallel coordinates: its scale, and the stretch of it that is brushed. Also their measures.
"use strict";

const PARALLEL_SVG = "http://www.w3.org/2000/svg";
const PARALLEL = {
  titleY: 11,
  top: 31, // above the axes: their titles and upper ends
  bottom: 16, // below them: their lower ends
  missingHeight: 18, // below that, where a trial has no value
  side: 54,
  minDistance: 92,
  hitWidth: 30, // of an axis, for a pointer
  clickPixels: 3, // a shorter drag is a click
  hoverPixels: 6, // how near to a line the pointer must be
  keyPauseMs: 400, // after the last key, before the table is asked for
  calmMs: 10000, // between two drawings of a search that goes on, of many trials
  manyLines: 1000,
  retryMs: 3000,
  retryText: "The trials could not be loaded. It will be tried again in a moment.",
  nColours: 5,
};

function svgElement(name, attributes = {}, parent = null) {
  const element = document.createElementNS(PARALLEL_SVG, name);
  for (const [key, text] of Object.entries(attributes)) element.setAttribute(key, text);
  parent?.append(element);
  return element;
}

const PARALLEL_AXIS = {
  minFraction: 0.004, // of an axis: a brush that comes so near to an end is open there
  keyStep: 0.02,
  maxSingleSteps: 50, // whole numbers on an axis that arrow keys go through one by one
  spread: 0.4, // of the distance between two spaced values: the width of the lines at one
  goldenRatio: 0.618, // steps of this size keep the lines of successive trials apart
};

class ParallelAxis {
  /** spec: see app.web.charts.parallel. The brush is a pair of fractions of the axis, or null. */
  constructor(spec) {
    Object.assign(this, spec);
    this.brush = null;
    this.isSpaced = Array.isArray(spec.values);
    this.isFlag = this.isSpaced && spec.values.every((value) => value === "true" || value === "false");
  }

  /** Where a value is, from 0 to 1; `number`: of the trial, for lines through the same spaced value. */
  fraction(value, number = 0) {
    if (this.isSpaced) {
      const offset = ((number * PARALLEL_AXIS.goldenRatio) % 1) - 0.5;
      return (value + 0.5 + (number ? PARALLEL_AXIS.spread * offset : 0)) / this.values.length;
    }
    if (this.high <= this.low) return 0.5;
    const fraction = this.isLog
      ? Math.log(value / this.low) / Math.log(this.high / this.low)
      : (value - this.low) / (this.high - this.low);
    return Math.min(1, Math.max(0, fraction));
  }

  /** The number at a fraction of a range. */
  valueAt(fraction) {
    const ratio = this.high / this.low;
    const value = this.isLog ? this.low * ratio ** fraction : this.low + fraction * (this.high - this.low);
    return this.isWhole ? Math.round(value) : value;
  }

  /** The indices of the spaced values in the brush: the first and the last. */
  brushedIndices() {
    const count = this.values.length;
    const [low, high] = this.brush;
    const first = Math.max(0, Math.ceil(low * count - 0.5));
    const last = Math.min(count - 1, Math.floor(high * count - 0.5));
    if (first <= last) return [first, last];
    const nearest = Math.min(count - 1, Math.floor(((low + high) / 2) * count));
    return [nearest, nearest];
  }

  /** What the brush says in the words of the filter. */
  conditions() {
    if (!this.brush) return [];
    return this.isSpaced ? this.spacedConditions() : this.rangeConditions();
  }

  spacedConditions() {
    const [first, last] = this.brushedIndices();
    const term = (sign, index) => `${quoteTerm(this.name)} ${sign} ${quoteTerm(this.values[index])}`;
    if (first === last) return [term("=", first)];
    if (this.isNumber) {
      const lower = first > 0 ? [term(">=", first)] : [];
      const upper = last < this.values.length - 1 ? [term("<=", last)] : [];
      return [...lower, ...upper];
    }
    const indices = [...this.values.keys()];
    return indices.filter((index) => index < first || index > last).map((index) => term("!=", index));
  }

  rangeConditions() {
    const [low, high] = this.brush;
    const name = quoteTerm(this.name);
    const conditions = [];
    if (low > PARALLEL_AXIS.minFraction) conditions.push(`${name} >= ${this.write(this.valueAt(low))}`);
    if (high < 1 - PARALLEL_AXIS.minFraction) conditions.push(`${name} <= ${this.write(this.valueAt(high))}`);
    return conditions;
  }


  /** A number as short as the axis allows: finer than a pixel. */
  write(value) {
    if (this.isWhole) return String(value);
    if (this.isLog) return String(Number(value.toPrecision(3)));
    const step = (this.high - this.low) / 1000;
    const decimals = Math.min(12, Math.max(0, Math.ceil(-Math.log10(step || 1))));
    return String(Number(value.toFixed(decimals)));
  }

  /** Brush what the conditions of a filter on this axis say, as far as a brush can. */
  readConditions(conditions) {
    this.brush = null;
    if (!conditions.length) return;
    this.brush = this.isSpaced ? this.readSpaced(conditions) : this.readRange(conditions);
  }

  readSpaced(conditions) {
    const count = this.values.length;
    const indices = [...this.values.keys()].filter((index) =>
      conditions.every((condition) => holds(this, this.values[index], condition)),
    );
    if (!indices.length) return null;
    const [first, last] = [indices[0], indices.at(-1)];
    const hasGap = last - first + 1 !== indices.length;
    return hasGap || indices.length === count ? null : [first / count, (last + 1) / count];
  }

  readRange(conditions) {
    let [low, high] = [0, 1];
    for (const { sign, value } of conditions) {
      const number = Number(value);
      if (Number.isNaN(number) || sign === "!=") return null;
      const isOutside = this.isLog && number <= 0;
      const fraction = isOutside ? 0 : this.fraction(number);
      if (sign !== "<" && sign !== "<=") low = Math.max(low, fraction);
      if (sign !== ">" && sign !== ">=") high = Math.min(high, fraction);
    }
    return low === 0 && high === 1 ? null : [low, Math.max(low, high)];
  }

  /** Whether the brush holds a line's value; null: the trial has none. */
  admits(value) {
    if (!this.brush) return true;
    if (value === null) return false;
    if (this.isSpaced) {
      const [first, last] = this.brushedIndices();
      return first <= value && value <= last;
    }
    const fraction = this.fraction(value);
    const [low, high] = this.brush;
    return fraction >= low - 1e-6 && fraction <= high + 1e-6;
  }

  /** How far an arrow key moves a handle. */
  get keyStep() {
    if (this.isSpaced) return 1 / this.values.length;
    const count = this.high - this.low;
    return this.isWhole && !this.isLog && count <= PARALLEL_AXIS.maxSingleSteps ? 1 / count : PARALLEL_AXIS.keyStep;
  }

  /** What a handle at a fraction says. `end`: 0 for the lower one, 1 for the upper one. */
  textAt(fraction, end) {
    if (!this.isSpaced) return this.write(this.valueAt(fraction));
    const position = fraction * this.values.length;
    const index = end === 0 ? Math.ceil(position - 0.5) : Math.floor(position - 0.5);
    return this.labels[Math.min(this.values.length - 1, Math.max(0, index))];
  }
}
