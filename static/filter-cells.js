// Cells of the trial table add to the filter: one button goes to the cell under the pointer, or by arrow keys.

const CELLS = "#trial-rows [data-filter]";
const adder = document.createElement("button");
adder.type = "button";
adder.className = "add-filter";
adder.id = "add-filter";
let place = { row: 0, column: 0 }; // where the button is in the table
let hasFocus = false;

/** Put the button into a cell, and let it say what it adds. */
function moveInto(cell) {
  const label = `Filter: ${cell.dataset.filter}`;
  adder.title = label;
  adder.ariaLabel = label;
  place = { row: cell.parentElement.rowIndex, column: cell.cellIndex };
  cell.append(adder);
}

/** The nearest cell with a value in a direction; null at the edge of the table. */
function neighbour(cell, rows, columns) {
  const table = cell.closest("table");
  let row = cell.parentElement.rowIndex + rows;
  let column = cell.cellIndex + columns;
  while (table.rows[row]?.cells[column]) {
    const candidate = table.rows[row].cells[column];
    if (candidate.matches("[data-filter]")) return candidate;
    row += rows;
    column += columns;
  }
  return null;
}

/** The applied filter and one more condition. */
function withCondition(search, condition) {
  if (!search || search === condition) return condition;
  const words = search.toLowerCase().split(" ");
  if (!words.includes("or")) return search.includes(condition) ? search : `${search} and ${condition}`;
  return `(${search}) and ${condition}`;
}

function addCondition(condition) {
  const applied = document.getElementById("filter-count").dataset.applied;
  const search = withCondition(applied, condition);
  const address = location.href;
  document.dispatchEvent(new CustomEvent("foretune:query", { detail: { search, page: null } }));
  if (location.href !== address || search === applied) return;
  const url = new URL(location.href); // nobody shows another query without loading the page anew
  url.searchParams.set("search", search);
  url.searchParams.delete("page");
  location.assign(url);
}

/** The button is one stop of the Tab key. A table that was replaced gets it back where it was. */
function putBack() {
  if (adder.isConnected) return;
  const row = document.querySelector("#trial-rows table")?.rows[place.row];
  const cell = row?.cells[place.column];
  const target = cell?.matches(CELLS) ? cell : document.querySelector(CELLS);
  if (!target) return;
  const hadFocus = hasFocus;
  moveInto(target);
  if (hadFocus) adder.focus({ preventScroll: true });
}

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

document.addEventListener("focusin", (event) => {
  hasFocus = event.target === adder;
});
document.addEventListener("pointerover", (event) => {
  const cell = event.target.closest?.(CELLS);
  if (cell && !hasFocus && !cell.contains(adder)) moveInto(cell);
});
adder.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  if (!step) return;
  event.preventDefault();
  const cell = neighbour(adder.closest(CELLS), ...step);
  if (!cell) return;
  moveInto(cell);
  adder.focus();
});
adder.addEventListener("click", (event) => {
  event.stopPropagation(); // a row may open on a click
  addCondition(adder.closest(CELLS).dataset.filter);
});
document.addEventListener("live:changed", putBack);
document.addEventListener("foretune:refreshed", putBack);
putBack();
