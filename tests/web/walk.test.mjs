/**
 * A shorter walk through the whole page, in every engine. The other tests look closely, in Chromium; this one shows that what they
 * find holds elsewhere.
 *
 * Rooms, parts and figures are those that the page itself offers. What Chromium shows and saves is what the others must.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { ENGINES, closeEngines, leftOut } from './engines.mjs';
import { FIGURES, LABS, complainsOfNothing, eventually, pictured } from './harness.mjs';
import { PATIENCE_MS } from './lab.mjs';

/** A walk that takes longer has met something that does not answer. */
const LONGEST_MS = 300_000;

/** How each kind of file begins. */
const BEGINNINGS = { PNG: '\x89PNG\r\n\x1a\n', SVG: '<svg ', CSV: '', NPY: '\x93NUMPY' };

/** What Chromium came to, by what it was asked for. */
const chromium = new Map();

/** Compares with Chromium, which walks first. */
function sameAsChromium(what, found) {
  if (!chromium.has(what)) chromium.set(what, found);
  assert.deepEqual(found, chromium.get(what), `${what} is not what it is in Chromium`);
}

/** Compares a file that was saved with Chromium's, to the byte. */
function sameFile({ name, bytes }) {
  sameAsChromium(name, `${bytes.length} bytes, sha256 ${createHash('sha256').update(bytes).digest('hex')}`);
}

