// The search on /docs: only endpoints that have all its words stay.
"use strict";

const search = document.getElementById("search");
const found = document.getElementById("found");
const endpoints = [...document.querySelectorAll("[data-words]")];
const objects = document.getElementById("objects");

function showMatches() {
  const words = search.value.toLowerCase().split(" ").filter(Boolean);
  let count = 0;
  for (const endpoint of endpoints) {
    const matches = words.every((word) => endpoint.dataset.words.includes(word));
    endpoint.hidden = !matches;
    if (matches) count += 1;
  }
  for (const group of document.querySelectorAll(".endpoints")) {
    if (group !== objects) group.hidden = !group.querySelector("[data-words]:not([hidden])");
  }
  objects.hidden = words.length > 0;
  found.textContent = words.length ? `${count} of ${endpoints.length} endpoints` : "";
}

search.addEventListener("input", showMatches);
document.getElementById("api-search").hidden = false;
