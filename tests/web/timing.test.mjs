/** Work happens on change, once per frame, and leaves measures; memory and first load stay within bounds. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { ENGINES, closeEngines, leftOut } from './engines.mjs';
import { FIGURES, LABS, labTest, pictured } from './harness.mjs';

after(closeEngines);

const FIRST_LOAD_BYTES = 200 * 1024;

/** Something that changes every figure of a lab. */
const MOVED = {
  encode: { name: 'Base', low: 100, high: 900 },
  normalize: { name: 'γ (scale)', low: -3, high: 3 },
  attend: { name: 'Embedding std', low: 0.5, high: 1.5 },
};

/** And one on which the memory depends. */
const GROWN = {
  encode: { name: 'Sequence length', low: 10, high: 250 },
  normalize: { name: 'Sequence length', low: 10, high: 250 },
  attend: { name: 'd_model', low: 16, high: 256 },
};

/** Sets a slider `times` times, once per frame, walking to and fro between two values. */
async function moveRepeatedly(lab, { name, low, high }, times) {
  await lab.control(name).range.evaluate(
    (range, [from, to, n]) =>
      new Promise((resolve) => {
        let step = 0;
        const move = () => {
          range.value = String(from + ((to - from) * (step % 10)) / 10);
          range.dispatchEvent(new Event('input', { bubbles: true }));
          step += 1;
          if (step < n) requestAnimationFrame(move);
          else requestAnimationFrame(() => resolve());
        };
        move();
      }),
    [low, high, times],
  );
  await lab.settled();
}

/** Keeps the memory of the module, which the page does not expose. */
function keepMemory(page) {
  return page.addInitScript(() => {
    const keep = (result) => {
      const memory = (result.instance ?? result).exports?.memory;
      if (memory) window.keptMemory = memory;
      return result;
    };
    for (const name of ['instantiate', 'instantiateStreaming']) {
      const original = WebAssembly[name];
      WebAssembly[name] = async (...given) => keep(await original.apply(WebAssembly, given));
    }
  });
}

for (const slug of LABS) {
  labTest(`${slug}: every figure leaves measures`, { lab: slug }, async (lab) => {
    for (const id of FIGURES[slug]) {
      await lab.show(id);
      const { compute, draw } = await lab.measures(id);
      assert.ok(compute.length >= 1 && draw.length >= 1, id);
      for (const { duration } of [...compute, ...draw]) assert.ok(duration >= 0 && duration < 10_000, `${id}: ${duration} ms`);
    }
  });

  labTest(`${slug}: only the latest measures are kept`, { lab: slug, viewport: { width: 1280, height: 3000 } }, async (lab) => {
    await moveRepeatedly(lab, MOVED[slug], 300);
    await lab.page.waitForTimeout(1_000);
    for (const id of FIGURES[slug]) {
      const { compute, draw } = await lab.measures(id);
      assert.ok(compute.length > 50 && compute.length <= 200, `${id} keeps ${compute.length} compute measures`);
      assert.ok(draw.length > 50 && draw.length <= 200, `${id} keeps ${draw.length} draw measures`);
    }
  });

  labTest(`${slug}: a burst of input is computed once`, { lab: slug, viewport: { width: 1280, height: 3000 } }, async (lab) => {
    const id = FIGURES[slug][0];
    const { name, low, high } = MOVED[slug];
    const before = (await lab.measures(id)).compute.length;
    await lab.control(name).range.evaluate(
      (range, [from, to]) => {
        for (let n = 1; n <= 50; n += 1) {
          range.value = String(from + ((to - from) * n) / 50);
          range.dispatchEvent(new Event('input', { bubbles: true }));
        }
      },
      [low, high],
    );
    await lab.settled();
    assert.equal((await lab.measures(id)).compute.length - before, 1);
    assert.equal(await lab.value(name), high, 'the last of them counts');
  });

  labTest(`${slug}: at most one computation per figure and frame while a hand is moving`, { lab: slug, viewport: { width: 1280, height: 3000 } }, async (lab) => {
    const { name, low, high } = MOVED[slug];
    const before = await Promise.all(FIGURES[slug].map((id) => lab.measures(id)));
    const nFrames = await lab.control(name).range.evaluate(
      (range, [from, to]) =>
        new Promise((resolve) => {
          let nSeen = 0;
          let step = 0;
          const count = () => {
            nSeen += 1;
            requestAnimationFrame(count);
          };
          requestAnimationFrame(count);
          // Five times as often as frames come.
          const timer = setInterval(() => {
            range.value = String(from + ((to - from) * (step % 20)) / 20);
            range.dispatchEvent(new Event('input', { bubbles: true }));
            step += 1;
            if (step === 100) {
              clearInterval(timer);
              requestAnimationFrame(() => requestAnimationFrame(() => resolve(nSeen)));
            }
          }, 3);
        }),
      [low, high],
    );
    await lab.settled();
    for (const [idx, id] of FIGURES[slug].entries()) {
      const nComputed = (await lab.measures(id)).compute.length - before[idx].compute.length;
      assert.ok(nComputed >= 1 && nComputed <= nFrames + 1, `${id}: ${nComputed} computations in ${nFrames} frames`);
    }
  });

  labTest(`${slug}: nothing is computed for a figure that is off screen`, { lab: slug, viewport: { width: 360, height: 400 }, wait: false }, async (lab) => {
    await lab.page.waitForFunction((n) => document.querySelectorAll('figure[id] canvas').length >= n, FIGURES[slug].length);
    await lab.page.waitForTimeout(500);
    const tops = await lab.page.locator('figure:has(canvas)').evaluateAll((all) => all.map(({ id, offsetTop }) => ({ id, offsetTop })));
    const last = tops.sort((a, b) => a.offsetTop - b.offsetTop).at(-1).id;
    const isBelow = await lab.figure(last).evaluate((figure) => figure.getBoundingClientRect().top > innerHeight * 2);
    assert.ok(isBelow, 'the last figure is far below the window');
    assert.deepEqual(await lab.measures(last), { compute: [], draw: [] });
    // By the link: on a phone the controls are folded.
    await lab.page.evaluate((slug) => {
      location.hash = `#/${slug}?d_model=16`;
    }, slug);
    await lab.page.evaluate(() => scrollTo(0, 0));
    await lab.settled();
    assert.deepEqual(await lab.measures(last), { compute: [], draw: [] });

    await lab.show(last);
    assert.equal((await lab.measures(last)).compute.length, 1);
  });

  labTest(`${slug}: a page at rest does nothing`, { lab: slug, viewport: { width: 1280, height: 3000 } }, async (lab) => {
    const count = () => lab.page.evaluate(() => performance.getEntriesByType('measure').length);
    const before = await count();
    await lab.page.mouse.move(5, 5);
    await lab.page.waitForTimeout(1_000);
    assert.equal(await count(), before);
  });

  labTest(`${slug}: a thousand moves leave the memory where ten left it`, { lab: slug, before: keepMemory, viewport: { width: 1280, height: 3000 } }, async (lab) => {
    const bytes = () => lab.page.evaluate(() => window.keptMemory.buffer.byteLength);
    const sizes = GROWN[slug];
    await moveRepeatedly(lab, MOVED[slug], 10);
    await moveRepeatedly(lab, sizes, 10);
    const afterTen = await bytes();
    await moveRepeatedly(lab, MOVED[slug], 500);
    await moveRepeatedly(lab, sizes, 500);
    assert.equal(await bytes(), afterTen);
  });
}

