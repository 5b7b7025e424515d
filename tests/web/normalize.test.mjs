/** What hands do in Normalize: drawing γ and β, steps one by one, turning space, undoing, the quiz. */
import assert from 'node:assert/strict';
import { eventually, labTest } from './harness.mjs';

const tall = { width: 1280, height: 2400 };

const summary = (lab, id) => lab.figure(id).textContent();

labTest('γ is drawn with the pointer on its bars, and nudged by keys', { lab: 'normalize', query: 'd_model=8', viewport: tall }, async (lab) => {
  await lab.show('normalize-affine');
  const box = await lab.canvas('normalize-affine').boundingBox();
  const y = box.y + box.height * 0.3;
  await lab.page.mouse.move(box.x + box.width * 0.12, y);
  await lab.page.mouse.down();
  await lab.page.mouse.move(box.x + box.width * 0.4, y, { steps: 3 });
  await lab.page.mouse.up();
  await eventually(async () => assert.ok(((await lab.settings()).gamma_at ?? '').split(',').length >= 4, (await lab.settings()).gamma_at));
  assert.equal((await lab.settings()).beta_at, undefined, 'the other panel is left alone');
  const drawn = (await lab.settings()).gamma_at;
  await lab.page.keyboard.press('Shift+ArrowUp');
  await eventually(async () => assert.notEqual((await lab.settings()).gamma_at, drawn));
  await lab.page.getByRole('button', { name: 'All the same' }).click();
  await eventually(async () => assert.equal((await lab.settings()).gamma_at, undefined));
});

labTest('what is drawn is read, and Enter takes the keys from γ to β', { lab: 'normalize', query: 'd_model=8', viewport: tall }, async (lab) => {
  await lab.show('normalize-affine');
  const box = await lab.canvas('normalize-affine').boundingBox();
  await lab.page.mouse.move(box.x + box.width * 0.12, box.y + box.height * 0.3);
  await lab.page.mouse.down();
  await lab.page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.3, { steps: 3 });
  await eventually(async () => assert.ok(Number((await lab.settings()).feature) >= 4));
  const { feature } = await lab.settings();
  assert.match(await summary(lab, 'normalize-steps'), new RegExp(`Feature ${feature} ends at`), 'while the pointer is still down');
  await lab.page.mouse.up();
  await lab.page.keyboard.press('Enter');
  await lab.page.keyboard.press('ArrowUp');
  await eventually(async () => assert.equal((await lab.settings()).beta_at, `${feature}:0.05`));
});

labTest('a finger that goes up scrolls past γ and β, one that taps reads, one that goes sideways draws', { lab: 'normalize', query: 'd_model=8&norm=rms', viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }, async (lab) => {
  await lab.show('normalize-affine');
  const session = await lab.context.newCDPSession(lab.page);
  // Below the header and above the sheet with the controls, and no longer moving.
  const place = async () => {
    await lab.page.evaluate(() => window.scrollBy({ top: document.querySelector('#normalize-affine canvas').getBoundingClientRect().top - 120, behavior: 'instant' }));
    await eventually(async () => {
      const top = () => lab.canvas('normalize-affine').boundingBox();
      const before = await top();
      await lab.settled();
      assert.deepEqual(await top(), before);
    });
    const box = await lab.canvas('normalize-affine').boundingBox();
    return [box.x + box.width * 0.5, box.y + 60];
  };
  const [x, y] = await place();
  const touch = (type, at) => session.send('Input.dispatchTouchEvent', { type, touchPoints: at === undefined ? [] : [{ x: at[0], y: at[1], id: 1 }] });
  const swipe = async (places) => {
    await touch('touchStart', places[0]);
    for (const place of places.slice(1)) await touch('touchMove', place);
    await touch('touchEnd');
    await lab.settled();
  };
  const scrolled = () => lab.page.evaluate(() => window.scrollY);
  const before = await scrolled();
  await swipe([[x, y], [x, y - 20], [x, y - 40], [x, y - 60]]);
  await eventually(async () => assert.ok((await scrolled()) > before + 20, 'the page scrolls'));
  assert.equal((await lab.settings()).gamma_at, undefined);
  await lab.page.touchscreen.tap(...(await place()));
  await eventually(async () => assert.notEqual((await lab.settings()).feature, undefined));
  assert.equal((await lab.settings()).gamma_at, undefined, 'a tap reads');
  const [left, middle] = await place();
  await swipe([[left, middle], [left + 20, middle], [left + 40, middle], [left + 60, middle]]);
  await eventually(async () => assert.notEqual((await lab.settings()).gamma_at, undefined));
});

