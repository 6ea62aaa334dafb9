// Puts right what the theme leaves to be desired for keyboards and screen readers.

// What scrolls sideways must be reachable by keyboard.
const SCROLLERS = ".katex-display, span.math, div.highlight pre, div.cell_output pre, .pst-scrollable-table-container";

function markScrollers() {
  document.querySelectorAll(SCROLLERS).forEach((element) => {
    if (element.scrollWidth > element.clientWidth + 1) element.setAttribute("tabindex", "0");
    else element.removeAttribute("tabindex");
  });
}

// The accessible name of a control must contain the label that is seen: the label alone is best.
function dropMismatchedNames() {
  document
    .querySelectorAll("summary[aria-label='Toggle hidden content'], .search-button-field[aria-label]")
    .forEach((element) => element.removeAttribute("aria-label"));
}

// Every block belongs to a landmark.
function nameLogo() {
  const logo = document.querySelector(".sidebar-primary-items__start > .sidebar-primary-item:first-child");
  if (!logo) return;
  logo.setAttribute("role", "region");
  logo.setAttribute("aria-label", "Book title");
}

dropMismatchedNames();
nameLogo();
markScrollers();
window.addEventListener("load", markScrollers);
window.addEventListener("resize", markScrollers);
document.addEventListener("toggle", markScrollers, true);
