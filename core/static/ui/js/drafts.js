// What was typed survives a closed tab: forms with `data-draft="name"` are kept on this device.
// Secrets never are, a draft ends after twelve hours, on success, and when the person signs out.
const PREFIX = "desk-draft:";
const HOURS_KEPT = 12;
const SECRET = "[type=password], [type=file], [type=tel], [autocomplete=one-time-code], [data-draft-skip]";

function kept(field) {
  if (!field.name || field.matches(SECRET)) return false;
  return field.type !== "hidden" || field.hasAttribute("data-draft-keep");
}

function store(form) {
  const fields = {};
  for (const field of form.elements) {
    if (!kept(field)) continue;
    if (field.matches("[type=checkbox], [type=radio]")) {
      if (field.checked) (fields[field.name] ??= []).push(field.value);
    } else if (field.value) {
      fields[field.name] = [field.value];
    }
  }
  const key = PREFIX + form.dataset.draft;
  localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields }));
}

function restore(form) {
  const draft = read(PREFIX + form.dataset.draft);
  if (!draft || form.querySelector("[aria-invalid=true]")) return;
  for (const field of form.elements) {
    const values = kept(field) && draft.fields[field.name];
    if (!values) continue;
    if (field.matches("[type=checkbox], [type=radio]")) field.checked = values.includes(field.value);
    else field.value = values[0];
  }
  form.dispatchEvent(new CustomEvent("draft:restored", { bubbles: true }));
}

function read(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(key));
    if (draft && Date.now() - draft.at < HOURS_KEPT * 3_600_000) return draft;
  } catch {
    // An unreadable draft is no draft.
  }
  localStorage.removeItem(key);
  return null;
}

function keys() {
  return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
}

function begin() {
  for (const done of document.querySelectorAll("[data-draft-done]")) {
    localStorage.removeItem(PREFIX + done.dataset.draftDone);
  }
  for (const form of document.querySelectorAll("form[data-draft]:not([data-draft-ready])")) {
    form.dataset.draftReady = "";
    restore(form);
  }
}

const timers = new WeakMap();

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.draft) return;
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => form.isConnected && store(form), 300));
});

// Closing the tab inside those 300 ms must not lose the last words.
window.addEventListener("pagehide", () => {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    if (timers.has(form) && !form.hasAttribute("data-sent")) store(form);
  }
});

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-draft-wipe]")) keys().forEach((key) => localStorage.removeItem(key));
});

keys().forEach(read);
begin();
document.addEventListener("htmx:after:swap", begin);
