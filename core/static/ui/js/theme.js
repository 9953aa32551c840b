// Theme and letter size without a reload. The forms work without this file: they POST the same.
const YEAR = 365 * 24 * 3600;
const DEFAULTS = { theme: "auto", type: "normal" };

function keep(name, value) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `desk_${name}=${value}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
}

function show(name, value) {
  const root = document.documentElement;
  if (value === DEFAULTS[name]) delete root.dataset[name];
  else root.dataset[name] = value;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (!form.matches("[data-display]") || !(button?.name in DEFAULTS)) return;
  event.preventDefault();
  keep(button.name, button.value);
  show(button.name, button.value);
  for (const other of form.querySelectorAll(`button[name=${button.name}]`)) {
    other.setAttribute("aria-pressed", String(other === button));
  }
});

// An open menu closes on Escape and on a click elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
