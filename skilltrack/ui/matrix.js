// Draws the grid from data; every text goes in as text, never as markup. Typing, sorting and unfolding stay in the browser.
const WIDE = 14; // columns that are shown unfolded at once
const kept = new WeakMap();

const make = (tag, text, css) => {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  if (css) node.className = css;
  return node;
};
const percent = (met, required) => (required ? wholePercent(met, required) + " %" : "–");

function wholePercent(met, required) {
  const rounded = Math.floor((100 * met) / required + 0.5);
  return met > 0 && met < required ? Math.min(Math.max(rounded, 1), 99) : rounded;
}
const part = (met, required) => (required ? `${met}/${required}` : "–");
const shade = (met, required) => {
  const missing = 1 - met / required;
  return met >= required ? "m0" : !met ? "m5" : "m" + Math.min(4, Math.ceil(missing * 4));
};
const holds = (label, typed) => typed.every((word) => label.toLowerCase().includes(word));
const placeOf = (...place) => place.join("\n");
const byGap = (a, b) => b.required - b.met - (a.required - a.met) || a.label.localeCompare(b.label);
const byName = (a, b) => a.label.localeCompare(b.label);

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const levels = data.style === "level";
  const isDeep = data.rows.some((row) => row.thin);
  const state = kept.get(parentElement) || { find: "", sort: "gap", open: new Set(), shut: new Set() };
  kept.set(parentElement, state);
  const find = parentElement.querySelector(".find");
  const sort = parentElement.querySelector(".sort");
  const box = parentElement.querySelector(".scroll");
  box.setAttribute("aria-label", data.label);
  const say = (name, values = {}) => data.texts[name].replace(/\{(\w+)\}/g, (place, key) => String(values[key] ?? place));
  for (const node of parentElement.querySelectorAll("[data-text]")) node.textContent = say(node.dataset.text);
  find.placeholder = say("find");
  find.setAttribute("aria-label", say("find"));
  sort.setAttribute("aria-label", say("sort"));
  sort.options[0].textContent = data.given || say("gap");
  sort.options[1].textContent = say("name");
  parentElement.querySelector(".legend").hidden = levels;
  parentElement.querySelector(".steps-legend").hidden = !levels;
  parentElement.querySelector(".matrix").hidden = false; // nothing is there without its label
  find.oninput = () => {
    clearTimeout(state.wait);
    state.wait = setTimeout(() => {
      state.find = find.value;
      draw();
    }, 120);
  };
  sort.onchange = () => {
    state.sort = sort.value;
    draw();
  };
  draw();

  function draw() {
    const { rows, groups } = inView();
    const hadFocus = box.contains(box.getRootNode().activeElement);
    const [left, top] = [box.scrollLeft, box.scrollTop];
    const table = make("table");
    const head = table.appendChild(make("thead"));
    const folds = groups.some((group) => group.label) ? [drawGroups(head.insertRow(), groups)] : [];
    drawHead(head.insertRow(), groups);
    const body = table.appendChild(make("tbody"));
    const lines = rows.map((row) => drawRow(body.insertRow(), row, groups));
    box.replaceChildren(rows.length && groups.length ? table : make("p", say("nothing"), "nothing"));
    box.scrollTo(left, top);
    walk(table, [...folds, ...lines], hadFocus);
  }

  // Typing keeps the skills whose name matches, else the rows, else the categories. Columns and rows left without a cell
  // are hidden.
  function inView() {
    const typed = state.find.toLowerCase().split(/\s+/).filter(Boolean);
    const isFiltered = typed.length > 0;
    const skills = isFiltered ? data.columns.filter((column) => holds(column.label, typed)) : [];
    const named = isFiltered && !skills.length ? data.rows.filter((row) => holds(row.label, typed)) : [];
    const grouped = isFiltered && !skills.length && !named.length ? data.columns.filter((column) => holds(column.group || "", typed)) : [];
    const wanted = skills.length ? skills : grouped.length ? grouped : isFiltered && !named.length ? [] : data.columns;
    const needs = (row) => wanted.some((column) => data.cells[row.id + "\n" + column.id]);
    const rows = (named.length ? named : data.rows).filter(needs);
    const sums = new Map();
    for (const column of wanted) {
      const sum = { ...column, met: 0, required: 0, needs: false };
      for (const row of rows) {
        const cell = data.cells[row.id + "\n" + column.id];
        if (!cell) continue;
        sum.needs = true;
        sum.met += Math.min(cell[0], cell[1]);
        sum.required += cell[1];
      }
      if (sum.needs) sums.set(column.id, sum);
    }
    const groups = new Map();
    for (const column of sums.values()) {
      const label = column.group || "";
      if (!groups.has(label)) groups.set(label, { label, columns: [], met: 0, required: 0 });
      const group = groups.get(label);
      group.columns.push(column);
      group.met += column.met;
      group.required += column.required;
    }
    const order = state.sort === "name" ? byName : byGap;
    const listed = [...groups.values()].sort(order);
    for (const group of listed) {
      group.columns.sort(order);
      const unfolded = isFiltered || listed.length === 1 || sums.size <= WIDE;
      group.folded = state.open.has(group.label) ? false : state.shut.has(group.label) ? true : !unfolded;
    }
    const sorted = data.given && state.sort === "gap" ? rows : rows.map(counted).sort(order);
    return { rows: sorted, groups: listed, isFiltered };
  }

  // A row with how many of its requirements are met, which a row of levels does not say itself.
  function counted(row) {
    if (!levels) return row;
    const cells = data.columns.map((column) => data.cells[row.id + "\n" + column.id]).filter((cell) => cell && !cell[2]);
    return { ...row, met: cells.filter(([level, needed]) => level >= needed).length, required: cells.length };
  }

  function drawGroups(line, groups) {
    const corner = line.appendChild(make("td", undefined, "corner"));
    corner.colSpan = levels ? 1 : 2;
    const folds = levels ? [null] : [null, null];
    for (const group of groups) {
      const cell = line.appendChild(make("th", undefined, group.folded ? "group shut" : "group"));
      cell.scope = "colgroup";
      cell.colSpan = group.folded ? 1 : group.columns.length;
      const name = group.label || say("ungrouped");
      cell.dataset.name = name; // for paper: a button is not drawn in a head that is repeated on the next sheet
      const toggle = reached(cell.appendChild(make("button", (group.folded ? "▸ " : "▾ ") + name, "fold")), "fold", group.label);
      if (cell.colSpan > 1) toggle.style.maxWidth = `calc(${cell.colSpan} * var(--column))`;
      for (let column = 0; column < cell.colSpan; column++) folds.push(toggle);
      toggle.setAttribute("aria-expanded", String(!group.folded));
      toggle.title = say("group", { name, n: group.columns.length, part: part(group.met, group.required) });
      toggle.onclick = () => {
        state[group.folded ? "open" : "shut"].add(group.label);
        state[group.folded ? "shut" : "open"].delete(group.label);
        draw();
      };
    }
    if (isDeep) line.appendChild(make("td", undefined, "corner"));
    return folds;
  }

  function drawHead(line, groups) {
    line.appendChild(make("th", data.corner)).scope = "col";
    if (!levels) line.appendChild(make("th", say("all"), "total")).scope = "col";
    for (const group of groups) {
      for (const column of group.folded ? [group] : group.columns) {
        const cell = line.appendChild(make("th"));
        cell.scope = "col";
        if (group.folded) {
          const count = say("skills", { n: group.columns.length });
          cell.className = "folded";
          cell.append(make("div", count), ...(levels ? [] : [make("div", part(group.met, group.required))]));
          continue;
        }
        cell.appendChild(make("div", column.label, "label"));
        const below = !levels ? part(column.met, column.required) : column.needed ? say("needs", { n: column.needed }) : "";
        if (below) cell.appendChild(make("div", below, "below"));
      }
    }
    if (isDeep) line.appendChild(make("th", say("thin"), "deep")).scope = "col";
  }

  function drawRow(line, row, groups) {
    const name = line.appendChild(make("th", levels ? row.label : undefined));
    name.scope = "row";
    const before = [null];
    if (!levels) {
      const open = reached(name.appendChild(make("button", row.label, "row")), "row", row.id);
      open.onclick = () => setTriggerValue("row", row.id);
      line.appendChild(make("td", part(row.met, row.required), "total")).title = percent(row.met, row.required);
      before.splice(0, 1, open, null);
    }
    const cells = groups.flatMap((group) => (group.folded ? [drawSum(line, row, group)] : group.columns.map((column) => drawCell(line, row, column))));
    return [...before, ...cells, ...(isDeep ? [drawDepth(line, row)] : [])];
  }

  // How many of the skills that a row needs rest on one person, or on nobody.
  function drawDepth(line, row) {
    const [one, nobody] = row.thin;
    const text = `${row.label} · ${say("thin")}: ${say("one_or_nobody", { one, nobody })}`;
    const button = drawButton(line.appendChild(make("td", undefined, "deep")), String(one + nobody), one + nobody ? "" : "none", text, "deep", row.id);
    button.onclick = () => setTriggerValue("deep", row.id);
    return button;
  }

  function drawSum(line, row, group) {
    const cell = line.appendChild(make("td"));
    let [met, required, some] = [0, 0, false];
    for (const column of group.columns) {
      const values = data.cells[row.id + "\n" + column.id];
      if (!values) continue;
      some = true;
      if (levels && values[2]) continue;
      met += levels ? Number(values[0] >= values[1]) : values[0];
      required += levels ? 1 : values[1];
    }
    if (!some) return null;
    const text = `${row.label} · ${group.label || say("ungrouped")}: ${say("of", { n: met, m: required })}`;
    const button = drawButton(cell, part(met, required), required ? shade(met, required) : "none", text, "sum", row.id, group.label);
    button.onclick = () => {
      state.open.add(group.label);
      state.shut.delete(group.label);
      const first = group.columns.find((column) => data.cells[row.id + "\n" + column.id]);
      state.at = placeOf("cell", row.id, first.id);
      draw();
    };
    return button;
  }

  function drawCell(line, row, column) {
    const cell = line.appendChild(make("td"));
    const values = data.cells[row.id + "\n" + column.id];
    if (!values) return null;
    const [met, required, exempt] = values;
    const nothing = exempt || !required;
    const description = levels
      ? exempt ? say("exempt") : say("level", { level: met, needed: required })
      : `${percent(met, required)}, ${say(met === 1 && required ? "one_can" : "of", { n: met, m: required })}`;
    const shown = levels ? (exempt ? "–" : met >= required ? "✓ " + met : met + "/" + required) : part(met, required);
    const css = nothing ? "none" : shade(Math.min(met, required), required) + (!levels && met === 1 ? " one" : "");
    const button = drawButton(cell, shown, css, `${row.label} · ${column.label}: ${description}`, "cell", row.id, column.id);
    button.onclick = () => setTriggerValue("cell", { row: row.id, column: column.id });
    if (levels && !exempt) {
      const steps = button.appendChild(make("span", undefined, "steps"));
      for (let step = 1; step <= required; step++) steps.appendChild(make("i", undefined, step <= met ? "full" : ""));
    }
    return button;
  }

  function drawButton(cell, text, css, title, ...place) {
    const button = reached(cell.appendChild(make("button", text, "cell " + css)), ...place);
    button.title = title;
    button.setAttribute("aria-label", title);
    return button;
  }

  // A button that arrows lead to, with the place by which it is found again once the table is drawn anew.
  function reached(button, ...place) {
    button.type = "button";
    button.tabIndex = -1;
    button.dataset.place = placeOf(...place);
    return button;
  }

  // One button of the table is in the order of Tab: the one where the reader was last. Arrows, Home and End lead on; with
  // Control to the corners. A table that is drawn anew keeps the place, and the keyboard in it.
  function walk(table, lines, hadFocus) {
    const all = [...table.querySelectorAll("button")];
    const here = all.find((button) => button.dataset.place === state.at) || all.find((button) => button.matches(".cell")) || all[0];
    if (!here) return;
    const at = new Map();
    lines.forEach((line, y) => line.forEach((button, x) => button && !at.has(button) && at.set(button, [x, y])));
    const steps = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1], Home: [-1, 0], End: [1, 0] };
    const stand = (button) => {
      for (const other of all) other.tabIndex = other === button ? 0 : -1;
      state.at = button.dataset.place;
    };
    stand(here);
    if (hadFocus) here.focus();
    table.addEventListener("focusin", (event) => at.has(event.target) && stand(event.target));
    table.onkeydown = (event) => {
      const place = at.get(event.target);
      const step = steps[event.key];
      if (!place || !step) return;
      event.preventDefault();
      let next = null;
      for (let [x, y] = place; ; ) {
        x += step[0];
        y += step[1];
        if (!lines[y] || x < 0 || x >= lines[y].length) break;
        if (!lines[y][x] || lines[y][x] === event.target) continue;
        next = lines[y][x];
        if (event.key.startsWith("Arrow")) break;
      }
      if (event.ctrlKey && !event.key.startsWith("Arrow")) next = event.key === "Home" ? all[0] : all[all.length - 1];
      if (next) next.focus();
    };
  }
}
