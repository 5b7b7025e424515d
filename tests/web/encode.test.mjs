/** Encode's parts as a person meets them: what moves by itself, what is compared, what is asked, what takes long. */
import assert from 'node:assert/strict';
import { eventually, labTest } from './harness.mjs';

/** The figures of each part, in reading order. */
const PARTS = {
  table: ['encode-heatmap', 'encode-vector', 'encode-curves', 'encode-clock'],
  distance: ['encode-similarity', 'encode-offsets', 'encode-shift', 'encode-unique'],
  sum: ['encode-sum', 'encode-norms', 'encode-probe'],
  attention: ['encode-dial', 'encode-rope', 'encode-bias', 'encode-bias-offsets'],
  limits: ['encode-extrapolate', 'encode-scaling'],
  mistakes: ['encode-mistake'],
};

for (const [part, ids] of Object.entries(PARTS)) {
  labTest(`encode: the part ${part} shows its figures, each with words`, { lab: 'encode', query: `part=${part}` }, async (lab) => {
    for (const id of ids) {
      await lab.show(id);
      assert.ok((await lab.summary(id)).length > 20, `${id} says nothing`);
    }
  });
}

labTest('encode: the position plays, pauses and steps', { lab: 'encode', query: 'pos=5' }, async (lab) => {
  const motion = lab.page.getByRole('group', { name: 'Move Position' });
  await motion.getByRole('button', { name: 'Step forward' }).click();
  await eventually(async () => assert.equal(await lab.value('Position'), 6));
  await motion.getByRole('button', { name: 'Step back' }).click();
  await eventually(async () => assert.equal(await lab.value('Position'), 5));
  await motion.getByRole('button', { name: 'Play' }).click();
  await eventually(async () => assert.ok((await lab.value('Position')) > 6, 'it does not move'));
  await motion.getByRole('button', { name: 'Pause' }).click();
  await lab.settled();
  const rest = await lab.value('Position');
  await new Promise((resolve) => setTimeout(resolve, 700));
  assert.equal(await lab.value('Position'), rest, 'it moves on after Pause');
  await eventually(async () => assert.equal(Number((await lab.settings()).pos), rest));
});

labTest('encode: arrow keys turn the dials from pair to pair', { lab: 'encode', query: 'dim=20' }, async (lab) => {
  await lab.show('encode-clock');
  await lab.canvas('encode-clock').focus();
  await lab.page.keyboard.press('ArrowRight');
  await eventually(async () => assert.equal((await lab.settings()).dim, '22'));
});

labTest('encode: two schemes stand side by side with their difference', { lab: 'encode', query: 'compare=learned' }, async (lab) => {
  assert.match(await lab.summary('encode-heatmap'), /differ by/);
  const before = await lab.picture('encode-heatmap');
  await lab.set('Compare with', 'off');
  await eventually(async () => assert.notEqual(await lab.picture('encode-heatmap'), before));
  assert.doesNotMatch(await lab.summary('encode-heatmap'), /differ by/);
});

labTest('encode: a position beyond a learned table has no vector and says so', { lab: 'encode', query: 'scheme=learned&max_len=32' }, async (lab) => {
  assert.match(await lab.summary('encode-heatmap'), /no vector/);
  assert.match(await lab.summary('encode-heatmap'), /Hatched: no value/);
});

labTest('encode: another layout changes the table and not the similarity', { lab: 'encode', query: 'part=distance&seq_len=24&d_model=16' }, async (lab) => {
  const rows = async () => (await lab.csv('encode-similarity')).rows;
  const before = await rows();
  await lab.set('Layout', 'concatenated');
  const after = await rows();
  before.forEach((row, y) => row.forEach((value, x) => assert.ok(Math.abs(value - after[y][x]) < 1e-5, `${y}, ${x}`)));
});

