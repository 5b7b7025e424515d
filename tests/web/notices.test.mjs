/** Bad values leave a working page that says what it did with them. */
import assert from 'node:assert/strict';
import { FIGURES, eventually, labTest } from './harness.mjs';

/** A link's query, and what the notice must name: the key, what was given, what is used. */
const BAD = [
  { lab: 'encode', query: 'seq_len=abc', names: ['seq_len', 'abc', '64'] },
  { lab: 'encode', query: 'seq_len=', names: ['seq_len', '64'] },
  { lab: 'encode', query: 'seq_len', names: ['seq_len', '64'] },
  { lab: 'encode', query: 'seq_len=0', names: ['seq_len', '0', '1'] },
  { lab: 'encode', query: 'seq_len=1e99', names: ['seq_len', '1e99', '4096'] },
  { lab: 'encode', query: 'seq_len=-5', names: ['seq_len', '-5', '1'] },
  { lab: 'encode', query: 'seq_len=NaN', names: ['seq_len', 'NaN', '64'] },
  { lab: 'encode', query: 'seq_len=Infinity', names: ['seq_len', 'Infinity'] },
  { lab: 'encode', query: 'seq_len=2.5', names: ['seq_len', '2.5'] },
  { lab: 'encode', query: 'd_model=7', names: ['d_model', '7', '6'] },
  { lab: 'encode', query: 'base=1', names: ['base', '1', '2'] },
  { lab: 'encode', query: 'layout=sideways', names: ['layout', 'sideways', 'interleaved'] },
  { lab: 'encode', query: 'start=-1', names: ['start', '-1', '0'] },
  { lab: 'encode', query: 'pos=9999', names: ['pos', '9999', '63'] },
  { lab: 'encode', query: 'theme=plaid', names: ['theme', 'plaid', 'auto'] },
  { lab: 'encode', query: 'colour=blue', names: ['colour'] },
  { lab: 'encode', query: 'seq_len=%E0%A4%A', names: ['seq_len', '64'] },
  { lab: 'encode', query: '%=%&%zz=%zz', names: [] },
  { lab: 'encode', query: 'seq_len=5&seq_len=7', names: ['seq_len'] },
  { lab: 'encode', query: `seq_len=${'9'.repeat(1_000_000)}`, names: ['seq_len', '4096'] },
  { lab: 'encode', query: `${'k'.repeat(1_000_000)}=1`, names: ['kkk'] },
  { lab: 'encode', query: 'x=1&'.repeat(2_000), names: ['link', '128'] },
  { lab: 'normalize', query: 'gamma=many', names: ['gamma', 'many', '1'] },
  { lab: 'normalize', query: 'gamma=99', names: ['gamma', '99', '4'] },
  { lab: 'normalize', query: 'eps=-1', names: ['eps', '-1', '0'] },
  { lab: 'normalize', query: 'input=gaussian', names: ['input', 'gaussian', 'tokens'] },
  { lab: 'normalize', query: 'batch=1000', names: ['batch', '1000', '64'] },
  { lab: 'normalize', query: 'token=5000', names: ['token', '5000', '31'] },
  { lab: 'normalize', query: 'std=-3', names: ['std', '-3', '0'] },
];

const shortened = (text) => (text.length > 60 ? `${text.slice(0, 30)}… (${text.length} characters)` : text);

