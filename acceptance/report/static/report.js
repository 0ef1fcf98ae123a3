// Ages of what the page shows, as of when it is looked at, and the filters. Without it, everything is shown.
"use strict";

const UNITS = [["day", "d", 86400], ["hour", "h", 3600], ["minute", "min", 60]];

function age(seconds, short) {
  const [name, abbreviated, size] = UNITS.find(([, , size]) => seconds >= size) ?? ["moment", "now", 0];
  if (size === 0) return short ? "now" : "just now";
  const number = Math.floor(seconds / size);
  return short ? `${number} ${abbreviated}` : `${number} ${name}${number === 1 ? "" : "s"} ago`;
}

for (const time of document.querySelectorAll("time[data-age]")) {
  const short = time.dataset.age === "short";
  if (!time.title) time.title = time.textContent;
  const ago = age((Date.now() - new Date(time.dateTime)) / 1000, short);
  time.textContent = time.dataset.age === "both" ? `${time.textContent} (${ago})` : ago;
}

const form = document.getElementById("filters");
if (form) {
  const scenarios = [...document.querySelectorAll("tr.scenario")];
  const asked = () => Object.fromEntries(new FormData(form));

  // What holds of a scenario on the target that is asked about, or on any.
  function holds(facts, {status, target}) {
    return facts.some(fact => {
      const at = fact.lastIndexOf(":");
      return (!target || fact.slice(0, at) === target) && (!status || fact.slice(at + 1) === status);
    });
  }

  function fits(row, want) {
    const {search, facts, tags} = row.dataset;
    const words = want.q.toLowerCase().split(/\s+/).filter(Boolean);
    return words.every(word => search.includes(word))
      && (!want.tag || tags.split(" ").includes(want.tag))
      && (!(want.status || want.target) || holds(facts.split(" "), want));
  }

  function show() {
    const want = asked();
    for (const row of scenarios) row.hidden = !fits(row, want);
    for (const body of document.querySelectorAll(".matrix tbody")) {
      for (const rule of body.querySelectorAll("tr.rule")) {
        rule.hidden = !body.querySelector(`tr.scenario[data-rule="${rule.dataset.rule}"]:not([hidden])`);
      }
      body.hidden = !body.querySelector("tr.scenario:not([hidden])");
    }
    for (const cell of document.querySelectorAll(".matrix [data-target]")) {
      cell.hidden = Boolean(want.target) && cell.dataset.target !== want.target;
    }
    const shown = scenarios.filter(row => !row.hidden).length;
    document.getElementById("shown").textContent = shown === scenarios.length
      ? `${shown} scenarios` : `${shown} of ${scenarios.length} scenarios`;
    document.getElementById("nothing").hidden = shown > 0;
  }

  // The address keeps what is asked for, so that it can be handed on.
  function remember() {
    const kept = Object.entries(asked()).filter(([, value]) => value);
    history.replaceState(null, "", kept.length ? `#${new URLSearchParams(kept)}` : location.pathname);
  }

  function recall() {
    const kept = new URLSearchParams(location.hash.slice(1));
    if (![...kept.keys()].every(name => form.elements[name])) return;
    for (const field of form.querySelectorAll("input, select")) field.value = kept.get(field.name) ?? "";
    show();
    if (location.hash) document.getElementById("scenarios").scrollIntoView();
  }

  form.hidden = false;
  form.addEventListener("input", () => { show(); remember(); });
  form.addEventListener("reset", () => setTimeout(() => { show(); remember(); }));
  form.addEventListener("submit", event => event.preventDefault());
  addEventListener("hashchange", recall);
  recall();
}
