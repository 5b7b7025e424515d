/** The first screen of every part, on desks and phones: what is seen without scrolling, that nothing jumps, the order of its stops. */
import assert from 'node:assert/strict';
import { LABS, eventually, labTest } from './harness.mjs';

/** The parts of each lab, and some setting of each that is folded as it opens. */
const PARTS = {
  encode: ['table', 'distance', 'sum', 'attention', 'limits', 'mistakes'],
  normalize: ['steps', 'axes', 'batch', 'gradient', 'shape', 'mistakes'],
  attend: ['order', 'maps', 'built', 'continue', 'heads', 'context', 'mistakes'],
};

const PHONE = { width: 360, height: 640 };

/** The most a page may move while it loads; browsers call less than 0.1 good. */
const MOST_SHIFT = 0.02;

/** The most controls in front of a part. */
const MOST_IN_FRONT = 5;

/** The most stops of the Tab key before the first figure. */
const MOST_STOPS = 10;

/** What decides how many maps there are: with it, what stands below them moves. */
const MAPS_FOLLOW = { 'attend/maps': ['Heads', 'd_model'] };

/** Adds up what moves without anybody's doing. */
const countShifts = (page) =>
  page.addInitScript(() => {
    window.shift = 0;
    new PerformanceObserver((list) => {
      for (const { value } of list.getEntries()) window.shift += value;
    }).observe({ type: 'layout-shift', buffered: true });
  });

for (const slug of LABS) {
  for (const width of [360, 768, 1280, 1920]) {
    labTest(`${slug}, ${width} px: nothing moves while it loads`, { lab: slug, viewport: { width, height: width < 500 ? 640 : 1000 }, before: countShifts }, async (lab) => {
      const shift = await lab.page.evaluate(() => window.shift);
      assert.ok(shift < MOST_SHIFT, `it moved by ${shift}`);
    });
  }

  for (const part of PARTS[slug]) {
    const query = `part=${part}`;

    labTest(`${slug}, ${part}: the first screen has all that it takes`, { lab: slug, query, folded: true, viewport: { width: 1280, height: 800 } }, async (lab) => {
      await lab.find('figure.figure canvas', () => {});
      await lab.settled();
      const { seen, nInFront, folds } = await lab.page.evaluate(() => {
        const front = [...document.querySelectorAll('.panel .control')].filter((it) => it.checkVisibility() && !it.matches('.actions, .play, .chips, .order'));
        const first = ['h1', '.question p', '.figure'].map((all) => document.querySelector(all));
        const rects = [...first, ...front].map((it) => [it.textContent.slice(0, 40), it.getBoundingClientRect()]);
        return {
          seen: rects.map(([name, { top, bottom }]) => ({ name, top, bottom })),
          nInFront: front.length,
          folds: [...document.querySelectorAll('.fold')].filter((it) => it.checkVisibility()).map((it) => it.textContent),
        };
      });
      assert.ok(nInFront > 0 && nInFront <= MOST_IN_FRONT, `${nInFront} controls in front`);
      for (const { name, top, bottom } of seen) assert.ok(top >= 0 && bottom <= 800, `${name}: from ${top} to ${bottom}`);
      assert.ok(folds.length > 0);
      for (const fold of folds) assert.match(fold, /^[^:]+: ./, 'a folded group says what is set in it');
    });

    for (const viewport of [{ width: 1280, height: 800 }, PHONE]) {
      labTest(`${slug}, ${part}, ${viewport.width} px: no slider moves the page`, { lab: slug, query, viewport }, async (lab) => {
        await lab.find('figure.figure canvas', () => {});
        await lab.settled();
        if (viewport === PHONE) await lab.page.locator('#fold').click();
        const moved = await lab.page.evaluate(async (follows) => {
          const tops = () => [scrollY, ...[...document.querySelectorAll('figure.figure, .formula')].map((it) => Math.round(it.getBoundingClientRect().top + scrollY))].join(' ');
          // What is set is drawn in the next frame; what has to be made first, in the one after that.
          const frames = async () => {
            for (let n = 0; n < 2; n += 1) await new Promise(requestAnimationFrame);
          };
          const jumps = [];
          for (const figure of document.querySelectorAll('figure.figure')) {
            figure.scrollIntoView({ behavior: 'instant' });
            await frames();
          }
          scrollTo(0, 0);
          await frames();
          for (const range of document.querySelectorAll('.panel [type="range"]')) {
            if (!range.checkVisibility() || follows.includes(range.ariaLabel)) continue;
            const [min, max, now] = [range.min, range.max, range.value].map(Number);
            let before = tops();
            // Finer at the lower end, where sizes are and few of them change most.
            for (const part of [0, 0.01, 0.03, 0.1, 0.2, 0.4, 0.7, 'back']) {
              range.value = part === 'back' ? now : min + (max - min) * part;
              range.dispatchEvent(new Event('input', { bubbles: true }));
              await frames();
              if (tops() !== before) jumps.push(`${range.ariaLabel} to ${range.value}: ${before} > ${tops()}`);
              before = tops();
            }
          }
          return jumps;
        }, MAPS_FOLLOW[`${slug}/${part}`] ?? []);
        assert.deepEqual(moved, []);
      });
    }
  }
}

