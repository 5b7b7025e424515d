/** The parts of a room: what arrives with which, links to each, and the way back. */
import assert from 'node:assert/strict';
import { labTest } from './harness.mjs';

/** A figure of each of Normalize's parts that arrive late. */
const LATE = {
  axes: 'normalize-axes',
  batch: 'normalize-batch',
  gradient: 'normalize-gradient',
  shape: 'normalize-geometry',
  mistakes: 'normalize-mistake',
};

const hasLate = (lab) => lab.requests.some((address) => address.includes('/normalize_more-'));

labTest('Normalize opens without its later parts, which come when one is opened', { lab: 'normalize' }, async (lab) => {
  assert.ok(!hasLate(lab), 'nothing is fetched that is not shown');
  await lab.go('#/normalize?part=axes');
  await lab.ready(LATE.axes);
  assert.ok(hasLate(lab));
  await lab.go('#/normalize?part=shape');
  await lab.ready(LATE.shape);
  await lab.page.goBack();
  await lab.page.locator(`#${LATE.axes}`).waitFor();
  await lab.page.goBack();
  await lab.page.locator('#normalize-matrix').waitFor();
  await lab.page.goForward();
  await lab.page.locator(`#${LATE.axes}`).waitFor();
});

for (const [part, figure] of Object.entries(LATE)) {
  labTest(`a link to Normalize's part ${part} shows it`, { lab: 'normalize', query: `part=${part}` }, async (lab) => {
    await lab.ready(figure);
    assert.equal((await lab.settings()).part, part);
  });
}
