// Ctrl and K: whatever this page can do or go to, found by typing a part of its name. Nothing is listed
// twice: the options are the links and buttons that stand on the page, in menus too, and are pressed there.
// What is done here comes before where one may go. Buttons of one row among many say too little here.
const PRESSED = [".ticket-head .row-actions :is(a, button)", ":is(a, button)[data-key]", ".rail__item[href]", ".tabs a, .chips > a", ".menu__list > a, .menu__item"];
const dialog = document.getElementById("palette");
const input = dialog.querySelector("input");
const list = dialog.querySelector("[role=listbox]");
const nothing = dialog.querySelector("[data-nothing]");
let options = [];

function nameOf(element) {
  const words = element.cloneNode(true);
  for (const extra of words.querySelectorAll("kbd, .count, .num")) extra.remove();
  return (element.dataset.keyLabel || words.textContent).trim().replace(/\s+/g, " ");
}

function found() {
  const known = new Map();
  for (const target of PRESSED.flatMap((each) => [...document.querySelectorAll(each)])) {
    const name = nameOf(target);
    const offered = name && !target.closest("dialog, [hidden], [data-dialog=palette]");
    if (offered && !known.has(name)) known.set(name, { name, target });
  }
  return [...known.values()];
}

function draw() {
  const typed = input.value.trim().toLowerCase();
  const rows = options.filter(({ name }) => name.toLowerCase().includes(typed)).map(row);
  list.replaceChildren(...rows);
  list.hidden = !rows.length;
  nothing.hidden = rows.length > 0;
  input.setAttribute("aria-expanded", String(rows.length > 0));
  choose(rows[0]);
}

function row({ name, target }, place) {
  const option = document.createElement("li");
  option.id = `palette-${place}`;
  option.className = "menu__item";
  option.setAttribute("role", "option");
  option.textContent = name;
  if (target.dataset.key) {
    const cap = document.createElement("kbd");
    cap.textContent = target.dataset.key.toUpperCase();
    option.append(cap);
  }
  option.addEventListener("click", () => {
    dialog.close();
    target.click();
  });
  return option;
}

function choose(option) {
  for (const each of list.children) each.setAttribute("aria-selected", String(each === option));
  input.setAttribute("aria-activedescendant", option?.id ?? "");
  option?.scrollIntoView({ block: "nearest" });
}

function chosen() {
  return list.querySelector("[aria-selected=true]");
}

function open() {
  options = found();
  input.value = "";
  if (!dialog.open) dialog.showModal();
  draw();
  input.focus();
}

const MOVES = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" };

input.addEventListener("input", draw);
input.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key in MOVES) choose(chosen()?.[MOVES[event.key]] ?? chosen());
  else if (event.key === "Enter") chosen()?.click();
  else return;
  event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  event.preventDefault();
  if (!document.querySelector("dialog[open]")) open();
});
// From the menu of the account, for who does not know the key.
document.addEventListener("click", (event) => event.target.closest('[data-dialog="palette"]') && open());