/** How many different pictures of the steps there were while something happened. */
async function picturesWhile(lab, act) {
  await lab.page.evaluate(() => {
    const canvas = document.querySelector('#normalize-steps canvas');
    window.pictures = new Set();
    window.watching = true;
    const look = () => {
      window.pictures.add(canvas.toDataURL());
      if (window.watching) requestAnimationFrame(look);
    };
    look();
  });
  await act();
  return lab.page.evaluate(() => {
    window.watching = false;
    return window.pictures.size;
  });
}

labTest('the steps are played one by one, with the arithmetic of each', { lab: 'normalize', query: 'shown=1', viewport: tall }, async (lab) => {
  await lab.show('normalize-steps');
  const moves = lab.page.getByRole('group', { name: 'Move Steps shown' });
  const forward = moves.getByRole('button', { name: 'Step forward' });
  assert.match(await summary(lab, 'normalize-steps'), /Step 1 of 4: the token as it comes\. Feature 12: x₁₂ =/);
  const n = await picturesWhile(lab, async () => {
    await forward.focus();
    await lab.page.keyboard.press('Enter');
    await eventually(async () => assert.equal((await lab.settings()).shown, '2'));
    await lab.settled();
  });
  assert.ok(n > 3, `${n} pictures: the bars move`);
  assert.match(await summary(lab, 'normalize-steps'), /Step 2 of 4: minus the mean μ.*−.*=/);
  await forward.click();
  await lab.settled();
  assert.match(await summary(lab, 'normalize-steps'), /Step 3 of 4: divided by the spread.* \/ √\(/);
  await moves.getByRole('button', { name: 'Step back' }).click();
  await eventually(async () => assert.equal((await lab.settings()).shown, '2'));
  await moves.getByRole('button', { name: 'Play' }).click();
  await eventually(async () => {
    assert.equal((await lab.settings()).shown, undefined);
    assert.equal(await moves.getByRole('button', { name: 'Play' }).count(), 1, 'it stops at the end');
  }, 8_000);
  assert.match(await summary(lab, 'normalize-steps'), /Feature 12 ends at/);
});

labTest('who asks for less motion sees steps without any', { lab: 'normalize', query: 'shown=1', viewport: tall, reducedMotion: 'reduce' }, async (lab) => {
  await lab.show('normalize-steps');
  const n = await picturesWhile(lab, async () => {
    await lab.page.getByRole('button', { name: 'Step forward' }).click();
    await eventually(async () => assert.equal((await lab.settings()).shown, '2'));
    await lab.settled();
  });
  assert.equal(n, 2);
});

labTest('n or n − 1: a switch and a preset answer why the variance is biased', { lab: 'normalize', viewport: tall }, async (lab) => {
  await lab.page.getByRole('button', { name: 'n or n − 1 on [1, 0, 0, 0]' }).click();
  await lab.settled();
  assert.match(await summary(lab, 'normalize-steps'), /σ² divides by n = 4, not n − 1\. The largest x̂ is 1\.732/);
  await lab.set('Variance', 'unbiased');
  assert.match(await summary(lab, 'normalize-steps'), /divides by n − 1 = 3, so x̂ has variance 0\.75 instead of 1\. The largest x̂ is 1\.5/);
  await eventually(async () => assert.equal((await lab.settings()).variance, 'unbiased'));
  const { rows } = await lab.csv('normalize-steps');
  assert.ok(Math.abs(rows[0][3] - 1.5) < 1e-4);
});

labTest('γ and β undo the norm for one token and not for the next', { lab: 'normalize', query: 'part=shape', viewport: tall }, async (lab) => {
  await lab.show('normalize-undo');
  const asItOpens = await lab.picture('normalize-undo');
  await lab.page.getByRole('button', { name: 'γ and β that undo token 5' }).click();
  await lab.settled();
  const missed = async () => Number(/ y misses x by (\S+) in token/.exec(await summary(lab, 'normalize-undo'))[1]);
  assert.notEqual(await lab.picture('normalize-undo'), asItOpens);
  assert.ok((await missed()) < 1e-5);
  const { rows } = await lab.csv('normalize-undo');
  assert.ok(rows.every(([, x, y]) => Math.abs(x - y) < 1e-5), 'it comes back in the picture too');
  await eventually(async () => assert.ok(Number((await lab.settings()).gamma) > 0));
  const { gamma } = await lab.settings();
  await lab.set('Token', 6);
  assert.ok((await missed()) > 0.1);
  assert.equal((await lab.settings()).gamma, gamma, 'γ stays that of the other token');
});

labTest('space turns with a hand and with keys; a click still chooses a token', { lab: 'normalize', query: 'part=shape&d_model=3', viewport: tall }, async (lab) => {
  await lab.show('normalize-geometry');
  const before = await lab.picture('normalize-geometry');
  const box = await lab.canvas('normalize-geometry').boundingBox();
  const [x, y] = [box.x + box.width * 0.75, box.y + box.height / 2];
  await lab.page.mouse.move(x, y);
  await lab.page.mouse.down();
  await lab.page.mouse.move(x + 60, y + 20, { steps: 6 });
  await lab.page.mouse.up();
  await eventually(async () => assert.deepEqual([await lab.value('Turn'), await lab.value('Tilt')], [60, 30]));
  assert.notEqual(await lab.picture('normalize-geometry'), before);
  assert.equal((await lab.settings()).token, undefined, 'turning chooses no token');

  await lab.page.mouse.move(5, 5);
  await lab.canvas('normalize-geometry').focus();
  await lab.page.keyboard.press('ArrowLeft');
  await lab.page.keyboard.press('ArrowUp');
  await eventually(async () => assert.deepEqual([await lab.value('Turn'), await lab.value('Tilt')], [55, 25]));
  await lab.page.keyboard.press('Shift+ArrowRight');
  await eventually(async () => assert.equal(await lab.value('Token'), 6));
});

labTest('space turns under a finger that moves sideways', { lab: 'normalize', query: 'part=shape&d_model=3', viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }, async (lab) => {
  await lab.show('normalize-geometry');
  const box = await lab.canvas('normalize-geometry').boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 4];
  await lab.page.touchscreen.tap(x, y);
  await lab.settled();
  const session = await lab.page.context().newCDPSession(lab.page);
  const touch = (type, at) => session.send('Input.dispatchTouchEvent', { type, touchPoints: at === undefined ? [] : [{ x: x + at, y, id: 1 }] });
  await touch('touchStart', 0);
  for (const at of [10, 20, 30, 40]) await touch('touchMove', at);
  await touch('touchEnd');
  await eventually(async () => assert.ok(Number((await lab.settings()).yaw) > 35, JSON.stringify(await lab.settings())));
});

labTest('the quiz shows what a bug does, takes an answer, explains, and goes on', { lab: 'normalize', query: 'part=mistakes&quiz=1', viewport: tall }, async (lab) => {
  await lab.show('normalize-mistake');
  const group = lab.page.getByRole('group', { name: 'A is right. Which line of code makes B?' });
  assert.doesNotMatch(await lab.page.locator('body').innerText(), /divide by n − 1/, 'the answer is not given away');
  await group.getByRole('radio', { name: 'x.std(-1, keepdim=True)' }).check();
  await group.getByRole('button', { name: 'Answer' }).click();
  await lab.page.getByText(/usually divide by n − 1/).first().waitFor();
  await lab.page.getByRole('button', { name: 'Another one' }).click();
  await eventually(async () => assert.equal((await lab.settings()).quiz, '2'));
  assert.equal(await lab.page.getByText(/usually divide by n − 1/).count(), 0);
});