/** A browser twenty times as slow, which notes when its frames begin. */
async function slowDown(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: 20 });
  await page.addInitScript(() => {
    window.frameTimes = [];
    const note = () => {
      window.frameTimes.push(performance.now());
      requestAnimationFrame(note);
    };
    note();
  });
}

labTest('figures that a slow browser draws for the first time share no frame', { lab: 'encode', before: slowDown }, async (lab) => {
  const [heatmap] = (await lab.measures('encode-heatmap')).draw;
  const [vector] = (await lab.measures('encode-vector')).compute;
  const frames = await lab.page.evaluate(() => window.frameTimes);
  const end = heatmap.startTime + heatmap.duration;
  assert.ok(heatmap.duration > 8, `the heatmap took only ${heatmap.duration} ms: this browser is not slow`);
  assert.ok(frames.some((at) => at >= end && at <= vector.startTime), `no frame from ${end} to ${vector.startTime}`);
});

/** Goes from part to part, and now and then to another lab, by the links of the page; waits for each until it has been drawn. */
async function switchRepeatedly(lab, times) {
  await lab.page.evaluate(async (n) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    for (let step = 1; step <= n; step += 1) {
      const links = [...document.querySelectorAll(step % 7 === 0 ? '#labs a' : 'nav.parts a')];
      links[(links.findIndex((link) => link.ariaCurrent) + 1) % links.length].click();
      do await frame();
      while (document.querySelector('.waiting'));
      await frame();
    }
  }, times);
  await lab.settled();
}

labTest('300 switches of parts and labs leave the memory where the first ones left it', { lab: 'encode', before: keepMemory }, async (lab) => {
  const bytes = () => lab.page.evaluate(() => window.keptMemory.buffer.byteLength);
  await switchRepeatedly(lab, 100);
  const before = await bytes();
  await switchRepeatedly(lab, 300);
  const grown = (await bytes()) - before;
  assert.ok(grown <= 2 ** 20, `${grown} bytes more`);
});

/** As many words as a sentence may have. */
const WORDS = Array.from({ length: 64 }, (_, n) => `w${n}`).join('%20');