for (const { lab: slug, query, names } of BAD) {
  labTest(`${slug}?${shortened(query)} leaves a notice and a working page`, { lab: slug, query }, async (lab) => {
    const notices = await lab.notices();
    assert.ok(notices.length > 0, 'there is a notice');
    assert.ok(notices.length < 50, 'not a flood of notices');
    for (const name of names) assert.ok(notices.some((text) => text.includes(name)), `a notice names ${name}: ${notices}`);
    for (const text of notices) assert.ok(text.length < 1_000, 'a notice can be read');
    assert.ok(await lab.page.getByRole('button', { name: /dismiss/i }).first().isVisible());
    assert.ok(await lab.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing sticks out');

    while ((await lab.notices()).length > 0) await lab.dismiss();
    await lab.set('d_model', 16);
    assert.equal(await lab.value('d_model'), 16, 'the page still works');
  });
}

for (const fragment of ['#/nowhere', '#/nowhere?seq_len=5', '#', '#/', '#nonsense', '#/encode/deeper', '#?seq_len=4', '#/%', `#/${'z'.repeat(1_000_000)}`]) {
  labTest(`${shortened(fragment)} opens a working lab`, { fragment }, async (lab) => {
    await lab.ready(FIGURES.encode[0]);
    const isAskingForALab = !['#', '#/', '#?seq_len=4'].includes(fragment);
    if (isAskingForALab) assert.ok((await lab.notices()).length > 0, 'the page says that there is no such lab');
    await lab.set('d_model', 16);
    await eventually(async () => assert.equal((await lab.settings()).d_model, '16'));
  });
}

labTest('a good link leaves no notice', { lab: 'encode', query: 'seq_len=100&base=2' }, async (lab) => {
  assert.deepEqual(await lab.notices(), []);
});

labTest('a number that is typed out of range leaves a notice', { lab: 'encode' }, async (lab) => {
  const { number } = lab.control('Sequence length');
  await number.fill('99999');
  await number.blur();
  await eventually(async () => {
    const notices = await lab.notices();
    assert.ok(notices.some((text) => text.includes('Sequence length') && text.includes('99999') && text.includes('4096')), `${notices}`);
  });
  await eventually(async () => assert.equal((await lab.settings()).seq_len, '4096'));
  assert.equal(await lab.value('Sequence length'), 4096, 'the field says what is used once it is left');
});

labTest('a size that meets the budget has another give way, and give back', { lab: 'normalize', query: 'batch=64&seq_len=256' }, async (lab) => {
  await lab.slide('d_model', 1024);
  assert.deepEqual(await Promise.all(['Batch size', 'Sequence length', 'd_model'].map((name) => lab.value(name))), [8, 256, 1024]);
  const [notice, ...others] = await lab.notices();
  for (const part of ['Batch size', '64', '2 097 152', '8 is used']) assert.ok(notice.includes(part), notice);
  assert.deepEqual(others, []);
  await lab.slide('d_model', 64);
  assert.equal(await lab.value('Batch size'), 64);
  assert.deepEqual(await lab.notices(), [], 'the notice is gone with its reason');
});

labTest('a link whose sizes meet the budget says which gave way', { lab: 'normalize', query: 'batch=64&seq_len=256&d_model=1024' }, async (lab) => {
  const [notice, ...others] = await lab.notices();
  for (const part of ['batch', '64', '2 097 152', '8 is used']) assert.ok(notice.includes(part), notice);
  assert.deepEqual(others, []);
  await lab.slide('d_model', 1000);
  assert.deepEqual(await lab.notices(), [notice], 'still so');
  await lab.slide('d_model', 64);
  assert.deepEqual(await lab.notices(), []);
});

labTest('an emptied field changes nothing', { lab: 'encode', query: 'seq_len=20' }, async (lab) => {
  const before = await lab.picture('encode-heatmap');
  await lab.control('Sequence length').number.fill('');
  await lab.settled();
  assert.equal(await lab.picture('encode-heatmap'), before);
  await lab.set('Sequence length', 21);
  assert.notEqual(await lab.picture('encode-heatmap'), before);
});

labTest('notices stay in sight below the header', { lab: 'encode', query: 'd_model=7' }, async (lab) => {
  for (const y of [0, 30, 400]) {
    await lab.page.evaluate((y) => scrollTo({ top: y, behavior: 'instant' }), y);
    const header = await lab.page.locator('header').boundingBox();
    const notice = await lab.page.locator('.notice').first().boundingBox();
    assert.ok(notice.y >= header.y + header.height, `${notice.y} at ${y}`);
  }
});
