// What was typed survives a closed tab: forms with `data-draft="name"` are kept on this device, for
// whoever is signed in (`data-owner` of the page) and nobody else. Secrets never are. A draft ends after
// twelve hours, on success, when the person signs out and when somebody else signs in; when a sign-in has
// run out it moves into the tab where that shows, and ends with it.
const PREFIX = "desk-draft:";
const HOURS_KEPT = 12;
const OWNER = document.documentElement.dataset.owner ?? "";
// "p:" are residents' pages, "s:" those of staff: a device may know one of each.
const SITE = OWNER.slice(0, 2);
const SECRET = "[type=password], [type=file], [type=tel], [autocomplete=one-time-code], [data-draft-skip]";

// What is typed or chosen. A button says what pressing it means, and that is the page's to say.
const FIELD = "input:not([type=submit], [type=reset], [type=button], [type=image]), select, textarea";

function kept(field) {
  if (!field.name || !field.matches(FIELD) || field.matches(SECRET)) return false;
  return field.type !== "hidden" || field.hasAttribute("data-draft-keep");
}

let wiped = false;
const typedIn = new WeakSet();

// `sent` is when the form went out last: what is younger was typed while it was on its way.
function store(form, sent = sentAt(form), at = Date.now()) {
  if (wiped) return;
  typedIn.delete(form);
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
  localStorage.setItem(key, JSON.stringify({ at, by: OWNER, sent, fields }));
}

function sentAt(form) {
  return read(PREFIX + form.dataset.draft)?.sent ?? 0;
}

// A form that came back with errors holds what was sent; only what was typed since is newer.
function restore(form) {
  const draft = read(PREFIX + form.dataset.draft);
  if (!draft) return;
  if (form.querySelector("[aria-invalid=true]") && !(draft.sent && draft.at > draft.sent)) return;
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
    const draft = JSON.parse(localStorage.getItem(key) ?? sessionStorage.getItem(key));
    if (draft && Date.now() - draft.at < HOURS_KEPT * 3_600_000) {
      if (draft.by === OWNER) return draft;
      if (draft.by.slice(0, 2) !== SITE) return null;
      if (OWNER === SITE) return moveIntoTab(key, draft);
    }
  } catch {
    // An unreadable draft is no draft.
  }
  forget(key);
  return null;
}

function moveIntoTab(key, draft) {
  sessionStorage.setItem(key, JSON.stringify(draft));
  localStorage.removeItem(key);
  return null;
}

function forget(key) {
  localStorage.removeItem(key);
  sessionStorage.removeItem(key);
}

function keys() {
  const all = [...Object.keys(localStorage), ...Object.keys(sessionStorage)];
  return [...new Set(all)].filter((key) => key.startsWith(PREFIX));
}

function begin() {
  for (const done of document.querySelectorAll("[data-draft-done]")) {
    forget(PREFIX + done.dataset.draftDone);
  }
  for (const form of document.querySelectorAll("form[data-draft]:not([data-draft-ready])")) {
    form.dataset.draftReady = "";
    restore(form);
  }
  goOn(document.activeElement);
}

// Who comes back to their words goes on behind them, not before them.
function goOn(field) {
  if (!field?.matches("textarea[autofocus]") || field.selectionEnd > 0) return;
  field.setSelectionRange(field.value.length, field.value.length);
}

const timers = new WeakMap();

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.draft) return;
  typedIn.add(form);
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => form.isConnected && typedIn.has(form) && store(form), 300));
});

// Neither a closed tab, an answer nor another form in a dialog may lose the words of those 300 ms.
function storeAll() {
  for (const form of document.querySelectorAll("form[data-draft]")) if (typedIn.has(form)) store(form);
}

window.addEventListener("pagehide", storeAll);
document.addEventListener("htmx:before:swap", storeAll);
document.addEventListener("dialog:empty", storeAll);

document.addEventListener("submit", (event) => {
  const form = event.target;
  const now = Date.now();
  if (form.dataset.draft && (typedIn.has(form) || read(PREFIX + form.dataset.draft))) store(form, now, now);
  if (!form.matches("[data-draft-wipe]")) return;
  keys().forEach(forget);
  wiped = true;
});

keys().forEach(read);
begin();
document.addEventListener("htmx:after:swap", begin);
