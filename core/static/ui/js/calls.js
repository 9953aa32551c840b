// Calls come up by themselves in `#call`, above what one is doing and without touching it: nothing is
// opened until the agent opens it. A form with `data-kept-at` is kept on the server while it is typed,
// so that any other window of the agent goes on with it.
const ASK_MS = 2000;
const HIDDEN_MS = 10_000;
const LONGEST_MS = 60_000;
const KEEP_MS = 500;
const box = document.getElementById("call");
let failures = 0;
let timer;

function later() {
  const pause = Math.min((document.hidden ? HIDDEN_MS : ASK_MS) * 2 ** failures, LONGEST_MS);
  clearTimeout(timer);
  // Not all windows at the same moment.
  timer = setTimeout(ask, pause * (0.9 + Math.random() / 5));
}

async function ask() {
  const seen = box.querySelector("[data-calls-seen]")?.dataset.callsSeen ?? "";
  try {
    const answer = await fetch(`${box.dataset.calls}?seen=${seen}`, { redirect: "manual" });
    if (answer.status === 200) show(await answer.text());
    // Signed out, or no longer allowed: this page asks no more.
    if (answer.type === "opaqueredirect" || answer.status === 403) return;
    failures = answer.status >= 500 ? failures + 1 : 0;
  } catch {
    failures += 1;
  }
  later();
}

function show(fragment) {
  const focused = box.contains(document.activeElement) && document.activeElement.id;
  box.replaceChildren(document.createRange().createContextualFragment(fragment));
  window.htmx?.process(box);
  if (focused) document.getElementById(focused)?.focus();
}

if (box) {
  later();
  document.addEventListener("visibilitychange", () => document.hidden || ask());
  // What was done in the bar shows at once.
  document.addEventListener("htmx:finally:request", (event) => box.contains(event.target) && ask());
}

const waiting = new WeakMap();

function say(form, what) {
  const place = form.querySelector("[data-kept-state]");
  if (place) place.textContent = place.dataset[what];
}

async function keep(form) {
  if (!form.isConnected || form.hasAttribute("data-sent")) return;
  waiting.delete(form);
  const typed = new FormData(form);
  for (const field of form.querySelectorAll("[type=file]")) typed.delete(field.name);
  try {
    const answer = await fetch(form.dataset.keptAt, { method: "POST", body: typed, keepalive: true });
    if (answer.status === 404) return say(form, "ended");
    if (!answer.ok) throw new Error(answer.status);
    say(form, "kept");
  } catch {
    say(form, "failed");
    soon(form, 5000);
  }
}

function soon(form, pause = KEEP_MS) {
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => keep(form), pause));
}

document.addEventListener("input", (event) => event.target.form?.dataset.keptAt && soon(event.target.form));
document.addEventListener("change", (event) => event.target.form?.dataset.keptAt && soon(event.target.form));
// Closing the window inside that half second must not lose the last words.
window.addEventListener("pagehide", () => {
  for (const form of document.querySelectorAll("form[data-kept-at]")) if (waiting.has(form)) keep(form);
});
// Another page in the same window, before the old form is taken away.
document.addEventListener("htmx:before:swap", () => {
  for (const form of document.querySelectorAll("form[data-kept-at]")) if (waiting.has(form)) keep(form);
});
