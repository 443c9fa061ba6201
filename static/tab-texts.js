// Texts beside charts that are fetched like them: what is drawn, in words.
"use strict";

const tabTexts = new Map(); // by address, the last text: a part of the page that is replaced shows it at once

async function showTabText(place) {
  const url = place.dataset.textUrl;
  const version = `${url}#${place.dataset.version}`;
  if (!place.childElementCount && tabTexts.has(url)) place.replaceChildren(...tabTexts.get(url).cloneNode(true).childNodes);
  if (place.requested === version) return;
  place.requested = version;
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(String(response.status));
    const { body } = new DOMParser().parseFromString(await response.text(), "text/html");
    if (place.requested !== version) return;
    const isOpen = Boolean(place.querySelector("details[open]"));
    tabTexts.set(url, body);
    place.replaceChildren(...body.cloneNode(true).childNodes);
    if (isOpen) place.querySelector("details")?.setAttribute("open", "");
  } catch {
    place.requested = undefined; // the next live update asks again
  }
}

function showTabTexts() {
  for (const place of document.querySelectorAll("[data-text-url]")) showTabText(place);
}

document.addEventListener("live:changed", showTabTexts);
document.addEventListener("foretune:refreshed", showTabTexts);
showTabTexts();
