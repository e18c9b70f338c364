// Draws the grid from data; every text goes in as text, never as markup.
export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const box = parentElement.querySelector(".scroll");
  const make = (tag, text, css) => {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    if (css) node.className = css;
    return node;
  };
  const share = (met, required) => (required ? Math.floor((100 * met) / required + 0.5) + " %" : "–");
  const shade = (part) => "s" + (part >= 1 ? 5 : part >= 0.8 ? 4 : part >= 0.6 ? 3 : part >= 0.4 ? 2 : part > 0 ? 1 : 0);
  const levels = data.style === "level";
  const table = make("table");
  const head = table.appendChild(make("thead")).appendChild(make("tr"));
  const corner = head.appendChild(make("th", data.corner));
  corner.scope = "col";
  if (!levels) {
    const total = head.appendChild(make("th", "All skills", "total"));
    total.scope = "col";
  }
  for (const column of data.columns) {
    const cell = head.appendChild(make("th"));
    cell.scope = "col";
    cell.title = column.label;
    const below = levels ? (column.needed ? " · " + column.needed : "") : " · " + share(column.met, column.required);
    cell.appendChild(make("div", column.label + below, "turn"));
  }
  const body = table.appendChild(make("tbody"));
  for (const row of data.rows) {
    const line = body.appendChild(make("tr"));
    const name = line.appendChild(make("th", row.label));
    name.scope = "row";
    name.title = row.label;
    if (!levels) line.appendChild(make("td", share(row.met, row.required), "total"));
    for (const column of data.columns) {
      const cell = line.appendChild(make("td"));
      const values = data.cells[row.id + "\n" + column.id];
      if (!values) continue;
      const [part, whole, exempt] = values;
      const said = levels ? (exempt ? "exempt" : `level ${part} of ${whole}`) : `${share(part, whole)}, ${part} of ${whole}`;
      const shown = levels ? (exempt ? "–" : part >= whole ? "✓ " + part : part + "/" + whole) : share(part, whole);
      const nothing = exempt || !whole;
      const button = cell.appendChild(make("button", shown, nothing ? "none" : shade(part / whole)));
      button.type = "button";
      button.title = `${row.label} · ${column.label}: ${said}`;
      button.setAttribute("aria-label", button.title);
      button.onclick = () => setTriggerValue("cell", { row: row.id, column: column.id });
    }
  }
  box.replaceChildren(table);
}
