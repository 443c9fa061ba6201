// The filter of the trial table: what can stand at the cursor, and a check before the table changes.

const filterForm = document.getElementById("filter");
const filterField = document.getElementById("search");
const optionList = document.getElementById("search-options");
const SIGN_CHARACTERS = "<>=!≤≥≠";
const JOINING = ["and", "or"];
const MAX_OPTIONS = 8;
let names = null; // of this experiment, once they are fetched
let namesRequest = null; // one for all keys typed meanwhile: a late answer would take back what was chosen
let shown = { options: [], start: 0, end: 0 }; // what the list offers, in place of which characters
let isChecked = false; // the form is sent on

const fold = (text) => text.trim().split(" ").filter(Boolean).join(" ").toLowerCase();

/** Cut a filter into words, signs and brackets, as app.domain.filters.tokens does. */
function readTokens(text) {
  const tokens = [];
  let index = 0;
  while (index < text.length) {
    const start = index;
    const character = text[index];
    const isSign = SIGN_CHARACTERS.includes(character);
    index += 1;
    if (character.trim() === "") continue;
    if (character === '"') {
      const end = text.indexOf('"', index);
      index = end < 0 ? text.length : end + 1;
    } else if (isSign) {
      if (text[index] === "=") index += 1;
    } else if (!"()".includes(character)) {
      while (index < text.length && text[index].trim() !== "" && !`()"${SIGN_CHARACTERS}`.includes(text[index])) index += 1;
    }
    const kind = isSign ? "sign" : "()".includes(character) ? "bracket" : "word";
    tokens.push({ kind, text: text.slice(start, index), start, end: index });
  }
  return tokens;
}

/** The name that ends with the last of some tokens, of as many words as possible. */
function nameBefore(tokens) {
  for (let first = 0; first < tokens.length; first += 1) {
    const words = tokens.slice(first);
    if (words.some((token) => token.kind !== "word")) continue;
    const text = fold(words.map((token) => token.text).join(" ").replaceAll('"', ""));
    const name = names.find((each) => [each.name, each.written].some((written) => fold(written.replaceAll('"', "")) === text));
    if (name) return name;
  }
  return null;
}

/** Those texts that begin with a word or have it inside, the former first. */
function matching(texts, word) {
  const begun = texts.filter((text) => fold(text).startsWith(word));
  const inside = texts.filter((text) => !begun.includes(text) && fold(text).includes(word));
  return [...begun, ...inside].slice(0, MAX_OPTIONS);
}

/** Names for the words before the cursor: as many of them as lead to one. */
function offerNames(words, cursor) {
  for (let first = 0; first < words.length; first += 1) {
    const text = fold(words.slice(first).map((token) => token.text).join(" "));
    const begun = names.filter((name) => [name.name, name.written].some((written) => fold(written).startsWith(text)));
    const inside = names.filter((name) => !begun.includes(name) && fold(name.name + " " + name.written).includes(text));
    const options = [...begun, ...(first === words.length - 1 ? inside : [])].map((name) => name.written);
    if (options.length) return { options: options.slice(0, MAX_OPTIONS), start: words[first].start, end: cursor };
  }
  return { options: [], start: cursor, end: cursor };
}

/** What can stand at the cursor: names, then signs, then values, then and/or. */
function findOptions(text) {
  const cursor = text.length;
  const tokens = readTokens(text);
  const last = tokens.at(-1);
  const isTouching = Boolean(last) && last.end === cursor && text[cursor - 1].trim() !== "";
  const isAfterSign = (token) => tokens[tokens.indexOf(token) - 1]?.kind === "sign";
  if (!last) return { options: names.slice(0, MAX_OPTIONS).map((name) => name.written), start: cursor, end: cursor };
  if (last.kind === "sign" || (last.kind === "word" && isTouching && isAfterSign(last))) {
    const end = last.kind === "sign" ? tokens.length - 1 : tokens.length - 2;
    const word = last.kind === "sign" ? "" : fold(last.text);
    const values = nameBefore(tokens.slice(0, end))?.values || [];
    const options = matching(values, word).filter((value) => fold(value) !== word);
    return { options, start: last.kind === "sign" ? cursor : last.start, end: cursor };
  }
  const edge = tokens.findLastIndex((token) => token.kind !== "word" || JOINING.includes(fold(token.text)));
  const words = tokens.slice(tokens[edge]?.kind === "sign" ? edge + 2 : edge + 1);
  const name = words.length ? nameBefore(words) : null;
  if (name) return { options: name.signs, start: cursor, end: cursor };
  if (words.length && isTouching) return offerNames(words, cursor);
  const isAfterCondition = words.length > 0 || tokens[edge]?.kind === "sign" || last.text === ")";
  if (isAfterCondition) return { options: isTouching ? [] : JOINING, start: cursor, end: cursor };
  return offerNames([{ text: "", start: cursor }], cursor);
}

function hideOptions() {
  optionList.hidden = true;
  filterField.setAttribute("aria-expanded", "false");
  filterField.removeAttribute("aria-activedescendant");
}

function showOptions(found) {
  shown = found;
  optionList.replaceChildren(
    ...found.options.map((text, index) => {
      const option = document.createElement("li");
      option.id = `search-option-${index}`;
      option.role = "option";
      option.textContent = text;
      option.ariaSelected = "false";
      return option;
    }),
  );
  if (!found.options.length) return hideOptions();
  optionList.hidden = false;
  filterField.setAttribute("aria-expanded", "true");
  filterField.removeAttribute("aria-activedescendant");
}

