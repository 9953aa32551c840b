// Clock chips tick by the server's clock, which may differ from this device's.
const TICK_MS = 30_000;
const MINUTES_PER_DAY = 24 * 60;
const words = document.getElementById("clock-words")?.dataset;

// A page that comes back from the browser's own store carries an old time: keep the first offset.
function serverOffset() {
  const [navigation] = performance.getEntriesByType("navigation");
  const kept = sessionStorage.getItem("desk-clock-offset");
  if (navigation?.type === "back_forward" && kept !== null) return Number(kept);
  const offset = Date.parse(document.documentElement.dataset.now) - Date.now() || 0;
  sessionStorage.setItem("desk-clock-offset", String(offset));
  return offset;
}

// Two units at most, as the `minutes` filter of the templates.
export function span(minutes, said) {
  const days = Math.floor(minutes / MINUTES_PER_DAY);
  const hours = Math.floor((minutes % MINUTES_PER_DAY) / 60);
  const parts = [[days, said.day], [hours, said.hour]];
  if (!days) parts.push([minutes % 60, said.minute]);
  const text = parts.filter(([n]) => n).map(([n, word]) => word.replace("%(n)s", n));
  return text.join(" ") || said.minute.replace("%(n)s", 0);
}

function tick(offset) {
  const now = Date.now() + offset;
  for (const chip of document.querySelectorAll("[data-due]")) {
    const left = Date.parse(chip.dataset.due) - now;
    const late = left < 0;
    // Never promise a minute that has already begun to run out.
    const minutes = Math.floor(Math.abs(left) / 60_000);
    const text = (late ? words.overdue : words.left).replace("%(span)s", span(minutes, words));
    chip.classList.toggle("clock--overdue", late);
    chip.classList.toggle("clock--left", !late);
    const place = chip.querySelector("[data-clock-text]");
    if (place.textContent !== text) place.textContent = text;
  }
}

if (words) {
  const offset = serverOffset();
  tick(offset);
  setInterval(() => tick(offset), TICK_MS);
  document.addEventListener("htmx:after:swap", () => tick(offset));
  document.addEventListener("visibilitychange", () => document.hidden || tick(offset));
}
