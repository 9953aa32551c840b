// One press, one thing. The key itself is in the form, rendered by the server; this file stops
// the second press while the first is on its way, and gives the form back when it returns.
// It listens on the way down, before htmx hears of the event.
const SENT = "data-sent";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.querySelector("[name=idempotency_key]")) return;
  if (form.hasAttribute(SENT)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.setAttribute(SENT, "");
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

// Back button, and answers that htmx swapped in (an error keeps the form on the page).
window.addEventListener("pageshow", (event) => event.persisted && giveAllBack());
document.addEventListener("htmx:finally:request", giveAllBack);
