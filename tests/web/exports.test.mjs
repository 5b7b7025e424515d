/** The exported numbers against values computed here, in double precision, from the formulas of the papers. */
import assert from 'node:assert/strict';
import { FIGURES, LABS, labTest } from './harness.mjs';

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Single precision at values up to 1, with the last bit lost once in computing. */
const ENCODING_TOLERANCE = 3e-7;

/** One entry of the sinusoidal table. */
function encoding(position, dim, { dModel, base, isConcatenated }) {
  const half = dModel / 2;
  const pair = isConcatenated ? dim % half : Math.floor(dim / 2);
  const isSine = isConcatenated ? dim < half : dim % 2 === 0;
  const angle = position / base ** ((2 * pair) / dModel);
  return isSine ? Math.sin(angle) : Math.cos(angle);
}

const TABLES = [
  { query: '', nRows: 64, start: 0, dModel: 128, base: 10000, isConcatenated: false },
  { query: 'seq_len=100&d_model=32&base=100&layout=concatenated&start=1000', nRows: 100, start: 1000, dModel: 32, base: 100, isConcatenated: true },
  { query: 'seq_len=130&d_model=64&start=1000000', nRows: 130, start: 1000000, dModel: 64, base: 10000, isConcatenated: false },
  { query: 'seq_len=1&d_model=2', nRows: 1, start: 0, dModel: 2, base: 10000, isConcatenated: false },
  { query: 'seq_len=7&d_model=1024&base=2', nRows: 7, start: 0, dModel: 1024, base: 2, isConcatenated: false },
];

for (const table of TABLES) {
  labTest(`the encoding table is right: ${table.query || 'default'}`, { lab: 'encode', query: table.query }, async (lab) => {
    const { header, rows } = await lab.csv('encode-heatmap');
    const dims = Array.from({ length: table.dModel }, (_, dim) => `dim_${dim}`);
    assert.deepEqual(header, ['position', ...dims]);
    assert.equal(rows.length, table.nRows);
    rows.forEach(([position, ...values], idx) => {
      assert.equal(position, table.start + idx);
      values.forEach((value, dim) => {
        const expected = encoding(position, dim, table);
        assert.ok(Math.abs(value - expected) <= ENCODING_TOLERANCE, `PE(${position}, ${dim}) is ${value}, expected ${expected}`);
      });
    });
  });
}

labTest('the curves are columns of the table', { lab: 'encode', query: 'seq_len=50&dims=0,3,64' }, async (lab) => {
  const table = await lab.csv('encode-heatmap');
  const curves = await lab.csv('encode-curves');
  assert.deepEqual(curves.header, ['position', 'dim_0', 'dim_3', 'dim_64']);
  for (const name of curves.header) assert.deepEqual(curves.column(name), table.column(name), name);
});

const BLOCKS = [
  { query: '', batch: 4, seqLen: 8, dModel: 64, gamma: 1, beta: 0, eps: 1e-5 },
  { query: 'gamma=2.5&beta=-0.75&eps=0.25&batch=2&seq_len=5&d_model=32', batch: 2, seqLen: 5, dModel: 32, gamma: 2.5, beta: -0.75, eps: 0.25 },
  { query: 'input=normal&mean=10&std=3&seed=5', batch: 4, seqLen: 8, dModel: 64, gamma: 1, beta: 0, eps: 1e-5 },
  { query: 'input=constant&mean=3', batch: 4, seqLen: 8, dModel: 64, gamma: 1, beta: 0, eps: 1e-5 },
  { query: 'input=outlier&eps=0&batch=1&seq_len=3&d_model=1024', batch: 1, seqLen: 3, dModel: 1024, gamma: 1, beta: 0, eps: 0 },
];

/** The tokens of an exported block: for each its input, normalized and output rows. */
function tokensOf({ rows }, dModel) {
  const tokens = [];
  for (let first = 0; first < rows.length; first += dModel) {
    const part = rows.slice(first, first + dModel);
    const [[sample, token]] = part;
    part.forEach((row, feature) => assert.deepEqual(row.slice(0, 3), [sample, token, feature], 'sample, token, feature in order'));
    const column = (idx) => part.map((row) => row[idx]);
    tokens.push({ sample, token, input: column(3), normalized: column(4), output: column(5) });
  }
  return tokens;
}

