// Makes the links of the menu a landmark, marks the current page, folds the menu on a
// phone once one is chosen, and says before printing whether the screen is dark.
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
  menu.onclick = (event) => {
    const fold = document.querySelector('[data-testid="stSidebarCollapseButton"] button');
    if (event.target.closest("a") && window.innerWidth <= 768 && fold) fold.click();
  };
}
