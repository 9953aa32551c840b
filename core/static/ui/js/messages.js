// Messages can be put away, and the first thing that needs attention gets the focus.
const READ_MS = 6000;
const FIELD = ":is(input:not([type=hidden]), select, textarea)";

function ready(root) {
  for (const message of root.querySelectorAll("[data-message]:not([data-ready])")) {
    message.dataset.ready = "";
    const close = message.querySelector("[data-dismiss]");
    close.hidden = false;
    close.addEventListener("click", () => message.remove());
    // What went wrong stays until it is put away; good news leaves by itself.
    if (!message.matches(".message--error, .message--warning")) leaveLater(message);
  }
  const first = root.querySelector("[data-focus]:not([data-ready])");
  // Of a form it is its first field.
  (first?.matches("form") ? first.querySelector(FIELD) : first)?.focus();
  for (const focused of root.querySelectorAll("[data-focus]")) focused.dataset.ready = "";
}

function leaveLater(message) {
  let timer = setTimeout(() => message.remove(), READ_MS);
  const stay = () => clearTimeout(timer);
  const leave = () => (timer = setTimeout(() => message.remove(), READ_MS));
  message.addEventListener("mouseenter", stay);
  message.addEventListener("focusin", stay);
  message.addEventListener("mouseleave", leave);
  message.addEventListener("focusout", leave);
}

ready(document);
document.addEventListener("htmx:after:swap", () => ready(document));

// What was sent in the background and came to nothing says so; the form stays as it is.
function failed(words) {
  const box = document.getElementById("messages");
  const message = box.querySelector("[data-message-error]").content.cloneNode(true);
  message.querySelector("p").textContent = words(box.dataset);
  box.append(message);
  ready(box);
}

document.addEventListener("htmx:response:error", (event) => {
  const { status } = event.detail.ctx.response;
  if (status >= 500) failed((said) => said.failed);
  else if (status === 403 || status === 404) failed((said) => said.refused);
});
document.addEventListener("htmx:error", (event) => event.detail.ctx && failed((said) => said.failed));