/** Layer normalization of one token as the paper has it: biased variance, epsilon under the root. */
function layerNorm(input, { gamma, beta, eps }) {
  const mean = input.reduce((sum, x) => sum + x, 0) / input.length;
  const variance = input.reduce((sum, x) => sum + (x - mean) ** 2, 0) / input.length;
  const centered = input.map((x) => x - mean);
  // Without any spread and without epsilon there is nothing to divide by, and nothing to divide.
  const normalized = centered.map((c) => (c === 0 ? 0 : c / Math.sqrt(variance + eps)));
  return { centered, normalized, output: normalized.map((n) => gamma * n + beta) };
}

function assertNear(actual, expected, scale, what) {
  actual.forEach((value, idx) => {
    const tolerance = 4e-6 * (1 + Math.abs(expected[idx]) + scale);
    assert.ok(Math.abs(value - expected[idx]) <= tolerance, `${what}[${idx}] is ${value}, expected ${expected[idx]}`);
  });
}

for (const block of BLOCKS) {
  labTest(`the normalized block is right: ${block.query || 'default'}`, { lab: 'normalize', query: block.query }, async (lab) => {
    const matrix = await lab.csv('normalize-matrix');
    assert.deepEqual(matrix.header, ['sample', 'token', 'feature', 'input', 'normalized', 'output']);
    assert.equal(matrix.rows.length, block.batch * block.seqLen * block.dModel);
    const tokens = tokensOf(matrix, block.dModel);
    for (const { sample, token, input, normalized, output } of tokens) {
      const expected = layerNorm(input, block);
      assertNear(normalized, expected.normalized, 0, `normalized of sample ${sample}, token ${token}`);
      assertNear(output, expected.output, 0, `output of sample ${sample}, token ${token}`);
    }

    const steps = await lab.csv('normalize-steps');
    assert.deepEqual(steps.header, ['feature', 'x', 'centered', 'normalized', 'output']);
    const shown = tokens.find(({ input }) => input.every((x, idx) => x === steps.column('x')[idx]));
    assert.ok(shown, 'the steps are those of one token of the block');
    const { centered } = layerNorm(shown.input, block);
    assertNear(steps.column('centered'), centered, Math.max(...shown.input.map(Math.abs)), 'centered');
    assert.deepEqual(steps.column('normalized'), shown.normalized);
    assert.deepEqual(steps.column('output'), shown.output);
  });

  labTest(`the histograms count the block: ${block.query || 'default'}`, { lab: 'normalize', query: block.query }, async (lab) => {
    const matrix = await lab.csv('normalize-matrix');
    const histograms = await lab.csv('normalize-histograms');
    assert.deepEqual(histograms.header, ['bin_start', 'bin_end', 'before', 'normalized', 'after']);
    const [starts, ends] = [histograms.column('bin_start'), histograms.column('bin_end')];
    for (const [counted, source] of [['before', 'input'], ['normalized', 'normalized'], ['after', 'output']]) {
      const values = matrix.column(source);
      const counts = histograms.column(counted);
      assert.equal(counts.reduce((sum, n) => sum + n, 0), values.length, `${counted} counts every value once`);
      counts.forEach((count, idx) => {
        const width = ends[idx] - starts[idx];
        const within = values.filter((v) => v >= starts[idx] && v < ends[idx]).length;
        // A value on a border belongs to either side once the border has been rounded.
        const isBorder = (v) => Math.min(Math.abs(v - starts[idx]), Math.abs(v - ends[idx])) <= 1e-4 * width;
        const nBorder = values.filter(isBorder).length;
        assert.ok(Math.abs(count - within) <= nBorder, `${counted}: bin ${idx} has ${count}, expected ${within}`);
      });
    }
  });
}

for (const slug of LABS) {
  labTest(`${slug}: every figure downloads as a picture and as numbers`, { lab: slug }, async (lab) => {
    for (const id of FIGURES[slug]) {
      const picture = await lab.download(id, 'PNG');
      assert.equal(picture.name, `${id}.png`);
      assert.deepEqual([...picture.bytes.subarray(0, 8)], PNG_SIGNATURE);
      const { header, rows } = await lab.csv(id);
      assert.ok(header.length >= 2 && rows.length >= 1, `${id} has numbers`);
    }
  });
}