/** Where the focus is, as a person would say it. */
const focused = (lab) =>
  lab.page.evaluate(() => {
    const { id, localName, textContent, ariaLabel } = document.activeElement;
    return { id, localName, name: ariaLabel ?? textContent.trim(), figure: document.activeElement.closest('figure')?.id ?? '', isControl: Boolean(document.activeElement.closest('.panel')) };
  });

for (const slug of LABS) {
  labTest(`${slug}: the Tab key comes to tabs, figures and controls, in this order, and to each number once`, { lab: slug, folded: true }, async (lab) => {
    const stops = [];
    for (let n = 0; n < 120; n += 1) {
      await lab.page.keyboard.press('Tab');
      const stop = await focused(lab);
      assert.notEqual(stop.localName, 'body');
      stops.push(stop);
      if (stop.id === 'reset') break;
    }
    const first = stops.findIndex(({ figure }) => figure);
    assert.ok(first > 0 && first <= MOST_STOPS, `${first} stops before the first figure`);
    const lastFigure = stops.findLastIndex(({ figure }) => figure);
    const firstControl = stops.findIndex(({ isControl }) => isControl);
    assert.ok(firstControl > lastFigure, 'controls come after figures');
    const numbers = stops.filter(({ id }) => id.startsWith('control-')).map(({ name }) => name).filter(Boolean);
    assert.equal(new Set(numbers).size, numbers.length, `${numbers}`);
  });

  labTest(`${slug}: links lead past what one does not want to go through, both ways`, { lab: slug, folded: true }, async (lab) => {
    for (const [nTabs, place] of [[1, 'figures'], [2, 'panel']]) {
      await lab.page.evaluate(() => document.activeElement.blur());
      await lab.page.locator('#skip').focus();
      for (let n = 1; n < nTabs; n += 1) await lab.page.keyboard.press('Tab');
      await lab.page.keyboard.press('Enter');
      assert.equal((await focused(lab)).id, place);
    }
    await lab.page.keyboard.press('Tab');
    await lab.page.keyboard.press('Enter');
    assert.equal((await focused(lab)).id, 'figures');
    assert.ok((await lab.fragment()).startsWith('#/') || (await lab.fragment()) === '', 'the link is still the state');
  });
}

labTest('arrows go through the tabs of a lab, which are one stop', { lab: 'encode' }, async (lab) => {
  await lab.page.locator('.parts [aria-current]').focus();
  await lab.page.keyboard.press('ArrowRight');
  assert.equal((await focused(lab)).name, 'Distance');
  await lab.page.keyboard.press('ArrowLeft');
  await lab.page.keyboard.press('ArrowLeft');
  assert.equal((await focused(lab)).name, 'Mistakes');
});

labTest('a figure that takes keys says so, and its buttons say whose they are', { lab: 'encode' }, async (lab) => {
  const figure = lab.figure('encode-heatmap');
  const keys = figure.getByRole('application', { name: 'Positional encoding', exact: true });
  assert.match(await keys.getAttribute('aria-description'), /arrow keys/i);
  assert.equal(await keys.getByRole('img').count(), 1, 'the picture is in it');
  for (const what of ['View', 'Copy code', 'Download']) {
    assert.equal(await lab.page.getByRole('button', { name: `${what} Positional encoding`, exact: true }).count(), 1);
  }
  await keys.focus();
  const before = await lab.value('Position');
  await lab.page.keyboard.press('ArrowRight');
  await eventually(async () => assert.notEqual(await lab.value('Position'), before));
});

labTest('when a control rests, the main sentence of its figure is said, once', { lab: 'encode' }, async (lab) => {
  await lab.page.evaluate(() => {
    window.heard = [];
    new MutationObserver(() => window.heard.push(document.getElementById('said').textContent)).observe(document.getElementById('said'), { childList: true });
  });
  for (const value of [100, 200, 300]) await lab.slide('Base', value);
  await eventually(async () => assert.ok((await lab.page.evaluate(() => window.heard.length)) > 0));
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const heard = await lab.page.evaluate(() => window.heard);
  assert.equal(heard.length, 1, `${heard}`);
  assert.match(heard[0], /repeat every/);
  const summary = await lab.summary('encode-heatmap');
  assert.ok(summary.includes(heard[0]), `${heard[0]} in ${summary}`);
});

