// The side panel of an experiment's page: a row of the trial table opens in it, j and k go on, Escape closes it.
"use strict";

const IN_USE = "input, select, textarea, [contenteditable]";
const NOT_THE_ROW = "a, button, input, label, summary";
let wantedTrial = null;
let startedDownload = null; // the address of a bundle that was asked for here

const panelNow = () => document.getElementById("panel");
const rowLinks = () => [...document.querySelectorAll("#trial-rows a[data-trial]")];

/** Mark the row whose trial is open. */
function markRow(number) {
  for (const link of rowLinks()) {
    const isOpen = link.dataset.trial === number;
    link.closest("tr").classList.toggle("open", isOpen);
    if (isOpen) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

function putPanel(panel) {
  if (panelNow().contains(document.getSelection().anchorNode)) document.getSelection().removeAllRanges();
  show(panel);
  markRow(panel.dataset.number);
  document.dispatchEvent(new CustomEvent("live:changed"));
}

/** Fetch a trial's panel and show it; where that fails, the link leads to the trial's own page. */
async function openPanel(link) {
  const number = link.dataset.trial;
  wantedTrial = number;
  let page;
  try {
    const response = await fetch(`${link.pathname}/panel`);
    if (!response.ok) throw new Error(String(response.status));
    page = new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    location.assign(link.href);
    return false;
  }
  if (wantedTrial !== number) return false;
  setAddress(withChanges({ trial: number }));
  putPanel(document.importNode(page.getElementById("panel"), true));
  panelNow().scrollTop = 0;
  return true;
}

function closePanel() {
  const number = panelNow().dataset.number;
  wantedTrial = null;
  setAddress(withChanges({ trial: null }));
  const closed = document.createElement("aside");
  closed.id = "panel";
  closed.className = "panel";
  closed.hidden = true;
  closed.dataset.part = "";
  const hadFocus = panelNow().contains(document.activeElement);
  putPanel(closed);
  if (hadFocus) rowLinks().find((link) => link.dataset.trial === number)?.focus();
}

/** Open the row that many rows below the open one. */
async function stepRow(distance) {
  const links = rowLinks();
  const index = links.findIndex((link) => link.dataset.trial === panelNow().dataset.number);
  const link = index < 0 ? links[0] : links[index + distance];
  if (!link) return;
  link.scrollIntoView({ block: "nearest" });
  await openPanel(link);
}

const PANEL_BUTTONS = { previous: () => stepRow(-1), next: () => stepRow(1), close: closePanel };

document.addEventListener("click", async (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const button = event.target.closest("[data-panel]");
  const row = event.target.closest(NOT_THE_ROW) ? null : event.target.closest("#trial-rows tbody.trials tr");
  const link = event.target.closest("a[data-trial]") || row?.querySelector("a[data-trial]");
  const isMarkingText = row && !document.getSelection().isCollapsed;
  if (isMarkingText || !(button || link)) return;
  event.preventDefault();
  if (button) PANEL_BUTTONS[button.dataset.panel]();
  else if (await openPanel(link)) panelNow().focus({ preventScroll: true });
});

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.matches(IN_USE) && event.target.type !== "checkbox";
  const isModified = event.ctrlKey || event.metaKey || event.altKey;
  if (event.defaultPrevented || isTyping || isModified || panelNow().hidden) return;
  const press = { j: PANEL_BUTTONS.next, k: PANEL_BUTTONS.previous, Escape: closePanel }[event.key];
  if (!press) return;
  event.preventDefault();
  press();
});

/** A download that a worker has to pack first is asked for without leaving, and starts when it is there. */
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("form[data-stays]")) return;
  event.preventDefault();
  startedDownload = new URL(form.action).pathname;
  try {
    await fetch(form.action, { method: "POST", redirect: "manual" });
    await refresh();
  } catch {
    form.submit();
  }
});

document.addEventListener("live:changed", () => {
  const link = startedDownload && panelNow().querySelector(`a[download][href="${startedDownload}"]`);
  if (!link) return;
  startedDownload = null;
  link.click();
});
