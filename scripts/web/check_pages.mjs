// SPDX-License-Identifier: GPL-3.0-or-later
// Loads each page from its file, with no network, at 320, 768 and 1440 pixels, light and dark, and tells what is wrong with it; a
// dashboard's filters, and the keyboard, are tried once.  Run by scripts/check-web: node check_pages.mjs WEB PAGE.html ...
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [web, ...pages] = process.argv.slice(2);
const require = createRequire(path.resolve(web, "package.json"));
const { chromium } = require("playwright-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const widths = [320, 768, 1440];
const tallest = 6000; // of a picture
let found = 0, looks = 0, tries = 0;

function tell(page, what, faults) {
  for (const fault of faults) {
    found++;
    console.log(`not ok - ${page} ${what}: ${fault}`);
  }
}
const nameOf = file => path.relative(path.resolve(web), path.resolve(file)).replace(/(^|\/)(demo|awkward|release|out)(?=\/)/g, "").replace(/^\//, "").replace(/\.html$/, "").replace(/\//g, "-");

// What a reader would see: text that leaves its picture, runs into other text, or is too small.
function looksOfPictures() {
  const faults = [];
  for (const svg of document.querySelectorAll("svg")) {
    const box = svg.getBoundingClientRect(), texts = [];
    if (box.width === 0) continue;
    for (const text of svg.querySelectorAll("text")) {
      const r = text.getBoundingClientRect(), said = text.textContent.trim().slice(0, 40);
      if (r.width === 0 || said === "") continue;
      if (r.left < box.left - 1 || r.right > box.right + 1 || r.top < box.top - 1 || r.bottom > box.bottom + 1)
        faults.push(`text leaves its picture: ${said}`);
      if (r.height < 8.5) faults.push(`text of ${r.height.toFixed(1)} px: ${said}`);
      for (const [other, o] of texts)
        if (r.left < o.right - 1 && r.right > o.left + 1 && r.top < o.bottom - 3 && r.bottom > o.top + 3)
          faults.push(`texts overlap: ${said} and ${o}`);
      texts.push([said, r]);
    }
    if (!svg.querySelector("title") && !svg.getAttribute("aria-label")) faults.push("a picture without a title");
  }
  return faults.slice(0, 5);
}

async function open(context, file, options) {
  const page = await context.newPage(), messages = [];
  page.on("console", m => { if (["error", "warning"].includes(m.type())) messages.push(`console: ${m.text()}`); });
  page.on("pageerror", e => messages.push(`error: ${e}`));
  page.on("dialog", d => { messages.push(`dialog: ${d.message()}`); d.dismiss(); });
  page.on("request", r => { if (!/^(file|data|blob):/.test(r.url())) messages.push(`network: ${r.url()}`); });
  await page.emulateMedia({ colorScheme: options.scheme ?? "light", reducedMotion: "reduce", media: options.media ?? "screen" });
  await page.setViewportSize({ width: options.width ?? 1024, height: 900 });
  await page.goto(pathToFileURL(path.resolve(file)).href, { waitUntil: "load", timeout: 60000 });
  return { page, messages };
}

// One load; the window and the scheme change, as they do in front of a reader.
async function lookAt(context, file) {
  const name = nameOf(file), { page, messages } = await open(context, file, {});
  await page.evaluate(axe);
  for (const scheme of ["light", "dark"])
    for (const width of widths) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: 900 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      const result = await page.evaluate(t => axe.run(document, { runOnly: { type: "tag", values: t }, resultTypes: ["violations"] }), tags);
      const faults = [...messages.splice(0), ...await page.evaluate(looksOfPictures)];
      if (wide > 0) faults.push(`${wide} px wider than the window`);
      for (const v of result.violations) faults.push(`${v.id} (${v.nodes.length}): ${v.nodes[0].target.join(" ")}`);
      tell(name, `${scheme} ${width}`, faults);
      const height = Math.min(tallest, await page.evaluate(() => document.documentElement.scrollHeight));
      await page.screenshot({ path: path.join(web, "pictures", `${name}-${width}-${scheme}.png`), fullPage: true, clip: { x: 0, y: 0, width, height }, animations: "disabled" });
      looks++;
    }
  await page.close();
}

async function attempt(file, what, check) {
  tries++;
  try {
    const fault = await check();
    if (fault) tell(nameOf(file), what, [fault]);
  } catch (error) {
    tell(nameOf(file), what, [String(error).split("\n")[0]]);
  }
}

// ---- keyboard -----------------------------------------------------------------------------------------------------------

async function tryKeyboard(context, file) {
  const { page } = await open(context, file, {});
  const focused = () => page.evaluate(() => { const e = document.activeElement, s = getComputedStyle(e); return { tag: e.tagName, cls: e.className, outline: s.outlineStyle, left: e.getBoundingClientRect().left, hash: location.hash }; });
  await attempt(file, "keyboard: the first stop is a link past the head of the page", async () => {
    await page.keyboard.press("Tab");
    const first = await focused();
    if (first.cls !== "skip" || first.left < 0) return `focus is on ${first.tag}.${first.cls}`;
    await page.keyboard.press("Enter");
    return (await focused()).hash === "" ? "the link leads nowhere" : "";
  });
  await attempt(file, "keyboard: each of the next stops shows that it has the focus", async () => {
    for (let k = 0; k < 12; k++) {
      await page.keyboard.press("Tab");
      const now = await focused();
      if (now.tag !== "BODY" && now.outline === "none") return `${now.tag}.${now.cls} shows nothing`;
    }
    return "";
  });
  if (await page.locator("details").count() > 0)
    await attempt(file, "keyboard: Enter opens what is folded", async () => {
      const details = page.locator("details").first();
      await details.locator("summary").first().focus();
      await page.keyboard.press("Enter");
      return (await details.evaluate(d => d.open)) ? "" : "it stays closed";
    });
  await page.close();
}

// ---- filters --------------------------------------------------------------------------------------------------------------

const percent = x => (100 * x).toFixed(1) + "\u00a0%";
const count = n => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

// The rows of a table that can be seen, as texts.
const rowsOf = (page, id) => page.evaluate(i => Array.from(document.getElementById(i).rows).filter(r => !r.hidden).map(r => Array.from(r.cells).map(c => c.textContent)), id);

async function tryFilters(context, file) {
  const { page, messages } = await open(context, file, {});
  const data = JSON.parse(await page.locator("#data").textContent());
  const n = data.periods.length, width = n + 1, first = data.measures[0];
  const before = await page.evaluate(() => document.querySelector("main").innerHTML);
  const pick = (id, value) => page.locator(`#filter-${id}`).selectOption(String(value));

  await attempt(file, "filters: a measure hides the others", async () => {
    await pick("measure", data.measures.length - 1);
    const shown = await page.evaluate(() => Array.from(document.querySelectorAll("section[id^=measure-]")).filter(s => !s.hidden).map(s => s.id));
    await pick("measure", -1);
    return shown.join() === `measure-${data.measures.length - 1}` ? "" : `shown: ${shown.join()}`;
  });
  const p = Math.ceil(data.programmes.length / 2);
  await attempt(file, "filters: a programme shows itself beside all programmes", async () => {
    await pick("programme", p);
    const rows = await rowsOf(page, "programmes-0");
    return rows.length === 2 && rows[1][0] === data.programmes[p - 1] ? "" : `rows: ${rows.map(r => r[0]).join()}`;
  });
  await attempt(file, "filters: the periods of a programme have its own numbers", async () => {
    const rows = await rowsOf(page, "periods-0");
    for (let q = 0; q < n; q++) {
      const people = first.n[p * width + q + 1], events = first.y[p * width + q + 1];
      const wanted = n === 1 ? rows[q].slice(1, 4) : people < 0 ? ["withheld", "withheld", "withheld"] : people === 0 ? ["0", "0", "\u2013"] : [count(people), count(events), percent(events / people)];
      if (rows[q].slice(1, 4).join() !== wanted.join()) return `${rows[q].join(" | ")}, not ${wanted.join(" | ")}`;
    }
    return "";
  });
  await attempt(file, "filters: its chart has a point for each period that has people", async () => {
    const points = await page.locator("#control-0 .point, #control-0 .out").count();
    let wanted = 0;
    for (let q = 1; q <= n; q++) wanted += first.n[p * width + q] > 0;
    return points === wanted ? "" : `${points} points, not ${wanted}`;
  });
  await attempt(file, "filters: a stretch of time is the sum of its periods", async () => {
    if (n < 3) return "";
    await pick("programme", 0);
    await pick("from", 1);
    await pick("to", n - 2);
    const rows = await rowsOf(page, "programmes-0");
    for (let k = 0; k <= data.programmes.length; k++) {
      let people = 0, events = 0, hidden = 0;
      for (let q = 1; q <= n - 2; q++) {
        const cell = k * width + q + 1;
        if (first.n[cell] < 0) hidden++;
        else { people += first.n[cell]; events += first.y[cell]; }
      }
      const wanted = people === 0 ? (hidden > 0 ? "withheld" : "0") : `${count(people)},${count(events)},${percent(events / people)}`;
      const told = people === 0 ? rows[k][1] : rows[k].slice(1, 4).join();
      if (told !== wanted) return `${rows[k].join(" | ")}, not ${wanted}`;
    }
    const told = await page.locator("#filter-told").textContent();
    return told.includes(data.periods[1]) ? "" : `told: ${told}`;
  });
  // Rates: events over the time under observation, and charts of them redrawn about the centre of each phase.
  const rated = data.measures.findIndex(measure => measure.units);
  await attempt(file, "filters: a rate in a stretch of time is that of its periods", async () => {
    if (n < 3 || rated < 0) return "";
    const measure = data.measures[rated], rows = await rowsOf(page, `programmes-${rated}`);
    for (let k = 0; k <= data.programmes.length; k++) {
      let days = 0, events = 0, people = 0;
      for (let q = 1; q <= n - 2; q++) {
        const cell = k * width + q + 1;
        if (measure.n[cell] >= 0) { days += measure.t[cell]; events += measure.y[cell]; people += measure.n[cell]; }
      }
      const wanted = `${count(Math.round(days))},${count(events)},${(1000 * events / days).toFixed(2)}`;
      if (people > 0 && rows[k].slice(1, 4).join() !== wanted) return `${rows[k].join(" | ")}, not ${wanted}`;
    }
    return "";
  });
  await attempt(file, "filters: each phase of a chart within the stretch has its centre", async () => {
    if (n < 3) return "";
    for (let m = 0; m < data.measures.length; m++) {
      const phases = data.measures[m].c[0], end = k => k + 1 < phases.length ? phases[k + 1][0] : n;
      const wanted = phases.filter((phase, k) => phase[2] !== null && Math.max(phase[0], 1) < Math.min(end(k), n - 1)).length;
      const rules = phases.filter((phase, k) => phase[0] > 1 && phase[0] < Math.min(end(k), n - 1)).length;
      const heights = await page.evaluate(i => Array.from(document.querySelectorAll(`#control-${i} .centre, #control-${i} .held`)).map(l => l.getAttribute("y1")), m);
      const drawn = await page.locator(`#control-${m} .phase`).count();
      if (new Set(heights).size !== wanted || drawn !== rules) return `${new Set(heights).size} centres and ${drawn} rules, not ${wanted} and ${rules}`;
    }
    return "";
  });
  await attempt(file, "filters: from after to is turned round", async () => {
    if (n < 3) return "";
    await pick("from", n - 1);
    return (await page.locator("#filter-to").inputValue()) === String(n - 1) ? "" : "it is not";
  });
  await attempt(file, "filters: by keyboard alone", async () => {
    await pick("programme", 0);
    await page.locator("#filter-programme").focus();
    await page.keyboard.press("ArrowDown");
    const chosen = await page.locator("#filter-programme").inputValue();
    return chosen === "1" ? "" : `chosen: ${chosen}`;
  });
  await page.locator("button[type=reset]").click();
  await page.waitForTimeout(50);
  await attempt(file, "filters: after a reset the page is as it was", async () => {
    const after = await page.evaluate(() => { document.getElementById("filter-told").textContent = ""; return document.querySelector("main").innerHTML; });
    const clean = text => text.replace(/(id="filter-told"[^>]*>)[^<]*/, "$1").replace(/ (class|hidden)=""/g, "");
    return clean(after) === clean(before) ? "" : "something is left";
  });
  tell(nameOf(file), "filters", messages);
  await page.close();
}

// ---- other ways of reading ---------------------------------------------------------------------------------------------------

async function tryPrint(context, file) {
  const { page } = await open(context, file, { media: "print", width: 720 });
  await attempt(file, "print: nothing is wider than the paper", async () => {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    return wide > 0 ? `${wide} px` : "";
  });
  await attempt(file, "print: what only works on a screen is left out", async () => {
    const shown = await page.evaluate(() => Array.from(document.querySelectorAll("form, nav")).filter(e => getComputedStyle(e).display !== "none").length);
    return shown === 0 ? "" : `${shown} left`;
  });
  await page.close();
}

async function tryWithoutScript(browser, file) {
  const context = await browser.newContext({ javaScriptEnabled: false, offline: true });
  const page = await context.newPage();
  await page.goto(pathToFileURL(path.resolve(file)).href, { waitUntil: "load" });
  await attempt(file, "without script: everything is there, and no dead filter", async () => {
    const form = await page.locator("#filters").isVisible(), tables = await page.locator("table").count();
    return form ? "the filters are shown" : tables > 0 && await page.locator("svg.chart, section[id^=measure-] figure p").count() > 0 ? "" : "tables or charts are missing";
  });
  await context.close();
}

// ---- the whole -----------------------------------------------------------------------------------------------------------------

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", headless: true, timeout: 60000,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--disable-dev-shm-usage"] });
const context = await browser.newContext({ offline: true });
async function inspect(file) {
  const begun = performance.now();
  await lookAt(context, file);
  await tryKeyboard(context, file);
  await tryPrint(context, file);
  if (file.endsWith("dashboard.html")) {
    await tryFilters(context, file);
    await tryWithoutScript(browser, file);
  }
  console.log(`${nameOf(file)}: looked at, ${((performance.now() - begun) / 1000).toFixed(1)} s`);
}
const waiting = [...pages];
await Promise.all(Array.from({ length: Math.max(2, os.cpus().length) }, async () => {
  while (waiting.length > 0) await inspect(waiting.shift());
}));
await browser.close();
console.log(`${found === 0 ? "ok" : "not ok"} - ${pages.length} pages, ${looks} looks, ${tries} things tried, ${found} faults`);
process.exit(found === 0 ? 0 : 1);
