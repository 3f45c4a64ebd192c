// Draws the charts of Today with uPlot from the values that stand beside each; the table says the same without it.
// Colours are those of the page, taken anew when it turns dark or light; arrow keys read the days one by one.
(() => {
  "use strict";

  const language = document.documentElement.lang;
  const charts = [];

  const colourOf = (element, name) => {
    const probe = document.createElement("span");
    probe.className = `chart__${name}`;
    probe.hidden = true;
    element.append(probe);
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return colour;
  };

  const formats = (number) => {
    const digits = number.style === "percent" ? 1 : undefined;
    const whole = new Intl.NumberFormat(language, { ...number, maximumFractionDigits: digits });
    const short = digits ? { maximumFractionDigits: 1 } : { notation: "compact", maximumSignificantDigits: 3 };
    const brief = new Intl.NumberFormat(language, { ...number, minimumFractionDigits: 0, ...short });
    return { whole: (value) => (value == null ? "–" : whole.format(value)), brief: (value) => brief.format(value) };
  };

  const dayFormat = (options) => {
    const format = new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" });
    return (day) => format.format(new Date(`${day}T00:00:00Z`));
  };
  const shortDay = dayFormat({ day: "numeric", month: "short" });
  const longDay = dayFormat({ weekday: "short", day: "numeric", month: "long" });
  const shortMonth = dayFormat({ month: "short", year: "2-digit" });
  const longMonth = dayFormat({ month: "long", year: "numeric" });

  // Steps between the lines of the grid: whole things have no halves; uPlot chooses those of money by itself.
  const decades = (first, last) => Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
  const oneTwoFive = (first, last) => decades(first, last).flatMap((unit) => [unit, 2 * unit, 5 * unit]);
  const increments = { decimal: oneTwoFive(0, 8), percent: oneTwoFive(-3, 0) };

  const highest = (values) => Math.max(0, ...values.filter((value) => value != null));
  // On a day on which more was taken back than given a bar stands below the line.
  const lowest = (values) => Math.min(0, ...values.filter((value) => value != null));

  // The value over the highest day, and the other line's name over its own: nobody has to look up a legend.
  const labelling = (chart, format) => (plot) => {
    const { ctx } = plot;
    const ratio = devicePixelRatio;
    const write = (text, index, value, colour) => {
      const width = ctx.measureText(text).width / 2;
      const { left, width: across } = plot.bbox;
      const x = Math.min(Math.max(plot.valToPos(index, "x", true), left + width), left + across - width);
      const y = plot.valToPos(value, "y", true) - 6 * ratio;
      ctx.strokeText(text, x, y);
      ctx.fillStyle = colour;
      ctx.fillText(text, x, y);
    };
    ctx.save();
    ctx.font = `600 ${12 * ratio}px ${getComputedStyle(plot.root.parentElement).fontFamily}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "bottom";
    ctx.lineJoin = "round";
    ctx.lineWidth = 5 * ratio;
    ctx.strokeStyle = colourOf(plot.root, "ground"); // a rim, so that a line behind a word does not cross it out
    const top = highest(chart.now);
    const best = chart.now.lastIndexOf(top);
    const others = chart.before.map((value, index) => ({ value, index })).filter(({ value }) => value > 0);
    const apart = others.filter(({ index }) => top === 0 || Math.abs(index - best) > chart.days.length / 3);
    const place = apart.sort((one, other) => other.value - one.value)[0];
    if (place) write(chart.words.before, place.index, place.value, colourOf(plot.root, "before"));
    if (top > 0) write(format.brief(top), best, top, colourOf(plot.root, "now"));
    ctx.restore();
  };

  const seriesOf = (element, chart) => {
    const now = colourOf(element, "now");
    const bars = chart.kind === "bars";
    const paths = bars ? uPlot.paths.bars({ size: [0.65, 44], radius: 0.15 }) : uPlot.paths.linear();
    const line = { stroke: now, fill: bars ? now : undefined, width: bars ? 0 : 2, paths };
    line.points = { show: !bars, size: chart.days.length > 31 ? 4 : 6, stroke: now, fill: now };
    const grey = colourOf(element, "before");
    const before = { stroke: grey, width: 1.5, dash: [4, 4], points: { show: !bars, size: 4, stroke: grey, fill: grey } };
    if (!chart.accented) return [line, before];
    const quiet = bars ? colourOf(element, "quiet") : now;
    return [{ ...line, stroke: quiet, fill: bars ? quiet : undefined }, line, before];
  };

  const valuesOf = (chart) => {
    const places = chart.days.map((_, index) => index);
    const before = chart.days.map((_, index) => chart.before[index] ?? null);
    if (!chart.accented) return [places, chart.now, before];
    const first = chart.days.length - chart.accented;
    const past = chart.now.map((value, index) => (index < first || chart.kind === "line" ? value : null));
    return [places, past, chart.now.map((value, index) => (index < first ? null : value)), before];
  };

  const optionsOf = (element, chart, format) => {
    const font = `12px ${getComputedStyle(element).fontFamily}`;
    const ink = colourOf(element, "before");
    const line = colourOf(element, "line");
    const margin = 0.6;
    const every = Math.ceil(chart.days.length / (element.clientWidth > 480 ? 7 : 4));
    const ticks = () => chart.days.map((_, index) => chart.days.length - 1 - index).filter((_, index) => index % every === 0).reverse();
    return {
      width: element.clientWidth,
      height: element.clientHeight,
      padding: [22, 20, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
      scales: {
        x: { time: false, range: () => [-margin, chart.days.length - 1 + margin] },
        y: {
          range: () => {
            const values = [...chart.now, ...chart.before];
            return [lowest(values) * 1.08, highest(values) * 1.08 || 1];
          },
        },
      },
      axes: [
        {
          font, stroke: ink, grid: { show: false }, ticks: { show: false }, gap: 6, size: 28,
          splits: ticks, values: (_, splits) => splits.map((index) => (chart.unit === "month" ? shortMonth : shortDay)(chart.days[index])),
        },
        {
          font, stroke: ink, grid: { stroke: line, width: 1 }, ticks: { show: false }, gap: 6, space: 44,
          incrs: increments[chart.number.style],
          size: (plot, values) => 14 + 7 * Math.max(1, ...(values ?? []).map((text) => text.length)),
          values: (_, splits) => splits.map(format.brief),
        },
      ],
      series: [{}, ...seriesOf(element, chart)],
      hooks: { draw: [labelling(chart, format)], setCursor: [(plot) => tell(element, chart, format, plot.cursor.idx)] },
    };
  };

  const tell = (element, chart, format, index) => {
    const place = document.getElementById(element.dataset.readout);
    if (index == null) {
      place.textContent = "";
      return;
    }
    const before = chart.before.length ? ` (${chart.words.before}${language === "fr" ? "\u00a0" : ""}: ${format.whole(chart.before[index])})` : "";
    const name = (chart.unit === "month" ? longMonth : longDay)(chart.days[index]);
    place.textContent = `${name}${language === "fr" ? "\u00a0" : ""}: ${format.whole(chart.now[index])}${before}`;
  };

  const draw = (drawn) => {
    drawn.plot?.destroy();
    const { element, chart, format } = drawn;
    drawn.plot = new uPlot(optionsOf(element, chart, format), valuesOf(chart), element);
  };

  const moveBy = (drawn, step) => {
    const last = drawn.chart.days.length - 1;
    const from = drawn.plot.cursor.idx ?? (step > 0 ? -1 : last + 1);
    const index = Math.min(last, Math.max(0, from + step));
    drawn.plot.setCursor({ left: drawn.plot.valToPos(index, "x"), top: 0 });
  };

  const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };
  for (const element of document.querySelectorAll("[data-chart]")) {
    const chart = JSON.parse(element.dataset.chart);
    const drawn = { element, chart, format: formats(chart.number), plot: null };
    draw(drawn);
    charts.push(drawn);
    element.addEventListener("keydown", (event) => {
      if (!(event.key in steps)) return;
      event.preventDefault();
      moveBy(drawn, steps[event.key]);
    });
    element.addEventListener("blur", () => drawn.plot.setCursor({ left: -10, top: -10 }));
    let width = element.clientWidth;
    new ResizeObserver(() => {
      if (element.clientWidth === width || element.clientWidth === 0) return;
      width = element.clientWidth;
      draw(drawn);
    }).observe(element);
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.forEach(draw));
  // Bars are drawn with a canvas's own font: again when ours has arrived.
  document.fonts?.ready.then(() => charts.forEach(draw));
})();