/** A host that hands out what another has, but for the main module, which it answers otherwise. */
async function brokenHost(address, status, nBytes) {
  const server = createServer(async (request, answer) => {
    const found = await fetch(new URL(request.url, address));
    const body = Buffer.from(await found.arrayBuffer());
    const isMain = /posnorm-lab.*\.wasm$/.test(request.url);
    answer.writeHead(isMain ? status : found.status, { 'content-type': found.headers.get('content-type') });
    answer.end(isMain ? body.subarray(0, nBytes) : body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { address: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/** Where the links of a list lead. */
const hrefs = (lab, list) => lab.page.evaluate((all) => [...document.querySelectorAll(`${all} a`)].map((link) => link.getAttribute('href')), list);

/** Clicks a link of a list, and waits until it is the current one and what it leads to has arrived. */
async function follow(lab, list, idx) {
  await lab.page.click(`${list} a[href="${(await hrefs(lab, list))[idx]}"]`);
  await eventually(async () => {
    const [current, nWaiting] = await lab.page.evaluate(
      (all) => [[...document.querySelectorAll(`${all} a`)].findIndex((link) => link.ariaCurrent), document.querySelectorAll('.waiting').length],
      list,
    );
    assert.equal(current, idx);
    assert.equal(nWaiting, 0, 'it is still being fetched');
  }, PATIENCE_MS);
}

/** Follows a link as a hand-edited address does, and waits until its lab is there. */
async function go(lab, slug, query = '') {
  await lab.go(`#/${slug}${query}`);
  await lab.arrived(slug);
}

/** Whether a figure's picture has more than one colour. */
const isDrawn = (lab, id) =>
  lab.page.evaluate((figureId) => {
    const canvas = document.querySelector(`#${figureId} canvas`);
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const pixels = new Uint32Array(data.buffer);
    return pixels.some((pixel) => pixel !== pixels[0]);
  }, id);

after(closeEngines);

for (const engine of ENGINES) {
  const missing = leftOut(engine);

  // A person may do without an engine, what checks every push may not.
  describe(engine.name, { skip: process.env.CI ? false : missing, timeout: LONGEST_MS }, () => {
    let lab;
    before(async () => {
      if (missing) throw new Error(`${missing}, but where CI is set none may be`);
      lab = await engine.open({ lab: LABS[0] });
    });
    after(() => lab?.close());

    const step = (name, check) =>
      test(name, () =>
        pictured(lab, `${engine.name}-${name}`, async () => {
          await check();
          await complainsOfNothing(lab);
        }),
      );

    step('every part of every room opens by a click, every figure draws, with the same numbers everywhere', async () => {
      const rooms = await hrefs(lab, '#labs');
      assert.deepEqual(rooms.map((href) => /^#\/(\w+)/.exec(href)[1]), LABS);
      for (const [roomIdx, slug] of LABS.entries()) {
        await follow(lab, '#labs', roomIdx);
        await lab.arrived(slug);
        const nParts = (await hrefs(lab, '.parts')).length;
        assert.ok(nParts > 0, `${slug} shows no parts`);
        for (let partIdx = 0; partIdx < nParts; partIdx += 1) {
          await follow(lab, '.parts', partIdx);
          if (partIdx === 0) await lab.arrived(slug);
          const figures = await lab.figures();
          assert.ok(figures.length > 0, `part ${partIdx + 1} of ${slug} has no figure`);
          sameAsChromium(await lab.fragment(), figures);
          for (const id of figures) {
            await lab.show(id);
            assert.ok(await isDrawn(lab, id), `${id} is blank`);
            assert.ok((await lab.summary(id)).length > 20, `${id} says nothing`);
            sameFile(await lab.download(id, 'NPY'));
          }
        }
        sameAsChromium(`the number of parts of ${slug}`, nParts);
      }
    });

    step('a slider is dragged, and figures follow', async () => {
      await go(lab, 'encode');
      const still = new Map();
      for (const id of FIGURES.encode) still.set(id, await lab.picture(id));
      const untouched = await lab.value('Base');
      await lab.drag('Base', 0.3, 0.6);
      const value = await lab.value('Base');
      assert.notEqual(value, untouched);
      await eventually(async () => assert.equal(Number((await lab.settings()).base), value));
      for (const [id, picture] of still) assert.notEqual(await lab.picture(id), picture, `${id} does not follow`);
    });

    for (const slug of LABS) {
      step(`${slug}: a figure is saved as each kind of file`, async () => {
        await go(lab, slug);
        const [id] = FIGURES[slug];
        for (const [kind, beginning] of Object.entries(BEGINNINGS)) {
          const file = await lab.download(id, kind);
          assert.equal(file.name, `${id}.${kind.toLowerCase()}`);
          assert.ok(file.bytes.toString('latin1').startsWith(beginning), `${file.name} is no ${kind}`);
          // In a PNG letters are the engine's, and so is the packing: what is the same is how large it is.
          if (kind === 'PNG') sameAsChromium(file.name, [file.bytes.readUInt32BE(16), file.bytes.readUInt32BE(20)]);
          else sameFile(file);
        }
      });
    }

    step('links are edited, gone back from and forward to; a wrong one is answered', async () => {
      await go(lab, 'encode', '?seq_len=16');
      await lab.page.goto(lab.link('#/normalize?gamma=2'));
      await eventually(async () => assert.equal(await lab.value('γ (scale)'), 2));
      await lab.page.goBack();
      await eventually(async () => assert.equal(await lab.value('Sequence length'), 16));
      assert.equal(await lab.fragment(), '#/encode?seq_len=16');
      await lab.page.goForward();
      await eventually(async () => assert.equal(await lab.value('γ (scale)'), 2));
      assert.equal(await lab.fragment(), '#/normalize?gamma=2');

      await go(lab, 'encode', '?seq_len=many');
      const notices = await lab.notices();
      assert.equal(notices.length, 1);
      for (const word of ['seq_len', 'many', '64']) assert.ok(notices[0].includes(word), `${word}: ${notices}`);
      await lab.dismiss();
      await eventually(async () => assert.deepEqual(await lab.notices(), []));
    });

    // The page writes its link some time after a change. Where that comes before the news of a link that is followed, as in a busy
    // Firefox, it must not put the old one back.
    step('a link that is followed while the page is busy is kept', async () => {
      await go(lab, 'encode', '?seq_len=16');
      await lab.page.evaluate(async () => {
        location.hash = '#/encode?seq_len=17';
        await new Promise((resolve) => setTimeout(resolve, 60));
        const end = performance.now() + 300;
        while (performance.now() < end);
        location.hash = '#/encode?seq_len=18';
      });
      await lab.settled();
      await eventually(async () => assert.equal(await lab.value('Sequence length'), 18));
      assert.equal(await lab.fragment(), '#/encode?seq_len=18');
    });

    step('values are pasted into Normalize', async () => {
      await go(lab, 'normalize', '?input=custom');
      await lab.page.evaluate(() => {
        for (const fold of document.querySelectorAll('.fold[aria-expanded="false"]')) fold.click();
      });
      const field = '#control-values';
      const text = () => lab.page.evaluate((where) => document.querySelector(where).value, field);
      await lab.page.click(field);
      // What was cut is in the clipboard, whatever an engine lets scripts do with that.
      await lab.page.evaluate((where) => {
        const area = document.querySelector(where);
        area.value = '1, 2, 3\n4, 5, 7';
        area.select();
      }, field);
      await lab.page.keyboard.down('Control');
      await lab.page.keyboard.press('x');
      await eventually(async () => assert.equal(await text(), ''));
      await lab.page.keyboard.press('v');
      await lab.page.keyboard.up('Control');
      await eventually(async () => assert.equal(await text(), '1, 2, 3\n4, 5, 7'));
      await lab.page.click('.values [data-do="take"]');
      await eventually(async () => assert.equal((await lab.settings()).values, '1,2,3;4,5,7'));
      assert.deepEqual([await lab.value('Batch size'), await lab.value('Sequence length'), await lab.value('d_model')], [1, 2, 3]);
      assert.deepEqual((await lab.csv('normalize-matrix')).column('input'), [1, 2, 3, 4, 5, 7]);
      assert.deepEqual(await lab.notices(), []);
    });

    // The last, because the page complains.
    for (const [what, status, nBytes] of [['is not there', 404, 0], ['is cut', 200, 10_000]]) {
      test(`a main module that ${what} is told`, async () => {
        const host = await brokenHost(lab.address, status, nBytes);
        try {
          await lab.page.goto(host.address);
          await eventually(async () => {
            const said = await lab.page.evaluate(() => document.body.innerText);
            assert.match(said, /could not start/);
          }, PATIENCE_MS);
        } finally {
          host.close();
        }
      });
    }
  });
}
