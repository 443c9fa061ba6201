// An experiment's page: what it shows stands in its address, which changes without loading the page anew.
"use strict";

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
  livePage.dataset.liveUrl = livePage.dataset.liveUrl.split("?")[0] + url.search;
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

/** Show what an address asks for: table, tab and panel. */
async function showAddress(url) {
  setAddress(url);
  let isShown;
  try {
    isShown = await refresh();
  } catch {
    return; // live.js says that the connection is lost, and tries again
  }
  if (isShown === false) location.reload(); // the server refuses: its page says why
  showQueryInFields();
  document.dispatchEvent(new CustomEvent("foretune:refreshed"));
}

const scrollToFirstRow = () => document.querySelector("#trial-rows .scroll")?.scrollTo({ top: 0 });

/** What a form asks for. A group of boxes counts only where one was changed. */
function readForm(form) {
  const changes = { page: null };
  const boxes = {};
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden") continue;
    if (field.type === "checkbox") (boxes[field.name] ??= []).push(field);
    else changes[field.name] = field.value;
  }
  for (const [name, group] of Object.entries(boxes)) {
    if (group.every((box) => box.checked === box.defaultChecked)) continue;
    const ticked = group.filter((box) => box.checked).map((box) => box.value);
    changes[name] = ticked.length ? ticked : null;
    for (const box of group) box.defaultChecked = box.checked;
  }
  return changes;
}

function followLink(event) {
  const isPlain = !(event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  const link = event.target.closest('main a[href^="?"]');
  if (!link || !isPlain || event.defaultPrevented) return;
  event.preventDefault();
  if (link.dataset.drops === undefined) {
    const url = new URL(link.href);
    const open = new URLSearchParams(location.search).get("trial"); // it may have been opened since
    if (open) url.searchParams.set("trial", open);
    else url.searchParams.delete("trial");
    showAddress(url).then(scrollToFirstRow);
    return;
  }
  const names = link.dataset.drops.split(" ");
  const url = withChanges(Object.fromEntries(names.map((name) => [name, null])));
  location.assign(url);
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
