"use strict";
// The page is whole without this: it adds copying, sorting and filtering.
(() => {
  for (const element of document.querySelectorAll("[data-copy], .tools")) element.hidden = false;

  const copy = async text => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const area = document.createElement("textarea"); // a page from a file may have no clipboard
      area.value = text;
      area.className = "away";
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  };

  for (const button of document.querySelectorAll("[data-copy]")) {
    const label = button.textContent;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      button.textContent = await copy(button.dataset.copy) ? "Copied" : "Select and copy by hand";
      setTimeout(() => { button.textContent = label; }, 1500);
    });
  }

  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const numeric = head.classList.contains("n");
        const down = head.ariaSort ? head.ariaSort === "ascending" : numeric && column > 0;
        for (const other of heads) other.ariaSort = null;
        head.ariaSort = down ? "descending" : "ascending";
        const value = row => {
          const cell = row.cells[column];
          return numeric ? (cell.dataset.v === "" ? NaN : Number(cell.dataset.v)) : cell.textContent;
        };
        const order = (a, b) => {
          const [x, y] = [value(a), value(b)];
          if (!numeric) return (down ? -1 : 1) * x.localeCompare(y);
          if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y); // without a number: last
          return down ? y - x : x - y;
        };
        table.tBodies[0].append(...[...table.tBodies[0].rows].sort(order));
      });
    });
  }

  for (const input of document.querySelectorAll("[data-filter]")) {
    const table = document.getElementById(input.dataset.filter);
    const arm = document.querySelector(`[data-arm="${table.id}"]`), count = document.querySelector(`[data-count="${table.id}"]`);
    const filter = () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of table.tBodies[0].rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every(word => text.includes(word)) || (arm && arm.value !== "" && row.dataset.in !== arm.value);
        shown += row.hidden ? 0 : 1;
      }
      count.textContent = `${shown.toLocaleString("en")} shown`;
    };
    input.addEventListener("input", filter);
    arm?.addEventListener("change", filter);
  }
})();
