// What a screen reader is told while a page is live: one sentence at a time, and not more than it can read.
"use strict";

const PAUSE_BETWEEN_MS = 10000;
const KINDS = ["connection", "state", "failure", "best"]; // the most important first
const known = new Map(); // what was last heard of each kind
const waiting = new Map();
let saidAt = -PAUSE_BETWEEN_MS;
let nextTry = null;

/** Say the most important thing that waits. The end of a search names its best trial: nothing else waits then. */
function speak() {
  const kind = KINDS.find((one) => waiting.has(one));
  if (!kind) return;
  document.getElementById("said").textContent = waiting.get(kind);
  waiting.delete(kind);
  if (kind === "state") waiting.clear();
  saidAt = performance.now();
  plan();
}

/** Speak as soon as the pause is over; a newer text of the same kind takes the place of one that waits. */
function plan() {
  clearTimeout(nextTry);
  if (waiting.size) nextTry = setTimeout(speak, Math.max(0, saidAt + PAUSE_BETWEEN_MS - performance.now()));
}

document.addEventListener("live:say", ({ detail }) => {
  const { kind, text, isNews } = detail;
  const before = known.get(kind);
  known.set(kind, text);
  if (!text || before === text || (before === undefined && !isNews)) return;
  waiting.set(kind, text);
  plan();
});