labTest('a group of the desk stays open while the page is, and says what the link has set in it', { lab: 'encode', query: 'scaling=yarn&start=7', folded: true }, async (lab) => {
  const fold = (name) => lab.page.locator('.fold', { hasText: new RegExp(`^${name}:`) });
  assert.match(await fold('Scaling').textContent(), /YaRN/);
  assert.match(await fold('Table').textContent(), /First position 7/);
  assert.ok(!(await lab.choice('Scaling').isVisible()));
  await fold('Scaling').click();
  assert.ok(await lab.choice('Scaling').isVisible());
  await lab.go('#/encode?part=distance');
  await lab.ready('encode-similarity');
  assert.ok(await lab.choice('Scaling').isVisible(), 'it is open in the next part, too');
  await fold('Scaling').click();
  assert.ok(!(await lab.choice('Scaling').isVisible()));
});

labTest('on a phone the sheet is a bar with one control, chips for others, and the way to all', { lab: 'encode', folded: true, viewport: PHONE, hasTouch: true, isMobile: true }, async (lab) => {
  const shown = () => lab.page.evaluate(() => [...document.querySelectorAll('.panel .control')].filter((it) => it.checkVisibility()).map((it) => it.dataset.control));
  assert.deepEqual(await shown(), ['seq_len']);
  const { bottom, height } = await lab.box('#panel');
  assert.ok(bottom >= PHONE.height - 1 && height <= 170, `it is ${height} high and ends at ${bottom}`);
  await lab.page.locator('.reach .chip', { hasText: 'Base' }).tap();
  assert.deepEqual(await shown(), ['base']);
  await lab.page.locator('#fold').tap();
  assert.ok((await shown()).length > 4);
  await lab.page.locator('.fold', { hasText: /^Reading:/ }).tap();
  await lab.set('Dimension', 9);
  await lab.page.locator('#fold').tap();
  assert.deepEqual(await shown(), ['dim'], 'the one that was used last stays');
  assert.ok(await lab.page.evaluate(() => document.querySelector('.question p').compareDocumentPosition(document.querySelector('figure.figure')) & Node.DOCUMENT_POSITION_FOLLOWING));
});

labTest('on a phone the lab is chosen from a menu', { lab: 'encode', viewport: PHONE }, async (lab) => {
  const menu = lab.choice('Lab');
  assert.deepEqual(await menu.locator('option').allTextContents(), ['Encode', 'Normalize', 'Attend']);
  await menu.selectOption('Normalize');
  await lab.ready('normalize-steps');
  assert.match(await lab.fragment(), /^#\/normalize/);
  assert.equal(await menu.evaluate((it) => it.selectedIndex), 1);
});

for (const slug of LABS) {
  for (const width of [320, 360, 390, 768]) {
    labTest(`${slug}, ${width} px: no text is cut or covers another, and fingers find everything`, { lab: slug, viewport: { width, height: 700 } }, async (lab) => {
      const found = await lab.page.evaluate(() => {
        const faults = [];
        const look = (all, where) => {
          const seen = [];
          for (const element of document.querySelectorAll(all)) {
            if (!element.checkVisibility() || element.closest('.visually-hidden')) continue;
            const name = element.textContent.trim().slice(0, 30);
            if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0) faults.push(`${where}: ${name} is cut`);
            const range = document.createRange();
            range.selectNodeContents(element);
            // What is scrolled out of its row is not seen.
            const row = element.closest('.parts, .reach')?.getBoundingClientRect() ?? { left: 0, right: innerWidth };
            for (const rect of range.getClientRects()) {
              const { top, bottom } = rect;
              const [left, right] = [Math.max(rect.left, row.left), Math.min(rect.right, row.right)];
              for (const other of seen) {
                const overlaps = Math.min(right, other.right) - Math.max(left, other.left) > 1 && Math.min(bottom, other.bottom) - Math.max(top, other.top) > 4;
                if (overlaps && other.element !== element) faults.push(`${where}: ${name} and ${other.name}`);
              }
              seen.push({ element, name, left, right, top, bottom });
            }
          }
        };
        look('.parts a', 'tabs');
        look('.legend-entry', 'legends');
        look('h1, .figure h2, .question p', 'headings');
        look('.brand, .tools button', 'header');
        look('#panel .reach .chip, #fold', 'bar');
        document.getElementById('fold').click();
        look('#panel label, #panel .fold, #panel .actions button', 'settings');
        const least = 43.5;
        for (const element of document.querySelectorAll('button, .parts a, select, input:not([type="range"])')) {
          const { width, height } = element.getBoundingClientRect();
          if (element.checkVisibility() && (height < least || width < least)) faults.push(`${element.ariaLabel ?? element.textContent.trim()}: ${width} × ${height} for a finger`);
        }
        return faults;
      });
      assert.deepEqual(found, []);
    });
  }
}
