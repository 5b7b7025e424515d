/** Other libraries that draw the same, redrawing in the same browser at the same size on the screen. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Page, theBrowser } from '../page.mjs';
import { cost } from './figures.mjs';
import { median, ms, quantile, times } from './report.mjs';

const installed = (file) => path.join(import.meta.dirname, '../node_modules', file);
const version = (name) => JSON.parse(readFileSync(installed(`${name}/package.json`), 'utf8')).version;

/** What each library is given, in its own page: `make` makes data, `draw` shows them and ends when they are shown. */
const LIBRARIES = {
  plotly: {
    name: 'plotly.js-dist-min',
    script: 'plotly.min.js',
    prepare: ({ nRows, nColumns, size, zsmooth }) => {
      const layout = { ...size, margin: { l: 40, r: 10, t: 10, b: 30 } };
      return {
        make: (base) => globalThis.encodings(nRows, nColumns, base),
        draw: (z, n) => globalThis.Plotly.react('plot', [{ type: 'heatmap', z, zmin: -1, zmax: 1, zsmooth }], { ...layout, datarevision: n }),
      };
    },
  },
  uplot: {
    name: 'uplot',
    script: 'dist/uPlot.iife.min.js',
    style: 'dist/uPlot.min.css',
    prepare: ({ nRows, nColumns, size }) => {
      const positions = Float64Array.from({ length: nRows }, (_, pos) => pos);
      const dims = [0, 1, 2, 3].map((idx) => (idx * nColumns) / 4);
      const colours = ['#2f5fd0', '#c2571a', '#1a8a5a', '#8a3fb0'];
      const series = [{}, ...colours.map((stroke) => ({ stroke, width: 1.5, points: { show: false } }))];
      const make = (base) => [positions, ...dims.map((dim) => positions.map((pos) => Math.sin(pos / base ** (dim / nColumns))))];
      const plot = new globalThis.uPlot({ ...size, scales: { x: { time: false } }, series }, make(10_000), document.getElementById('plot'));
      // It draws in a microtask.
      return { make, draw: (data) => new Promise((resolve) => (plot.setData(data), queueMicrotask(resolve))) };
    },
  },
  echarts: {
    name: 'echarts',
    script: 'dist/echarts.min.js',
    prepare: ({ nRows, nColumns, size }) => {
      const chart = globalThis.echarts.init(document.getElementById('plot'), undefined, size);
      const count = (length) => Array.from({ length }, (_, idx) => idx);
      chart.setOption({
        animation: false,
        xAxis: { type: 'category', data: count(nRows) },
        yAxis: { type: 'category', data: count(nColumns) },
        visualMap: { min: -1, max: 1, show: false },
        // Progressive, it would draw over several frames.
        series: [{ type: 'heatmap', progressive: 0, data: [] }],
      });
      return {
        make: (base) => globalThis.encodings(nRows, nColumns, base).flatMap((row, pos) => Array.from(row, (value, dim) => [pos, dim, value])),
        draw: (data) => chart.setOption({ series: [{ data }] }, { lazyUpdate: false }),
      };
    },
  },
};

/** Sinusoidal encodings, made as plainly as somebody would who shows them with one of these libraries. */
function encodings(nRows, nColumns, base) {
  return Array.from({ length: nRows }, (_, pos) =>
    Float32Array.from({ length: nColumns }, (_, dim) => {
      const angle = pos / base ** ((2 * Math.floor(dim / 2)) / nColumns);
      return dim % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }),
  );
}

/** Redraws a few times in a page of its own, with data made before or each time anew. */
async function redraw(library, { isFresh, nTimes, ...given }) {
  const { name, script, style, prepare } = LIBRARIES[library];
  const context = await (await theBrowser()).newContext();
  const page = await context.newPage();
  await page.setContent('<!doctype html><title>another library</title><div id="plot"></div>');
  if (style) await page.addStyleTag({ path: installed(`${name}/${style}`) });
  await page.addScriptTag({ path: installed(`${name}/${script}`) });
  await page.evaluate(`globalThis.encodings = ${encodings}`);
  const found = await page.evaluate(
    async ([source, options, isFresh, n]) => {
      // As the page's own functions are: from the text above.
      const { make, draw } = (0, eval)(`(${source})`)(options);
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      const made = [make(9_000), make(10_000)];
      await draw(made[0], 0);
      const redrawn = [];
      let shown = await frame();
      for (let step = 1; step <= n; step += 1) {
        const start = performance.now();
        const data = isFresh ? make(9_000 + 100 * step) : made[step % 2];
        const madeAt = performance.now();
        await draw(data, step);
        const drawn = performance.now();
        const next = await frame();
        redrawn.push({ make: madeAt - start, draw: drawn - madeAt, interval: next - shown });
        shown = next;
      }
      return redrawn;
    },
    [String(prepare), given, isFresh, nTimes],
  );
  await context.close();
  const each = (what) => found.map((time) => time[what]);
  const make = isFresh ? median(each('make')) : undefined;
  return { name: `${name.replace('-dist-min', '')} ${version(name)}`, make, draw: median(each('draw')), intervals: each('interval') };
}

/** What a figure of ours costs alone, and how large its canvas is. */
async function ours(id, query) {
  const lab = await Page.open({ lab: 'encode', query });
  const found = await cost(lab, id);
  const { width, height } = await lab.box(`#${id} canvas`);
  await lab.close();
  return { ...found, size: { width: Math.round(width), height: Math.round(height) } };
}

/** What stands beside our figures: the same picture, by whom, with what data. */
const WORKS = [
  {
    work: 'heatmap 4096 × 1024',
    figure: ['encode-heatmap', 'seq_len=4096&d_model=1024'],
    given: { nRows: 4096, nColumns: 1024 },
    beside: [
      ['plotly', 'two matrices in turn', { nTimes: 5 }],
      ['plotly', 'data made anew, zsmooth false', { isFresh: true, nTimes: 5, zsmooth: false }],
      ['plotly', 'data made anew, zsmooth best', { isFresh: true, nTimes: 3, zsmooth: 'best' }],
    ],
  },
  {
    work: 'four curves of 4096',
    figure: ['encode-curves', 'seq_len=4096&d_model=1024'],
    given: { nRows: 4096, nColumns: 1024 },
    beside: [['uplot', 'data made anew', { isFresh: true, nTimes: 60 }]],
  },
  {
    work: 'heatmap 512 × 512',
    figure: ['encode-heatmap', 'seq_len=512&d_model=512'],
    given: { nRows: 512, nColumns: 512 },
    beside: [['echarts', 'data made anew', { isFresh: true, nTimes: 5 }]],
  },
];

const both = (values) => `${ms(median(values))} / ${ms(quantile(values, 0.95))}`;

/** The table of all works. */
export async function anchors() {
  const table = [['work', 'by', 'data', 'make or compute', 'draw', 'from frame to frame', 'functions, × ours', 'frames, × ours']];
  for (const { work, figure, given, beside } of WORKS) {
    const own = await ours(...figure);
    table.push([work, 'this page', `made anew (${own.slider})`, ms(own.compute), ms(own.draw), both(own.intervals), '1', '1']);
    for (const [library, data, how] of beside) {
      const { name, make, draw, intervals } = await redraw(library, { ...given, ...how, size: own.size });
      const functions = times((make ?? 0) + draw, own.compute + own.draw);
      table.push([work, name, data, make === undefined ? 'before' : ms(make), ms(draw), both(intervals), functions, times(median(intervals), median(own.intervals))]);
    }
  }
  return table;
}
