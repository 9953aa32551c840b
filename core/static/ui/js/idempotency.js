// One press, one thing. The key itself is in the form, rendered by the server; this file stops
// the second press while the first is on its way, and gives the form back when it returns.
// It listens on the way down, before htmx hears of the event.
// What is typed meanwhile is carried into the form that an answer of htmx brings back with errors.
const SENT = "data-sent";
const TYPED = "textarea, input:not([type=hidden], [type=file], [type=checkbox], [type=radio], [type=password])";
const sentValues = new WeakMap();
let typedSince = [];

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.querySelector("[name=idempotency_key]")) return;
  if (form.hasAttribute(SENT)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.setAttribute(SENT, "");
  sentValues.set(form, new Map([...form.querySelectorAll(TYPED)].map((field) => [field.name, field.value])));
  form.setAttribute("aria-busy", "true");
  // After this event: a disabled button would not send its own name and value.
  setTimeout(() => disable(form, true));
}, true);

function disable(form, off) {
  for (const button of form.querySelectorAll("button:not([type=button]), input[type=submit]")) {
    button.disabled = off;
  }
}

function giveBack(form) {
  form.removeAttribute(SENT);
  form.removeAttribute("aria-busy");
  disable(form, false);
}

function giveAllBack() {
  for (const form of document.querySelectorAll(`form[${SENT}]`)) giveBack(form);
}

function addressOf(form) {
  return form.getAttribute("hx-post") ?? form.getAttribute("action");
}

document.addEventListener("htmx:before:swap", () => {
  for (const form of document.querySelectorAll(`form[${SENT}]`)) {
    for (const field of form.querySelectorAll(TYPED)) {
      if (field.value === sentValues.get(form)?.get(field.name)) continue;
      typedSince.push({ address: addressOf(form), name: field.name, value: field.value });
    }
  }
});

document.addEventListener("htmx:after:swap", () => {
  for (const form of document.querySelectorAll("form:has([aria-invalid=true], .form-errors)")) {
    for (const { address, name, value } of typedSince) {
      const field = address === addressOf(form) && form.querySelector(`:is(${TYPED})[name="${CSS.escape(name)}"]`);
      if (field) field.value = value;
    }
  }
  typedSince = [];
});

// Back button, and answers that htmx swapped in (an error keeps the form on the page).
window.addEventListener("pageshow", (event) => event.persisted && giveAllBack());
document.addEventListener("htmx:finally:request", giveAllBack);
