/** What one can do in a part: the row under its lead, the banner of a question, motion on its figure, quizzes, ways out. */
import assert from 'node:assert/strict';
import { eventually, labTest } from './harness.mjs';

const row = (lab) => lab.page.getByRole('group', { name: 'Things to do here' });
const banner = (lab) => lab.page.locator('.banner');

/** Where a question's banner and the figure under it are seen. */
async function places(lab, id) {
  return lab.page.evaluate((figure) => {
    const of = (selector) => document.querySelector(selector).getBoundingClientRect().toJSON();
    return { upper: of('.banner'), lower: of(`#${figure}`), plot: of(`#${figure} canvas`), header: of('header'), height: innerHeight };
  }, id);
}

for (const viewport of [
  { width: 1280, height: 800 },
  { width: 360, height: 640 },
]) {
  const size = `${viewport.width} × ${viewport.height}`;
  labTest(`at ${size} a question stands over the figure that answers it, with numbers`, { lab: 'encode', query: 'part=distance&measure=cosine', viewport }, async (lab) => {
    await row(lab).getByRole('link', { name: 'Why sine and cosine, not one of them?' }).click();
    await banner(lab).waitFor();
    await lab.ready('encode-shift');
    await eventually(async () => assert.match(await banner(lab).innerText(), /R² = 0\.\d+/));
    assert.ok(await banner(lab).evaluate((it) => it === document.activeElement), 'the focus is on the banner');
    await eventually(async () => {
      const { upper, lower, plot, header, height } = await places(lab, 'encode-shift');
      assert.ok(upper.top >= header.bottom, 'the banner is below the header');
      assert.ok(lower.top >= upper.bottom, `the figure begins at ${lower.top}, the banner ends at ${upper.bottom}`);
      assert.ok(plot.top < height - 100, `the plot begins at ${plot.top} of ${height}`);
    });
    await banner(lab).getByRole('button', { name: 'Back to mine' }).click();
    await eventually(async () => assert.deepEqual(await lab.settings(), { part: 'distance', measure: 'cosine' }));
    assert.equal(await banner(lab).count(), 0);
  });
}

labTest('who goes back to what was set goes back to where it was', { lab: 'encode', query: 'part=distance&measure=cosine', viewport: { width: 700, height: 500 } }, async (lab) => {
  const question = row(lab).getByRole('link', { name: 'Why sine and cosine, not one of them?' });
  await question.scrollIntoViewIfNeeded();
  const scrolled = () => lab.page.evaluate(() => scrollY);
  const before = await scrolled();
  await question.click();
  await eventually(async () => assert.ok(await scrolled() > before + 200, 'the figure has come up'));
  await banner(lab).getByRole('button', { name: 'Back to mine' }).click();
  await eventually(async () => assert.equal(await scrolled(), before));
});

labTest('the button that opens the row says what it does', { lab: 'encode', query: 'part=distance' }, async (lab) => {
  const more = lab.page.getByRole('button', { name: /All questions/ });
  await more.click();
  const fewer = lab.page.getByRole('button', { name: 'Fewer questions' });
  assert.equal(await fewer.getAttribute('aria-expanded'), 'true');
  await fewer.click();
  assert.equal(await more.getAttribute('aria-expanded'), 'false');
});

labTest('one question leads to the next, and mine is still mine', { lab: 'encode', query: 'part=distance&measure=cosine' }, async (lab) => {
  await row(lab).getByRole('link', { name: 'Why sine and cosine, not one of them?' }).click();
  await banner(lab).getByRole('link', { name: /Next/ }).click();
  await eventually(async () => assert.equal((await lab.settings()).base, '2'));
  assert.match(await banner(lab).getByRole('heading').innerText(), /maximum length/);
  await banner(lab).getByRole('button', { name: 'Back to mine' }).click();
  await eventually(async () => assert.deepEqual(await lab.settings(), { part: 'distance', measure: 'cosine' }));
});

labTest('Escape closes a question and keeps its state; going back takes it away', { lab: 'encode', query: 'part=distance' }, async (lab) => {
  const link = row(lab).getByRole('link', { name: 'Why sine and cosine, not one of them?' });
  await link.click();
  await eventually(async () => assert.equal((await lab.settings()).dim, '128'));
  await lab.settled();
  await lab.page.keyboard.press('Escape');
  await eventually(async () => assert.equal(await banner(lab).count(), 0));
  assert.equal((await lab.settings()).dim, '128');
  const inFigure = await lab.page.evaluate(() => Boolean(document.activeElement.closest('#encode-shift')));
  assert.ok(inFigure, 'the focus is on the figure');
  await link.click();
  await banner(lab).waitFor();
  await lab.page.goBack();
  await eventually(async () => assert.equal((await lab.settings()).dim, undefined));
});

