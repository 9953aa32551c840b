// Opens <dialog> from `data-dialog="id"`. A link with it keeps its address for life without script.
// A dialog whose link has `hx-get` opens empty at once, so that no key goes astray, and is filled then.
const FIELD = "[autofocus], .dialog__body :is(input:not([type=hidden]), select, textarea)";

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const dialog = document.getElementById(opener.dataset.dialog);
  if (!dialog) return;
  if (opener.hasAttribute("hx-get") && !window.htmx) return; // nothing would fill it: its page has the form
  event.preventDefault();
  const menu = opener.closest("details[open]");
  if (menu) menu.open = false;
  if (opener.hasAttribute("hx-get")) empty(dialog);
  if (!dialog.open) dialog.showModal();
  dialog.querySelector(FIELD)?.focus();
});

// What was typed in it a moment ago is kept before it goes.
function empty(dialog) {
  dialog.dispatchEvent(new CustomEvent("dialog:empty", { bubbles: true }));
  dialog.replaceChildren();
}

// A click on the veil closes, unless something was typed.
document.addEventListener("click", (event) => {
  const dialog = event.target;
  if (!(dialog instanceof HTMLDialogElement) || !dialog.open) return;
  const typed = [...dialog.querySelectorAll("textarea, input[type=text], input:not([type])")];
  if (typed.every((field) => field.value === field.defaultValue)) dialog.close();
});

function reveal() {
  for (const opener of document.querySelectorAll("button[data-dialog][hidden]")) {
    opener.hidden = false;
  }
  for (const dialog of document.querySelectorAll("dialog:not([open])")) {
    if (dialog.querySelector("[aria-invalid=true], .form-errors")) dialog.showModal();
  }
}

function dialogOf(event) {
  return document.getElementById(event.target.dataset?.dialog);
}

// Of two buttons pressed in turn the second is meant (`hx-sync`): the first one's end is none of the dialog's.
const asked = new WeakMap();

function ask(event) {
  const dialog = dialogOf(event);
  if (dialog) asked.set(dialog, event.detail.ctx);
}

// What was asked for has come, or has not: an empty dialog would stand in the way.
function settle(event) {
  const dialog = dialogOf(event);
  if (!dialog?.open || asked.get(dialog) !== event.detail.ctx) return;
  if (dialog.childElementCount) dialog.querySelector(FIELD)?.focus();
  else dialog.close();
}

reveal();
document.addEventListener("htmx:before:request", ask);
document.addEventListener("htmx:finally:request", settle);
document.addEventListener("htmx:after:swap", reveal);
