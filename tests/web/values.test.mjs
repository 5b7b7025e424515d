/** Values of one's own: typed, pasted, or from a file that is chosen or dropped; errors leave everything as it was. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FIGURES, eventually, labTest } from './harness.mjs';

const tall = { width: 1280, height: 2400 };
const OPTIONS = { lab: 'normalize', query: 'input=custom', viewport: tall };

const field = (lab) => lab.page.getByRole('textbox', { name: 'Values', exact: true });

/** Types into the field and gives it by its button. */
async function give(lab, text) {
  await field(lab).fill(text);
  await lab.page.getByRole('button', { name: 'Use these' }).click();
  await lab.settled();
}

/** Opens a file by the field's button. */
async function open(lab, name, buffer) {
  await lab.page.getByLabel('Open a file').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
  await lab.settled();
}

/** Drops a file on the field. */
async function drop(lab, name, buffer) {
  const transfer = await lab.page.evaluateHandle(
    ([fileName, bytes]) => {
      const given = new DataTransfer();
      given.items.add(new File([new Uint8Array(bytes)], fileName));
      return given;
    },
    [name, [...buffer]],
  );
  await field(lab).dispatchEvent('dragover', { dataTransfer: transfer });
  await field(lab).dispatchEvent('drop', { dataTransfer: transfer });
  await lab.settled();
}

/** An NPY file of this shape, its values counting up. */
function npy(shape, { descr = '<f4', write = (buffer, value, at) => buffer.writeFloatLE(value, at), size = 4 } = {}) {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const padded = header.padEnd(64 * Math.ceil((10 + header.length + 1) / 64) - 11) + '\n';
  const head = Buffer.alloc(10);
  head.write('\x93NUMPY\x01\x00', 'latin1');
  head.writeUInt16LE(padded.length, 8);
  const n = shape.reduce((product, length) => product * length, 1);
  const data = Buffer.alloc(n * size);
  for (let idx = 0; idx < n; idx += 1) write(data, idx, idx * size);
  return Buffer.concat([head, Buffer.from(padded, 'latin1'), data]);
}

/** Samples, tokens and features as the controls say. */
async function shape(lab) {
  return [await lab.value('Batch size'), await lab.value('Sequence length'), await lab.value('d_model')];
}

/** The activations, NaN where there is none. */
async function inputs(lab) {
  const { bytes } = await lab.download('normalize-matrix', 'CSV');
  const [, ...rows] = bytes.toString('utf8').trim().split('\n');
  return rows.map((row) => Number(row.split(',')[3]));
}

/** The one notice there is, which must say all of this, while the values stay as they were. */
async function refused(lab, before, ...words) {
  await eventually(async () => {
    const notices = await lab.notices();
    assert.equal(notices.length, 1, notices.join('\n'));
    for (const word of words) assert.ok(notices[0].includes(word), `${word}: ${notices[0]}`);
  });
  assert.equal(await lab.fragment(), before, 'the values stay as they were');
  await lab.dismiss();
}

labTest('rows, a CSV with a header, JSON and what NumPy prints are taken, in their shape, and stand in the link', OPTIONS, async (lab) => {
  for (const [text, block, numbers] of [
    ['1, 2, 3\n4, 5, 7', [1, 2, 3], [1, 2, 3, 4, 5, 7]],
    ['height,weight\n1.5,2\n-3,4e1', [1, 2, 2], [1.5, 2, -3, 40]],
    ['[[[1, 2], [3, 4]], [[5, 6], [7, 9]]]', [2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 9]],
    ['array([[ 1. ,  2.5],\n       [-3. ,  4. ]])', [1, 2, 2], [1, 2.5, -3, 4]],
    ['[[1. 2. 8.]\n [4. 5. 6.]]', [1, 2, 3], [1, 2, 8, 4, 5, 6]],
  ]) {
    await give(lab, text);
    assert.deepEqual(await lab.notices(), [], text);
    assert.deepEqual(await shape(lab), block, text);
    assert.deepEqual(await inputs(lab), numbers, text);
  }
  await eventually(async () => assert.equal((await lab.settings()).values, '1,2,8;4,5,6'));
  await lab.page.reload();
  await lab.ready(FIGURES.normalize[0]);
  assert.deepEqual(await inputs(lab), [1, 2, 8, 4, 5, 6]);
});

