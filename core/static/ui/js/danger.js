// A form with `data-danger-at` asks that address, while somebody writes in it, whether the words tell of
// danger to life, and shows its `[data-danger]`. The words go there and nowhere else; nothing is kept.
const ASK_MS = 600;
const timers = new WeakMap();

async function ask(form) {
  const place = form.querySelector("[data-danger]");
  const typed = new FormData();
  for (const field of form.querySelectorAll("textarea, [name=csrfmiddlewaretoken]")) {
    typed.append(field.name, field.value);
  }
  try {
    const answer = await fetch(form.dataset.dangerAt, { method: "POST", body: typed, redirect: "error" });
    if (answer.status === 200) place.hidden = false;
    else if (answer.status === 204) place.hidden = true;
  } catch {
    // Without a network the form is sent later, and is answered then.
  }
}

function soon(form) {
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => ask(form), ASK_MS));
}

document.addEventListener("input", (event) => {
  if (event.target.matches("textarea") && event.target.form?.dataset.dangerAt) soon(event.target.form);
});

// What a draft brought back is read as well.
for (const form of document.querySelectorAll("form[data-danger-at]")) if (form.querySelector("textarea")?.value) soon(form);
document.addEventListener("draft:restored", (event) => event.target.dataset.dangerAt && soon(event.target));
