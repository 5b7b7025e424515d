/** Keyboard, screen readers, small screens, and the wishes of the system. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { FIGURES, LABS, eventually, labTest } from './harness.mjs';

const CONTROLS = {
  encode: ['Sequence length', 'd_model', 'Base', 'Layout', 'First position', 'Position'],
  normalize: [
    'Batch size', 'Sequence length', 'd_model', 'Input', 'Input mean', 'Input std', 'Seed',
    'γ (scale)', 'β (shift)', 'ε (epsilon)', 'Token',
  ],
  attend: ['Sentence', 'Second sentence', 'Scheme', 'Mask', 'Embedding std', '× √d_model', 'd_model', 'Heads', 'Layers', 'Seed', 'Query', 'Feature'],
};

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds, with all its rules, best practices included. */
async function violations(lab) {
  await lab.page.evaluate(axeSource);
  const found = await lab.page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  return found.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target).join(', ')}`);
}

for (const slug of LABS) {
  for (const theme of ['light', 'dark']) {
    for (const width of [1280, 360]) {
      labTest(`${slug}, ${theme}, ${width} px: axe finds nothing`, { lab: slug, query: `theme=${theme}`, viewport: { width, height: 800 } }, async (lab) => {
        assert.deepEqual(await violations(lab), []);
        const isOverflowing = await lab.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        assert.ok(!isOverflowing, 'the page is not wider than the window');
      });
    }
  }

  for (const theme of ['light', 'dark']) {
    labTest(`${slug}, ${theme}: axe finds nothing in a large figure and explained controls`, { lab: slug, query: `theme=${theme}&figure=${FIGURES[slug][0]}` }, async (lab) => {
      await lab.page.locator('.figure.large').waitFor();
      await lab.page.getByRole('button', { name: 'Explain the controls' }).click();
      assert.deepEqual(await violations(lab), []);
    });
  }

  labTest(`${slug}: axe finds nothing in a notice and an open menu`, { lab: slug, query: 'seq_len=abc' }, async (lab) => {
    await lab.figure(FIGURES[slug][0]).getByRole('button', { name: 'Download' }).click();
    assert.deepEqual(await violations(lab), []);
  });

  labTest(`${slug}: the tab key reaches every control and every figure`, { lab: slug }, async (lab) => {
    const reached = new Set();
    for (let n = 0; n < 120; n += 1) {
      await lab.page.keyboard.press('Tab');
      const { tag, type, label, figure } = await lab.page.evaluate(() => {
        const element = document.activeElement;
        const labels = [...(element.labels ?? [])].map((own) => own.textContent.trim());
        const labelled = (element.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent.trim() ?? '');
        return {
          tag: element.localName,
          type: element.getAttribute('type') ?? '',
          label: element.getAttribute('aria-label') ?? (labelled.join(' ').trim() || labels[0] || element.textContent.trim()),
          figure: element.closest('figure')?.id ?? '',
        };
      });
      if (tag === 'body') break;
      reached.add(`${tag} ${type} ${figure} ${label}`.replace(/\s+/g, ' '));
    }
    const all = [...reached].join('\n');
    for (const name of CONTROLS[slug]) {
      const isChoice = (await lab.choice(name).count()) > 0;
      const kinds = isChoice ? ['select'] : ['input number', 'input text'];
      const isReached = (line) => kinds.some((kind) => line.startsWith(kind)) && line.endsWith(` ${name}`);
      assert.ok([...reached].some(isReached), `${kinds.join(' or ')} ${name} is reached among\n${all}`);
    }
    for (const id of FIGURES[slug]) assert.ok(all.includes(id), `${id} is reached among\n${all}`);
  });

  labTest(`${slug}: at 200 % zoom nothing is lost`, { lab: slug, viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 }, async (lab) => {
    assert.ok(!(await lab.page.evaluate(() => document.documentElement.scrollWidth > innerWidth)));
    for (const id of FIGURES[slug]) {
      await lab.show(id);
    }
  });

  labTest(`${slug}: reduced motion and forced colours change nothing that matters`, { lab: slug, reducedMotion: 'reduce', forcedColors: 'active' }, async (lab) => {
    for (const id of FIGURES[slug]) {
      await lab.show(id);
    }
    await lab.set('d_model', 16);
    assert.equal(await lab.value('d_model'), 16);
  });

  labTest(`${slug}: each figure says in words what it shows, and the words follow`, { lab: slug }, async (lab) => {
    const id = FIGURES[slug][0];
    const before = await lab.figure(id).innerText();
    await lab.set('d_model', 16);
    await eventually(async () => assert.notEqual(await lab.figure(id).innerText(), before));
  });
}

labTest('arrow keys move the crosshair of the heatmap', { lab: 'encode' }, async (lab) => {
  const [position, dimension] = [await lab.value('Position'), await lab.value('Dimension')];
  const vector = await lab.picture('encode-vector');
  const heatmap = await lab.picture('encode-heatmap');
  await lab.canvas('encode-heatmap').focus();
  // Which axis lies which way is the figure's own matter; each pair of arrows moves one of the two and back.
  await lab.page.keyboard.press('ArrowRight');
  await lab.page.keyboard.press('ArrowDown');
  await eventually(async () => {
    assert.equal(Math.abs((await lab.value('Position')) - position), 1);
    assert.equal(Math.abs((await lab.value('Dimension')) - dimension), 1);
  });
  assert.notEqual(await lab.picture('encode-heatmap'), heatmap, 'the crosshair is drawn elsewhere');
  assert.notEqual(await lab.picture('encode-vector'), vector, 'the vector follows');
  await lab.canvas('encode-heatmap').focus();
  await lab.page.keyboard.press('ArrowLeft');
  await lab.page.keyboard.press('ArrowUp');
  await eventually(async () => {
    assert.equal(await lab.value('Position'), position);
    assert.equal(await lab.value('Dimension'), dimension);
  });
});

labTest('the download menu works by keyboard', { lab: 'encode' }, async (lab) => {
  const figure = lab.figure('encode-heatmap');
  const button = figure.getByRole('button', { name: 'Download' });
  const items = figure.getByRole('menuitem');
  const focused = () => lab.page.evaluate(() => document.activeElement.textContent.trim());

  await button.focus();
  await lab.page.keyboard.press('Enter');
  await eventually(async () => assert.ok(await items.first().isVisible()));
  await eventually(async () => assert.equal(await focused(), (await items.first().innerText()).trim()));
  const first = await focused();
  await lab.page.keyboard.press('ArrowDown');
  assert.notEqual(await focused(), first, 'an arrow moves to the next item');
  await lab.page.keyboard.press('Escape');
  await eventually(async () => assert.equal(await items.filter({ visible: true }).count(), 0));
  assert.equal(await focused(), (await button.innerText()).trim(), 'the button has the focus again');

  await lab.page.keyboard.press('Enter');
  await eventually(async () => assert.ok(await items.first().isVisible()));
  const arriving = lab.page.waitForEvent('download');
  await lab.page.keyboard.press('Enter');
  assert.match((await arriving).suggestedFilename(), /^encode-heatmap\.\w+$/);
});

labTest('with a finger: a tap reads a cell, a swipe scrolls', { lab: 'encode', viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true }, async (lab) => {
  const before = await lab.value('Position');
  await lab.canvas('encode-heatmap').scrollIntoViewIfNeeded();
  const box = await lab.canvas('encode-heatmap').boundingBox();
  await lab.page.touchscreen.tap(box.x + box.width * 0.7, box.y + box.height * 0.3);
  await eventually(async () => assert.notEqual(await lab.value('Position'), before));
});

for (const slug of LABS) {
  labTest(`${slug}: with forced colours curves and tabs can still be told apart`, { lab: slug, forcedColors: 'active', colorScheme: 'dark' }, async (lab) => {
    const backgrounds = (all) =>
      lab.page.evaluate((where) => [...document.querySelectorAll(where)].map((it) => getComputedStyle(it).backgroundColor), all);
    for (const nav of ['#labs', '.parts']) {
      const [current] = await backgrounds(`${nav} [aria-current]`);
      const others = await backgrounds(`${nav} a:not([aria-current])`);
      assert.ok(current && others.length > 0 && others.every((other) => other !== current), `${nav}: ${current} among ${others}`);
    }
    for (const id of FIGURES[slug]) {
      await lab.show(id);
      // Of a curve it is a line, not an area.
      const swatches = await lab.page.evaluate(
        (where) => [...document.querySelectorAll(where)].map((it) => getComputedStyle(it).stroke),
        `#${id} svg.swatch`,
      );
      assert.equal(new Set(swatches).size, swatches.length, `${id}: ${swatches}`);
    }
  });
}

