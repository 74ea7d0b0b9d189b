"use strict";
// All that comes from a text is set as text, never as markup.
const by = id => document.getElementById(id);
const nodes = new Map(); // of the proposals on the page that is shown
const loaded = new Map(); // pages as they came
let state, here = 0, page = -1, saving = Promise.resolve();

function node(tag, text, name) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (name) made.className = name;
  return made;
}

async function ask(path, options) {
  const answer = await fetch(path, options).catch(() => null);
  if (!answer) throw new Error("textrepair does not answer: is it still running? Start the same command again.");
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error);
  return found;
}

function trouble(error) {
  by("trouble").textContent = error ? error.message : "";
  by("trouble").hidden = !error;
}

// a page is kept with its items, on which decisions are noted, so that it need not be asked for again
const load = number => {
  if (!loaded.has(number)) {
    if (loaded.size > 8) loaded.delete(loaded.keys().next().value);
    const coming = ask(`pages/${number}`);
    coming.catch(() => loaded.delete(number));
    loaded.set(number, coming);
  }
  return loaded.get(number);
};

function pageOf(proposal) {
  let low = 0, high = state.pages.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (state.pages[middle][2] > proposal) high = middle; else low = middle + 1;
  }
  return low;
}

function draw(item) {
  const span = nodes.get(item.proposal), made = item.decision;
  const after = made ? made.after : item.after, stays = made ? made.verdict === "rejected" : !item.edit;
  if (made) span.dataset.verdict = made.verdict; else delete span.dataset.verdict;
  if (stays) return span.replaceChildren(node("span", item.before || "‸", "stays"));
  span.replaceChildren(...(item.before ? [node("del", item.before)] : []), ...(after ? [node("ins", after)] : []));
}

async function show(number) {
  const { parts } = await load(number);
  page = number;
  nodes.clear();
  by("text").replaceChildren(...parts.map(part => {
    if (!("proposal" in part)) return document.createTextNode(part.text);
    const span = node("span", "", "item");
    span.item = part;
    nodes.set(part.proposal, span);
    draw(part);
    return span;
  }));
  const [of] = state.pages[number];
  by("name").textContent = state.documents[of];
  document.title = `${state.documents[of]}: review`;
  by("where").textContent = `page ${number + 1} of ${state.pages.length}`;
  by("before").disabled = number === 0;
  by("after").disabled = number === state.pages.length - 1;
  for (const near of [number + 1, number - 1]) if (near >= 0 && near < state.pages.length) load(near).catch(() => 0);
}

const item = () => nodes.get(here)?.item;

async function go(proposal, on) {
  if (!state.proposals) return;
  nodes.get(here)?.classList.remove("here");
  here = Math.max(0, Math.min(state.proposals - 1, proposal));
  const wanted = pageOf(here);
  if (wanted !== page || on) await show(wanted);
  nodes.get(here).classList.add("here");
  nodes.get(here).scrollIntoView({ block: "nearest" });
  tell();
}

function tell() {
  const it = item(), said = by("current");
  if (!it) return said.replaceChildren(state.proposals ? "No proposal on this page." : "Nothing is proposed in this text.");
  const what = it.edit ? "right with" : "swapped with";
  const verdict = it.decision ? ` You ${it.decision.verdict} it.` : "";
  said.replaceChildren(
    `${here + 1} of ${state.proposals}: `, node("b", it.before || "(nothing)"), " → ",
    node("b", it.decision?.after ?? (it.after || (it.edit ? "(nothing)" : "?"))),
    node("span", ` ${it.kind}, ${what} probability ${it.score.toFixed(2)}, by ${it.reason}.` +
      (it.others.length ? ` Or: ${it.others.join(", ")}.` : "") + verdict, "soft"),
  );
}

function count(counts) {
  const done = Object.values(counts).reduce((a, b) => a + b, 0);
  by("told").textContent = `${done} of ${state.proposals} decided: ` +
    Object.entries(counts).map(([name, n]) => `${n} ${name}`).join(", ");
  by("progress").max = Math.max(1, state.proposals);
  by("progress").value = done;
}

function save(options) {
  // one after the other, so that the file has them in the order of the keys
  saving = saving.then(() => ask("decisions", options)).then(async ({ proposal, decision, counts }) => {
    trouble(null);
    count(counts);
    if (options.method === "DELETE" && proposal !== null) await go(proposal);
    const shown = nodes.get(proposal)?.item;
    if (shown) {
      shown.decision = decision;
      draw(shown);
    }
    if (proposal === here) tell();
  }).catch(trouble);
}

function decide(verdict, after) {
  const it = item();
  if (!it) return;
  save({ method: "POST", headers: { "content-type": "application/json" },
    body: JSON.stringify({ proposal: here, verdict, after }) });
  if (verdict !== "accept" || it.edit || it.after) go(here + 1).catch(trouble);
}

function correct(on) {
  by("correction").hidden = !on;
  if (!on) return;
  const it = item();
  if (!it) return correct(false);
  by("words").value = it.decision?.after ?? (it.after || it.before);
  by("others").replaceChildren(...[it.after, ...it.others].filter(Boolean).map(words => {
    const option = node("option", "");
    option.value = words;
    return option;
  }));
  by("words").focus();
  by("words").select();
}

const keys = {
  j: () => go(here + 1).catch(trouble),
  k: () => go(here - 1).catch(trouble),
  a: () => decide("accept"),
  r: () => decide("reject"),
  e: () => correct(true),
  u: () => save({ method: "DELETE" }),
};

document.addEventListener("keydown", event => {
  if (event.key === "Escape") { correct(false); return by("words").blur(); }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target === by("words")) return;
  const key = keys[event.key.toLowerCase()];
  if (!key || !state) return;
  event.preventDefault();
  key();
});
document.querySelectorAll("[data-key]").forEach(button => button.addEventListener("click", () => keys[button.dataset.key]()));
by("text").addEventListener("click", event => {
  const span = event.target.closest(".item");
  if (span) go(span.item.proposal).catch(trouble);
});
by("correction").addEventListener("submit", event => {
  event.preventDefault();
  const words = by("words").value.trim();
  correct(false);
  by("words").blur();
  decide("correct", words);
});
by("leave").addEventListener("click", () => correct(false));
for (const [id, step] of [["before", -1], ["after", 1]]) by(id).addEventListener("click", async () => {
  await show(page + step).catch(trouble);
  const [, first, last] = state.pages[page];
  if (last > first) return go(first);
  tell();
  scrollTo(0, 0);
});

ask("state").then(async found => {
  state = found;
  count(state.counts);
  if (state.proposals) await go(state.next, true);
  else { await show(0); tell(); }
}).catch(trouble);
