// Opens <dialog> from `data-dialog="id"`. A link with it keeps its address for life without script.
// A dialog whose link has `hx-get` opens empty at once, so that no key goes astray, and is filled then.
const FIELD = "[autofocus], .dialog__body :is(input:not([type=hidden]), select, textarea)";

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const dialog = document.getElementById(opener.dataset.dialog);
  if (!dialog) return;
  event.preventDefault();
  const menu = opener.closest("details[open]");
  if (menu) menu.open = false;
  if (opener.hasAttribute("hx-get")) dialog.replaceChildren();
  if (!dialog.open) dialog.showModal();
  dialog.querySelector(FIELD)?.focus();
});

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

// What was asked for has come, or has not: an empty dialog would stand in the way.
function settle(event) {
  const dialog = document.getElementById(event.target.dataset?.dialog);
  if (!dialog?.open) return;
  if (dialog.childElementCount) dialog.querySelector(FIELD)?.focus();
  else dialog.close();
}

reveal();
document.addEventListener("htmx:finally:request", settle);
document.addEventListener("htmx:after:swap", reveal);