async function suggest() {
  namesRequest ??= fetch(`${filterForm.dataset.url}/filter-names`).then((response) => (response.ok ? response.json() : null));
  names ??= await namesRequest;
  if (!names || document.activeElement !== filterField) return;
  const cursor = filterField.selectionStart;
  const isInside = filterField.value.slice(cursor).trim() !== "";
  if (isInside) hideOptions();
  else showOptions(findOptions(filterField.value.slice(0, cursor)));
}

function moveTo(step) {
  const options = [...optionList.children];
  const current = options.findIndex((option) => option.ariaSelected === "true");
  const next = options.at((current + step + options.length + (current < 0 && step < 0 ? 1 : 0)) % options.length);
  for (const option of options) option.ariaSelected = String(option === next);
  filterField.setAttribute("aria-activedescendant", next.id);
  next.scrollIntoView({ block: "nearest" });
}

function accept(option) {
  const before = filterField.value.slice(0, shown.start);
  const gap = before && before.at(-1).trim() !== "" && before.at(-1) !== "(" ? " " : "";
  filterField.setRangeText(`${gap}${option.textContent} `, shown.start, shown.end, "end");
  suggest();
}

const activeOption = () => (optionList.hidden ? null : optionList.querySelector('[aria-selected="true"]'));

function handleKey(event) {
  const option = activeOption();
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (optionList.hidden) suggest();
    else moveTo(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Escape" && !optionList.hidden) {
    event.preventDefault();
    hideOptions();
  } else if (event.key === "Enter" && option) {
    event.preventDefault();
    accept(option);
  } else if (event.key === "Enter" || event.key === "Tab") {
    hideOptions();
  }
}

function clearProblem() {
  document.getElementById("search-error")?.remove();
  filterField.removeAttribute("aria-invalid");
  filterField.removeAttribute("aria-describedby");
}

/** Say under the field what is wrong, and offer what can stand there; the table stays as it is. */
function showProblem(problem) {
  clearProblem();
  const message = document.createElement("p");
  message.id = "search-error";
  message.className = "error";
  message.role = "alert";
  message.textContent = problem.message;
  for (const text of problem.offered.slice(0, MAX_OPTIONS)) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", () => {
      clearProblem();
      filterField.setRangeText(text, problem.start, problem.end, "end");
      filterField.focus();
    });
    message.append(" ", button);
  }
  filterForm.append(message);
  filterField.setAttribute("aria-invalid", "true");
  filterField.setAttribute("aria-describedby", "search-error");
  filterField.focus();
  filterField.setSelectionRange(problem.start, problem.end);
  hideOptions();
}

/** Ask what is wrong with the filter, and send the form on where nothing is. */
async function check(submitter) {
  filterField.value = filterField.value.trim();
  const query = new URLSearchParams(location.search);
  query.set("search", filterField.value);
  const response = await fetch(`${filterForm.dataset.url}/filter-check?${query}`).catch(() => null);
  const result = response?.ok ? await response.json() : { problem: null };
  if (result.problem) return showProblem(result.problem);
  clearProblem();
  if ("matching" in result) {
    document.getElementById("search-said").textContent = `${result.matching} of ${result.total} trials match`;
  }
  isChecked = true;
  filterForm.requestSubmit(submitter);
}

document.addEventListener(
  "submit",
  (event) => {
    if (event.target !== filterForm || isChecked) {
      isChecked = false;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    hideOptions();
    check(event.submitter);
  },
  true,
);
filterField.addEventListener("input", suggest);
filterField.addEventListener("focus", suggest);
filterField.addEventListener("keydown", handleKey);
filterField.addEventListener("blur", hideOptions);
optionList.addEventListener("mousedown", (event) => {
  event.preventDefault(); // the field keeps the focus
  const option = event.target.closest("[role=option]");
  if (option) accept(option);
});

/** Close what is open beside the field, except what an element is in. */
function closePopups(element) {
  for (const popup of filterForm.querySelectorAll(".popup[open]")) {
    if (!popup.contains(element)) popup.open = false;
  }
}

document.addEventListener("click", (event) => closePopups(event.target));
filterForm.addEventListener("keydown", (event) => {
  const popup = event.target.closest(".popup[open]");
  if (event.key !== "Escape" || !popup) return;
  closePopups(null);
  popup.querySelector("summary").focus();
});

/** A view is what the page shows when it is stored, not when it was loaded. */
document.addEventListener("submit", (event) => {
  if (!["save-view", "delete-view"].includes(event.target.id)) return;
  event.target.elements.namedItem("query").value = location.search;
});

/** A filter that came from elsewhere, such as a cell or a brush, stands in the field too. */
document.addEventListener("foretune:query", (event) => {
  if (!("search" in event.detail)) return;
  filterField.value = event.detail.search || "";
  clearProblem();
});
document.addEventListener("foretune:refreshed", () => {
  if (filterField.value === document.getElementById("filter-count").dataset.applied) clearProblem();
});

filterForm.querySelector("[name=last_search]")?.remove(); // what is sent from here on is checked first
Object.assign(filterField, { role: "combobox", ariaExpanded: "false", ariaAutoComplete: "list" });
filterField.setAttribute("aria-controls", optionList.id);
