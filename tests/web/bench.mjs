/** Measures the page against its budgets, beside NumPy and plotly.js on the same machine and in other engines, and prints tables. Asserts nothing. */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ENGINES, closeEngines, leftOut } from './engines.mjs';
import { sliderOf } from './lab.mjs';
import { Page, closeAll, theBrowser } from './page.mjs';

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const ms = (value) => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;
/** How many times longer one thing takes than another; the browser's clock ticks every tenth of a millisecond. */
const times = (longer, shorter) => (shorter < 0.1 ? 'too short to tell' : `${(longer / shorter).toFixed(longer < 10 * shorter ? 1 : 0)} ×`);

const rows = [['what', 'budget', 'measured']];
const row = (what, budget, measured) => rows.push([what, budget, measured]);

const engines = ENGINES.filter((engine) => !leftOut(engine));

/** Moves a slider between two values, one frame at a time, and waits until all is drawn. */
async function move(lab, name, low, high, n) {
  await lab.page.evaluate(
    async ([slider, from, to, count]) => {
      const range = document.querySelector(slider);
      for (let step = 0; step < count; step += 1) {
        range.value = String(from + ((to - from) * (step % 7)) / 7);
        range.dispatchEvent(new Event('input', { bubbles: true }));
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      }
    },
    [sliderOf(name), low, high, n],
  );
  await lab.settled();
}

/** The medians of a figure's latest updates. */
async function update(lab, id, n) {
  const { compute, draw } = await lab.measures(id);
  const latest = (list) => list.slice(-n).map(({ duration }) => duration);
  const [computed, drawn] = [latest(compute), latest(draw)];
  const both = computed.map((duration, idx) => duration + (drawn[idx] ?? 0));
  return { compute: median(computed), draw: median(drawn), both: median(both) };
}

const shown = ({ compute, draw, both }) => `${ms(both)} (compute ${ms(compute)}, draw ${ms(draw)})`;

/** What is sent until the first picture is there. */
async function firstLoad() {
  const lab = await Page.open({ lab: 'encode', extraHTTPHeaders: { 'accept-encoding': 'gzip' } });
  const sent = await lab.page.evaluate(() => {
    const [draw] = performance.getEntriesByName('draw:encode-heatmap');
    const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    // What is fetched once the first picture is there is not needed for it.
    return entries.filter(({ responseStart }) => responseStart <= draw.startTime + draw.duration).map(({ name, encodedBodySize }) => [new URL(name).pathname.split('/').at(-1) || 'index.html', encodedBodySize]);
  });
  await lab.close();
  for (const [name, bytes] of sent) row(`  ${name}`, '', kb(bytes));
  row('first load, gzip', '200 KB', kb(sent.reduce((sum, [, bytes]) => sum + bytes, 0)));
}

/** How long each engine takes from the navigation to the first picture. They take turns, so that all meet the same machine. */
async function starts(n) {
  const found = engines.map(() => []);
  for (let turn = 0; turn < n; turn += 1) {
    for (const [idx, engine] of engines.entries()) {
      const lab = await engine.open({ lab: 'encode' });
      const [draw] = (await lab.measures('encode-heatmap')).draw;
      found[idx].push(draw.startTime + draw.duration);
      await lab.close();
    }
  }
  return found.map(median);
}

/** What a move of a slider costs, and where the heatmap stands on the screen. */
async function heatmap(engine, seqLen, dModel) {
  const lab = await engine.open({ lab: 'encode', query: `seq_len=${seqLen}&d_model=${dModel}` });
  const canvas = '#encode-heatmap canvas';
  await lab.bring(canvas);
  await move(lab, 'Base', 5_000, 20_000, 30);
  const measured = await update(lab, 'encode-heatmap', 25);
  const box = await lab.box(canvas);
  await lab.close();
  return { ...measured, box };
}

/** The same in each engine. */
async function heatmaps(seqLen, dModel) {
  const measured = [];
  for (const engine of engines) measured.push(await heatmap(engine, seqLen, dModel));
  return measured;
}

