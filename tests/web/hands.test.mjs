/** What hands do first and by habit, in every engine: keys, the wheel, a comma, going back, copying. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { ENGINES, closeEngines, leftOut } from './engines.mjs';
import { complainsOfNothing, eventually, pictured } from './harness.mjs';
import { PATIENCE_MS, fieldOf } from './lab.mjs';

/** A test that takes longer has met something that does not answer. */
const LONGEST_MS = 300_000;

after(closeEngines);

/** Where a field is clicked and typed into, all of its text at once. */
async function type(lab, name, keys) {
  await lab.page.click(fieldOf(name));
  await lab.page.evaluate((where) => document.querySelector(where).select(), fieldOf(name));
  for (const key of keys) await lab.page.keyboard.press(key);
  await lab.settled();
}

/** The middle of a figure's plot, a little off so that it is on a cell. */
async function middle(lab, id) {
  await lab.show(id);
  const { x, y, width, height } = await lab.box(`#${id} canvas`);
  return [x + width * 0.51, y + height * 0.45];
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const scrolled = (lab) => lab.page.evaluate(() => scrollY);

for (const engine of ENGINES) {
  const missing = leftOut(engine);

  describe(engine.name, { skip: process.env.CI ? false : missing, timeout: LONGEST_MS }, () => {
    /** A page of its own: what is met first is met first. */
    const fresh = (name, opened, check) =>
      test(name, async () => {
        const lab = await engine.open(opened);
        try {
          await pictured(lab, `${engine.name}-${name}`, async () => {
            await check(lab);
            if (!opened.expectProblems) await complainsOfNothing(lab);
          });
        } finally {
          await lab.close();
        }
      });

    fresh('the first keys on a figure are its own, not the page’s', { lab: 'encode' }, async (lab) => {
      const before = await lab.value('Dimension');
      await lab.page.evaluate(() => document.querySelector('#encode-heatmap canvas').focus({ preventScroll: true }));
      await lab.page.keyboard.press('ArrowDown');
      await lab.page.keyboard.press('Enter');
      await eventually(async () => assert.equal(Math.abs((await lab.value('Dimension')) - before), 1));
      await eventually(async () => assert.ok((await lab.settings()).dims, 'a curve was added'));
      // Space plays, and holds on.
      const toggle = () => lab.page.evaluate(() => document.querySelector('#encode-heatmap .play-toggle').textContent);
      const still = await toggle();
      await lab.page.keyboard.press(' ');
      await eventually(async () => assert.notEqual(await toggle(), still));
      await lab.page.keyboard.press(' ');
      await eventually(async () => assert.equal(await toggle(), still));
      assert.equal(await scrolled(lab), 0);
    });

    fresh('keys go on from where a pointer rests', { lab: 'encode' }, async (lab) => {
      const [x, y] = await middle(lab, 'encode-heatmap');
      await lab.page.mouse.move(x - 9, y - 9);
      await lab.page.mouse.move(x, y);
      await lab.page.mouse.down();
      await lab.page.mouse.up();
      await lab.settled();
      const before = await lab.value('Position');
      for (let n = 0; n < 3; n += 1) await lab.page.keyboard.press('ArrowRight');
      await eventually(async () => assert.equal(await lab.value('Position'), before + 3));
      const tip = await lab.page.evaluate(() => document.querySelector('.tip:not(:empty)').textContent);
      assert.ok(tip.includes(`(${before + 3} `), tip);
      await lab.page.mouse.move(x + 120, y);
      await lab.settled();
      await lab.page.keyboard.press('ArrowLeft');
      await eventually(async () => assert.ok((await lab.value('Position')) > before + 3, 'a pointer that moves is followed again'));
    });

    fresh('a decimal comma is a point', { lab: 'normalize' }, async (lab) => {
      for (const [name, keys, expected] of [
        ['ε (epsilon)', '0,5', 0.5],
        ['β (shift)', '-1,25', -1.25],
      ]) {
        await type(lab, name, keys);
        await eventually(async () => assert.equal(await lab.value(name), expected));
      }
      await eventually(async () => {
        const { eps, beta } = await lab.settings();
        assert.deepEqual([eps, beta], ['0.5', '-1.25']);
      });
      assert.deepEqual(await lab.notices(), []);
    });

    fresh('keys step a field as they step its slider', { lab: 'normalize', query: 'eps=1e-8' }, async (lab) => {
      for (const key of ['ArrowUp', 'ArrowDown', 'PageUp']) {
        const from = await lab.value('ε (epsilon)');
        await lab.page.click(fieldOf('ε (epsilon)'));
        await lab.page.keyboard.press(key);
        await lab.settled();
        const stepped = await lab.value('ε (epsilon)');
        assert.ok(stepped !== from && stepped < 1e-6, `${key} in the field leads from ${from} to ${stepped}`);
      }
    });

    // On the way back Firefox asks for an icon that there is not.
    fresh('a page that is come back to says what it said', { lab: 'normalize', query: 'seq_len=6&gamma_at=3:2.5', expectProblems: true }, async (lab) => {
      const said = () => lab.page.evaluate(() => [...document.querySelectorAll('.control :is(input, select)')].map(({ value }) => value));
      const before = await said();
      for (const value of ['6', '3:2.5', 'layer']) assert.ok(before.includes(value), `${value} among ${before}`);
      await lab.page.goto('about:blank');
      // Firefox's driver waits for a page to load that was kept as it was.
      await Promise.race([lab.page.goBack().catch(() => {}), sleep(2_000)]);
      await eventually(() => lab.arrived('normalize'), PATIENCE_MS);
      // Fields are reset some time after the page is shown.
      await sleep(300);
      assert.deepEqual(await said(), before);
    });

    fresh('the first copy of code is one', { lab: 'encode' }, async (lab) => {
      await lab.page.click('#encode-heatmap button[aria-label="Copy code"]');
      const item = '#encode-heatmap [role="menuitem"]';
      await lab.find(item, () => true);
      await lab.page.click(item);
      await eventually(async () => assert.match(await lab.page.evaluate(() => document.querySelector('#encode-heatmap .export').innerText), /NumPy code copied/));
    });
  });
}