labTest('the field and its buttons are reached and used by keys, and say what they are', OPTIONS, async (lab) => {
  await field(lab).focus();
  assert.match(await field(lab).evaluate((it) => document.getElementById(it.getAttribute('aria-describedby')).innerText), /CSV or NPY/);
  await lab.page.keyboard.press('Control+a');
  await lab.page.keyboard.type('5,6,7');
  await lab.page.keyboard.press('Tab');
  await eventually(async () => assert.deepEqual(await shape(lab), [1, 1, 3]));
  assert.equal(await lab.page.evaluate(() => document.activeElement.innerText), 'Use these');
  await lab.page.keyboard.press('Tab');
  assert.equal(await lab.page.evaluate(() => document.activeElement.type), 'file');
});

labTest('files are opened and dropped: CSV, and NPY of two and three dimensions', OPTIONS, async (lab) => {
  await open(lab, 'rows.csv', Buffer.from('a,b\n1,2\n3,5\n'));
  assert.deepEqual(await inputs(lab), [1, 2, 3, 5]);
  await open(lab, 'flat.npy', npy([2, 3]));
  assert.deepEqual(await shape(lab), [1, 2, 3]);
  assert.deepEqual(await inputs(lab), [0, 1, 2, 3, 4, 5]);
  await drop(lab, 'block.npy', npy([2, 3, 4], { descr: '<f8', size: 8, write: (buffer, value, at) => buffer.writeDoubleLE(value, at) }));
  assert.deepEqual(await shape(lab), [2, 3, 4]);
  assert.deepEqual(await inputs(lab), Array.from({ length: 24 }, (_, idx) => idx));
  await drop(lab, 'other.csv', Buffer.from('9;8;7'));
  assert.deepEqual(await shape(lab), [1, 1, 3]);
  assert.deepEqual(await lab.notices(), []);
  // What the page itself saves, it opens.
  const saved = await lab.download('normalize-matrix', 'NPY');
  assert.equal(saved.name, 'normalize-matrix.npy');
});

labTest('what cannot be read says where, and the values stay as they were', { ...OPTIONS, query: 'input=custom&values=4,5,6' }, async (lab) => {
  const before = await lab.fragment();
  await give(lab, '1,2,3\n4,5');
  await refused(lab, before, 'line 2', 'length');
  await give(lab, '1,2\n3,four');
  await refused(lab, before, 'line 2, column 3', 'four');
  await open(lab, 'words.csv', Buffer.from('1,2\n3,4\n5,moon'));
  await refused(lab, before, 'line 3, column 3', 'moon');
  await open(lab, 'complex.npy', npy([2, 2], { descr: '<c8', size: 8, write: () => {} }));
  await refused(lab, before, '<c8');
  await open(lab, 'short.npy', npy([4, 4]).subarray(0, 100));
  await refused(lab, before, 'Values');
  await drop(lab, 'many.npz', Buffer.from('PK\x03\x04rest'));
  await refused(lab, before, 'many.npz is a zip archive');
  await open(lab, 'large.csv', Buffer.alloc(34 << 20, '1,'));
  await refused(lab, before, 'large.csv', 'MB');
});

