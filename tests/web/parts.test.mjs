/** The parts of a room: what arrives with which, links to each, and the way back. */
import assert from 'node:assert/strict';
import { labTest } from './harness.mjs';

/** A figure of each of a room's parts that arrive late. */
const LATE = {
  normalize: {
    axes: 'normalize-axes',
    batch: 'normalize-batch',
    gradient: 'normalize-gradient',
    shape: 'normalize-geometry',
    mistakes: 'normalize-mistake',
  },
  attend: {
    maps: 'attend-maps',
    built: 'attend-built',
    continue: 'attend-induction',
    heads: 'attend-heads',
    context: 'attend-context',
    mistakes: 'attend-mistake',
  },
};

/** The last figure of a room's first part. */
const FIRST = { normalize: 'normalize-matrix', attend: 'attend-yardsticks' };

for (const [slug, late] of Object.entries(LATE)) {
  const [[first, firstFigure], , , [other, otherFigure]] = Object.entries(late);

  labTest(`${slug} opens without its later parts, which come when one is opened`, { lab: slug }, async (lab) => {
    const hasLate = () => lab.requests.some((address) => address.includes(`/${slug}_more-`));
    assert.ok(!hasLate(), 'nothing is fetched that is not shown');
    await lab.go(`#/${slug}?part=${first}`);
    await lab.ready(firstFigure);
    assert.ok(hasLate());
    await lab.go(`#/${slug}?part=${other}`);
    await lab.ready(otherFigure);
    await lab.page.goBack();
    await lab.page.locator(`#${firstFigure}`).waitFor();
    await lab.page.goBack();
    await lab.page.locator(`#${FIRST[slug]}`).waitFor();
    await lab.page.goForward();
    await lab.page.locator(`#${firstFigure}`).waitFor();
  });

  for (const [part, figure] of Object.entries(late)) {
    labTest(`a link to ${slug}'s part ${part} shows it`, { lab: slug, query: `part=${part}` }, async (lab) => {
      await lab.ready(figure);
      assert.equal((await lab.settings()).part, part);
    });
  }
}
