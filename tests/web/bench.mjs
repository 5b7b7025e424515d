/**
 * Measures the page against its budgets, beside NumPy and other libraries on the same machine and in every engine that is installed,
 * and prints tables. Asserts nothing. With `--long` hands drag for longer, and each figure is measured by itself.
 */
import { anchors } from './bench/anchors.mjs';
import { drags } from './bench/drags.mjs';
import { figures } from './bench/figures.mjs';
import { print } from './bench/report.mjs';
import { arrivals, starts } from './bench/start.mjs';
import { heatmaps, memory, sliders } from './bench/tables.mjs';
import { ENGINES, closeEngines, leftOut } from './engines.mjs';
import { LABS } from './lab.mjs';
import { closeAll } from './page.mjs';

const isLong = process.argv.includes('--long');
const seconds = isLong ? 3 : 0.7;
const engines = ENGINES.filter((engine) => !leftOut(engine));

const turns = isLong ? 9 : 5;
print(`Start, median of ${turns}`, [
  ['', 'budget', ...engines.map(({ name }) => name)],
  ['navigation to the first picture', '400 ms in Chromium', ...(await starts(engines, turns))],
]);
for (const slug of LABS) {
  const { table, tasks, frames } = await arrivals(slug, isLong ? 5 : 2);
  print(`What arrives when, ${slug} (Chromium, one start)`, table);
  print(`Long tasks at the start, ${slug} (Chromium)`, tasks);
  if (isLong) print(`Long frames at the start, ${slug} (Chromium)`, frames);
}

let chromium;
for (const engine of engines) {
  const { table, intervals } = await drags(engine, seconds, chromium);
  chromium ??= intervals;
  print(`Frames of a drag of ${seconds} s in ${engine.name}: two numbers are the median and the 95th percentile, ratios count what a screen can show`, table);
}
print('The functions behind them', await heatmaps(engines));
print('Beside other libraries, Chromium', await anchors());

if (isLong) {
  const { table, still } = await figures();
  print('Each figure alone, Chromium, the slowest first', table);
  if (still.length > 0) console.log(`\nNo slider that was tried moves ${still.join(', ')}.`);
  print('Sliders of Normalize, Chromium', await sliders());
  print('Memory, Chromium', await memory());
}

console.log("\nWebKit's clock ticks once a millisecond: what takes less takes 0.0 or 1.0 ms there.");
for (const missing of ENGINES.map(leftOut).filter(Boolean)) console.log(missing);
await closeEngines();
await closeAll();