labTest('encode: similarity of 4096 positions is computed in pieces and can be left', { lab: 'encode', query: 'part=distance&seq_len=4096&d_model=1024' }, async (lab) => {
  // The state changes while it computes: what is shown then is of the new state alone.
  await lab.set('Sequence length', 12);
  await lab.show('encode-similarity');
  assert.match(await lab.summary('encode-similarity'), /12 × 12 positions/);
  await lab.set('Sequence length', 4096);
  await eventually(
    async () => assert.match(await lab.summary('encode-similarity'), /Each pixel is a mean/),
    60_000,
  );
});

labTest('encode: what can be read back is found bit by bit', { lab: 'encode', query: 'part=sum' }, async (lab) => {
  await lab.show('encode-probe');
  await eventually(async () => assert.match(await lab.summary('encode-probe'), /side by side/), 30_000);
  const before = await lab.summary('encode-probe');
  await lab.set('Noise', 0.2);
  await eventually(async () => {
    const now = await lab.summary('encode-probe');
    assert.match(now, /noise of std 0.2.*side by side/);
    assert.notEqual(now, before);
  }, 30_000);
});

labTest('encode: beyond the trained length positions are read by keys', { lab: 'encode', query: 'part=limits&trained_len=64' }, async (lab) => {
  await lab.show('encode-extrapolate');
  assert.doesNotMatch(await lab.summary('encode-extrapolate'), /no value/);
  const before = await lab.value('Position');
  await lab.canvas('encode-extrapolate').focus();
  await lab.page.keyboard.press('Shift+ArrowRight');
  await eventually(async () => assert.equal(await lab.value('Position'), before + 10));
  // Beyond the table that the other parts show.
  await lab.set('Position', 200);
  await eventually(async () => assert.equal((await lab.settings()).pos, '200'));
});

labTest('encode: a question opens its state and shows the figure that answers', { lab: 'encode', query: 'part=distance&theme=dark' }, async (lab) => {
  await lab.show('encode-similarity');
  const link = lab.page.getByRole('link', { name: 'Do the waves repeat?' });
  await link.click();
  await eventually(async () => assert.equal((await lab.settings()).d_model, '2'));
  assert.equal((await lab.settings()).theme, 'dark', 'what belongs to the page stays');
  await lab.ready('encode-unique');
  const top = await lab.figure('encode-unique').evaluate((figure) => figure.getBoundingClientRect().top);
  assert.ok(top > 0 && top < 900, `the figure stands at ${top}`);
  await lab.page.goBack();
  await eventually(async () => assert.equal((await lab.settings()).d_model, undefined));
});

labTest('encode: a mistake stands beside the right line, with where it was found', { lab: 'encode', query: 'part=mistakes&mistake=swapped' }, async (lab) => {
  await lab.show('encode-mistake');
  const text = await lab.page.locator('main').innerText();
  assert.match(text, /wrong/i);
  assert.match(text, /right/i);
  assert.match(text, /#\d+/, 'no public issue is named');
});

labTest('encode: the quiz asks first and explains after an answer', { lab: 'encode', query: 'part=mistakes&quiz=1' }, async (lab) => {
  await lab.show('encode-mistake');
  const quiz = lab.page.getByRole('group', { name: 'A is right. Which code makes B?' });
  const give = quiz.getByRole('button', { name: 'Answer' });
  assert.ok(await give.isDisabled(), 'nothing is picked yet');
  const marks = quiz.locator('label').getByText(/✓ this one/);
  assert.equal(await marks.count(), 0, 'the answer is given away');
  await quiz.getByRole('radio', { name: /x\.size\(0\)/ }).check();
  await give.click();
  assert.equal(await marks.count(), 1);
  assert.ok((await quiz.getByRole('status').innerText()).length > 20);
  await quiz.getByRole('button', { name: 'Another one' }).click();
  await eventually(async () => assert.equal((await lab.settings()).quiz, '2'));
  assert.equal(await marks.count(), 0);
});
