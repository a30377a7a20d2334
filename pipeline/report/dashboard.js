// SPDX-License-Identifier: GPL-3.0-or-later
// Filters of a dashboard: one measure, one programme, a stretch of time.  Asks nobody for anything; without it the page
// shows everything.  The words, limits and drawings are those of dashboard.c and dashboard_chart.c.
(function () {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);
  const nPeriods = data.periods.length, width = nPeriods + 1, svgNS = "http://www.w3.org/2000/svg";
  const nearZ = 1.959963984540054, farZ = 3.090232306167813;
  const LEFT = 74, RIGHT = 468, TOP = 14, BOTTOM = 246;
  const nothing = "\u2013";
  const form = document.getElementById("filters"), told = document.getElementById("filter-told");
  const pick = ["measure", "programme", "from", "to"].map(function (name) { return document.getElementById("filter-" + name); });
  if (nPeriods === 0 || data.measures.length === 0) return;

  // ---- numbers as people read them ------------------------------------------------------------------------------

  function fixed(x, digits) {
    if (!isFinite(x)) return nothing;
    const text = Math.abs(x).toFixed(digits);
    return (x < 0 && /[1-9]/.test(text) ? "\u2212" : "") + text;
  }
  function count(n) { return String(n).replace(/\B(?=(\d{3})+$)/g, ","); }
  function percent(x) { return isFinite(x) ? fixed(100 * x, 1) + "\u00a0%" : nothing; }
  function scale(measure) { return measure.units ? 1000 : 100; }
  function value(measure, x) {
    if (measure.share && !measure.units && isFinite(x)) return fixed(100 * x, 0) + "\u00a0%";
    return measure.units ? fixed(1000 * x, 2) : percent(x);
  }
  function ratio(x) { return fixed(x, 2); }
  function bare(x) { return Math.abs(x) < 10 ? fixed(x, 2) : fixed(x, Math.abs(x) < 100 ? 1 : 0); }

  // Byar's approximation to the limits of a Poisson count over what was expected.
  function byar(events, expected) {
    const cube = function (n, z) { const root = 1 - 1 / (9 * n) + z / (3 * Math.sqrt(n)); return root > 0 ? n * root * root * root : 0; };
    return [events === 0 ? 0 : cube(events, -nearZ) / expected, cube(events + 1, nearZ) / expected];
  }

  // Few people make a normal approximation bold: five of each kind are needed.
  function flag(measure, sum) {
    const z = (sum.y - sum.e) / Math.sqrt(sum.v * measure.phi);
    if (measure.phi === 0 || !(sum.v > 0) || sum.e < 5 || (!measure.units && sum.n - sum.e < 5) || Math.abs(z) <= nearZ) return "";
    if (Math.abs(z) <= farZ) return z > 0 ? "To watch: somewhat higher" : "To watch: somewhat lower";
    return ((z > 0) === measure.higher ? "Better: " : "Worse: ") + (z > 0 ? "higher" : "lower") + " than chance explains";
  }
  function periodFlag(measure, digit) {
    const signal = parseInt(digit, 32), above = (signal & 8) !== 0, parts = [];
    const side = above ? "above" : "below";
    if ((signal & 23) === 0) return "";
    if (signal & 1) parts.push(side + " the control limits");
    if (signal & 2) parts.push(measure.run + " or more in a row " + side + " the centre");
    if (signal & 4) parts.push(measure.trend + " or more in a row rising or falling");
    if (signal & 16) parts.push("2 of 3 in a row near the " + (above ? "upper" : "lower") + " limit");
    return ((signal & 19) === 0 ? "Changing: " : above === measure.higher ? "Better: " : "Worse: ") + parts.join("; ");
  }

  // ---- sums over a stretch of time ----------------------------------------------------------------------------------

  // Programme p (0: all) over periods from .. to; withheld cells are passed over and counted.
  function total(measure, p, from, to) {
    const sum = { n: 0, y: 0, e: 0, v: 0, t: 0, withheld: 0 };
    const take = function (c) {
      sum.n += measure.n[c]; sum.y += measure.y[c]; sum.e += measure.e[c]; sum.v += measure.v[c];
      if (measure.units) sum.t += measure.t[c];
    };
    if (from === 0 && to === nPeriods - 1) {
      const c = p * width;
      if (measure.n[c] < 0) sum.withheld = nPeriods;
      else take(c);
      return sum;
    }
    for (let q = from; q <= to; q++) {
      const c = p * width + q + 1;
      if (measure.n[c] < 0) { sum.withheld++; continue; }
      take(c);
    }
    return sum;
  }

  // Of people, or of the time under observation.
  function size(measure, sum) { return measure.units ? sum.t : sum.n; }

  function cells(measure, sum, text) {
    const all = sum.n === 0 && sum.withheld > 0, limits = byar(sum.y, sum.e);
    if (all) return ["withheld", "withheld", "withheld", "withheld", "withheld", "withheld", ""];
    if (sum.n === 0) return ["0", "0", nothing, nothing, nothing, nothing, ""];
    const of = size(measure, sum);
    return [count(Math.round(of)), count(sum.y), value(measure, sum.y / of), value(measure, sum.e / of), ratio(sum.y / sum.e),
            sum.e > 0 ? bare(limits[0]) + " to " + bare(limits[1]) : nothing,
            text + (sum.withheld > 0 ? (text ? "; " : "") + count(sum.withheld) + " periods withheld" : "")];
  }

  function fill(row, texts) {
    for (let j = 0; j < texts.length; j++) {
      const cell = row.children[j + 1];
      cell.textContent = texts[j];
      if (j === texts.length - 1) cell.className = /^Better/.test(texts[j]) ? "good" : /^Worse/.test(texts[j]) ? "bad" : "";
    }
  }

  // ---- drawing ------------------------------------------------------------------------------------------------------

  function element(parent, name, attributes, text) {
    const made = document.createElementNS(svgNS, name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    if (text !== undefined) made.textContent = text;
    parent.appendChild(made);
    return made;
  }
  function step(range, most) {
    const power = Math.pow(10, Math.floor(Math.log10(range / most)));
    for (const s of [1, 2, 5, 10]) if (range <= s * power * most * (1 + 1e-12)) return s * power;
    return 20 * power;
  }

  // The phase of a period: [its first period, the end of its baseline, centre or null, Laney's factor].
  function phaseOf(phases, q) {
    let found = phases[0];
    for (const phase of phases) if (phase[0] <= q) found = phase;
    return found;
  }

  // Half the width of the limits about a centre; none on a run chart.
  function reachOf(measure, phase, c) {
    const centre = phase[2];
    if (centre === null || measure.chart === "run") return NaN;
    return 3 * phase[3] * Math.sqrt(measure.units ? centre / measure.t[c] : centre * (1 - centre) / measure.n[c]);
  }

  function control(m, p, from, to) {
    const measure = data.measures[m], svg = document.getElementById("control-" + m), n = to - from + 1;
    const phases = measure.c[p], points = [], top = measure.units ? Infinity : 1;
    let least = Infinity, most = 0;
    if (svg === null) return;
    while (svg.lastChild) svg.removeChild(svg.lastChild);
    for (let q = from; q <= to; q++) {
      const c = p * width + q + 1;
      if (measure.n[c] <= 0) { points.push(null); continue; }
      const phase = phaseOf(phases, q), share = measure.y[c] / (measure.units ? measure.t[c] : measure.n[c]), reach = reachOf(measure, phase, c);
      const point = { share: share, low: Math.max(phase[2] - reach, 0), high: Math.min(phase[2] + reach, top), centre: phase[2], phase: phase,
                      signal: parseInt(measure.s[p * nPeriods + q], 32) };
      points.push(point);
      least = Math.min(least, share, isFinite(reach) ? point.low : share);
      most = Math.max(most, share, isFinite(reach) ? point.high : share);
    }
    const shown = points.filter(Boolean).length;
    const who = p === 0 ? "All programmes" : data.programmes[p - 1];
    element(svg, "title", { id: "control-" + m + "-title" }, "Over time: " + measure.label);
    element(svg, "desc", { id: "control-" + m + "-desc" }, who + ", " + shown + " periods. The numbers are in the table below.");
    if (measure.units) element(svg, "text", { x: 4, y: -4, "text-anchor": "start" }, "Per 1,000 person-" + measure.units);
    if (shown === 0) {
      element(svg, "text", { x: 240, y: 130, "text-anchor": "middle" }, "No period has numbers that can be shown.");
      return;
    }
    const least5 = measure.units ? 0.0005 : 0.05;
    if (!(most > least)) { least = Math.max(least - least5 / 2, 0); most = Math.min(least + least5, top); }
    const gap = step(most - least, 5);
    least = Math.max(Math.floor(least / gap + 1e-9) * gap, 0);
    most = Math.min(Math.ceil(most / gap - 1e-9) * gap, top);
    const digits = gap * scale(measure) > 0.99 ? 0 : gap * scale(measure) > 0.099 ? 1 : 2;
    const x = function (at) { return (LEFT + (RIGHT - LEFT) * at / n).toFixed(1); };
    const y = function (at) { return (BOTTOM - (BOTTOM - TOP) * (at - least) / (most - least)).toFixed(1); };
    for (let at = least; at < most + gap / 2; at += gap) {
      element(svg, "line", { "class": "grid", x1: LEFT, x2: RIGHT, y1: y(at), y2: y(at) });
      element(svg, "text", { x: LEFT - 6, y: +y(at) + 5, "text-anchor": "end" }, fixed(scale(measure) * at, digits) + (measure.units ? "" : "\u00a0%"));
    }
    element(svg, "text", { x: LEFT, y: BOTTOM + 20, "text-anchor": "start" }, data.periods[from]);
    if (n >= 5) {
      const middle = Math.floor((n + 1) / 2);
      element(svg, "text", { x: x(middle - 0.5), y: BOTTOM + 20, "text-anchor": "middle" }, data.periods[from + middle - 1]);
    }
    if (n > 1) element(svg, "text", { x: RIGHT, y: BOTTOM + 20, "text-anchor": "end" }, data.periods[to]);
    element(svg, "text", { x: (LEFT + RIGHT) / 2, y: 288, "text-anchor": "middle" }, "Period of entry");
    let path = "", low = "", high = "", broken = true;
    points.forEach(function (point, k) {
      if (point === null) { broken = true; return; }
      path += (broken ? "M" : "L") + x(k + 0.5) + " " + y(point.share);
      broken = false;
      if (isFinite(point.low)) {
        const before = k > 0 ? points[k - 1] : null, on = before !== null && before.phase === point.phase && isFinite(before.low);
        low += (on ? "V" : "M" + x(k) + " ") + y(point.low) + "H" + x(k + 1);
        high += (on ? "V" : "M" + x(k) + " ") + y(point.high) + "H" + x(k + 1);
      }
    });
    if (low) { element(svg, "path", { "class": "far", d: low }); element(svg, "path", { "class": "far", d: high }); }
    phases.forEach(function (phase, k) {
      const first = Math.max(phase[0], from), end = Math.min(k + 1 < phases.length ? phases[k + 1][0] : nPeriods, to + 1);
      const held = Math.min(Math.max(phase[1], first), end);
      if (end <= first) return;
      const draw = function (name, a, b) {
        if (b > a) element(svg, "line", { "class": name, x1: x(a - from), x2: x(b - from), y1: y(phase[2]), y2: y(phase[2]) });
      };
      if (phase[2] !== null) { draw("centre", first, held); draw("held", held, end); }
      if (first > from && first === phase[0]) element(svg, "line", { "class": "phase", x1: x(first - from), x2: x(first - from), y1: TOP, y2: BOTTOM });
    });
    element(svg, "path", { "class": "course", d: path });
    points.forEach(function (point, k) {
      if (point === null) return;
      const side = (point.signal & 23) === 0 ? 0 : point.share > point.centre ? 1 : -1;
      const mark = side === 0
        ? element(svg, "circle", { "class": "point", cx: x(k + 0.5), cy: y(point.share), r: 3.5 })
        : element(svg, "path", { "class": "out", d: "M" + x(k + 0.5) + " " + (+y(point.share) - 6 * side).toFixed(1) + "l6 " + 11 * side + "h-12z" });
      element(mark, "title", {}, data.periods[from + k] + ": " + value(measure, point.share));
    });
  }

  // ---- the page as chosen ----------------------------------------------------------------------------------------------

  const originals = data.measures.map(function (measure, m) {
    return ["programmes-" + m, "periods-" + m, "control-" + m].map(function (id) {
      const found = document.getElementById(id);
      return found === null ? null : found.cloneNode(true);
    });
  });
  function restore(m) {
    originals[m].forEach(function (original) {
      const now = original === null ? null : document.getElementById(original.id);
      if (now !== null) now.replaceWith(original.cloneNode(true));
    });
  }

  function showMeasure(m, p, from, to) {
    const measure = data.measures[m], all = from === 0 && to === nPeriods - 1;
    const programmes = function () { return document.getElementById("programmes-" + m); };
    restore(m);
    document.getElementById("who-" + m).textContent = p === 0 ? "all programmes" : data.programmes[p - 1];
    if (!all)
      Array.from(programmes().rows).forEach(function (row, k) {
        const sum = total(measure, k, from, to);
        fill(row, cells(measure, sum, k > 0 ? flag(measure, sum) : ""));
      });
    Array.from(programmes().rows).forEach(function (row, k) { row.hidden = p > 0 && k > 0 && k !== p; });
    if (p > 0 || !all) {
      Array.from(document.getElementById("periods-" + m).rows).forEach(function (row, q) {
        const sum = total(measure, p, q, q);
        row.hidden = q < from || q > to;
        if (nPeriods === 1) { const c = p * width; sum.n = measure.n[c] < 0 ? 0 : measure.n[c]; }
        if (p > 0) fill(row, cells(measure, sum, sum.withheld ? "" : periodFlag(measure, measure.s[p * nPeriods + q])));
      });
      control(m, p, from, to);
    }
    const caption = document.getElementById("periods-" + m).closest("table").caption.firstChild;
    caption.textContent = "By period, " + (p === 0 ? "all programmes" : data.programmes[p - 1]) + ": " + measure.label;
  }

  function tell(m, p, from, to) {
    const one = m >= 0 ? data.measures[m].label : data.measures.length + " measures";
    let text = "Shown: " + one + "; " + (p > 0 ? data.programmes[p - 1] : "all programmes") + "; " + data.periods[from] +
      (to > from ? " to " + data.periods[to] : "") + ".";
    if (m >= 0) {
      const sum = total(data.measures[m], p, from, to);
      const units = data.measures[m].units;
      if (sum.n > 0 && units) text += " " + count(sum.y) + " events in " + count(Math.round(sum.t)) + " person-" + units + ": " + fixed(1000 * sum.y / sum.t, 2) + " per 1,000.";
      else if (sum.n > 0 && data.measures[m].share) text += " About " + value(data.measures[m], sum.y / sum.n) + " of " + count(sum.n) + " people.";
      else if (sum.n > 0) text += " " + count(sum.y) + " of " + count(sum.n) + " people: " + percent(sum.y / sum.n) + ".";
      else text += sum.withheld > 0 ? " The number is withheld." : " Nobody is counted.";
    }
    told.textContent = text;
  }

  function apply() {
    const m = +pick[0].value, p = +pick[1].value;
    let from = +pick[2].value, to = +pick[3].value;
    if (from > to) { const first = to; to = from; from = first; pick[2].value = from; pick[3].value = to; }
    data.measures.forEach(function (measure, k) {
      const section = document.getElementById("measure-" + k);
      section.hidden = m >= 0 && k !== m;
      if (!section.hidden) showMeasure(k, p, from, to);
    });
    tell(m, p, from, to);
  }

  function option(select, value, text) {
    const made = document.createElement("option");
    made.value = value;
    made.textContent = text;
    select.appendChild(made);
  }
  function begin() {
    option(pick[0], -1, "All measures");
    data.measures.forEach(function (measure, m) { option(pick[0], m, measure.label); });
    option(pick[1], 0, "All programmes");
    data.programmes.forEach(function (name, p) { option(pick[1], p + 1, name); });
    data.periods.forEach(function (name, q) { option(pick[2], q, name); option(pick[3], q, name); });
    pick[3].options[nPeriods - 1].defaultSelected = true;
    pick[3].value = nPeriods - 1;
    pick.forEach(function (select) { select.addEventListener("change", apply); });
    form.addEventListener("submit", function (event) { event.preventDefault(); });
    form.addEventListener("reset", function () { setTimeout(apply, 0); });
    form.hidden = false;
    tell(-1, 0, 0, nPeriods - 1);
  }
  begin();
})();
