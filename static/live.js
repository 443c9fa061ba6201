// Keeps a page up to date without reloading it: asks for the page's fragment every second and swaps in what changed.
"use strict";

const place = document.querySelector("[data-live-url]");
const PAUSE = 1000;
const PAUSE_WHEN_DONE = 5000;
const END_OF_TITLE = " · Foretune";
let tag = null;
let said = null;

// what the server last said of each part: the page's own copy changes when charts are drawn and details opened
const shown = new Map([...document.querySelectorAll("[data-part]")].map((part) => [part.id, part.outerHTML]));

/** Somebody types in a part, or marks text in it: it is left alone for now. */
function isInUse(part) {
  const focused = document.activeElement;
  if (part.contains(focused) && focused.matches("input:not([type=checkbox]), select, textarea")) return true;
  const selection = document.getSelection();
  return Boolean(selection) && !selection.isCollapsed && part.contains(selection.anchorNode);
}

/** A selector that finds the focused element again in the part that takes its place. */
function keyOf(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.hasAttribute("href")) return `[href="${CSS.escape(element.getAttribute("href"))}"]`;
  if (element.form) return `form[action="${CSS.escape(element.form.getAttribute("action"))}"] button`;
  return element.matches("summary") && element.parentElement.id ? `#${element.parentElement.id} > summary` : element.localName;
}

/** Put a part in the place of its older self; focus, ticks, open details and scrolling stay as they are. */
function replace(old, fresh) {
  const focused = old.contains(document.activeElement) ? keyOf(document.activeElement) : null;
  const open = [...old.querySelectorAll("details[open][id]")].map((details) => details.id);
  const ticked = [...old.querySelectorAll("input[type=checkbox][id]:checked")].map((box) => box.id);
  const scrolled = [...old.querySelectorAll(".scroll")].map((box) => box.scrollLeft);
  old.replaceWith(fresh);
  for (const id of ticked) if (document.getElementById(id)) document.getElementById(id).checked = true;
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  fresh.querySelectorAll(".scroll").forEach((box, number) => { box.scrollLeft = scrolled[number] || 0; });
  if (focused) fresh.querySelector(focused)?.focus({ preventScroll: true });
}

/** Show what the server says of a part now. False when that has to wait. */
function show(fresh) {
  const old = document.getElementById(fresh.id);
  if (!old || shown.get(fresh.id) === fresh.outerHTML) return true;
  if (isInUse(old)) return false;
  shown.set(fresh.id, fresh.outerHTML);
  replace(old, fresh);
  return true;
}

/** Charts are not replaced: only their version changes, and charts.js draws them anew. */
function freshen(version) {
  const chart = document.getElementById(version.dataset.chart);
  if (chart) chart.dataset.version = version.dataset.version;
}

/** The title of the tab, how often to ask, and what a screen reader is told when it changes. */
function note(state) {
  place.dataset.liveDone = state.dataset.liveDone;
  if (state.dataset.title) document.title = state.dataset.title + END_OF_TITLE;
  if (said !== null && said !== state.dataset.said) document.getElementById("said").textContent = state.dataset.said;
  said = state.dataset.said;
}

/** The database cannot be read: its page of words has a banner, which is shown here; the rest stays as it was. */
function warn(page) {
  tag = null;
  const banner = page.getElementById("banner");
  if (banner) show(document.importNode(banner, true));
}

async function refresh() {
  const headers = tag ? { "If-None-Match": tag } : {};
  const answer = await fetch(place.dataset.liveUrl, { headers, cache: "no-store" });
  if (answer.status === 401) location.reload(); // the access token has changed: the page asks for it
  if (answer.status === 304 || (!answer.ok && answer.status !== 503)) return;
  const fragment = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (answer.status === 503) return warn(fragment);
  const parts = [...fragment.querySelectorAll("[data-part]")].map((part) => document.importNode(part, true));
  const all = parts.map(show).every(Boolean);
  tag = all ? answer.headers.get("ETag") : null; // a part that waits is asked for again
  fragment.querySelectorAll("[data-chart]").forEach(freshen);
  fragment.querySelectorAll("[data-live-done]").forEach(note);
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
