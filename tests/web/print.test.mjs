/** On paper: every figure whole, in the light theme, without controls, with the link. */
import assert from 'node:assert/strict';
import { FIGURES, labTest } from './harness.mjs';

/** How many colours each figure's canvas has, and how many pixels it is wide. */
const canvases = (lab) =>
  lab.page.evaluate(() =>
    [...document.querySelectorAll('figure canvas')].map((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const colours = new Set(new Uint32Array(data.buffer));
      const [r, g, b] = data;
      return { id: canvas.closest('figure').id, width: canvas.width, nColours: colours.size, isLight: r + g + b > 3 * 128 || data[3] === 0 };
    }),
  );

/** Does what a browser does around a print: the events, and the style sheets for paper between them. */
async function onPaper(lab, look) {
  await lab.page.emulateMedia({ media: 'print' });
  await lab.page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  try {
    return await look();
  } finally {
    await lab.page.evaluate(() => dispatchEvent(new Event('afterprint')));
    await lab.page.emulateMedia({ media: null });
    await lab.settled();
  }
}

for (const [slug, query] of [
  ['encode', 'theme=dark'],
  ['normalize', 'theme=dark&gamma=2'],
]) {
  // So low a window that most figures have never been seen.
  labTest(`${slug}: paper has every figure, light, and nothing that can only be clicked`, { lab: slug, query, viewport: { width: 1000, height: 640 } }, async (lab) => {
    const isSeen = (id) => lab.measures(id).then(({ draw }) => draw.length > 0);
    const last = FIGURES[slug].at(-1);
    assert.ok(!(await isSeen(last)), 'a figure far below has not been drawn');
    await onPaper(lab, async () => {
      const drawn = await canvases(lab);
      assert.deepEqual(drawn.map(({ id }) => id), await lab.figures());
      for (const { id, nColours, isLight, width } of drawn) {
        assert.ok(nColours > 3 && isLight && width > 1_500, `${id}: ${nColours} colours, light: ${isLight}, ${width} px`);
      }
      const { background, controls, link } = await lab.page.evaluate(() => ({
        background: getComputedStyle(document.querySelector('.figure')).backgroundColor,
        controls: [...document.querySelectorAll('button:not(.legend-entry), input, select, nav, header')].filter((it) => it.checkVisibility()).map((it) => it.outerHTML.slice(0, 80)),
        link: document.querySelector('#printed').innerText,
      }));
      assert.equal(background, 'rgb(255, 255, 255)');
      assert.deepEqual(controls, []);
      assert.equal(link, await lab.page.evaluate(() => location.href));
    });
    const after = await lab.page.evaluate(() => getComputedStyle(document.querySelector('.figure')).backgroundColor);
    assert.notEqual(after, 'rgb(255, 255, 255)', 'the screen is dark again');
  });

  labTest(`${slug}: what was seen earlier prints as it is now, and the screen is as before`, { lab: slug, viewport: { width: 1000, height: 700 } }, async (lab) => {
    const [first] = FIGURES[slug];
    const before = await lab.picture(first);
    await lab.page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await lab.settled();
    const picture = () => lab.page.evaluate((id) => document.querySelector(`#${id} canvas`).toDataURL(), first);
    const onFirst = await onPaper(lab, picture);
    await lab.set('d_model', 16);
    assert.notEqual(await onPaper(lab, picture), onFirst);
    await lab.go(`#/${slug}`);
    assert.equal(await lab.picture(first), before);
  });
}

/** How many pages a browser makes of it, and how many pictures are on them. */
async function pdf(lab) {
  const text = (await lab.page.pdf({ format: 'A4' })).toString('latin1');
  const count = (type) => (text.match(new RegExp(`/${type}\\b`, 'g')) ?? []).length;
  return { nPages: count('Type\\s*/Page'), nPictures: count('Subtype\\s*/Image') };
}

labTest('a browser that prints asks for it: a PDF has all figures on few pages', { lab: 'encode', query: 'theme=dark', viewport: { width: 1000, height: 640 } }, async (lab) => {
  const { nPages, nPictures } = await pdf(lab);
  assert.ok(nPages >= 2 && nPages <= 3, `${nPages} pages`);
  assert.ok(nPictures >= 1, 'the heatmap is a picture on it');
  for (const id of FIGURES.encode) assert.ok((await lab.measures(id)).draw.length > 0, `${id} was drawn for it`);
});
