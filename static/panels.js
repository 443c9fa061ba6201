// Fills each tab that is fetched on its own, again whenever a trial has ended or something else is chosen.
"use strict";

const RETRY_PANEL_AFTER_MS = 3000;

/** Show what was fetched, if it is new. The field that has the focus keeps it. */
function showPanel(panel, text) {
  if (panel.shown !== text) {
    const focused = panel.contains(document.activeElement) ? document.activeElement.id : "";
    panel.innerHTML = text;
    panel.shown = text;
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }
  for (const chart of panel.querySelectorAll(".chart")) chart.dataset.version = panel.dataset.version;
  document.dispatchEvent(new CustomEvent("live:changed")); // charts.js draws
}

async function fillPanel(panel) {
  const version = `${panel.dataset.panelUrl}#${panel.dataset.version}`;
  if (panel.requested === version) return;
  panel.requested = version;
  try {
    const response = await fetch(panel.dataset.panelUrl);
    if (!response.ok) throw new Error(String(response.status));
    const text = await response.text();
    if (panel.requested === version) showPanel(panel, text);
  } catch {
    if (!panel.shown) panel.textContent = "This could not be loaded. It will be tried again in a moment.";
    if (panel.requested !== version) return;
    panel.requested = null;
    setTimeout(() => panel.isConnected && fillPanel(panel), RETRY_PANEL_AFTER_MS);
  }
}

function fillPanels() {
  for (const panel of document.querySelectorAll("[data-panel-url]")) fillPanel(panel);
}

/** A choice in a panel: the address keeps it, and the panel follows at once. */
function choose(event) {
  const field = event.target.closest("[data-panel-url] [data-query]");
  if (!field) return;
  const panel = field.closest("[data-panel-url]");
  const url = new URL(panel.dataset.panelUrl, location.href);
  url.searchParams.set(field.name, field.value);
  panel.dataset.panelUrl = url.pathname + url.search;
  fillPanel(panel);
  document.dispatchEvent(new CustomEvent("foretune:query", { detail: { [field.name]: field.value } }));
}

document.addEventListener("change", choose);
document.addEventListener("live:changed", fillPanels);
fillPanels();
