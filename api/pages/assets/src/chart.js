// The chart that can be explored, loaded when a reader asks for it. The picture that
// the server drew stays until this one is ready, and the table below has all figures.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

const DASHES = [[], [9, 4], [2, 4], [12, 3, 2, 3], [5, 3], [16, 4], [1, 3], [8, 3, 2, 3]];
const HEIGHT = 380;
const STEP = 70; // pixels that a label of a period needs

for (const box of document.querySelectorAll("[data-explore]")) explore(box);

/** Puts a chart, switches for its lines and a slider over its periods into a box. */
function explore(box) {
  const { labels, said: periods, series } = JSON.parse(box.dataset.explore);
  const number = new Intl.NumberFormat(box.dataset.locale, { maximumFractionDigits: 6, useGrouping: "always" });
  const place = make("div", { className: "explorer" });
  const canvas = make("div", { ariaHidden: "true" });
  const slider = make("input", { type: "range", min: 0, max: labels.length - 1, value: labels.length - 1 });
  const said = make("output");
  const chart = new uPlot(
    options(box, labels, series, number, tell),
    [labels.map((_, n) => n), ...series.map((one) => one.values)],
    canvas,
  );

  function tell(n) {
    if (n == null) return;
    slider.value = n;
    slider.ariaValueText = periods[n];
    const values = series
      .filter((_, i) => chart.series[i + 1].show)
      .map(({ name, values }) => `${name}: ${values[n] == null ? box.dataset.none : number.format(values[n])}`);
    said.textContent = `${periods[n]} – ${values.join("; ")}`;
  }

  const move = () => {
    const n = Number(slider.value);
    chart.setCursor({ left: chart.valToPos(n, "x"), top: 0 });
    tell(n);
  };
  slider.addEventListener("input", move);
  const named = make("label");
  named.append(box.dataset.period, slider);
  place.append(canvas, named, said);
  if (series.length > 1) place.append(switches(box, series, chart, () => tell(Number(slider.value))));
  box.replaceChildren(place);
  const fit = () => chart.setSize({ width: Math.max(box.clientWidth, 280), height: HEIGHT });
  new ResizeObserver(fit).observe(box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => chart.redraw());
  fit();
  tell(labels.length - 1);
}

/** Returns what the chart looks like; colours are those of the style sheet. */
function options(box, labels, series, number, tell) {
  const ink = () => getComputedStyle(box).color;
  const rule = () => getComputedStyle(box).getPropertyValue("--pico-muted-border-color");
  const font = `13px ${getComputedStyle(box).fontFamily}`;
  const axis = { stroke: ink, font, grid: { stroke: rule, width: 1 }, ticks: { stroke: rule, width: 1 } };
  return {
    width: 280,
    height: HEIGHT,
    legend: { show: false },
    scales: { x: { time: false }, y: { range: (_, low, high) => [Math.min(low, 0), Math.max(high, 0) * 1.05 || 1] } },
    axes: [
      {
        ...axis,
        space: STEP,
        incrs: [1, 2, 5, 10, 12, 24, 60, 120],
        values: (_, steps) => steps.map((n) => labels[n] ?? ""),
      },
      { ...axis, size: 90, values: (_, steps) => steps.map((value) => number.format(value)) },
    ],
    series: [
      {},
      ...series.map((one, n) => ({
        label: one.name,
        stroke: () => colour(box, n),
        width: 2.5,
        dash: DASHES[n],
        spanGaps: false,
        points: { size: 6 },
      })),
    ],
    cursor: { drag: { x: false, y: false } },
    hooks: { setCursor: [(chart) => chart.cursor.event && tell(chart.cursor.idx)] },
  };
}

/** Returns a switch for each line, with a sample of it. */
function switches(box, series, chart, changed) {
  const group = make("fieldset", { className: "explorer-lines" });
  group.append(make("legend", { textContent: box.dataset.lines }));
  series.forEach((one, n) => {
    const label = make("label");
    const tick = make("input", { type: "checkbox", checked: true });
    tick.addEventListener("change", () => {
      chart.setSeries(n + 1, { show: tick.checked });
      changed();
    });
    label.append(tick, sample(n + 1), ` ${one.name}`);
    group.append(label);
  });
  return group;
}

function sample(n) {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  const line = document.createElementNS(space, "polyline");
  picture.setAttribute("class", "chart-sample");
  picture.setAttribute("viewBox", "0 0 32 12");
  picture.setAttribute("aria-hidden", "true");
  line.setAttribute("class", `series-${n}`);
  line.setAttribute("points", "0,6 32,6");
  picture.append(line);
  return picture;
}

function colour(box, n) {
  return getComputedStyle(box).getPropertyValue(`--series-${n + 1}`).trim();
}

function make(name, properties = {}) {
  return Object.assign(document.createElement(name), properties);
}
