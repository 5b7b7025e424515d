/** Attend as a person meets it: words that are put in order by hand, in every engine, and what comes of that. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { ENGINES, closeEngines, leftOut } from './engines.mjs';
import { complainsOfNothing, eventually, labTest, pictured } from './harness.mjs';

/** A test that takes longer has met something that does not answer. */
const LONGEST_MS = 300_000;

after(closeEngines);

/** The words that can be moved, in their order. */
const words = (lab) => lab.page.evaluate(() => [...document.querySelectorAll('.order .chip')].map(({ textContent }) => textContent));

/** Waits until they stand in this order, in the link as well. */
async function become(lab, expected) {
  await eventually(async () => {
    assert.deepEqual(await words(lab), expected.split(' '));
    assert.equal((await lab.settings()).other ?? 'man bites dog', expected);
  });
}

/** The word that has the focus; empty for none. */
const focused = (lab) => lab.page.evaluate(() => document.activeElement.closest('.order .chip')?.textContent ?? '');

/** Where a chip is seen, by its number. */
async function chip(lab, idx) {
  await lab.bring(`.order [data-idx="${idx}"]`);
  return lab.box(`.order [data-idx="${idx}"]`);
}

const middle = ({ x, y, width, height }) => [x + width / 2, y + height / 2];

/** Puts the focus on a word. */
const focus = (lab, idx) => lab.page.evaluate((which) => document.querySelector(`.order [data-idx="${which}"]`).focus(), idx);

const press = async (lab, ...keys) => {
  for (const key of keys.slice(0, -1)) await lab.page.keyboard.down(key);
  await lab.page.keyboard.press(keys.at(-1));
  for (const key of keys.slice(0, -1)) await lab.page.keyboard.up(key);
};

for (const engine of ENGINES) {
  const missing = leftOut(engine);

  describe(engine.name, { skip: process.env.CI ? false : missing, timeout: LONGEST_MS }, () => {
    const fresh = (name, query, check) =>
      test(name, async () => {
        const lab = await engine.open({ lab: 'attend', query });
        try {
          await pictured(lab, `${engine.name}-${name}`, async () => {
            await check(lab);
            await complainsOfNothing(lab);
          });
        } finally {
          await lab.close();
        }
      });

    fresh('a word is dragged to another place, which is seen before it falls', '', async (lab) => {
      const before = await lab.picture('attend-order');
      const [x, y] = middle(await chip(lab, 0));
      const last = await lab.box('.order [data-idx="2"]');
      await lab.page.mouse.move(x, y);
      await lab.page.mouse.down();
      await lab.page.mouse.move(last.x + last.width - 3, y + 4, { steps: 4 });
      const marks = () => lab.page.evaluate(() => ['carried', 'falls-after'].map((mark) => document.querySelector(`.order .${mark}`)?.textContent ?? ''));
      const [carried, falls] = await marks();
      assert.ok(carried.includes('man') && falls.includes('dog'), `${carried} falls after ${falls}`);
      assert.deepEqual(await words(lab), ['man', 'bites', 'dog'], 'nothing changes before it falls');
      await lab.page.mouse.up();
      await become(lab, 'bites dog man');
      assert.deepEqual(await marks(), ['', '']);
      assert.notEqual(await lab.picture('attend-order'), before);
      assert.equal(await lab.page.evaluate(() => document.querySelector('#said').textContent), 'man, now 3 of 3');
    });

    fresh('a click moves nothing, and Escape puts a word back', '', async (lab) => {
      const [x, y] = middle(await chip(lab, 1));
      await lab.page.mouse.move(x, y);
      await lab.page.mouse.down();
      await lab.page.mouse.move(x + 2, y);
      await lab.page.mouse.up();
      assert.equal(await focused(lab), 'bites');
      await lab.page.mouse.down();
      await lab.page.mouse.move(x + 200, y, { steps: 3 });
      await lab.page.keyboard.press('Escape');
      await lab.page.mouse.up();
      await lab.settled();
      await become(lab, 'man bites dog');
    });

    fresh('keys go through the words and move them; the focus stays on the one that is moved', '', async (lab) => {
      await focus(lab, 0);
      await press(lab, 'ArrowRight');
      assert.equal(await focused(lab), 'bites');
      await press(lab, 'Alt', 'ArrowRight');
      await become(lab, 'man dog bites');
      assert.equal(await focused(lab), 'bites');
      // There is no further place, and the page before is not gone back to.
      await press(lab, 'Alt', 'ArrowRight');
      await press(lab, 'Alt', 'ArrowLeft');
      await press(lab, 'Alt', 'ArrowLeft');
      await press(lab, 'Alt', 'ArrowLeft');
      await become(lab, 'bites man dog');
      assert.equal(await focused(lab), 'bites');
      assert.equal(await lab.page.evaluate(() => document.querySelectorAll('.order [tabindex="0"]').length), 1, 'one stop of the Tab key');
    });

    fresh('words of other scripts and pictures are moved whole', 'text=%F0%9F%90%95%20%D7%A9%D7%9C%D7%95%D7%9D%20%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7&other=%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7%20%D7%A9%D7%9C%D7%95%D7%9D%20%F0%9F%90%95', async (lab) => {
      await focus(lab, 0);
      await press(lab, 'Alt', 'ArrowRight');
      await become(lab, 'שלום 👩\u200d👧 🐕');
      assert.equal(await focused(lab), '👩\u200d👧');
    });
  });
}

