// "Notify me" on a running experiment: one notification of the browser when its search ends.
"use strict";

const ENDS = {
  completed: "The search is finished.",
  failed: "The search failed.",
  stopped: "The search was stopped.",
  paused: "The search is paused and waits for you.",
};
const notifyPart = () => document.getElementById("notify");
const notifyKey = () => `notify-${location.pathname}`;

function remember(isWanted) {
  try {
    if (isWanted) sessionStorage.setItem(notifyKey(), "yes");
    else sessionStorage.removeItem(notifyKey());
  } catch {
    // some browsers refuse: it holds until the page is loaded anew
  }
}

function isRemembered() {
  try {
    return sessionStorage.getItem(notifyKey()) !== null;
  } catch {
    return false;
  }
}

/** Show the button as it is: not pressed, pressed, or refused by the browser. live.js watches hidden pages, too. */
function showWish() {
  const button = notifyPart()?.querySelector("button");
  const isWanted = "watched" in document.documentElement.dataset;
  if (!button) return;
  button.hidden = false;
  button.setAttribute("aria-pressed", String(isWanted));
  if (Notification.permission === "denied") {
    button.disabled = true;
    button.textContent = "Notifications are blocked in this browser";
  }
}

function want(isWanted) {
  if (isWanted) document.documentElement.dataset.watched = "";
  else delete document.documentElement.dataset.watched;
  remember(isWanted);
  showWish();
}

/** Ask for permission, only now that it was asked for, and press or release the button. */
async function toggle(event) {
  const button = event.target.closest("#notify button");
  if (!button) return;
  const isWanted = button.getAttribute("aria-pressed") !== "true";
  const permission = isWanted ? await Notification.requestPermission() : "";
  want(permission === "granted");
}

/** The one notification, once the search has ended. */
function tellEnd() {
  showWish();
  const part = notifyPart();
  const text = ENDS[part?.dataset.state];
  if (!text || !("watched" in document.documentElement.dataset)) return;
  want(false);
  const notification = new Notification(part.dataset.name, { body: text, tag: notifyKey() });
  notification.addEventListener("click", () => window.focus());
}

if ("Notification" in window && window.isSecureContext && notifyPart()) {
  document.addEventListener("click", toggle);
  document.addEventListener("live:changed", tellEnd);
  const isOpen = !(notifyPart().dataset.state in ENDS);
  want(isOpen && isRemembered() && Notification.permission === "granted");
}
