// Times: the server writes them in UTC, here they get the zone of the browser. Their title stays UTC.
"use strict";

const LOCAL_TIMES = "time[data-local]";
const twoDigits = (number) => String(number).padStart(2, "0");

/** A time as the server writes it, in the zone of the browser: 2026-11-28 19:02:05. */
function writeLocalTime(date) {
  const day = [date.getFullYear(), twoDigits(date.getMonth() + 1), twoDigits(date.getDate())];
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits);
  return `${day.join("-")} ${time.join(":")}`;
}

function showLocalTimes(root) {
  const times = [...root.querySelectorAll(LOCAL_TIMES)];
  if (root.matches(LOCAL_TIMES)) times.push(root);
  for (const time of times) {
    const date = new Date(time.dateTime);
    if (!Number.isNaN(date.getTime())) time.textContent = writeLocalTime(date);
  }
}

// Parts of the page are replaced while it is open: theirs are rewritten before they are painted.
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) {
      if (node.nodeType === Node.ELEMENT_NODE) showLocalTimes(node);
    }
  }
}).observe(document.body, { childList: true, subtree: true });
showLocalTimes(document.body);
