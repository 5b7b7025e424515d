/** Values of one's own: typed, pasted, or from a file that is chosen or dropped; errors leave everything as it was. */
import assert from 'node:assert/strict';
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

async function inputs(lab) {
  const { rows } = await lab.csv('normalize-matrix');
  return rows.map((row) => row[3]);
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

labTest('what cannot be read says where, and the values stay as they were', { ...OPTIONS, query: 'input=custom&values=4,5,6&batch=1&seq_len=1&d_model=3' }, async (lab) => {
  const before = await lab.fragment();
  await give(lab, '1,2\n3,four');
  await refused(lab, before, 'line 2, column 3', 'four');
  await open(lab, 'words.csv', Buffer.from('1,2\n3,4\n5,moon'));
  await refused(lab, before, 'line 3, column 3', 'moon');
  await open(lab, 'complex.npy', npy([2, 2], { descr: '<c8', size: 8, write: () => {} }));
  await refused(lab, before, '<c8');
  await open(lab, 'short.npy', npy([4, 4]).subarray(0, 100));
  await refused(lab, before, 'Values');
  await drop(lab, 'many.npz', Buffer.from('PK\x03\x04rest'));
  await refused(lab, before, 'np.save');
  await open(lab, 'large.csv', Buffer.alloc(34 << 20, '1,'));
  await refused(lab, before, 'large.csv', 'MB');
});

labTest('up to 1024 values stand in the link; beyond that, or where they are no numbers, it says that they do not', OPTIONS, async (lab) => {
  const block = (n) => Array.from({ length: n / 8 }, (_, row) => Array.from({ length: 8 }, (_, idx) => (row + idx) % 10).join(',')).join('\n');
  await give(lab, block(1024));
  assert.deepEqual(await lab.notices(), []);
  await eventually(async () => assert.match((await lab.settings()).values, /^0,1,2/));
  await give(lab, block(1032));
  await eventually(async () => assert.equal((await lab.settings()).values, 'page:1x129x8'));
  await eventually(async () => assert.match((await lab.notices()).join(), /this page only/));
  await lab.page.getByRole('status').getByText('1 × 129 × 8 values, in the memory of this page only.').waitFor();

  await give(lab, '1,nan,2\n3,inf,4\n5,6,8');
  await eventually(async () => assert.equal((await lab.settings()).values, 'page:1x3x3'));
  assert.match(await lab.figure('normalize-matrix').innerText(), /Hatched/);

  // Another page does not have them, and says so.
  const fragment = await lab.fragment();
  await lab.page.goto('about:blank');
  await lab.page.goto(lab.link(fragment));
  await lab.ready(FIGURES.normalize[0]);
  await eventually(async () => assert.match((await lab.notices()).join(), /a link cannot carry so many/));
});
