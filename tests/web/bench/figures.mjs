/** What each figure costs by itself: computing, drawing, and the frame that the hand waits for. */
import { ENGINES } from '../engines.mjs';
import { LABS } from '../lab.mjs';
import { drag, hide, reaches } from './hand.mjs';
import { median, ms, quantile } from './report.mjs';

/** The sizes of each lab. */
const SIZES = {
  encode: [
    ['default', ''],
    ['4096 × 1024', 'seq_len=4096&d_model=1024'],
  ],
  normalize: [
    ['default', ''],
    ['64 × 256 × 128', 'batch=64&seq_len=256&d_model=128'],
  ],
  attend: [
    ['default', ''],
    ['64 words, d_model 256, 8 heads, 4 layers', `layers=4&heads=8&d_model=256&text=${Array.from({ length: 64 }, (_, idx) => `w${idx}`).join('%20')}`],
  ],
};

/** Sliders that change figures, those that change most first. */
const SLIDERS = ['Base', 'Input std', 'Embedding std', 'Length factor', 'γ (scale)', 'ε (epsilon)', 'Offset k', 'Push size', 'd_model'];

const SECONDS = 1;

/** Everything else is away: its frame would be measured too. */
const others = (id) => `figure.figure:not(#${id})`;

/** What a figure costs while a hand drags a slider that it follows. */
export async function cost(lab, id) {
  await hide(lab, others(id));
  await lab.bring(`#${id} canvas`);
  await lab.settled();
  for (const slider of SLIDERS) {
    if (!(await reaches(lab, slider))) continue;
    const { frames, intervals } = await drag(lab, slider, SECONDS);
    const { compute, draw } = await lab.measures(id);
    // Moved once, it followed something else.
    if (draw.length < 3) continue;
    const middle = (measures) => median(measures.map(({ duration }) => duration));
    return { slider, compute: middle(compute), draw: middle(draw), frame: median(frames), slowest: quantile(frames, 0.95), intervals };
  }
  return undefined;
}

/** The part's own settings of a link. */
const parts = (lab) =>
  lab.page.evaluate(() => [...document.querySelectorAll('nav.parts a')].map((link) => new URLSearchParams(link.hash.split('?')[1]).get('part')));

/** The table of all figures, the slowest first. */
export async function figures() {
  const rows = [];
  const still = [];
  for (const slug of LABS) {
    const lab = await ENGINES[0].open({ lab: slug });
    // The first part is the default, which links leave out.
    for (const part of await parts(lab)) {
      for (const [size, query] of SIZES[slug]) {
        await lab.go(`#/${slug}?${[part && `part=${part}`, query].filter(Boolean).join('&')}`);
        await lab.find('figure.figure canvas', () => true);
        await hide(lab, '');
        for (const id of await lab.figures()) {
          const found = await cost(lab, id);
          if (found) rows.push({ id, size, ...found });
          else still.push(`${id} (${size})`);
        }
        await hide(lab, '');
      }
    }
    await lab.close();
  }
  rows.sort((a, b) => b.frame - a.frame);
  const table = [['figure', 'size', 'dragged', 'compute', 'draw', 'hand to frame', '95th']];
  for (const { id, size, slider, compute, draw, frame, slowest } of rows) table.push([id, size, slider, ms(compute), ms(draw), ms(frame), ms(slowest)]);
  return { table, still };
}
