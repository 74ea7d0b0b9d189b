"use strict";
// Which state of a region shows is written into the page, by Repair.at: nothing is decided here.
const $ = (selector, root = document) => [...root.querySelectorAll(selector)];
const states = $("[data-ranges]").map(node => ({
  node,
  made: "made" in node.dataset,
  ranges: JSON.parse(node.dataset.ranges),
}));
const slider = document.getElementById("threshold"), shown = document.getElementById("shown");
const least = document.getElementById("least");
let asMade = true;

function show() {
  const step = Number(slider.value);
  for (const state of states) {
    const on = asMade ? state.made : state.ranges.some(([from, to]) => from <= step && step <= to);
    if (state.node.hidden === on) state.node.hidden = !on;
  }
  shown.value = asMade ? "as repaired" : (step / 100).toFixed(2);
  count();
}

function filter() {
  const off = new Set($("input[data-filter]").filter(box => !box.checked).map(box => box.dataset.filter));
  for (const item of $(".item")) {
    const { kind, family, p } = item.dataset;
    item.classList.toggle("off", off.has(`kind ${kind}`) || off.has(`family ${family}`) || p < least.value);
  }
  count();
}

const sections = $("section");

function count() {
  for (const section of sections) {
    const counts = new Map();
    let left = 0;
    for (const item of $("[data-ranges]:not([hidden]) > .item:not(.off)", section)) {
      if (item.classList.contains("edit")) counts.set(item.dataset.kind, (counts.get(item.dataset.kind) || 0) + 1);
      else left += 1;
    }
    const kinds = [...counts].sort().map(([kind, n]) => `${n} ${kind}`).join(", ") || "none";
    section.querySelector(".changes").textContent = kinds;
    section.querySelector(".unchanged").textContent = String(left);
  }
}

let waiting = 0;
slider.addEventListener("input", () => {
  asMade = false;
  cancelAnimationFrame(waiting); // of many moves in a frame only the last counts
  waiting = requestAnimationFrame(show);
});
document.getElementById("reset").addEventListener("click", () => { asMade = true; show(); });
least.addEventListener("input", filter);
$("input[data-filter]").forEach(box => box.addEventListener("change", filter));
$("button.copy").forEach(button => button.addEventListener("click", () => {
  const area = button.parentElement.querySelector("textarea");
  area.select();
  if (navigator.clipboard) navigator.clipboard.writeText(area.value).catch(() => document.execCommand("copy"));
  else document.execCommand("copy");
}));
for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, event => {
  const tip = event.target.closest?.(".item")?.querySelector(".tip");
  if (!tip) return;
  tip.style.left = "0"; // and further to the left where it would leave the window
  const over = tip.getBoundingClientRect().right + 8 - document.documentElement.clientWidth;
  if (over > 0) tip.style.left = `${-over}px`;
});
document.addEventListener("keydown", event => {
  if (event.key === "Escape" && document.activeElement) document.activeElement.blur();
});
filter();
show();
