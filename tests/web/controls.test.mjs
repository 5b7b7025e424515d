/** Each control moves its figures, by typing, sliding, dragging and by keys, and the link follows. */
import assert from 'node:assert/strict';
import { eventually, labTest } from './harness.mjs';

/** Per control: its key in the link, a value to type, one to slide to, and the figures it must change. */
const NUMBERS = {
  encode: {
    'Sequence length': { key: 'seq_len', typed: 16, slid: 200, figures: ['encode-heatmap', 'encode-curves'] },
    d_model: { key: 'd_model', typed: 32, slid: 256, figures: ['encode-heatmap', 'encode-curves', 'encode-vector'] },
    Base: { key: 'base', typed: 100, slid: 500, figures: ['encode-heatmap', 'encode-curves', 'encode-vector'] },
    'First position': { key: 'start', typed: 1000, slid: 5000, figures: ['encode-heatmap', 'encode-curves', 'encode-vector'] },
    Position: { key: 'pos', typed: 40, slid: 12, figures: ['encode-vector'] },
  },
  normalize: {
    'Batch size': { key: 'batch', typed: 2, slid: 6, figures: ['normalize-matrix', 'normalize-histograms'] },
    'Sequence length': { key: 'seq_len', typed: 3, slid: 12, figures: ['normalize-matrix', 'normalize-histograms'] },
    d_model: { key: 'd_model', typed: 16, slid: 100, figures: ['normalize-matrix', 'normalize-histograms', 'normalize-steps'] },
    'Input mean': { key: 'mean', typed: 3, slid: -2, figures: ['normalize-histograms', 'normalize-steps'] },
    'Input std': { key: 'std', typed: 2.5, slid: 5, figures: ['normalize-histograms', 'normalize-steps'] },
    Seed: { key: 'seed', typed: 7, slid: 11, figures: ['normalize-matrix', 'normalize-histograms', 'normalize-steps'] },
    'γ (scale)': { key: 'gamma', typed: 2, slid: -0.5, figures: ['normalize-matrix', 'normalize-histograms', 'normalize-steps'] },
    'β (shift)': { key: 'beta', typed: -1, slid: 2, figures: ['normalize-matrix', 'normalize-histograms', 'normalize-steps'] },
    'ε (epsilon)': { key: 'eps', typed: 0.5, slid: 0.1, figures: ['normalize-matrix', 'normalize-histograms', 'normalize-steps'] },
    Token: { key: 'token', typed: 3, slid: 20, figures: ['normalize-steps'] },
  },
  attend: {
    d_model: { key: 'd_model', typed: 32, slid: 100, figures: ['attend-order', 'attend-outputs', 'attend-yardsticks'] },
    'Embedding std': { key: 'emb_std', typed: 0.5, slid: 2, figures: ['attend-order', 'attend-outputs', 'attend-yardsticks'] },
    Layers: { key: 'layers', typed: 2, slid: 4, figures: ['attend-order', 'attend-outputs', 'attend-yardsticks'] },
    Seed: { key: 'seed', typed: 7, slid: 11, figures: ['attend-order', 'attend-outputs', 'attend-yardsticks'] },
    Feature: { key: 'feature', typed: 7, slid: 20, figures: ['attend-order', 'attend-outputs'] },
  },
};

const CHOICES = {
  encode: { Layout: { key: 'layout', chosen: ['concatenated'], figures: ['encode-heatmap', 'encode-vector'] } },
  normalize: {
    Input: {
      key: 'input',
      chosen: ['normal', 'uniform', 'heavy', 'outlier', 'constant', 'custom'],
      figures: ['normalize-matrix', 'normalize-histograms', 'normalize-steps'],
    },
  },
  attend: {
    Scheme: { key: 'scheme', chosen: ['none', 'rope', 'learned'], figures: ['attend-order', 'attend-outputs', 'attend-yardsticks'] },
    Mask: { key: 'mask', chosen: ['causal'], figures: ['attend-order', 'attend-outputs', 'attend-yardsticks'] },
  },
};

