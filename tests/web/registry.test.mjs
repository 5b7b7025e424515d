/** The page opens at once on a live lab, and every lab opens by its link. */
import assert from 'node:assert/strict';
import { FIGURES, LABS, labTest } from './harness.mjs';

labTest('without a fragment the page opens on Encode', {}, async (lab) => {
  assert.ok((await lab.canvas('encode-heatmap').count()) === 1);
  assert.match(await lab.page.title(), /PosNorm Lab/);
  assert.ok(await lab.page.getByRole('heading', { level: 1 }).first().isVisible());
});

labTest('the navigation lists every lab and opens it', {}, async (lab) => {
  const links = lab.page.getByRole('navigation').first().getByRole('link');
  const hrefs = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')));
  for (const slug of LABS) {
    const idx = hrefs.findIndex((href) => new RegExp(`#/${slug}($|\\?)`).test(href));
    assert.ok(idx >= 0, `no link to ${slug} among ${hrefs}`);
    await links.nth(idx).click();
    await lab.ready(FIGURES[slug][0]);
    assert.match(await lab.fragment(), new RegExp(`^#/${slug}`));
  }
});

for (const slug of LABS) {
  labTest(`${slug} opens by its link, with its figures`, { lab: slug }, async (lab) => {
    for (const id of FIGURES[slug]) {
      const figure = lab.figure(id);
      assert.equal(await figure.count(), 1, `${id} is there once`);
      await lab.show(id);
      assert.ok(await figure.getByRole('heading').first().isVisible(), `${id} has a heading`);
      assert.ok((await lab.canvas(id).getAttribute('aria-label'))?.length > 0, `${id}'s canvas has a label`);
      assert.ok(await figure.getByRole('button', { name: 'Download' }).isVisible(), `${id} can be downloaded`);
    }
  });
}