/** The largest links of each lab: those that keep most. */
const LARGEST = {
  encode: [
    'seq_len=4096&d_model=1024&scheme=learned&compare=rope&max_len=4096&trained_len=4096&factor=32&mistake=padding',
    'seq_len=4096&d_model=1024&scheme=rope&compare=binary&direction=both&scaling=yarn&factor=32&trained_len=4096&mistake=swapped',
  ],
  normalize: [
    'norm=batch&padding=on&masked=on&mistake=padding&batch=8&seq_len=256&d_model=1024',
    'norm=instance&padding=on&scale_a=2&shift_c=3&mistake=token_feature&batch=64&seq_len=32&d_model=1024',
    'norm=batch&mode=eval&mistake=batch_eval&batch=64&seq_len=256&d_model=128',
  ],
  attend: [`d_model=256&heads=8&layers=4&built_len=512&reads=both&text=${WORDS}&other=${WORDS}`],
};

/** In bytes; a phone's tab has some hundred. */
const MOST_BYTES = 256 * 2 ** 20;

labTest('a walk through all parts of the largest links stays within 256 MB', { lab: 'encode', before: keepMemory, viewport: { width: 1280, height: 3000 } }, async (lab) => {
  for (const [slug, queries] of Object.entries(LARGEST)) {
    for (const query of queries) {
      await lab.go(`#/${slug}?${query}`);
      await lab.page.waitForFunction((label) => document.querySelector(`nav[aria-label^="Parts of ${label}" i] a`), slug);
      const links = lab.page.locator(`nav.parts a`);
      const nParts = await links.count();
      assert.ok(nParts > 1, slug);
      for (let idx = 0; idx < nParts; idx += 1) {
        await links.nth(idx).click();
        await lab.page.locator('figure canvas').first().waitFor();
        await lab.settled();
        const bytes = await lab.page.evaluate(() => window.keptMemory.buffer.byteLength);
        assert.ok(bytes <= MOST_BYTES, `${bytes / 2 ** 20} MB in part ${idx} of ${slug}?${query}`);
      }
    }
  }
});

labTest('the measures cover the work', { lab: 'encode', query: 'seq_len=4096&d_model=1024', viewport: { width: 1280, height: 3000 } }, async (lab) => {
  await moveRepeatedly(lab, MOVED.encode, 10);
  const durations = await Promise.all(FIGURES.encode.map(async (id) => (await lab.measures(id)).compute.at(-1).duration));
  // Four million numbers are 16 MB, which nothing writes in a tenth of a millisecond: the table is made somewhere else than measured.
  assert.ok(durations.reduce((sum, ms) => sum + ms) > 0.2, `compute measures of ${durations} ms for four million values`);
});

// As gzip, which every host sends; with br it is less.
labTest('the first picture needs at most 200 KB', { lab: 'encode', extraHTTPHeaders: { 'accept-encoding': 'gzip' } }, async (lab) => {
  const sent = await lab.page.evaluate(() => {
    const [{ startTime, duration }] = performance.getEntriesByName('draw:encode-heatmap');
    const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    return entries
      .filter((entry) => entry.responseStart <= startTime + duration)
      .map(({ name, encodedBodySize }) => ({ name: name.replace(/#.*/, ''), bytes: encodedBodySize }));
  });
  const total = sent.reduce((sum, { bytes }) => sum + bytes, 0);
  assert.ok(sent.some(({ name, bytes }) => name.endsWith('.wasm') && bytes > 1_000), 'the module is among them');
  assert.ok(total <= FIRST_LOAD_BYTES, `${total} bytes: ${JSON.stringify(sent, null, 1)}`);
});

// A measure of a whole frame begins with the event that a hand made, and lasts until what was drawn for it is over.
for (const engine of ENGINES) {
  test(`${engine.name}: a drag leaves what the hand feels`, { skip: leftOut(engine) ?? false }, async () => {
    const lab = await engine.open({ lab: 'encode' });
    const frames = () => lab.page.evaluate(() => performance.getEntriesByName('frame:encode', 'measure').map(({ startTime, duration }) => ({ startTime, duration })));
    try {
      await pictured(lab, `${engine.name} frames`, async () => {
        assert.deepEqual(await frames(), [], 'nobody has done anything yet');
        await lab.drag('Base', 0.3, 0.6);
        const felt = await frames();
        const { draw } = await lab.measures('encode-heatmap');
        assert.ok(felt.length > 0, 'a drag leaves measures');
        for (const { startTime, duration } of felt) {
          // A millisecond is a tick of WebKit's clock.
          const drawn = draw.filter((one) => one.startTime >= startTime - 1 && one.startTime + one.duration <= startTime + duration + 1);
          assert.ok(drawn.length > 0, `nothing was drawn from ${startTime} for ${duration} ms`);
        }
        await lab.page.mouse.move(5, 5);
        await lab.settled();
        assert.equal((await frames()).length, felt.length, 'what changes nothing leaves none');
      });
    } finally {
      await lab.close();
    }
  });
}