/** The pictures of some figures. */
async function pictures(lab, ids) {
  const all = {};
  for (const id of ids) all[id] = await lab.picture(id);
  return all;
}

/** Does something and requires that each of the figures looks different afterwards. */
async function changes(lab, ids, how, act) {
  const before = await pictures(lab, ids);
  await act();
  const now = await pictures(lab, ids);
  for (const id of ids) assert.notEqual(now[id], before[id], `${how} changes ${id}`);
}

async function linkSays(lab, key, value) {
  await eventually(async () => assert.equal(Number((await lab.settings())[key]), value, `${key} in ${await lab.fragment()}`));
}

for (const [slug, controls] of Object.entries(NUMBERS)) {
  for (const [name, { key, typed, slid, figures }] of Object.entries(controls)) {
    labTest(`${slug}: ${name} moves its figures`, { lab: slug }, async (lab) => {
      const { range, number } = lab.control(name);

      await changes(lab, figures, `typing ${typed}`, () => lab.set(name, typed));
      await linkSays(lab, key, typed);
      assert.equal(Number(await range.inputValue()), typed, 'the slider follows what is typed');
      assert.deepEqual(Object.keys(await lab.settings()), [key], 'only what is not the default stands in the link');

      await changes(lab, figures, `sliding to ${slid}`, () => lab.slide(name, slid));
      await linkSays(lab, key, slid);
      assert.equal(await lab.value(name), slid, 'the field follows the slider');

      await changes(lab, figures, 'dragging', () => lab.drag(name, 0.2, 0.7));
      const dragged = await lab.value(name);
      assert.notEqual(dragged, slid, 'the field follows the drag');

      await range.focus();
      await lab.page.keyboard.press('ArrowLeft');
      await lab.settled();
      // One step of ε may move no value into another bin, so here the value speaks for the figures.
      assert.ok((await lab.value(name)) < dragged, 'left is less');
      await linkSays(lab, key, await lab.value(name));
      assert.equal(Number(await range.inputValue()), await lab.value(name));

      await number.focus();
      await lab.page.keyboard.press('ArrowUp');
      await lab.settled();
      assert.ok(Number.isFinite(await lab.value(name)), 'the field stays a number');
    });
  }
}

for (const [slug, controls] of Object.entries(CHOICES)) {
  for (const [name, { key, chosen, figures }] of Object.entries(controls)) {
    labTest(`${slug}: ${name} moves its figures`, { lab: slug }, async (lab) => {
      for (const option of chosen) {
        await changes(lab, figures, option, () => lab.set(name, option));
        await eventually(async () => assert.equal((await lab.settings())[key], option));
      }
    });
  }
}

labTest('back at the default, a setting leaves the link', { lab: 'encode' }, async (lab) => {
  await lab.set('Sequence length', 16);
  await lab.set('Base', 500);
  await eventually(async () => assert.deepEqual(Object.keys(await lab.settings()), ['seq_len', 'base']));
  await lab.set('Sequence length', 64);
  await eventually(async () => assert.deepEqual(Object.keys(await lab.settings()), ['base']));
});

labTest('moving a slider does not flood the history', { lab: 'encode' }, async (lab) => {
  const before = await lab.page.evaluate(() => history.length);
  for (const value of [10, 20, 30, 40, 50]) await lab.slide('Sequence length', value);
  assert.equal(await lab.page.evaluate(() => history.length), before);
});

labTest('a reset stays in its part and is undone by the same button', { lab: 'encode', query: 'part=distance&seq_len=100&colours=blues' }, async (lab) => {
  const before = await lab.fragment();
  await lab.page.getByRole('button', { name: 'Reset this lab' }).click();
  await eventually(async () => assert.equal(await lab.fragment(), '#/encode?part=distance'));
  const undo = lab.page.getByRole('button', { name: 'Undo the reset' });
  await undo.click();
  await eventually(async () => assert.equal(await lab.fragment(), before));
  await lab.page.getByRole('button', { name: 'Reset this lab' }).click();
  await undo.waitFor();
  await lab.set('Sequence length', 32);
  await lab.page.getByRole('button', { name: 'Reset this lab' }).waitFor();
});
