"use strict";
(() => {
  const all = (what, where = document) => [...where.querySelectorAll(what)];
  const make = (tag, kind, words) => {
    const element = document.createElement(tag);
    if (kind) element.className = kind;
    if (words !== undefined) element.textContent = words;
    return element;
  };
  const STEP = 100;

  // Light, dark, or as the system says.
  const themes = ["system", "light", "dark"];
  const themeButton = document.getElementById("theme");
  if (themeButton) themeButton.addEventListener("click", () => {
    const now = document.documentElement.dataset.theme || "system";
    const next = themes[(themes.indexOf(now) + 1) % themes.length];
    if (next === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    themeButton.textContent = "Colours: " + next;
  });

  // A list: its data are beside it, texts once and rows as numbers. Names are only ever set as text, never as markup.
  const lists = all(".list[data-rows]").map((list) => {
    const data = JSON.parse(document.getElementById(list.dataset.rows).textContent);
    const word = (at) => data.texts[at];
    const rows = data.rows.map((row) => ({
      state: word(row[0]), sign: word(row[1]), first: word(row[2]), second: word(row[3]), tag: word(row[4]),
      facets: row[5].map(word), told: row[6].map((pair) => pair.map(word)),
    }));
    for (const row of rows) {
      row.text = [row.first, row.second, row.tag, ...row.told.map((pair) => pair[1])].join("\n").toLowerCase();
    }
    const box = list.querySelector(".rows");
    const search = list.querySelector("input");
    const selects = all("select", list);
    const count = list.querySelector(".count");
    const more = list.querySelector(".show-more");
    let shown = STEP;

    const rowElement = (row) => {
      const details = make("details", "row");
      const summary = make("summary");
      summary.append(make("span", "mark " + row.state, row.sign), make("span", "first", row.first),
        make("span", "second", row.second), make("span", "tag " + row.state, row.tag));
      const told = make("dl");
      for (const [name, words] of row.told) told.append(make("dt", "", name), make("dd", "", words));
      details.append(summary, told);
      return details;
    };
    const draw = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const found = rows.filter((row) =>
        selects.every((select, at) => !select.value || row.facets[at] === select.value ||
          row.facets[at].split(" ").includes(select.value)) && words.every((each) => row.text.includes(each)));
      box.replaceChildren(...found.slice(0, shown).map(rowElement));
      const part = Math.min(shown, found.length);
      count.textContent = found.length === rows.length ? part + " of " + rows.length + " shown"
        : part + " of " + found.length + " that match, of " + rows.length;
      more.hidden = found.length <= shown;
    };
    search.addEventListener("input", () => { shown = STEP; draw(); });
    selects.forEach((select) => select.addEventListener("change", () => { shown = STEP; draw(); }));
    more.addEventListener("click", () => {
      const before = box.children.length;
      shown += 2 * STEP;
      draw();
      box.children[before]?.querySelector("summary").focus();
    });
    draw();
    return { box, showAll: () => { shown = Infinity; draw(); } };
  });

  // Pictures of accounts are drawn when somebody opens them.
  const unfold = (details) => {
    const template = details.querySelector(":scope > template");
    if (template) template.replaceWith(template.content);
  };
  document.addEventListener("toggle", (event) => {
    if (event.target.open && event.target.matches?.("details")) unfold(event.target);
  }, true);
  const places = document.getElementById("find-place");
  if (places) {
    const details = all(".places > details");
    const count = document.getElementById("place-count");
    places.addEventListener("input", () => {
      const words = places.value.toLowerCase().split(/\s+/).filter(Boolean);
      let found = 0;
      for (const each of details) {
        each.hidden = !words.every((word) => each.dataset.names.includes(word));
        if (!each.hidden) found += 1;
      }
      count.textContent = found + " of " + details.length + " shown";
    });
  }

  // A link to something folded opens it.
  const open = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let each = target; each; each = each.parentElement) if (each.tagName === "DETAILS") each.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  open();

  // Keys: `/` searches, arrows walk through a list, Escape leaves a search.
  document.addEventListener("keydown", (event) => {
    const here = document.activeElement;
    if (event.key === "Escape" && here.matches("input")) { here.value = ""; here.dispatchEvent(new Event("input")); here.blur(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && !here.matches("input, select")) {
      const fields = all('input[type="search"]').filter((each) => each.offsetParent);
      const field = fields.find((each) => each.getBoundingClientRect().top > 0) || fields[0];
      if (field) { event.preventDefault(); field.focus(); }
      return;
    }
    const steps = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };
    if (!(event.key in steps)) return;
    const box = here.closest(".rows, .places, .ways, .list");
    if (!box) return;
    if (here.matches("select") || (here.matches("input") && event.key !== "ArrowDown")) return;
    const heads = all("summary", box).filter((each) => each.offsetParent);
    const at = heads.indexOf(here) + steps[event.key];
    const next = heads[Math.max(0, Math.min(heads.length - 1, at))];
    if (next) { event.preventDefault(); next.focus(); }
  });

  // What is printed is what a reader would see with everything of the calls and the first rows unfolded.
  addEventListener("beforeprint", () => all(".way, .more").forEach((each) => { each.open = true; }));
  document.documentElement.dataset.ready = String(lists.length);
})();
