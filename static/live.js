// Keeps a page up to date without reloading it: asks for the page's fragment every second and swaps in what changed.
"use strict";

const place = document.querySelector("[data-live-url]");
const PAUSE = 1000;
const PAUSE_WHEN_DONE = 5000;
let tag = null;

// what the server last said of each part: the page's own copy changes when charts are drawn and details opened
const shown = new Map([...document.querySelectorAll("[data-part]")].map((part) => [part.id, part.outerHTML]));

/** Replace a part when the server says something new; focus, open details and scrolling stay as they are. */
function swap(fresh) {
  const old = document.getElementById(fresh.id);
  if (!old || shown.get(fresh.id) === fresh.outerHTML) return;
  if (old.contains(document.activeElement) && document.activeElement.matches("input, select, textarea")) return;
  shown.set(fresh.id, fresh.outerHTML);
  const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const open = [...old.querySelectorAll("details[open][id]")].map((details) => details.id);
  const scrolled = [...old.querySelectorAll(".scroll")].map((box) => box.scrollLeft);
  old.replaceWith(fresh);
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  fresh.querySelectorAll(".scroll").forEach((box, number) => { box.scrollLeft = scrolled[number] || 0; });
  if (focused) fresh.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

/** Charts are not replaced: only their version changes, and charts.js draws them anew. */
function freshen(version) {
  const chart = document.getElementById(version.dataset.chart);
  if (chart) chart.dataset.version = version.dataset.version;
}

async function refresh() {
  const headers = tag ? { "If-None-Match": tag } : {};
  const answer = await fetch(place.dataset.liveUrl, { headers, cache: "no-store" });
  if (answer.status === 304 || !answer.ok) return;
  tag = answer.headers.get("ETag");
  const fragment = new DOMParser().parseFromString(await answer.text(), "text/html");
  fragment.querySelectorAll("[data-part]").forEach((part) => swap(document.importNode(part, true)));
  fragment.querySelectorAll("[data-chart]").forEach(freshen);
  const state = fragment.querySelector("[data-live-done]");
  if (state) place.dataset.liveDone = state.dataset.liveDone;
  document.dispatchEvent(new CustomEvent("live:changed"));
}

async function watch() {
  for (;;) {
    const done = place.dataset.liveDone === "true";
    await new Promise((resume) => setTimeout(resume, done ? PAUSE_WHEN_DONE : PAUSE));
    if (document.hidden) continue;
    try {
      await refresh();
    } catch {
      // the server is away for a moment: the next round asks again
    }
  }
}

if (place) watch();
