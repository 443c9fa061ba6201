// Keeps a page up to date: fetches its live parts every second and replaces those that changed.
"use strict";

const livePage = document.querySelector("[data-live-url]");
const PAUSE_MS = 1000;
const PAUSE_WHEN_DONE_MS = 5000;
const REQUEST_TIMEOUT_MS = 10000;
const FAILURES_UNTIL_LOST = 3;
const FIELDS = "input:not([type=checkbox]), select, textarea";
const TITLE_SUFFIX = " · Foretune";
let etag = null;
let lastAnnouncement = null;
let failures = 0; // polls in a row without an answer
let answeredAt = new Date();

// Each part as the server last sent it: the page's copy changes when charts are drawn and details opened.
const lastSent = new Map();
for (const part of document.querySelectorAll("[data-part]")) lastSent.set(part.id, part.outerHTML);

/** Whether somebody types in a part, or selects text in it: it is left alone for now. */
function isInUse(part) {
  const focused = document.activeElement;
  if (part.contains(focused) && focused.matches(FIELDS)) return true;
  const selection = document.getSelection();
  return Boolean(selection) && !selection.isCollapsed && part.contains(selection.anchorNode);
}

/** A selector that finds the focused element again in the part that replaces it. */
function selectorOf(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  if (element.hasAttribute("href")) return `[href="${CSS.escape(element.getAttribute("href"))}"]`;
  if (element.hasAttribute("formaction")) return `[formaction="${CSS.escape(element.getAttribute("formaction"))}"]`;
  if (element.form) return `form[action="${CSS.escape(element.form.getAttribute("action"))}"] button`;
  const details = element.parentElement;
  if (element.matches("summary") && details.id) return `#${details.id} > summary`;
  return element.localName;
}

/** Move what scripts have drawn into the part that replaces it: charts, their switches, [data-keep]. */
function keepDrawn(old, fresh) {
  for (const place of fresh.querySelectorAll(".chart[id], [data-keep][id]")) {
    const drawn = old.querySelector(`#${CSS.escape(place.id)}`);
    if (!drawn) continue;
    Object.assign(drawn.dataset, place.dataset);
    drawn.ariaLabel = place.ariaLabel;
    place.replaceWith(drawn);
  }
  for (const place of fresh.querySelectorAll(".switch")) {
    const chart = place.querySelector("[data-for]")?.dataset.for;
    const drawn = old.querySelector(`.switch:has([data-for="${chart}"])`);
    if (drawn && drawn.ariaLabel === place.ariaLabel) place.replaceWith(drawn);
  }
}

const scrolledBoxes = (part) => [part, ...part.querySelectorAll(".scroll")];

/** Replace a part by its newer version; focus, ticks, open details and scrolling stay as they are. */
function replace(old, fresh) {
  const focused = old.contains(document.activeElement) ? selectorOf(document.activeElement) : null;
  const open = [...old.querySelectorAll("details[open][id]")].map((details) => details.id);
  const ticked = [...old.querySelectorAll("input[type=checkbox][id]:checked")].map((box) => box.id);
  const scrolled = scrolledBoxes(old).map((box) => [box.scrollLeft, box.scrollTop]);
  keepDrawn(old, fresh);
  old.replaceWith(fresh);
  for (const id of ticked) {
    const box = document.getElementById(id);
    if (box) box.checked = true;
  }
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  scrolledBoxes(fresh).forEach((box, index) => {
    const [left, top] = scrolled[index] || [0, 0];
    if (left) box.scrollLeft = left; // even to 0 it would lay out the page
    if (top) box.scrollTop = top;
  });
  if (focused) fresh.querySelector(focused)?.focus({ preventScroll: true });
}

/** Show what the server says of a part now. False when that has to wait. */
function show(fresh) {
  const old = document.getElementById(fresh.id);
  if (!old || lastSent.get(fresh.id) === fresh.outerHTML) return true;
  if (isInUse(old)) return false;
  lastSent.set(fresh.id, fresh.outerHTML);
  replace(old, fresh);
  return true;
}

