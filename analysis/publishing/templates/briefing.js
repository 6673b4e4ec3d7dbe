"use strict";
(function () {
  var root = document.documentElement, theme = document.getElementById("theme");
  if (theme) {
    theme.hidden = false;
    theme.addEventListener("click", function () {
      var dark = root.dataset.theme === "dark" || (root.dataset.theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
      root.dataset.theme = dark ? "light" : "dark";
    });
  }
  var wide = matchMedia("(max-width: 62rem)"), toc = document.querySelector(".toc details");
  if (toc && wide.matches) { toc.open = false; }
  var collator = new Intl.Collator("zh", { numeric: true });
  function value(row, column) {
    var cell = row.cells[column], raw = cell.textContent;
    var number = /^[-+\u2212]?[\d.,]+\s*%?(\s*[\u2013~\/].*)?$/.test(raw.trim()) ? parseFloat(raw.replace(/,/g, "").replace("\u2212", "-")) : NaN;
    return { raw: raw, number: number, empty: raw === "" || raw === "—" };
  }
  document.querySelectorAll("table.sortable").forEach(function (table) {
    var body = table.tBodies[0], original = Array.from(body.rows);
    Array.from(table.tHead.rows[0].cells).forEach(function (head, column) {
      var button = document.createElement("button");
      button.type = "button";
      while (head.firstChild) { button.appendChild(head.firstChild); }
      head.appendChild(button);
      button.addEventListener("click", function () {
        var now = head.getAttribute("aria-sort"), next = now === "ascending" ? "descending" : now === "descending" ? null : "ascending";
        Array.from(head.parentNode.cells).forEach(function (other) { other.removeAttribute("aria-sort"); });
        var rows = original.slice();
        if (next) {
          head.setAttribute("aria-sort", next);
          var sign = next === "ascending" ? 1 : -1;
          rows.sort(function (a, b) {
            var x = value(a, column), y = value(b, column);
            if (x.empty !== y.empty) { return x.empty ? 1 : -1; }
            if (!isNaN(x.number) && !isNaN(y.number)) { return sign * (x.number - y.number); }
            return sign * collator.compare(x.raw, y.raw);
          });
        }
        rows.forEach(function (row) { body.appendChild(row); });
      });
    });
  });
})();