labTest('going back from a question takes its banner away', { lab: 'encode', query: 'part=distance' }, async (lab) => {
  await row(lab).getByRole('link', { name: 'Why sine and cosine, not one of them?' }).click();
  await banner(lab).waitFor();
  await eventually(async () => assert.equal((await lab.settings()).dim, '128'));
  await lab.page.goBack();
  await eventually(async () => assert.equal(await banner(lab).count(), 0));
  assert.equal((await lab.settings()).dim, undefined);
});

labTest('Space plays and pauses where the focus is on the figure that moves', { lab: 'encode', query: 'part=attention' }, async (lab) => {
  await lab.show('encode-dial');
  const chip = row(lab).getByRole('button', { name: 'Turn the two arrows' });
  const plot = lab.page.locator('#encode-dial .figure-plot');
  await plot.focus();
  await lab.page.keyboard.press(' ');
  await eventually(async () => assert.ok(Number((await lab.settings()).pos) > 22, 'it moves'));
  assert.match(await lab.page.locator('#encode-dial .play p').innerText(), /^Query at \d+, key at \d+: both turned/);
  assert.equal(await chip.getAttribute('aria-pressed'), 'true');
  await lab.page.keyboard.press(' ');
  await eventually(async () => assert.equal(await chip.getAttribute('aria-pressed'), 'false'));
  await lab.settled();
  const rest = await lab.value('Position');
  await new Promise((resolve) => setTimeout(resolve, 600));
  assert.equal(await lab.value('Position'), rest);
});

labTest('the first thing to do brings what moves into view and moves it', { lab: 'normalize', query: 'shown=1' }, async (lab) => {
  await row(lab).getByRole('button', { name: 'Go step by step' }).click();
  await eventually(async () => assert.equal((await lab.settings()).shown, '2'));
  const { top, bottom } = await lab.box('#normalize-steps canvas');
  assert.ok(top > 0 && bottom <= 900, `${top} to ${bottom}`);
  assert.match(await lab.summary('normalize-steps'), /^Step \d of 4: /);
});

labTest('who asks for less motion gets one step after the other', { lab: 'encode', query: 'pos=5', reducedMotion: 'reduce' }, async (lab) => {
  const next = row(lab).getByRole('button', { name: /^Next step/ });
  await next.click();
  await eventually(async () => assert.equal(await lab.value('Position'), 6));
  await new Promise((resolve) => setTimeout(resolve, 600));
  assert.equal(await lab.value('Position'), 6);
  await next.click();
  await eventually(async () => assert.equal(await lab.value('Position'), 7));
});

labTest('what has nothing to show leads to where there is something', { lab: 'encode', query: 'part=table&scheme=alibi' }, async (lab) => {
  await lab.show('encode-heatmap');
  await lab.page.locator('#encode-heatmap').getByRole('link', { name: 'See it in Attention' }).click();
  await eventually(async () => assert.deepEqual(await lab.settings(), { part: 'attention', scheme: 'alibi' }));
  await lab.show('encode-bias');
  assert.equal(await lab.page.locator('.way a').filter({ visible: true }).count(), 0);
});

for (const lab of ['encode', 'normalize']) {
  labTest(`${lab}: a quiz gives three tries, each with a hint, and nothing jumps`, { lab, query: 'part=mistakes' }, async (page) => {
    await page.show(`${lab}-mistake`);
    const quiz = page.page.locator('.quiz');
    const before = await quiz.boundingBox();
    const explanation = async () => (await quiz.getByRole('status').innerText()).trim();
    const wraps = await quiz.locator('code').evaluateAll((all) => all.every((code) => getComputedStyle(code).overflowWrap === 'normal'));
    assert.ok(wraps, 'no name is broken');
    for (const tries of [2, 1]) {
      const free = quiz.getByRole('radio').and(page.page.locator(':enabled'));
      const n = await free.count();
      // The last ones are none that the first question asks for.
      await free.last().check();
      await quiz.getByRole('button', { name: 'Answer' }).click();
      assert.equal(await free.count(), n - 1, `${tries} tries are left`);
      assert.match(await explanation(), /Not this one/);
    }
    const after = await quiz.boundingBox();
    assert.ok(Math.abs(after.height - before.height) < 30, `${before.height} → ${after.height}`);
  });
}
