/** Pictures of every lab, light and dark, wide and narrow, for a person to look at; `--readme` also those that README.md shows. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { FIGURES, LABS } from './lab.mjs';
import { Page, closeAll } from './page.mjs';

const shots = path.join(import.meta.dirname, 'shots');
const docs = path.join(import.meta.dirname, '../../docs');

/** Opens a lab, brings every figure to be drawn once, and takes the picture. */
async function shoot(slug, { theme, width, height = 900, fullPage, file }) {
  const lab = await Page.open({ lab: slug, query: `theme=${theme}`, folded: true, viewport: { width, height } });
  for (const id of FIGURES[slug]) await lab.show(id);
  await lab.page.evaluate(() => scrollTo(0, 0));
  await lab.settled();
  await lab.page.screenshot({ path: file, fullPage });
  console.log(path.relative(process.cwd(), file));
  for (const problem of lab.problems) console.log(`  ${problem}`);
  await lab.context.close();
}

await mkdir(shots, { recursive: true });
for (const slug of LABS) {
  for (const theme of ['light', 'dark']) {
    for (const width of [1280, 360]) {
      await shoot(slug, { theme, width, fullPage: true, file: path.join(shots, `${slug}-${theme}-${width}.png`) });
    }
  }
}
if (process.argv.includes('--readme')) {
  await mkdir(docs, { recursive: true });
  for (const slug of LABS) {
    await shoot(slug, { theme: 'light', width: 1280, fullPage: false, file: path.join(docs, `screenshot-${slug}.png`) });
  }
}
await closeAll();
