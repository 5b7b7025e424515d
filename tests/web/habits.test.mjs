/** What some browsers do otherwise, or do not have: each is played in Chromium, so that it is met wherever tests run. */
import assert from 'node:assert/strict';
import { FIGURES, eventually, labTest } from './harness.mjs';
import { fieldOf } from './lab.mjs';

const NAME = 'Copy code';

/** Copies the code of a figure by its menu. */
async function copy(lab, id) {
  await lab.figure(id).getByRole('button', { name: NAME }).click();
  await lab.figure(id).getByRole('menuitem', { name: 'NumPy', exact: true }).click();
}

/** Safari gives the focus to a button that is clicked only where it has a tabindex; what had it loses it all the same. */
const likeSafari = (page) =>
  page.addInitScript(() => {
    addEventListener('mousedown', (event) => {
      const focusable = event.target.closest('button, input, select, textarea, a, [tabindex]');
      if (focusable?.localName === 'button' && !focusable.hasAttribute('tabindex')) {
        event.preventDefault();
        document.activeElement?.blur();
      }
    }, true);
  });

labTest('a second click on a menu’s button closes it, in Safari too', { lab: 'encode', before: likeSafari }, async (lab) => {
  const figure = lab.figure(FIGURES.encode[0]);
  for (const name of ['View', NAME, 'Download']) {
    const button = figure.getByRole('button', { name });
    await button.click();
    await eventually(async () => assert.equal(await button.getAttribute('aria-expanded'), 'true'));
    await button.click();
    await eventually(async () => assert.equal(await button.getAttribute('aria-expanded'), 'false', name));
  }
});

labTest('the wheel over a number leaves it, and the page scrolls', { lab: 'encode', viewport: { width: 1280, height: 500 } }, async (lab) => {
  await lab.page.click(fieldOf('d_model'));
  const before = await lab.value('d_model');
  for (const px of [-120, 120]) {
    await lab.page.mouse.wheel(0, px);
    await lab.page.waitForTimeout(100);
    assert.equal(await lab.value('d_model'), before);
  }
  await eventually(async () => assert.ok(await lab.page.evaluate(() => document.querySelector('#panel').scrollTop > 0)));
});

labTest('what was copied last is said as long as what was copied first', { lab: 'encode', permissions: ['clipboard-read', 'clipboard-write'] }, async (lab) => {
  const [id] = FIGURES.encode;
  const said = lab.figure(id).getByText('NumPy code copied.');
  const shared = lab.page.getByText('Link copied').first();
  await copy(lab, id);
  await lab.page.click('#share');
  await said.waitFor();
  await lab.page.waitForTimeout(2_000);
  await copy(lab, id);
  await lab.page.click('#share');
  await lab.page.waitForTimeout(1_500);
  assert.ok(await said.isVisible(), 'the first report must not take the second with it');
  assert.equal(await lab.page.locator('#share').innerText(), 'Link copied');
  await eventually(async () => assert.ok(!(await said.isVisible())), 4_000);
  await eventually(async () => assert.equal(await lab.page.locator('#share').innerText(), 'Share'));
  assert.ok(shared);
});

/** What browsers do that translate a page: they put elements with other words in the place of its text nodes. */
function translate() {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) if (walker.currentNode.data.trim() && !walker.currentNode.parentElement.closest('math, script, style')) texts.push(walker.currentNode);
  for (const text of texts) {
    const font = document.createElement('font');
    font.textContent = `~${text.data}~`;
    text.replaceWith(font);
  }
}

labTest('words that change go on changing in a page that is translated', { lab: 'encode' }, async (lab) => {
  const toggle = lab.page.locator('.play-toggle').first();
  await toggle.waitFor();
  await lab.settled();
  await lab.page.evaluate(translate);
  assert.equal(await toggle.innerText(), '~Play~');
  await toggle.click();
  await eventually(async () => assert.equal(await toggle.innerText(), 'Pause'));
  await toggle.click();
  await eventually(async () => assert.equal(await toggle.innerText(), 'Play'));
});

labTest('a quiz asks on in a page that is translated', { lab: 'encode', query: 'part=mistakes&quiz=1' }, async (lab) => {
  const legend = lab.page.locator('.quiz legend');
  await legend.waitFor();
  await lab.settled();
  await lab.page.evaluate(translate);
  const before = await legend.innerText();
  await lab.page.locator('.quiz label', { hasText: 'x.size(0)' }).locator('input').check();
  await lab.page.getByRole('button', { name: 'Answer' }).click();
  await lab.page.locator('.quiz b:not(:empty)').first().waitFor();
  await lab.page.getByRole('button', { name: 'Another one' }).click();
  await eventually(async () => {
    const now = await legend.innerText();
    assert.ok(now.length > 10 && !now.startsWith('~') && now !== before, now);
  });
});

labTest(
  'without anyone who says what is seen, everything is drawn',
  { lab: 'encode', before: (page) => page.addInitScript(() => delete globalThis.IntersectionObserver) },
  async (lab) => {
    for (const id of FIGURES.encode) await lab.ready(id);
  },
);

labTest(
  'without a clipboard the page says so',
  {
    lab: 'encode',
    before: (page) =>
      page.addInitScript(() => {
        Object.defineProperty(Navigator.prototype, 'clipboard', { get: () => undefined });
        document.execCommand = () => false;
      }),
  },
  async (lab) => {
    await copy(lab, FIGURES.encode[0]);
    await lab.figure(FIGURES.encode[0]).getByText('did not let the code be copied').waitFor();
    await lab.page.click('#share');
    await lab.page.getByRole('button', { name: 'Copy it from the address bar' }).waitFor();
  },
);

labTest(
  'without a context to draw with the page says so',
  { lab: 'encode', wait: false, before: (page) => page.addInitScript(() => (HTMLCanvasElement.prototype.getContext = () => null)) },
  async (lab) => {
    await lab.figure(FIGURES.encode[0]).getByText('lets the page draw nothing').waitFor();
  },
);

labTest(
  'where a canvas reads as noise no PNG is saved, and that is said',
  {
    lab: 'encode',
    before: (page) =>
      page.addInitScript(() => {
        const original = CanvasRenderingContext2D.prototype.getImageData;
        CanvasRenderingContext2D.prototype.getImageData = function (...where) {
          const image = original.apply(this, where);
          return new ImageData(image.data.map(() => Math.random() * 256), image.width, image.height);
        };
      }),
  },
  async (lab) => {
    let nSaved = 0;
    lab.page.on('download', () => (nSaved += 1));
    const figure = lab.figure(FIGURES.encode[0]);
    await figure.getByRole('button', { name: 'Download' }).click();
    await figure.getByRole('menuitem', { name: 'PNG', exact: true }).click();
    await figure.getByText('a PNG would be noise').waitFor();
    assert.equal(nSaved, 0);
    assert.equal((await lab.download(FIGURES.encode[0], 'SVG')).name, `${FIGURES.encode[0]}.svg`);
  },
);
