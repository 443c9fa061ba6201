// An experiment's page: what it shows stands in its address, which changes without loading the page anew.
"use strict";

const KEPT_BY_SCRIPTS = ["picked", "trial"]; // picks.js and trial-panel.js change them
let refreshing = null; // the request that is under way

const trialForm = () => document.querySelector("form.filter");

/** The address of this page with parts of its query changed: null takes one away, a list repeats it. */
function withChanges(changes) {
  const url = new URL(location.href);
  for (const [name, change] of Object.entries(changes)) {
    url.searchParams.delete(name);
    for (const text of [change].flat()) {
      if (text !== null && text !== "") url.searchParams.append(name, text);
    }
  }
  return url;
}

/** Write an address into the browser's bar and the live region; the page itself stays. */
function setAddress(url) {
  url.hash = "";
  url.search = url.search.replaceAll("%2C", ",");
  history.replaceState(null, "", url.search ? url : url.pathname);
  const live = new URL(url);
  livePage.dataset.tab = live.searchParams.get("tab") || livePage.dataset.tab; // a new default changes nothing here
  live.searchParams.set("tab", livePage.dataset.tab);
  livePage.dataset.liveUrl = livePage.dataset.liveUrl.split("?")[0] + live.search;
}

/** Fields outside the live parts say what the address says, unless somebody types in them. */
function showQueryInFields() {
  const field = trialForm()?.elements.namedItem("search");
  if (!field) return;
  const search = new URLSearchParams(location.search).get("search") || "";
  if (field !== document.activeElement) field.value = search;
  const isWrong = Boolean(document.getElementById("search-error"));
  if (isWrong) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

/** Ask for the live parts until they are what the address says, which may change meanwhile. */
async function refreshUntilShown() {
  let asked;
  let isShown;
  do {
    asked = livePage.dataset.liveUrl;
    isShown = await refresh();
  } while (asked !== livePage.dataset.liveUrl);
  if (isShown === false) location.reload(); // the server refuses: its page says why
}

/** Show what an address asks for: table, tab and panel. One request at a time, the latest wins. */
async function showAddress(url) {
  setAddress(url);
  refreshing ??= refreshUntilShown().finally(() => {
    refreshing = null;
  });
  try {
    await refreshing;
  } catch {
    return; // live.js says that the connection is lost, and tries again
  }
  showQueryInFields();
  document.dispatchEvent(new CustomEvent("foretune:refreshed"));
}

const scrollToFirstRow = () => document.querySelector("#trial-rows .scroll")?.scrollTo({ top: 0 });

/** What a form asks for. A list and a group of boxes count only where they were changed. */
function readForm(form) {
  const changes = { page: null };
  const boxes = {};
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden") continue;
    const option = field.selectedOptions?.[0];
    if (field.type === "checkbox") (boxes[field.name] ??= []).push(field);
    else if (!option?.defaultSelected) changes[field.name] = field.value;
    for (const other of field.options ?? []) other.defaultSelected = other === option;
  }
  for (const [name, group] of Object.entries(boxes)) {
    if (group.every((box) => box.checked === box.defaultChecked)) continue;
    const ticked = group.filter((box) => box.checked).map((box) => box.value);
    changes[name] = ticked.length ? ticked : null;
    for (const box of group) box.defaultChecked = box.checked;
  }
  return changes;
}

/** What a link changes of the query that the table was drawn for: the address may be ahead of it. */
function readLink(link) {
  if (link.dataset.drops) return Object.fromEntries(link.dataset.drops.split(" ").map((name) => [name, null]));
  const shown = new URL(livePage.dataset.shownUrl, location.href).searchParams;
  const asked = new URL(link.href).searchParams;
  const changes = {};
  for (const name of new Set([...shown.keys(), ...asked.keys()])) {
    const isChanged = asked.getAll(name).join() !== shown.getAll(name).join();
    if (isChanged && !KEPT_BY_SCRIPTS.includes(name)) changes[name] = asked.has(name) ? asked.getAll(name) : null;
  }
  return changes;
}

function followLink(event) {
  const isPlain = !(event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  const link = event.target.closest('main a[href^="?"]');
  if (!link || !isPlain || event.defaultPrevented) return;
  event.preventDefault();
  const url = withChanges(readLink(link));
  if (link.dataset.reload === undefined) showAddress(url).then(scrollToFirstRow);
  else location.assign(url);
}

/** Menus close when something else is pressed, and a link to a folded part opens it. */
function closeMenus(event) {
  const link = event.target.closest?.('.menu a[href^="#"]');
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (link || !menu.contains(event.target)) menu.open = false;
  }
  const target = link && document.getElementById(link.hash.slice(1));
  for (let parent = target; parent; parent = parent.parentElement?.closest("details")) {
    if (parent.matches("details")) parent.open = true;
  }
}

livePage.dataset.shownUrl = location.href;
document.addEventListener("click", closeMenus);
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (!menu) return;
  event.preventDefault();
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("foretune:query", (event) => showAddress(withChanges(event.detail)));
document.addEventListener("click", followLink);
document.addEventListener("submit", (event) => {
  if (event.target !== trialForm()) return;
  event.preventDefault();
  showAddress(withChanges(readForm(event.target))).then(scrollToFirstRow);
});
