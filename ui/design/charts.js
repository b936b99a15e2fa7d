// Draws every [data-chart] from the table that stands in it. Only pages with charts load this. The table stays, below the
// picture, for everybody who wants figures; without this script it is all there is.
import uPlot from "uplot";

const HEIGHT = 220;
const COLOURS = 6;
const LETTER = 7; // pixels of a letter of an axis, about
const drawn = new Map();

// A colour token's value may depend on the scheme, so the browser itself is asked what it comes to just now.
function colour(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(--color-${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

function readTable(figure) {
  const table = figure.querySelector("table");
  const names = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows];
  const firsts = rows.map((row) => row.cells[0]);
  const timed = firsts.length > 0 && firsts.every((cell) => cell.dataset.x);
  return {
    names,
    timed,
    words: firsts.map((cell) => cell.textContent.trim()),
    xs: firsts.map((cell, at) => (timed ? Date.parse(cell.dataset.x) / 1000 : at)),
    columns: names.map((_, at) => rows.map((row) => (row.cells[at + 1]?.dataset.y === undefined ? null : Number(row.cells[at + 1].dataset.y)))),
  };
}

function figures(language) {
  const format = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
  return (_plot, values) => values.map((value) => format.format(value));
}

// What fits beside its neighbours; the table under the chart has the whole words.
function shortened(word, room) {
  const most = Math.max(3, Math.floor(room / LETTER));
  return word.length > most ? `${word.slice(0, most - 1)}…` : word;
}

function days(language, data) {
  if (!data.timed) return (_plot, values, _axis, room) => values.map((value) => shortened(data.words[value] ?? "", room));
  const span = data.xs.at(-1) - data.xs[0];
  const look = span > 2 * 86400 ? { day: "numeric", month: "short" } : { hour: "numeric", minute: "2-digit" };
  const format = new Intl.DateTimeFormat(language, look);
  return (_plot, values) => values.map((value) => format.format(new Date(value * 1000)));
}

// Bars of several series stand beside each other: on top of each other the last would hide the rest. Each place is as wide as the
// way from one x to the next.
function bars(at, data) {
  const many = data.names.length;
  if (many < 2) return uPlot.paths.bars({ size: [0.6, 48], radius: 0.15 });
  const place = (data.xs.length > 1 ? data.xs[1] - data.xs[0] : data.timed ? 86400 : 1) * 0.7;
  const begins = data.xs.map((x) => x - place / 2 + (at * place) / many);
  return uPlot.paths.bars({ radius: 0.15, disp: { x0: { unit: 1, values: () => begins }, size: { unit: 1, values: () => [(place / many) * 0.92] } } });
}

// Bars that stand on top of each other: each is drawn as high as all below it and itself, the highest first, so that of every
// series its own part remains to be seen.
function stacked(columns) {
  const heights = columns.length ? columns[0].map(() => 0) : [];
  return columns.map((column) => column.map((value, row) => (heights[row] += value ?? 0)));
}

// A figure between two places without any has no line to be seen by: it gets a dot.
function alone(column) {
  const isNothing = (at) => (column[at] ?? null) === null;
  return column.flatMap((_, at) => (!isNothing(at) && isNothing(at - 1) && isNothing(at + 1) ? [at] : []));
}

function line(name, at, kind, data) {
  const stroke = colour(`chart-${(at % COLOURS) + 1}`);
  const lone = alone(data.columns[at]);
  const standing = kind === "bar" || kind === "stack";
  const filled = standing || kind === "area";
  return {
    label: name,
    stroke,
    width: standing ? 0 : 2,
    dash: at % 2 === 1 && !standing ? [6, 3] : undefined,
    fill: filled ? stroke.replace(/^rgb\((.*)\)$/, standing ? "rgb($1)" : "rgba($1, 0.14)") : undefined,
    paths: kind === "bar" ? bars(at, data) : kind === "stack" ? uPlot.paths.bars({ size: [0.8, 48] }) : undefined,
    points: standing ? { show: false } : { show: true, size: 7, fill: stroke, filter: () => lone },
  };
}

function legend(names) {
  const list = document.createElement("ul");
  list.className = "chart-legend";
  names.forEach((name, at) => {
    const item = document.createElement("li");
    const key = document.createElement("span");
    key.className = `chart-key chart-key-${(at % COLOURS) + 1}`;
    item.append(key, name);
    list.append(item);
  });
  return list;
}

function axes(language, data) {
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const shared = { font, stroke: colour("ink-soft"), ticks: { show: false } };
  const grid = { stroke: colour("line"), width: 1 };
  const steps = data.timed ? {} : { incrs: [1, 2, 5, 10, 20, 50, 100] };
  return [
    { ...shared, ...steps, grid: { show: false }, values: days(language, data), space: 70 },
    { ...shared, grid, values: figures(language), size: 44 },
  ];
}

function draw(figure) {
  const data = readTable(figure);
  const plot = figure.querySelector(".chart-plot");
  drawn.get(figure)?.destroy();
  plot.replaceChildren();
  if (data.xs.length < 1) return;
  const kind = figure.dataset.chart;
  plot.append(document.createElement("div"));
  // Of a single place uPlot itself would make a hundred.
  const padded = () => (kind === "bar" || kind === "stack" || data.xs.length < 2 ? [data.xs[0] - 0.5, data.xs.at(-1) + 0.5] : [data.xs[0], data.xs.at(-1)]);
  const options = {
    width: Math.max(figure.clientWidth, 120),
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [10, 12, 0, 0],
    scales: { x: { time: data.timed, ...(data.timed ? {} : { range: padded }) }, y: { range: (_plot, least, most) => [Math.min(0, least ?? 0), (most || 1) * 1.08] } },
    axes: axes(document.documentElement.lang, data),
    series: [{}, ...data.names.map((name, at) => line(name, at, kind, data))],
  };
  const columns = kind === "stack" ? stacked(data.columns).reverse() : data.columns;
  if (kind === "stack") options.series = [{}, ...options.series.slice(1).reverse()];
  drawn.set(figure, new uPlot(options, [data.xs, ...columns], plot.firstChild));
  if (data.names.length > 1) plot.append(legend(data.names));
}

// The figures are open for those without this script. A refresh brings them open again: what the reader chose holds.
const unfolded = new WeakMap();

function fold(figure) {
  const details = figure.querySelector(".chart-figures");
  if (!details) return;
  if (!unfolded.has(figure)) {
    unfolded.set(figure, false);
    details.querySelector("summary").addEventListener("click", () => unfolded.set(figure, !details.open));
  }
  details.open = unfolded.get(figure);
}

function drawAll() {
  for (const figure of drawn.keys()) if (!figure.isConnected) drawn.delete(figure);
  for (const figure of document.querySelectorAll("[data-chart]")) {
    fold(figure);
    draw(figure);
    sizes.observe(figure);
  }
}

const widths = new WeakMap();
const sizes = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    if (widths.get(target) === contentRect.width) continue;
    widths.set(target, contentRect.width);
    drawn.get(target)?.setSize({ width: Math.max(contentRect.width, 120), height: HEIGHT });
  }
});

// Each chart names this script, so that a part of a page that brings one brings it too; it runs once.
if (!window.doorwardCharts) {
  window.doorwardCharts = true;
  const start = () => {
    drawAll();
    document.body.addEventListener("htmx:after:swap", drawAll);
    for (const wish of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
      matchMedia(wish).addEventListener("change", drawAll);
    }
    new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ["data-theme", "data-density"] });
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
}