/** The longest waits between frames while a hand drags a slider for five seconds. */
async function drag(seqLen, dModel) {
  const lab = await Page.open({ lab: 'encode', query: `seq_len=${seqLen}&d_model=${dModel}` });
  await move(lab, 'Base', 5_000, 20_000, 10);
  const { range } = lab.control('Base');
  await range.scrollIntoViewIfNeeded();
  const box = await range.boundingBox();
  const y = box.y + box.height / 2;
  await lab.page.evaluate(() => {
    window.frameTimes = [];
    const note = (now) => {
      window.frameTimes.push(now);
      requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
  });
  await lab.page.mouse.move(box.x + box.width * 0.3, y);
  await lab.page.mouse.down();
  const end = performance.now() + 5_000;
  for (let step = 0; performance.now() < end; step += 1) {
    await lab.page.mouse.move(box.x + box.width * (0.5 + 0.3 * Math.sin(step / 20)), y);
    await new Promise((resolve) => setTimeout(resolve, 8));
  }
  await lab.page.mouse.up();
  const waits = await lab.page.evaluate(() => window.frameTimes.slice(1).map((at, idx) => at - window.frameTimes[idx]));
  const long = waits.filter((wait) => wait > 33).length;
  row(`a drag of 5 s at ${seqLen} × ${dModel}: longest frame`, '33 ms', `${ms(Math.max(...waits))} of ${waits.length} frames, ${long} over 33 ms`);
  await lab.close();
}

/** Every part of Normalize with a million values, all of its figures on screen, a slider at a time. */
async function normalize() {
  const sliders = [
    ['γ (scale)', -3, 3],
    ['β (shift)', -3, 3],
    ['ε (epsilon)', 1e-8, 1],
    ['Input mean', -3, 3],
    ['Input std', 0.2, 3],
  ];
  const parts = [
    ['steps', 'part=steps'],
    ['steps, evaluation', 'part=steps&norm=batch&mode=eval'],
    ...['axes', 'batch', 'gradient', 'shape'].map((part) => [part, `part=${part}`]),
    ['mistakes', 'part=mistakes&mistake=over_batch'],
  ];
  for (const [part, query] of parts) {
    const lab = await Page.open({ lab: 'normalize', query: `batch=64&seq_len=256&d_model=64&${query}`, viewport: { width: 1280, height: 3000 } });
    await lab.page.waitForSelector('figure.figure');
    await lab.settled();
    for (const [name, low, high] of sliders) {
      if ((await lab.control(name).range.count()) === 0) continue;
      await lab.page.evaluate(() => performance.clearMeasures());
      await move(lab, name, low, high, 30);
      const ids = await lab.page.evaluate(() => [...document.querySelectorAll('figure.figure')].map(({ id }) => id));
      let whole = 0;
      const each = [];
      for (const id of ids) {
        // Not every figure follows every slider.
        if ((await lab.measures(id)).draw.length === 0) continue;
        const { compute, draw, both } = await update(lab, id, 25);
        whole += both;
        each.push(`${id.replace('normalize-', '')} ${compute.toFixed(1)} + ${draw.toFixed(1)}`);
      }
      if (each.length > 0) row(`normalize 64 × 256 × 64, ${part}, ${name}`, '16 ms', `${ms(whole)}: ${each.join(', ')}`);
    }
    await lab.close();
  }
}

async function memory() {
  const lab = await Page.open({
    lab: 'encode',
    before: (page) =>
      page.addInitScript(() => {
        for (const name of ['instantiate', 'instantiateStreaming']) {
          const original = WebAssembly[name];
          WebAssembly[name] = async (...given) => {
            const result = await original.apply(WebAssembly, given);
            // Parts that are fetched later use the memory of the first one.
            window.keptMemory ??= (result.instance ?? result).exports?.memory;
            return result;
          };
        }
      }),
  });
  const bytes = () => lab.page.evaluate(() => window.keptMemory.buffer.byteLength);
  await move(lab, 'Sequence length', 10, 1000, 10);
  const afterTen = await bytes();
  await move(lab, 'Sequence length', 10, 1000, 500);
  row('WASM memory after 10 and after 500 moves', 'equal', `${kb(afterTen)} and ${kb(await bytes())}`);
  await lab.close();
}

/** plotly.js redrawing a matrix of the same size with other values, in the same browser, at the same size on the screen. */
async function plotly(seqLen, dModel, { width, height }) {
  const context = await (await theBrowser()).newContext();
  const page = await context.newPage();
  await page.setContent('<!doctype html><title>plotly</title><div id="plot"></div>');
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve('plotly.js-dist-min/plotly.min.js') });
  const durations = await page.evaluate(
    async ([nRows, nColumns, size]) => {
      const matrix = (base) =>
        Array.from({ length: nRows }, (_, pos) =>
          Float32Array.from({ length: nColumns }, (_, dim) => {
            const angle = pos / base ** ((2 * Math.floor(dim / 2)) / nColumns);
            return dim % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
          }),
        );
      const matrices = [matrix(9_000), matrix(10_000)];
      const layout = { ...size, margin: { l: 40, r: 10, t: 10, b: 30 } };
      const draw = (n) => globalThis.Plotly.react('plot', [{ type: 'heatmap', z: matrices[n % 2], zmin: -1, zmax: 1 }], { ...layout, datarevision: n });
      await draw(0);
      const found = [];
      for (let n = 1; n <= 5; n += 1) {
        const start = performance.now();
        await draw(n);
        found.push(performance.now() - start);
      }
      return found;
    },
    [seqLen, dModel, { width, height }],
  );
  await context.close();
  return median(durations);
}

