// Messages can be put away, and the first thing that needs attention gets the focus.
const READ_MS = 6000;

function ready(root) {
  for (const message of root.querySelectorAll("[data-message]:not([data-ready])")) {
    message.dataset.ready = "";
    const close = message.querySelector("[data-dismiss]");
    close.hidden = false;
    close.addEventListener("click", () => message.remove());
    // What went wrong stays until it is put away; good news leaves by itself.
    if (!message.matches(".message--error, .message--warning")) leaveLater(message);
  }
  root.querySelector("[data-focus]:not([data-ready])")?.focus();
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
