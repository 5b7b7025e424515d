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
  assert.doesNotMatch(text, /loading/, 'nothing is on its way');
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

// As a browser without it does: the type that the page tries is none, and the module does not compile.
const withoutSimd = () => {
  const refuse = async () => {
    throw new WebAssembly.CompileError('invalid value type');
  };
  Object.assign(WebAssembly, { validate: () => false, instantiate: refuse, instantiateStreaming: refuse });
};

labTest(
  'without SIMD there are words that say so',
  { wait: false, expectProblems: true, before: (page) => page.addInitScript(withoutSimd) },
  async (lab) => {
    await eventually(async () => assert.match(await visibleText(lab), /without SIMD/));
    await lab.page.waitForLoadState('load');
    await eventually(() => assert.ok(lab.requests.some((address) => address.endsWith('.wasm'))));
    assert.match(await visibleText(lab), /without SIMD/, 'the first reason stays');
  },
);

/** What becomes of the main module on its way. */
const BROKEN = {
  'does not arrive': (route) => route.abort(),
  'is not there': (route) => route.fulfill({ status: 404, body: 'nothing' }),
  'is cut': async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.body()).subarray(0, 10_000) });
  },
};

for (const [what, answer] of Object.entries(BROKEN)) {
  labTest(
    `a module that ${what} is told, with what to do`,
    { wait: false, expectProblems: true, before: (page) => page.route('**/*.wasm', answer) },
    async (lab) => {
      await eventually(async () => assert.match(await visibleText(lab), /could not start.*Load it again/));
    },
  );
}

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