function numpy(seqLen, dModel) {
  if (!process.env.NUMPY_PYTHON) return undefined;
  const script = path.join(import.meta.dirname, 'numpy_table.py');
  return JSON.parse(execFileSync(process.env.NUMPY_PYTHON, [script, seqLen, dModel].map(String), { encoding: 'utf8' }));
}

/** A table as Markdown. */
function print(table) {
  const widths = table[0].map((_, idx) => Math.max(...table.map((cells) => cells[idx].length)));
  const line = (cells) => `| ${cells.map((cell, idx) => cell.padEnd(widths[idx])).join(' | ')} |`;
  const [head, ...rest] = table;
  console.log([line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rest.map(line)].join('\n'));
}

const beside = [['what', 'budget', ...engines.map(({ name }) => name)]];
beside.push(['navigation to first drawn heatmap, median of 9', '500 ms', ...(await starts(9)).map(ms)]);
const small = await heatmaps(512, 512);
beside.push(['slider to pixels, encode-heatmap 512 × 512', '5 ms', ...small.map(shown)]);
const [big, ...others] = await heatmaps(4096, 1024);
beside.push(['slider to pixels, encode-heatmap 4096 × 1024', '16 ms', ...[big, ...others].map(shown)]);

await firstLoad();
await drag(512, 512);
const other = numpy(4096, 1024);
if (other) {
  row(`  NumPy ${other.version}, 4096 × 1024, angles in float64`, '', ms(other.float64_ms));
  row(`  NumPy, angles in float32, error ${other.float32_error.toExponential(1)}`, '', ms(other.float32_ms));
  row('table 4096 × 1024: faster than NumPy (float64 angles)', '12 ×', times(other.float64_ms, big.compute));
} else {
  row('table 4096 × 1024: faster than NumPy', '12 ×', 'no NumPy here');
}
const plot = await plotly(4096, 1024, big.box);
row('  plotly.js, 4096 × 1024 redrawn', '', ms(plot));
row('redraw 4096 × 1024: faster than plotly.js', '80 ×', times(plot, big.both));
await normalize();
await memory();
print(rows);
console.log();
print(beside);
console.log("WebKit's clock ticks once a millisecond: what takes less takes 0.00 or 1.00 ms there.");
for (const missing of ENGINES.map(leftOut).filter(Boolean)) console.log(missing);
await closeEngines();
await closeAll();