labTest('up to 1024 values stand in the link, no numbers among them; beyond that it says that they do not', OPTIONS, async (lab) => {
  const block = (n) => Array.from({ length: n / 8 }, (_, row) => Array.from({ length: 8 }, (_, idx) => (row + idx) % 10).join(',')).join('\n');
  await give(lab, block(1024));
  assert.deepEqual(await lab.notices(), []);
  await eventually(async () => assert.match((await lab.settings()).values, /^0,1,2/));

  await give(lab, '1,nan,2\n3,inf,4\n5,6,8');
  await eventually(async () => assert.equal((await lab.settings()).values, '1,NaN,2;3,inf,4;5,6,8'));
  assert.deepEqual(await lab.notices(), []);
  assert.match(await lab.figure('normalize-matrix').innerText(), /Hatched/);

  await give(lab, block(1032));
  await eventually(async () => assert.equal((await lab.settings()).values, 'page:1x129x8'));
  await eventually(async () => assert.match((await lab.notices()).join(), /this page only/));
  await lab.page.getByRole('status').getByText('1 × 129 × 8 values, in the memory of this page only.').waitFor();

  // Another page does not have them, and says so.
  const fragment = await lab.fragment();
  await lab.page.goto('about:blank');
  await lab.page.goto(lab.link(fragment));
  await lab.ready(FIGURES.normalize[0]);
  await eventually(async () => assert.match((await lab.notices()).join(), /a link cannot carry so many/));
});

labTest('what is given is shown as it is: chosen, by link, cut, and missing beyond', { lab: 'normalize', viewport: tall }, async (lab) => {
  await lab.set('Input', 'custom');
  assert.deepEqual(await shape(lab), [1, 1, 4]);
  assert.deepEqual(await inputs(lab), [1, 2, 3, 4]);
  await eventually(async () => assert.equal(await lab.fragment(), '#/normalize?input=custom'));

  await lab.go('#/normalize?input=custom&amp;values=1,0,0,0');
  assert.deepEqual(await shape(lab), [1, 1, 4]);
  assert.deepEqual(await inputs(lab), [1, 0, 0, 0]);
  const hundred = Array.from({ length: 100 }, (_, idx) => idx + 1);
  await lab.go(`#/normalize?input%3Dcustom%26values%3D${hundred.join('%2C')}`);
  assert.deepEqual(await inputs(lab), hundred);
  assert.deepEqual(await lab.notices(), []);

  await give(lab, '[[[1,1],[2,2],[3,3]],[[4,4],[5,5],[6,6]]]');
  assert.deepEqual(await shape(lab), [2, 3, 2]);
  await eventually(async () => assert.equal((await lab.settings()).values, '1,1;2,2;3,3;;4,4;5,5;6,6'));
  await lab.set('Sequence length', 2);
  assert.deepEqual(await inputs(lab), [1, 1, 2, 2, 4, 4, 5, 5]);
  await lab.page.getByRole('status').getByText('2 × 3 × 2 are given, 2 × 2 × 2 are shown. What is beyond that is left out.').waitFor();
  await lab.set('Sequence length', 4);
  assert.deepEqual(await inputs(lab), [1, 1, 2, 2, 3, 3, NaN, NaN, 4, 4, 5, 5, 6, 6, NaN, NaN]);
  assert.match(await lab.figure('normalize-matrix').innerText(), /Hatched/);
  await lab.page.getByRole('button', { name: 'Shape of the values' }).click();
  assert.deepEqual(await shape(lab), [2, 3, 2]);

  await lab.go('#/normalize?input=custom&values=1,2,3;4,5');
  await eventually(async () => assert.match((await lab.notices()).join(), /row 2 has 2 numbers and row 1 has 3/));
});

labTest('how values were read stands at the field, with a button for the other way', OPTIONS, async (lab) => {
  const status = lab.page.locator('.values-note');
  const other = lab.page.locator('.values-other button');
  await give(lab, '0,5\n0,25');
  const first = await shape(lab);
  await eventually(async () => assert.match(await status.innerText(), /Commas are read as/));
  await other.click();
  await lab.settled();
  const both = [first, await shape(lab)].sort();
  assert.deepEqual(both, [[1, 2, 1], [1, 2, 2]]);
  assert.deepEqual(await lab.notices(), []);

  await give(lab, '1\n2\n3');
  assert.deepEqual(await shape(lab), [1, 3, 1]);
  assert.match(await lab.figure('normalize-matrix').innerText(), /One feature is its own mean/);
  await lab.page.getByRole('button', { name: 'Read it as one token of 3 features' }).click();
  await lab.settled();
  assert.deepEqual(await shape(lab), [1, 1, 3]);
  assert.equal(await lab.page.getByRole('button', { name: 'Read it as 3 tokens of one feature' }).count(), 1);

  // Of other values nothing of it is true.
  await give(lab, '4 5 6');
  assert.equal(await other.count(), 0);
  assert.equal(await status.isHidden(), true);
});

