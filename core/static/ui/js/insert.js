// A button with `data-insert="text"` writes it at the cursor of the field `data-insert-into` names.
// Hidden without script: the table beside the fields says what may be typed.
function reveal() {
  for (const button of document.querySelectorAll("[data-insert][hidden]")) button.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  const field = button && document.getElementById(button.dataset.insertInto);
  if (!field) return;
  field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

reveal();
document.addEventListener("htmx:after:swap", reveal);
