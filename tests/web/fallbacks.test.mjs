/** What a visitor sees where the page cannot run, or has not arrived yet: words and a picture, never a blank page. */
import assert from 'node:assert/strict';
import { eventually, labTest } from './harness.mjs';

const visibleText = (lab) => lab.page.evaluate(() => document.body.innerText);

labTest('without JavaScript there are words and a picture', { javaScriptEnabled: false, wait: false }, async (lab) => {
  await lab.page.waitForLoadState('load');
  // A page without JavaScript answers no scripts; its text and its boxes can still be read from outside.
  const text = await lab.page.locator('body').innerText();
  assert.match(text, /JavaScript/);
  assert.match(text, /position/i);
  assert.ok(text.trim().length > 100, 'more than a word');
  const pictures = lab.page.locator('svg, img, picture');
  const sizes = await Promise.all((await pictures.all()).map((picture) => picture.boundingBox()));
  assert.ok(sizes.some((box) => box && box.width > 100 && box.height > 50), 'a picture of some size is seen');
});

labTest(
  'without WebAssembly there are words',
  { wait: false, expectProblems: true, before: (page) => page.addInitScript(() => delete globalThis.WebAssembly) },
  async (lab) => {
    await eventually(async () => assert.match(await visibleText(lab), /WebAssembly/));
  },
);

labTest(
  'without the module there are words that say what to do',
  { wait: false, expectProblems: true, before: (page) => page.route('**/*.wasm', (route) => route.abort()) },
  async (lab) => {
    await eventually(async () => assert.match(await visibleText(lab), /reload|load (it )?again|try again/i));
  },
);

labTest(
  'without the script there are words that say what to do',
  { wait: false, expectProblems: true, before: (page) => page.route('**/*.js', (route) => route.abort()) },
  async (lab) => {
    await eventually(async () => assert.match(await visibleText(lab), /reload|load (it )?again|try again/i));
  },
);

labTest(
  'the frame of the page is seen before the module has arrived',
  {
    wait: false,
    before: (page) =>
      page.route('**/*.wasm', async (route) => {
        await new Promise((resolve) => setTimeout(resolve, 2_000));
        await route.continue();
      }),
  },
  async (lab) => {
    await lab.page.getByText('PosNorm Lab').first().waitFor({ state: 'visible', timeout: 1_500 });
    assert.ok(await lab.page.locator('header').first().isVisible());
    assert.equal(await lab.page.evaluate(() => performance.getEntriesByName('draw:encode-heatmap').length), 0, 'the module has not arrived');
    await lab.ready('encode-heatmap');
  },
);
