/** What a hand feels of each part: the frames of a drag, beside those of the same drag with the figures hidden. */
import { drag, hide } from './hand.mjs';
import { median, ms, quantile } from './report.mjs';

/** What is dragged, at the default size and at large ones; another slider where a part does not have the first. */
const DRAGS = [
  ['encode', 'Base', [
    ['table 64 × 128', 'part=table'],
    ['table 512 × 512', 'part=table&seq_len=512&d_model=512'],
    ['table 4096 × 1024', 'part=table&seq_len=4096&d_model=1024'],
    ['distance 64 × 128', 'part=distance'],
    ['distance 512 × 512', 'part=distance&seq_len=512&d_model=512'],
    ['sum', 'part=sum'],
    ['attention', 'part=attention'],
    ['attention, RoPE', 'part=attention&scheme=rope'],
    ['limits', 'part=limits'],
    ['mistakes', 'part=mistakes'],
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
  ]],
];

const HEAD = ['drag', 'frame: median', '95th', '99th', 'figures hidden', 'ratio (1.1 and 1.5)', 'hand to frame'];

const both = (values) => `${ms(median(values))} / ${ms(quantile(values, 0.95))}`;
/** A screen shows no more than this; WebKit without one makes as many frames as it can. */
const SCREEN_MS = 1_000 / 60;
const ratio = (longer, shorter) => (Math.max(longer, SCREEN_MS) / Math.max(shorter, SCREEN_MS)).toFixed(1);

/** The table of an engine. */
export async function drags(engine, seconds) {
  const table = [HEAD];
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
      const [with_, without] = [shown.intervals, hidden.intervals];
      table.push([
        `${slug}: ${name}`,
        ms(median(with_)),
        ms(quantile(with_, 0.95)),
        ms(quantile(with_, 0.99)),
        both(without),
        `${ratio(median(with_), median(without))} and ${ratio(quantile(with_, 0.95), quantile(without, 0.95))}`,
        both(shown.frames),
      ]);
    }
    await lab.close();
  }
  return table;
}
