// Keeps the ticks of the trial table in the page's address, through sorting, paging and live updates.
"use strict";

const BOXES = "input[type=checkbox][name=trials]";

function readPicked() {
  const text = new URLSearchParams(location.search).get("picked") || "";
  return text.split(",").filter(Boolean);
}

/** An address with these trials ticked. */
function withPicked(address, picked) {
  const url = new URL(address, location.href);
  if (picked.length) url.searchParams.set("picked", picked.join(","));
  else url.searchParams.delete("picked");
  url.search = url.search.replaceAll("%2C", ",");
  return url;
}

function showTray(tray, picked) {
  const shown = [...document.querySelectorAll(BOXES)].map((box) => box.value);
  const isFull = picked.length >= Number(tray.dataset.most);
  tray.querySelector("input").value = picked.filter((number) => !shown.includes(number)).join(",");
  tray.querySelector("p").hidden = picked.length === 0;
  document.getElementById("picked-count").textContent = picked.length;
  document.getElementById("picked-full").hidden = !isFull;
}

/** Make boxes, tray, links and the live address say what the page's own address says. */
function showPicked() {
  const tray = document.getElementById("tray");
  const picked = readPicked();
  const isFull = picked.length >= Number(tray.dataset.most);
  for (const box of document.querySelectorAll(BOXES)) {
    box.checked = picked.includes(box.value);
    box.disabled = isFull && !box.checked;
    box.title = box.disabled ? tray.dataset.reason : "";
  }
  showTray(tray, picked);
  for (const link of document.querySelectorAll('main a[href^="?"]')) {
    const kept = link.id === "clear-picked" ? [] : picked;
    const url = withPicked(link.getAttribute("href"), kept);
    link.setAttribute("href", (url.search || "?") + url.hash);
  }
  document.getElementById("picked").value = picked.join(",");
  const page = document.querySelector("[data-live-url]");
  const live = withPicked(page.dataset.liveUrl, picked);
  page.dataset.liveUrl = live.pathname + live.search;
}

document.addEventListener("change", (event) => {
  const box = event.target;
  if (!box.matches(BOXES)) return;
  const others = readPicked().filter((number) => number !== box.value);
  const picked = box.checked ? [...others, box.value] : others;
  history.replaceState(null, "", withPicked(location.href, picked));
  showPicked();
});
document.addEventListener("live:changed", showPicked);
showPicked();