labTest('on a phone the page says what it is', { lab: 'encode', viewport: { width: 360, height: 740 } }, async (lab) => {
  await lab.page.getByRole('button', { name: 'All settings' }).click();
  const about = lab.page.getByRole('button', { name: 'About', exact: true });
  await about.click();
  await lab.page.getByText('nothing is sent anywhere').waitFor();
  assert.deepEqual(await violations(lab), []);
});

labTest('what gets the focus is not below the header', { lab: 'encode', query: 'seq_len=abc', viewport: { width: 1000, height: 500 } }, async (lab) => {
  for (const selector of ['.parts a', '.notice button', '#encode-heatmap .menu button']) {
    await lab.page.evaluate(() => scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' }));
    const [top, header] = await lab.page.evaluate((where) => {
      const element = document.querySelector(where);
      element.focus();
      return [element.getBoundingClientRect().top, document.querySelector('header').getBoundingClientRect().bottom];
    }, selector);
    assert.ok(top >= header, `${selector} at ${top}, below the header until ${header}`);
  }
});

labTest('a tip does not widen a phone that is turned', { lab: 'encode', viewport: { width: 740, height: 640 }, hasTouch: true, isMobile: true }, async (lab) => {
  await lab.canvas('encode-heatmap').scrollIntoViewIfNeeded();
  const box = await lab.canvas('encode-heatmap').boundingBox();
  await lab.page.touchscreen.tap(box.x + box.width * 0.9, box.y + box.height * 0.3);
  await lab.page.locator('.tip:not(:empty)').waitFor();
  await lab.page.setViewportSize({ width: 360, height: 740 });
  await lab.settled();
  await eventually(async () => assert.ok(await lab.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page is as wide as the window'));
});
