/** How long our own functions take: a table at large sizes in each engine, beside NumPy; every slider of Normalize; memory. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { sliderOf } from '../lab.mjs';
import { Page } from '../page.mjs';
import { kb, median, ms, times } from './report.mjs';

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

/** What a move of a slider costs in an engine. */
async function heatmap(engine, seqLen, dModel) {
  const lab = await engine.open({ lab: 'encode', query: `seq_len=${seqLen}&d_model=${dModel}` });
  await lab.bring('#encode-heatmap canvas');
  await move(lab, 'Base', 5_000, 20_000, 30);
  const measured = await update(lab, 'encode-heatmap', 25);
  await lab.close();
  return measured;
}

/** The table's functions in each engine, and NumPy's. */
export async function heatmaps(engines) {
  const inEach = async (seqLen, dModel) => {
    const measured = [];
    for (const engine of engines) measured.push(await heatmap(engine, seqLen, dModel));
    return measured;
  };
  const rest = engines.slice(1).map(() => '');
  const rows = [['slider to the end of the drawing function', 'budget', ...engines.map(({ name }) => name)]];
  rows.push(['encode-heatmap 512 × 512', '5 ms', ...(await inEach(512, 512)).map(shown)]);
  const large = await inEach(4096, 1024);
  rows.push(['encode-heatmap 4096 × 1024', '16 ms', ...large.map(shown)]);
  const other = numpy(4096, 1024);
  if (other) {
    rows.push([`NumPy ${other.version}, 4096 × 1024, angles in float64`, '', ms(other.float64_ms), ...rest]);
    rows.push([`NumPy, angles in float32, error ${other.float32_error.toExponential(1)}`, '', ms(other.float32_ms), ...rest]);
    rows.push(['faster than NumPy (float64 angles)', '12 ×', times(other.float64_ms, large[0].compute), ...rest]);
  } else {
    rows.push(['faster than NumPy', '12 ×', 'no NumPy here', ...rest]);
  }
  return rows;
}

function numpy(seqLen, dModel) {
  if (!process.env.NUMPY_PYTHON) return undefined;
  const script = path.join(import.meta.dirname, '../numpy_table.py');
  return JSON.parse(execFileSync(process.env.NUMPY_PYTHON, [script, seqLen, dModel].map(String), { encoding: 'utf8' }));
}

/** Every part of Normalize with a million values, all of its figures on screen, a slider at a time. */
export async function sliders() {
  const given = [
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
  const rows = [['normalize 64 × 256 × 64', 'budget', 'all its figures', 'each: compute + draw']];
  for (const [part, query] of parts) {
    const lab = await Page.open({ lab: 'normalize', query: `batch=64&seq_len=256&d_model=64&${query}`, viewport: { width: 1280, height: 3000 } });
    await lab.page.waitForSelector('figure.figure');
    await lab.settled();
    for (const [name, low, high] of given) {
      if ((await lab.control(name).range.count()) === 0) continue;
      await lab.page.evaluate(() => performance.clearMeasures());
      await move(lab, name, low, high, 30);
      let whole = 0;
      const each = [];
      for (const id of await lab.figures()) {
        // Not every figure follows every slider.
        if ((await lab.measures(id)).draw.length === 0) continue;
        const { compute, draw, both } = await update(lab, id, 25);
        whole += both;
        each.push(`${id.replace('normalize-', '')} ${compute.toFixed(1)} + ${draw.toFixed(1)}`);
      }
      if (each.length > 0) rows.push([`${part}, ${name}`, '16 ms', ms(whole), each.join(', ')]);
    }
    await lab.close();
  }
  return rows;
}

/** The module's memory after few and after many moves. */
export async function memory() {
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
  const rows = [['memory of the module', 'budget', 'measured'], ['after 10 and after 500 moves', 'equal', `${kb(afterTen)} and ${kb(await bytes())}`]];
  await lab.close();
  return rows;
}
