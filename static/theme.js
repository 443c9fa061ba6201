// The theme: that of the system, or light or dark as chosen in the header, where the browser remembers it.
// It runs in the head, after the stylesheets, so that the first picture has the right colours.
"use strict";

const THEME_KEY = "theme";
const IS_DARK = "(prefers-color-scheme: dark)";
const MEDIA = { system: IS_DARK, light: "not all", dark: "all" };
const darkRules = [...document.styleSheets]
  .flatMap((sheet) => [...sheet.cssRules])
  .filter((rule) => rule instanceof CSSMediaRule && rule.conditionText === IS_DARK);

function rememberedTheme() {
  try {
    const theme = localStorage.getItem(THEME_KEY);
    return theme in MEDIA ? theme : "system";
  } catch {
    return "system"; // some browsers refuse
  }
}

/** Let the rules for dark hold always, never, or as the system says. Charts are drawn anew. */
function applyTheme(theme) {
  for (const rule of darkRules) rule.media.mediaText = MEDIA[theme];
  document.documentElement.style.colorScheme = theme === "system" ? "" : theme;
  document.dispatchEvent(new CustomEvent("theme:changed"));
}

function chooseTheme(theme) {
  try {
    localStorage.setItem(THEME_KEY, theme);
  } catch {
    // it holds for this page alone
  }
  applyTheme(theme);
}

applyTheme(rememberedTheme());
document.addEventListener("DOMContentLoaded", () => {
  const select = document.getElementById("theme");
  if (!select) return;
  select.value = rememberedTheme();
  select.closest("label").hidden = false;
  select.addEventListener("change", () => chooseTheme(select.value));
  addEventListener("storage", (event) => {
    if (event.key !== THEME_KEY) return; // chosen in another tab
    select.value = rememberedTheme();
    applyTheme(select.value);
  });
});
