/** What a hand feels of each part: the frames of a drag, beside those of the same drag with the figures hidden. */
import { drag, hide } from './hand.mjs';
import { median, ms, quantile } from './report.mjs';

/** A sentence of so many words, all different. */
const words = (n) => Array.from({ length: n }, (_, idx) => `w${idx}`).join('%20');

/** The same and its other order in a link. */
const orders = (n) => `text=${words(n)}&other=${words(n).split('%20').reverse().join('%20')}`;

/** What is dragged, at the default size and at large ones; another slider where a part does not have the first. */
const DRAGS = [
  ['encode', 'Base', [
    ['table 64 × 128', 'part=table'],
    ['table 512 × 512', 'part=table&seq_len=512&d_model=512'],
    ['table 4096 × 1024', 'part=table&seq_len=4096&d_model=1024'],
    ['distance 64 × 128', 'part=distance'],
    ['distance 512 × 512', 'part=distance&seq_len=512&d_model=512'],
    ['distance 4096 × 1024', 'part=distance&seq_len=4096&d_model=1024'],
    ['sum', 'part=sum'],
    ['attention', 'part=attention'],
    ['attention, RoPE', 'part=attention&scheme=rope'],
    ['attention, RoPE 4096 × 1024', 'part=attention&scheme=rope&seq_len=4096&d_model=1024'],
    ['limits', 'part=limits'],
    ['mistakes', 'part=mistakes'],
    ['mistakes 4096 × 1024', 'part=mistakes&seq_len=4096&d_model=1024'],
  ]],
  ['normalize', 'Input std', [
    ['steps', 'part=steps'],
    ['steps 64 × 256 × 64', 'part=steps&batch=64&seq_len=256&d_model=64'],
    ['axes', 'part=axes'],
    ['axes 64 × 256 × 64', 'part=axes&batch=64&seq_len=256&d_model=64'],
    ['batch', 'part=batch', 'ε (epsilon)'],
    ['batch of 64', 'part=batch&batch=64', 'ε (epsilon)'],
    ['gradient', 'part=gradient'],
    ['gradient, d_model 256', 'part=gradient&d_model=256'],
    ['gradient 64 × 256 × 64', 'part=gradient&batch=64&seq_len=256&d_model=64'],
    ['shape', 'part=shape'],
    ['shape 64 × 256', 'part=shape&seq_len=64&d_model=256'],
    ['shape 64 × 256 × 64', 'part=shape&batch=64&seq_len=256&d_model=64'],
    ['mistakes', 'part=mistakes'],
    ['mistakes 64 × 256 × 64', 'part=mistakes&batch=64&seq_len=256&d_model=64'],
  ]],
  ['attend', 'Embedding std', [
    ['order', 'part=order'],
    ['order, 16 words, 2 layers', `part=order&layers=2&${orders(16)}`],
    ['maps', 'part=maps'],
    ['maps, 16 words, 2 layers', `part=maps&layers=2&${orders(16)}`],
    ['maps, 64 words, d_model 256, 8 heads, 4 layers', `part=maps&layers=4&heads=8&d_model=256&${orders(64)}`],
  ]],
];

const HEAD = ['drag', 'frame: median', '95th', '99th', 'figures hidden'];

const both = (values) => `${ms(median(values))} / ${ms(quantile(values, 0.95))}`;
/** A screen shows no more than this; WebKit without one makes as many frames as it can. */
const SCREEN_MS = 1_000 / 60;
const ratio = (longer, shorter) => Math.max(longer, SCREEN_MS) / Math.max(shorter, SCREEN_MS);

/** How many times longer the median and the 95th percentile may be: in Chromium than with the figures hidden, in others than in Chromium. */
const BUDGETS = {
  hidden: { head: 'ratio (1.1 and 1.5)', most: [[0.5, 1.1], [0.95, 1.5]] },
  chromium: { head: 'of Chromium (2 and 2)', most: [[0.5, 2], [0.95, 2]] },
};

/**
 * The table of an engine, and the times between its frames by the name of the drag.
 *
 * @param {Map<string, number[]>} [chromium] those of Chromium, with which others are compared
 */
export async function drags(engine, seconds, chromium) {
  const budget = chromium ? BUDGETS.chromium : BUDGETS.hidden;
  const table = [[...HEAD, budget.head, 'hand to frame']];
  const intervals = new Map();
  for (const [slug, usual, cases] of DRAGS) {
    const lab = await engine.open({ lab: slug });
    for (const [name, query, slider = usual] of cases) {
      await lab.go(`#/${slug}?${query}`);
      await lab.find('figure.figure canvas', () => true);
      await lab.settled();
      const shown = await drag(lab, slider, seconds);
      await hide(lab, 'figure.figure');
      const hidden = await drag(lab, slider, seconds);
      await hide(lab, '');
      const drawn = `${slug}: ${name}`;
      intervals.set(drawn, shown.intervals);
      const others = chromium?.get(drawn) ?? hidden.intervals;
      const ratios = budget.most.map(([part, most]) => [ratio(quantile(shown.intervals, part), quantile(others, part)), most]);
      table.push([
        drawn,
        ...[0.5, 0.95, 0.99].map((part) => ms(quantile(shown.intervals, part))),
        both(hidden.intervals),
        ratios.map(([is, most]) => `${is.toFixed(1)}${is > most ? ' (over)' : ''}`).join(' and '),
        both(shown.frames),
      ]);
    }
    await lab.close();
  }
  return { table, intervals };
}
