// Opens <dialog> from `data-dialog="id"`. A link with it keeps its address for life without script.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (!opener || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const dialog = document.getElementById(opener.dataset.dialog);
  if (!dialog) return;
  event.preventDefault();
  const menu = opener.closest("details[open]");
  if (menu) menu.open = false;
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("[autofocus], .dialog__body :is(input, select, textarea)")?.focus();
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

reveal();
document.addEventListener("htmx:after:swap", reveal);