labTest('on a touch screen a word is tapped and moved by the signs beside it', { lab: 'attend', viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }, async (lab) => {
  await lab.page.locator('#fold').tap();
  const signs = lab.page.locator('.order .order-step:visible');
  assert.equal(await signs.count(), 2, 'one word has them');
  await lab.page.locator('.order .chip', { hasText: 'dog' }).tap();
  const earlier = lab.page.getByRole('button', { name: 'Move dog one place earlier' });
  const { width, height } = await earlier.boundingBox();
  assert.ok(width >= 44 && height >= 44, `${width} × ${height}`);
  await earlier.tap();
  await become(lab, 'man dog bites');
  await earlier.tap();
  await become(lab, 'dog man bites');
  assert.ok(await earlier.isDisabled(), 'it is the first one');
  await lab.page.getByRole('button', { name: 'Move dog one place later' }).tap();
  await become(lab, 'man dog bites');
});

labTest('buttons make other orders, and take them back', { lab: 'attend', query: 'text=the%20dog%20bit%20a%20man' }, async (lab) => {
  const button = (name) => lab.page.getByRole('button', { name, exact: true });
  await button('Swap subject and object').click();
  await become(lab, 'the man bit a dog');
  await button('Swap subject and object').click();
  await become(lab, 'the dog bit a man');
  await button('Reverse').click();
  await become(lab, 'man a bit dog the');
  await button('Shuffle by the seed').click();
  const shuffled = await eventually(async () => {
    const now = (await words(lab)).join(' ');
    assert.notEqual(now, 'man a bit dog the');
    return now;
  });
  await button('Shuffle by the seed').click();
  await eventually(async () => assert.notEqual((await words(lab)).join(' '), shuffled));
  assert.deepEqual((await words(lab)).sort(), ['a', 'bit', 'dog', 'man', 'the']);
});

labTest('a sentence of one word has nothing to be put in order', { lab: 'attend', query: 'text=dog&other=dog' }, async (lab) => {
  assert.deepEqual(await words(lab), ['dog']);
  assert.equal(await lab.page.getByRole('button', { name: 'Reverse', exact: true }).count(), 0);
  assert.match(await lab.summary('attend-order'), /Both sentences are the same/);
});

labTest('without positions the order makes no difference, and the page says how little', { lab: 'attend' }, async (lab) => {
  assert.match(await lab.summary('attend-order'), /The order counts/);
  await lab.page.locator('.acts-row').getByText('Take the positions away').click();
  await eventually(async () => assert.match(await lab.summary('attend-order'), /The order makes no difference.* [\d.]+e-\d, which is only rounding/));
  assert.equal((await lab.settings()).scheme, 'none');
  await lab.set('Mask', 'causal');
  await eventually(async () => assert.match(await lab.summary('attend-order'), /The order counts.*It needs no positions/));
});

labTest('the CSV says where each word stands and how far its outputs are apart', { lab: 'attend' }, async (lab) => {
  const { header, rows, column } = await lab.csv('attend-order');
  assert.deepEqual(header, ['word', 'position_a', 'position_b', 'largest_difference', 'relative_difference']);
  assert.deepEqual(column('word'), ['dog', 'bites', 'man', 'pooled']);
  assert.deepEqual(column('position_b'), [2, 1, 0, '']);
  for (const row of rows) assert.ok(row[4] > 0.1 && row[4] < 0.6, `${row}`);
});
