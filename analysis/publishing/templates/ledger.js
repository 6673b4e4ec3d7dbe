"use strict";
// Rows: [id, notice, statement, type, further types, status, evidence]. Everything is shown with
// textContent: words of a notice are never markup.
(async () => {
  const STEP = 60, PRINTED = 2000;
  const FACETS = ["city", "body", "year", "type", "status", "evidence", "flag"];
  const DONE = new Set(["completed", "completed_long_term"]), OPEN = new Set(["in_progress", "not_completed", "phased"]);
  const byId = id => document.getElementById(id);
  const unpack = async id => {
    const text = atob(byId(id).textContent), raw = new Uint8Array(text.length);
    for (let i = 0; i < raw.length; i++) raw[i] = text.charCodeAt(i);
    const stream = new Blob([raw]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return JSON.parse(await new Response(stream).text());
  };
  if (!("DecompressionStream" in window)) return;  // the note stays: the workbook holds the same
  byId("without").remove();
  const { notices, labels, words, rows } = await unpack("rows");
  let details = null;
  // What an opened item shows is unpacked after the list stands there.
  const loading = new Promise(painted => requestAnimationFrame(() => setTimeout(painted, 0)))
    .then(() => unpack("details")).then(found => { details = found; });
  const evidence = { hard: words.hard, bare: words.bare, intent: words.intent };
  const label = {
    city: v => v, body: v => v, year: v => v,
    type: v => labels.problem_types[v] || v, status: v => labels.statuses[v] || v,
    evidence: v => evidence[v], flag: v => v + " " + (labels.flags[v] || ""),
  };
  // Values of each row by facet, worked out once: a filter only looks them up.
  const values = rows.map(r => {
    const n = notices[r[1]];
    return {
      city: [n.city_name || words.unknown], body: [n.body_name || n.label], year: [String(n.year || words.unknown)],
      type: [r[3], ...(r[4] || [])], status: [r[5]],
      evidence: [r[6] & 1 ? "hard" : "bare", ...(r[6] & 2 ? ["intent"] : [])], flag: n.flag_code || [],
    };
  });
  const order = Object.fromEntries(FACETS.map(f => {
    const seen = new Set(values.flatMap(v => v[f]));
    const codes = { type: labels.problem_types, status: labels.statuses, flag: labels.flags }[f];
    const known = codes ? Object.keys(codes).filter(c => seen.has(c)) : [...seen].sort();
    return [f, known];
  }));
  let haystack = null;
  const texts = () => haystack || (haystack = rows.map(r => {
    const d = details ? details[r[0]] : null;
    return (r[0] + " " + notices[r[1]].label + " " + r[2] + (d ? d.flat().join(" ") : "")).toLowerCase();
  }));
  const chosen = Object.fromEntries(FACETS.map(f => [f, new Set()]));
  let query = "", opened = "", shown = [], drawn = 0;

  const element = (tag, name, text) => {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const boxes = {};
  for (const f of FACETS) {
    const facet = element("details", "facet"), inside = element("div");
    facet.append(element("summary", "", words[f]), inside);
    facet.open = order[f].length > 1 && ["city", "status"].includes(f);
    boxes[f] = order[f].map(value => {
      const line = element("label"), box = element("input"), count = element("span", "", "0");
      box.type = "checkbox";
      box.addEventListener("change", () => { box.checked ? chosen[f].add(value) : chosen[f].delete(value); apply(); });
      line.append(box, element("span", "", label[f](value)), count);
      inside.append(line);
      return { value, box, count, line };
    });
    facet.hidden = order[f].length === 0;
    byId("facets").append(facet);
  }

  const fits = (index, but) => FACETS.every(f =>
    f === but || chosen[f].size === 0 || values[index][f].some(v => chosen[f].has(v)));
  const apply = (keepAddress) => {
    const terms = query.toLowerCase().split(/\s+/).filter(Boolean), where = terms.length ? texts() : null;
    const found = [];
    for (let i = 0; i < rows.length; i++) if (!where || terms.every(t => where[i].includes(t))) found.push(i);
    shown = found.filter(i => fits(i));
    for (const f of FACETS) {
      // a facet with nothing chosen counts what is shown; one with a choice counts as if it had none
      const pool = chosen[f].size ? found.filter(i => fits(i, f)) : shown, tally = new Map();
      for (const i of pool) for (const v of values[i][f]) tally.set(v, (tally.get(v) || 0) + 1);
      for (const b of boxes[f]) {
        const n = tally.get(b.value) || 0;
        b.count.textContent = n;
        b.line.className = n || b.box.checked ? "" : "empty";
      }
    }
    byId("count").textContent = shown.length
      ? words.shown.replace("{n}", rows.length).replace("{m}", shown.length) : words.none;
    byId("list").replaceChildren();
    drawn = 0;
    more(STEP);
    if (!keepAddress) address();
  };
  const more = count => {
    const piece = document.createDocumentFragment();
    for (const i of shown.slice(drawn, drawn + count)) piece.append(draw(i));
    drawn = Math.min(shown.length, drawn + count);
    byId("list").append(piece);
    byId("more").hidden = drawn >= shown.length;
  };
  const draw = index => {
    const [id, place, statement, type, further, status, kinds] = rows[index], notice = notices[place];
    const item = element("details", "item"), head = element("summary");
    const who = element("span", "who", notice.label);
    who.append(element("small", "", id.slice(notice.notice_id.length + 1)));
    const state = element("span", "status " + (DONE.has(status) ? "done" : OPEN.has(status) ? "undone" : ""), label.status(status));
    if (kinds & 2) state.append(element("span", "mark", words.intent));
    head.append(who, element("span", "what", statement), element("span", "type", [type, ...(further || [])].map(label.type).join(" · ")), state);
    item.append(head);
    item.addEventListener("toggle", () => {
      if (item.open && item.children.length === 1) loading.then(() => item.append(inside(id, notice)));
      if (item.open) opened = id; else if (opened === id) opened = "";
      address();
    });
    if (opened === id) item.open = true;
    return item;
  };
  const inside = (id, notice) => {
    const [parent, cause, result, measures, dates, documents] = details[id], body = element("div", "body");
    const part = (name, content) => {
      if (!content.length) return;
      body.append(element("h2", "", words[name]));
      if (typeof content === "string") { body.append(element("p", "", content)); return; }
      const list = element("ul");
      for (const line of content) list.append(element("li", "", line));
      body.append(list);
    };
    part("parent", parent); part("cause", cause); part("measures", measures);
    part("result", result); part("dates", dates); part("documents", documents);
    const link = element("a", "", words.source + " ↗");
    link.href = "sources/" + encodeURIComponent(notice.notice_id) + ".html#p" + encodeURIComponent(id.slice(notice.notice_id.length + 1));
    const line = element("p"); line.append(link); body.append(line);
    return body;
  };

  // The address keeps the filter, so that a view can be sent to somebody.
  const address = () => {
    const kept = new URLSearchParams();
    if (query) kept.set("q", query);
    for (const f of FACETS) for (const v of chosen[f]) kept.append(f, v);
    if (opened) kept.set("open", opened);
    try { history.replaceState(null, "", kept.size ? "#" + kept : location.pathname + location.search); } catch { location.hash = kept.toString(); }
  };
  const readAddress = () => {
    const kept = new URLSearchParams(location.hash.slice(1));
    query = kept.get("q") || ""; opened = kept.get("open") || "";
    byId("words").value = query;
    for (const f of FACETS) {
      chosen[f] = new Set(kept.getAll(f).filter(v => order[f].includes(v)));
      for (const b of boxes[f]) b.box.checked = chosen[f].has(b.value);
    }
  };
  const save = () => {
    const safe = text => '"' + (/^[=+\-@\t\r]/.test(text) ? "'" : "") + String(text).replaceAll('"', '""') + '"';
    const head = ["id", words.city, words.body, words.year, words.type, words.status, words.evidence, "statement", words.cause, words.measures];
    const lines = [head, ...shown.map(i => {
      const [id, place, statement, type, further, status] = rows[i], n = notices[place], d = details[id];
      return [id, n.city_name || "", n.body_name || "", String(n.year || ""), [type, ...(further || [])].map(label.type).join("; "),
        label.status(status), values[i].evidence.map(label.evidence).join("; "), statement, d[1], d[3].join(" | ")];
    })].map(line => line.map(safe).join(","));
    const link = element("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff" + lines.join("\r\n") + "\r\n"], { type: "text/csv" }));
    link.download = "ledger.csv";
    link.click();
    URL.revokeObjectURL(link.href);
  };

  let waiting = 0;
  byId("words").addEventListener("input", event => {
    query = event.target.value.trim();
    clearTimeout(waiting);
    waiting = setTimeout(apply, 80);
  });
  byId("clear").addEventListener("click", () => {
    query = ""; opened = ""; byId("words").value = "";
    for (const f of FACETS) { chosen[f].clear(); for (const b of boxes[f]) b.box.checked = false; }
    apply();
  });
  byId("export").addEventListener("click", () => loading.then(save));
  byId("more").addEventListener("click", () => more(STEP * 4));
  new IntersectionObserver(seen => { if (seen.some(s => s.isIntersecting) && drawn) more(STEP); }, { rootMargin: "600px" }).observe(byId("more"));
  addEventListener("beforeprint", () => more(PRINTED));
  addEventListener("hashchange", () => { readAddress(); apply(true); });
  addEventListener("keydown", event => {
    const typing = event.target.matches("input");
    if (event.key === "/" && !typing) { event.preventDefault(); byId("words").focus(); }
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && event.target.matches(".item>summary")) {
      const all = [...document.querySelectorAll(".item>summary")], next = all.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1);
      if (all[next]) { event.preventDefault(); all[next].focus(); }
    }
  });
  readAddress();
  apply(true);
  loading.then(() => { haystack = null; texts(); if (query) apply(true); document.documentElement.dataset.ready = "yes"; });
})();