/** Charts are not replaced: only their version changes, and charts.js draws them anew. */
function updateVersion(version) {
  const chart = document.getElementById(version.dataset.chart);
  if (chart) chart.dataset.version = version.dataset.version;
}

/** The title of the tab, how often to ask, and what a screen reader is told when it changes. */
function updateTitle(state) {
  livePage.dataset.liveDone = state.dataset.liveDone;
  if (state.dataset.title) document.title = state.dataset.title + TITLE_SUFFIX;
  const announcement = state.dataset.said;
  if (lastAnnouncement !== null && lastAnnouncement !== announcement) {
    document.getElementById("said").textContent = announcement;
  }
  lastAnnouncement = announcement;
}

/** Show the banner of a page that says why the database cannot be read; the rest stays as it was. */
function showBannerOf(page) {
  etag = null;
  const banner = page.getElementById("banner");
  if (banner) show(document.importNode(banner, true));
  return true;
}

/** Start the download that was asked for on this page, once it is there. */
function startDownload() {
  if (location.hash !== "#download") return;
  const link = document.querySelector("a#download");
  if (!link) return;
  history.replaceState(null, "", location.pathname + location.search);
  link.click();
}

/** Say that nobody answers and how old the page is, or stop saying it. */
function showConnection() {
  const isLost = failures >= FAILURES_UNTIL_LOST;
  const line = document.getElementById("connection");
  document.documentElement.classList.toggle("lost", isLost);
  if (line.hidden === !isLost) return;
  const time = answeredAt.toLocaleTimeString("en-GB");
  if (isLost) line.textContent = `Connection lost, data from ${time}, trying again`;
  line.hidden = !isLost;
  document.getElementById("said").textContent = isLost ? line.textContent : "Connected again";
}

/** Ask for the live parts. Throws where no server answers, or one in front says that it is away. */
async function fetchParts() {
  const headers = etag ? { "If-None-Match": etag } : {};
  const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  const response = await fetch(livePage.dataset.liveUrl, { headers, cache: "no-store", signal });
  if ([502, 504].includes(response.status)) throw new Error(String(response.status));
  return response;
}

/** Show the live parts as they are now. False when the server refuses to answer. */
async function refresh() {
  const address = livePage.dataset.liveUrl;
  const response = await fetchParts();
  if (response.status === 401) location.reload(); // the access token has changed: the page asks for it
  if (response.status === 304) return true;
  if (!response.ok && response.status !== 503) return false;
  const fragment = new DOMParser().parseFromString(await response.text(), "text/html");
  if (response.status === 503) return showBannerOf(fragment);
  if (address !== livePage.dataset.liveUrl) return true; // the page asks for something else by now
  let areAllShown = true;
  for (const part of fragment.querySelectorAll("[data-part]")) {
    const isShown = show(document.importNode(part, true));
    areAllShown = areAllShown && isShown;
  }
  etag = areAllShown ? response.headers.get("ETag") : null; // a part that waits is fetched again
  fragment.querySelectorAll("[data-chart]").forEach(updateVersion);
  fragment.querySelectorAll("[data-live-done]").forEach(updateTitle);
  document.dispatchEvent(new CustomEvent("live:changed"));
  return true;
}

async function watch() {
  for (;;) {
    const isCalm = livePage.dataset.liveDone === "true" && failures === 0;
    await new Promise((resume) => setTimeout(resume, isCalm ? PAUSE_WHEN_DONE_MS : PAUSE_MS));
    if (document.hidden) continue;
    try {
      await refresh();
      failures = 0;
      answeredAt = new Date();
    } catch {
      failures += 1; // the next round asks again
    }
    showConnection();
  }
}

if (livePage) {
  document.addEventListener("live:changed", startDownload);
  startDownload();
  watch();
}
