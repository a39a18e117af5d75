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
  const PLACES = 25;

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
  // A search asks each text once, and then for each row whether one of its texts has the word.
  const [STATE, SIGN, FIRST, SECOND, TAG, FACETS, TOLD] = [0, 1, 2, 3, 4, 5, 6];
  const lists = all(".list[data-rows]").map((list) => {
    const { texts, rows } = JSON.parse(document.getElementById(list.dataset.rows).textContent);
    const box = list.querySelector(".rows");
    const search = list.querySelector("input");
    const selects = all("select", list);
    const count = list.querySelector(".count");
    const more = list.querySelector(".show-more");
    let lower = null;
    let shown = STEP;

    const rowElement = (row) => {
      const details = make("details", "row");
      const summary = make("summary");
      const state = texts[row[STATE]];
      summary.append(make("span", "mark " + state, texts[row[SIGN]]), make("span", "first", texts[row[FIRST]]),
        make("span", "second", texts[row[SECOND]]), make("span", "tag " + state, texts[row[TAG]]));
      const told = make("dl");
      for (const [name, words] of row[TOLD]) told.append(make("dt", "", texts[name]), make("dd", "", texts[words]));
      details.append(summary, told);
      return details;
    };
    const having = (word) => {
      lower = lower || texts.map((each) => each.toLowerCase());
      const has = lower.map((each) => each.includes(word));
      return (row) => has[row[FIRST]] || has[row[SECOND]] || has[row[TAG]] || row[TOLD].some((pair) => has[pair[1]]);
    };
    const chosen = (value, at) => {
      const known = new Map();
      return (row) => {
        const facet = row[FACETS][at];
        if (!known.has(facet)) known.set(facet, texts[facet] === value || texts[facet].split(" ").includes(value));
        return known.get(facet);
      };
    };
    const draw = () => {
      const asked = search.value.toLowerCase().split(/\s+/).filter(Boolean).map(having);
      selects.forEach((select) => { if (select.value) asked.push(chosen(select.value, Number(select.dataset.facet))); });
      const found = asked.length ? rows.filter((row) => asked.every((each) => each(row))) : rows;
      box.replaceChildren(...found.slice(0, shown).map(rowElement));
      const part = Math.min(shown, found.length);
      count.textContent = asked.length === 0 ? part + " of " + rows.length + " shown"
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
    return list;
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
    const more = document.getElementById("more-places");
    let most = PLACES;
    const show = () => {
      const words = places.value.toLowerCase().split(/\s+/).filter(Boolean);
      let found = 0;
      for (const each of details) {
        const has = words.every((word) => each.dataset.names.includes(word));
        if (has) found += 1;
        each.hidden = !has || found > most;
      }
      const part = Math.min(found, most);
      count.textContent = words.length ? part + " of " + found + " that match, of " + details.length
        : part + " of " + details.length + " shown";
      more.hidden = found <= most;
    };
    places.addEventListener("input", () => { most = PLACES; show(); });
    more.addEventListener("click", () => {
      const before = most;
      most = Infinity;
      show();
      all(".places > details:not([hidden])")[before]?.querySelector("summary").focus();
    });
    show();
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
    // A picture, a choice and a text keep their own arrow keys.
    const box = here.closest(".rows, .places, .ways, .list") || here.closest(".bar-of-list")?.nextElementSibling;
    if (!box || !(here.matches("summary") || (here.matches("input") && event.key === "ArrowDown"))) return;
    const heads = all("summary", box).filter((each) => each.offsetParent);
    const at = heads.indexOf(here) + steps[event.key];
    const next = heads[Math.max(0, Math.min(heads.length - 1, at))];
    if (next) { event.preventDefault(); next.focus(); }
  });

  // What is printed is what a reader would see with everything of the calls and the first rows unfolded.
  addEventListener("beforeprint", () => all(".way, .more").forEach((each) => { each.open = true; }));
  document.documentElement.dataset.ready = String(lists.length);
})();
