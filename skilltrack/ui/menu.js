// Makes the links of the menu a landmark, marks the current page, folds the menu on a
// phone once one is chosen, takes a day that was typed on Enter, and says before printing whether the screen is dark.
export default function ({ data }) {
  const menu = document.querySelector(".st-key-menu");
  if (!menu) return;
  menu.setAttribute("role", "navigation");
  menu.setAttribute("aria-label", data.label);
  for (const link of menu.querySelectorAll("a")) {
    const name = link.querySelector("p");
    if (name && name.textContent === data.current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const app = document.querySelector('[data-testid="stApp"]');
  window.onbeforeprint = () =>
    document.documentElement.classList.toggle("is-dark", getComputedStyle(app).colorScheme === "dark");
  if (!window.takesDays) window.addEventListener("keydown", takeDay, true);
  window.takesDays = true;
  menu.onclick = (event) => {
    const fold = document.querySelector('[data-testid="stSidebarCollapseButton"] button');
    if (event.target.closest("a") && window.innerWidth <= 768 && fold) fold.click();
  };
}

// A day that is typed counts once its field is left: on Enter it is left as by a click on its label.
function takeDay(event) {
  const field = event.key === "Enter" && event.target.closest('[data-testid="stDateInput"]');
  const label = field && event.target.getAttribute("role") === "spinbutton" && field.querySelector("label, [data-testid=stWidgetLabel]");
  for (const kind of label ? ["pointerdown", "mousedown", "pointerup", "mouseup", "click"] : []) {
    const Kind = kind.startsWith("pointer") ? PointerEvent : MouseEvent;
    label.dispatchEvent(new Kind(kind, { bubbles: true, cancelable: true, composed: true }));
  }
}
