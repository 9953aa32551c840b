// Keys for people who never touch the mouse. `data-key="n"` on a link, button or field;
// `data-key-list` with `data-key-item` links for J and K. Silent while somebody types.
const MOVES = { j: 1, k: -1 };
// What a Chinese input method makes of the two signs.
const ALIKE = { "？": "?", "／": "/", "、": "/" };

function pressed(event) {
  const key = event.key === "Process" ? event.code.replace(/^Key/, "") : event.key;
  return ALIKE[key] ?? key.toLowerCase();
}

function typing(target) {
  return target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
}

function visible(element) {
  return element.getClientRects().length > 0 && !element.disabled;
}

function press(target) {
  if (target.matches("input, textarea, select")) {
    target.focus();
    target.select?.();
  } else {
    target.click();
    document.getElementById(target.dataset.keyThen)?.focus();
  }
}

function move(step) {
  const items = [...document.querySelectorAll("[data-key-list] [data-key-item]")].filter(visible);
  if (!items.length) return false;
  const here = items.indexOf(document.activeElement);
  const current = items.findIndex((item) => item.matches("[aria-current]"));
  const from = here >= 0 ? here : current;
  const next = from < 0 ? (step > 0 ? 0 : items.length - 1) : from + step;
  const item = items[Math.min(Math.max(next, 0), items.length - 1)];
  item.focus();
  item.scrollIntoView({ block: "nearest" });
  return true;
}

function nameOf(element) {
  const given = element.dataset.keyLabel || element.getAttribute("aria-label");
  if (given) return given;
  const words = element.cloneNode(true);
  for (const cap of words.querySelectorAll("kbd")) cap.remove();
  return words.textContent.trim();
}

function help() {
  const dialog = document.getElementById("keys-help");
  const list = dialog?.querySelector("[data-keys-list]");
  if (!list) return false;
  const rows = [...document.querySelectorAll("[data-key]")].filter(visible).map((element) => {
    return [[element.dataset.key], nameOf(element)];
  });
  rows.push([["j", "k"], list.dataset.move], [["Ctrl", "k"], list.dataset.palette], [["?"], list.dataset.help]);
  list.replaceChildren(...rows.flatMap(([keys, name]) => row(keys, name)));
  if (!dialog.open) dialog.showModal();
  return true;
}

function row(keys, name) {
  const term = document.createElement("dt");
  for (const key of keys) {
    const cap = document.createElement("kbd");
    cap.textContent = key.length > 1 ? key : key.toUpperCase();
    term.append(cap);
  }
  const what = document.createElement("dd");
  what.textContent = name;
  return [term, what];
}

function act(key) {
  if (key === "?") return help();
  if (key in MOVES) return move(MOVES[key]);
  const target = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(visible);
  if (target) press(target);
  return Boolean(target);
}

// Ctrl and Enter send the form one is in.
function send(event) {
  if (event.key !== "Enter" || event.isComposing || event.target.closest("a, button")) return false;
  const form = event.target.closest("form");
  form?.requestSubmit();
  return Boolean(form);
}

// Alt and the letter of `data-chord` press a button or a box while one goes on typing.
function chord(event) {
  if (!event.altKey || event.ctrlKey || event.metaKey) return false;
  const letter = event.code.replace(/^Key/, "").toLowerCase();
  const target = [...document.querySelectorAll(`[data-chord="${CSS.escape(letter)}"]`)].find(visible);
  target?.click();
  return Boolean(target);
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && send(event)) return event.preventDefault();
  if (chord(event)) return event.preventDefault();
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && typing(event.target)) return event.target.blur();
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  if (act(pressed(event))) event.preventDefault();
});

// The help dialog can also be opened from the menu; fill it before it shows.
document.addEventListener("click", (event) => {
  if (event.target.closest('[data-dialog="keys-help"]')) help();
}, true);
