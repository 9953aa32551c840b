// 1, 2 and 3 answer the questions of a form one after the other: `data-scoring` on the form, radio
// buttons in fieldsets. What is answered can be changed with the mouse or the arrow keys.
function questions(form) {
  return [...form.querySelectorAll("fieldset")].map((set) => [...set.querySelectorAll("input[type=radio]")]);
}

function current(form) {
  const all = questions(form);
  const here = all.findIndex((radios) => radios.includes(document.activeElement));
  if (here >= 0 && !all[here].some((radio) => radio.checked)) return all[here];
  return all.find((radios) => !radios.some((radio) => radio.checked));
}

function answer(form, place) {
  const radio = current(form)?.[place];
  if (!radio) return false;
  radio.checked = true;
  radio.dispatchEvent(new Event("input", { bubbles: true }));
  const next = current(form);
  const target = next ? next[0] : form.querySelector("button:not([type=button])");
  target.focus();
  target.scrollIntoView({ block: "nearest" });
  return true;
}

document.addEventListener("keydown", (event) => {
  const form = document.querySelector("form[data-scoring]");
  const place = ["1", "2", "3"].indexOf(event.key);
  if (!form || place < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("textarea, select, input:not([type=radio])")) return;
  if (answer(form, place)) event.preventDefault();
});