labTest('what the page saves it opens: a block, a table, γ and β', { lab: 'normalize', query: 'input=custom&values=1,2;3,4;5,6;;7,8;9,1;2,3&gamma_at=0:2&beta_at=1:0.5', viewport: tall }, async (lab) => {
  const matrix = [await lab.download('normalize-matrix', 'CSV'), await lab.download('normalize-matrix', 'NPY')];
  const affine = [await lab.download('normalize-affine', 'CSV'), await lab.download('normalize-affine', 'NPY')];
  for (const { name, bytes } of matrix) {
    await give(lab, '1 2');
    await open(lab, name, bytes);
    assert.deepEqual(await shape(lab), [2, 3, 2], name);
    assert.deepEqual(await inputs(lab), [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3], name);
  }
  for (const { name, bytes } of affine) {
    await lab.page.getByRole('button', { name: 'All the same' }).click();
    await lab.settled();
    await drop(lab, name, bytes);
    assert.deepEqual((await lab.csv('normalize-affine')).rows, [[0, 2, 0], [1, 1, 0.5]], name);
    assert.deepEqual(await shape(lab), [2, 3, 2], name);
  }
  assert.deepEqual(await lab.notices(), []);
});

labTest('text that is dropped is taken as pasted', OPTIONS, async (lab) => {
  const transfer = await lab.page.evaluateHandle(() => {
    const given = new DataTransfer();
    given.setData('text/plain', '3 4\n5 7');
    return given;
  });
  await field(lab).dispatchEvent('drop', { dataTransfer: transfer });
  await lab.settled();
  assert.deepEqual(await inputs(lab), [3, 4, 5, 7]);
  const bad = await lab.page.evaluateHandle(() => {
    const given = new DataTransfer();
    given.setData('text/plain', '3 4\n5 moon');
    return given;
  });
  const before = await lab.fragment();
  await field(lab).dispatchEvent('drop', { dataTransfer: bad });
  await refused(lab, before, 'moon');
  assert.equal(await field(lab).inputValue(), '3 4\n5 moon', 'it can be mended where it is');
});

labTest('a long reading shows how far it is and can be stopped; the page goes on meanwhile', { ...OPTIONS, query: 'input=custom&values=4,5,6' }, async (lab) => {
  const before = await lab.fragment();
  const row = `${Array.from({ length: 256 }, (_, idx) => `${idx}.${idx}12345`).join(',')}\n`;
  const folder = await mkdtemp(path.join(tmpdir(), 'values-'));
  const file = path.join(folder, 'large.csv');
  await writeFile(file, row.repeat(8_000));
  // A machine may be too fast to be seen reading.
  const cdp = await lab.context.newCDPSession(lab.page);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await lab.page.getByLabel('Open a file').setInputFiles(file);
  const bar = lab.page.getByRole('progressbar', { name: 'Reading the values' });
  await bar.waitFor();
  await lab.page.getByRole('button', { name: 'Stop' }).click();
  await bar.waitFor({ state: 'hidden' });
  await rm(folder, { recursive: true });
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  await lab.settled();
  assert.equal(await lab.fragment(), before);
  assert.deepEqual(await lab.notices(), []);
  await open(lab, 'small.csv', Buffer.from('7,8,9'));
  assert.deepEqual(await inputs(lab), [7, 8, 9]);
});
