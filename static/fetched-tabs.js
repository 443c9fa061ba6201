// Fills what a tab fetches on its own, again whenever a trial has ended or something else is chosen.
"use strict";

const RETRY_TAB_AFTER_MS = 3000;

/** Show what was fetched, if it is new. The field that has the focus keeps it, and what is open stays so. */
function showContent(content, text) {
  if (content.shown !== text) {
    const focused = content.contains(document.activeElement) ? document.activeElement.id : "";
    const isOpen = Boolean(content.querySelector("details[open]"));
    content.innerHTML = text;
    content.shown = text;
    if (isOpen) content.querySelector("details")?.setAttribute("open", "");
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }
  for (const chart of content.querySelectorAll(".chart")) chart.dataset.version = content.dataset.version;
  document.dispatchEvent(new CustomEvent("live:changed")); // charts.js draws
}

async function fetchTab(content) {
  const version = `${content.dataset.tabUrl}#${content.dataset.version}`;
  if (content.requested === version) return;
  content.requested = version;
  try {
    const response = await fetch(content.dataset.tabUrl);
    if (!response.ok) throw new Error(String(response.status));
    const text = await response.text();
    if (content.requested === version) showContent(content, text);
  } catch {
    if (!content.shown) content.textContent = "This could not be loaded. It will be tried again in a moment.";
    if (content.requested !== version) return;
    content.requested = null;
    setTimeout(() => content.isConnected && fetchTab(content), RETRY_TAB_AFTER_MS);
  }
}

function fetchTabs() {
  for (const content of document.querySelectorAll("[data-tab-url]")) fetchTab(content);
}

/** A choice in a tab: the address keeps it, and the tab follows at once. */
function choose(event) {
  const field = event.target.closest("[data-tab-url] [data-query]");
  if (!field) return;
  const content = field.closest("[data-tab-url]");
  const url = new URL(content.dataset.tabUrl, location.href);
  url.searchParams.set(field.name, field.value);
  content.dataset.tabUrl = url.pathname + url.search;
  fetchTab(content);
  document.dispatchEvent(new CustomEvent("foretune:query", { detail: { [field.name]: field.value } }));
}

document.addEventListener("change", choose);
document.addEventListener("live:changed", fetchTabs);
fetchTabs();
