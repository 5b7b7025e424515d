/** The page on hosts and networks as they are: types that are not said, parts that do not arrive, policies that forbid. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { FIGURES, LABS, eventually, labTest } from './harness.mjs';
import { sliderOf } from './lab.mjs';

/** A page that gets its answers changed. */
const answered = (pattern, change) => (page) =>
  page.route(pattern, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, ...(await change(response)) });
  });

/** Opens every part of every lab and shows each of its figures. */
async function walk(lab, look = async () => {}) {
  for (const slug of LABS) {
    await lab.go(`#/${slug}`);
    await lab.arrived(slug);
    const parts = await lab.page.locator('.parts a').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    assert.ok(parts.length > 1, `${slug} shows no parts`);
    for (const part of parts) {
      await lab.go(part);
      await eventually(async () => assert.ok((await lab.figures()).length > 0, `${part} shows no figure`));
      await lab.settled();
      for (const id of await lab.figures()) {
        await lab.show(id);
        await look(id);
      }
    }
  }
}

/** What Chromium says where the main module's own fallback is needed. */
const isFallback = (text) => /does not serve Wasm with `application\/wasm` MIME type/.test(text);

for (const type of ['application/octet-stream', 'application/wasm; charset=utf-8', '']) {
  labTest(
    `on a host that sends modules as “${type}” everything is there`,
    {
      expectProblems: true,
      before: answered('**/*.wasm', (response) => ({ headers: { ...response.headers(), 'content-type': type } })),
    },
    async (lab) => {
      await walk(lab);
      await lab.download((await lab.figures())[0], 'CSV');
      const modules = lab.requests.filter((address) => address.endsWith('.wasm'));
      assert.equal(new Set(modules).size, modules.length, 'no module is asked for twice');
      assert.deepEqual(lab.problems.filter((text) => !isFallback(text)), []);
    },
  );
}

const MISSING = /This part of the page did not arrive\. Is the network there\?/;
const again = (lab, within = 'body') => lab.page.locator(`${within} [data-again]:visible`);

/** Lets no request for these files through until it is told to. */
async function cut(lab, pattern) {
  const stop = (route) => route.abort();
  await lab.page.route(pattern, stop);
  return () => lab.page.unroute(pattern, stop);
}

/** Where something is asked for that comes late: the file, how it is asked for, where that is said, and when it is there. */
const LATE = [
  {
    what: 'a lab',
    file: '**/normalize-*.wasm',
    ask: (lab) => lab.go('#/normalize'),
    place: '#room',
    come: (lab) => lab.arrived('normalize'),
  },
  {
    what: 'a part',
    start: '#/normalize',
    file: '**/normalize_more-*.wasm',
    ask: (lab) => lab.go('#/normalize?part=axes'),
    place: '#room',
    come: (lab) => lab.ready('normalize-axes'),
  },
  {
    what: 'a menu',
    file: '**/tools-*.wasm',
    ask: (lab) => lab.page.click('#encode-heatmap button[aria-label="View"]'),
    place: '#encode-heatmap',
    come: (lab) => lab.page.locator('#encode-heatmap [role="menu"]:visible').waitFor(),
  },
  {
    what: 'a file',
    file: '**/exports-*.wasm',
    prepare: (lab) => lab.page.click('#encode-heatmap button[aria-label="Download"]'),
    ask: (lab) => lab.page.locator('#encode-heatmap').getByRole('menuitem', { name: 'CSV' }).click(),
    place: '#encode-heatmap',
    come: (lab) => lab.file,
  },
];

for (const { what, start = '#/encode', file, prepare, ask, place, come } of LATE) {
  const slug = start.slice(2);
  labTest(`${what} that did not arrive says so where it was asked for, and comes by “Try again”`, { lab: slug, expectProblems: true }, async (lab) => {
    const mend = await cut(lab, file);
    await prepare?.(lab);
    await ask(lab);
    await eventually(async () => assert.match(await lab.page.locator(place).innerText(), MISSING));
    assert.doesNotMatch(await lab.page.locator('#work').innerText(), /Fetching|nothing was given/);
    assert.deepEqual(await lab.notices(), [], 'no notice that would have to go');
    const heard = await lab.page.locator('[role="status"], [aria-live]').allInnerTexts();
    assert.match(heard.join(' '), MISSING, 'it is announced');

    // In vain: it stays said, and the button keeps the focus.
    await again(lab, place).focus();
    await lab.page.keyboard.press('Enter');
    await lab.settled();
    await eventually(async () => assert.match(await lab.page.locator(place).innerText(), MISSING));
    assert.ok(await again(lab, place).evaluate((button) => button === document.activeElement), 'the focus stays');

    await mend();
    lab.file = lab.page.waitForEvent('download');
    lab.file.catch(() => {});
    await lab.page.keyboard.press('Enter');
    await come(lab);
    await lab.settled();
    assert.doesNotMatch(await lab.page.locator('#work').innerText(), MISSING);
    assert.equal(await again(lab).count(), 0);
  });

  labTest(`${what} that did not arrive comes by itself when the network is back`, { lab: slug, expectProblems: true }, async (lab) => {
    await prepare?.(lab);
    // A request may still pass at the moment at which the network goes.
    const mend = await cut(lab, file);
    await lab.context.setOffline(true);
    await ask(lab);
    await eventually(async () => assert.match(await lab.page.locator(place).innerText(), MISSING));
    lab.file = lab.page.waitForEvent('download');
    lab.file.catch(() => {});
    await mend();
    await lab.context.setOffline(false);
    await come(lab);
    await lab.settled();
    assert.doesNotMatch(await lab.page.locator('#work').innerText(), MISSING);
  });
}

labTest('what follows the first picture says so below it, and comes by “Try again”', { wait: false, expectProblems: true, before: (page) => page.route('**/encode_more-*.wasm', (route) => route.abort()) }, async (lab) => {
  await lab.ready('encode-heatmap');
  await eventually(async () => assert.match(await lab.page.locator('#room').innerText(), MISSING));
  await lab.go('#/encode?scheme=learned');
  assert.doesNotMatch(await lab.page.locator('#room').innerText(), /Fetching/);
  await lab.page.unroute('**/encode_more-*.wasm');
  await again(lab).click();
  await lab.arrived('encode');
  assert.doesNotMatch(await lab.page.locator('#room').innerText(), MISSING);
});

labTest('who goes to another part and back asks again', { lab: 'normalize', expectProblems: true }, async (lab) => {
  const mend = await cut(lab, '**/normalize_more-*.wasm');
  await lab.go('#/normalize?part=axes');
  await again(lab).waitFor();
  await lab.go('#/normalize');
  await lab.ready('normalize-matrix');
  assert.equal(await again(lab).count(), 0, 'what is not shown is not said');
  await mend();
  await lab.go('#/normalize?part=axes');
  await lab.ready('normalize-axes');
});

labTest('a hand that goes on moving asks for nothing again', { lab: 'encode', expectProblems: true }, async (lab) => {
  await cut(lab, '**/tools-*.wasm');
  const { x, y } = await lab.box('#encode-heatmap canvas');
  for (let step = 0; step < 20; step += 1) {
    await lab.page.mouse.move(x + 20 + step, y + 20);
    await lab.page.waitForTimeout(20);
  }
  await eventually(async () => assert.match(await lab.page.locator('#encode-heatmap').innerText(), MISSING));
  const asked = lab.requests.filter((address) => address.includes('/tools-'));
  assert.ok(asked.length < 4, `asked ${asked.length} times`);
});

/** What a page may do that trusts nobody, itself included: the inline scripts and styles it has, by their hashes. */
function strictPolicy(html) {
  const hashes = (element) =>
    [...html.matchAll(new RegExp(`<${element}(?: [^>]*)?>([\\s\\S]*?)</${element}>`, 'g'))].map(
      ([, text]) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`,
    );
  return [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval' ${hashes('script').join(' ')}`,
    `style-src 'self' ${hashes('style').join(' ')}`,
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types posnorm',
  ].join('; ');
}

labTest(
  'under the strictest policy everything works, and nothing is done that it forbids',
  {
    before: async (page) => {
      await page.addInitScript(() => {
        globalThis.violations = [];
        document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) =>
          globalThis.violations.push(`${violatedDirective} ${blockedURI} ${sample}`),
        );
      });
      await answered(/\/(\?.*)?(#.*)?$/, async (response) => {
        const policy = strictPolicy(await response.text());
        return { headers: { ...response.headers(), 'content-security-policy': policy } };
      })(page);
    },
  },
  async (lab) => {
    const { page } = lab;
    const innocent = async () => assert.deepEqual(await page.evaluate(() => globalThis.violations), []);
    const isForbidden = page.evaluate(() => document.body.insertAdjacentHTML('beforeend', '<p></p>')).then(
      () => false,
      () => true,
    );
    assert.ok(await isForbidden, 'the policy is in force');
    await eventually(async () => assert.equal(await page.evaluate(() => globalThis.violations.splice(0).length), 1));
    lab.problems.length = 0;
    await walk(lab, async (id) => {
      for (const menu of ['View', 'Copy code', 'Download']) {
        await page.click(`#${id} button[aria-label="${menu}"]`);
        await page.locator(`#${id} [role="menu"][aria-label="${menu}"]:visible`).waitFor();
        await page.keyboard.press('Escape');
      }
      const { x, y, width, height } = await lab.box(`#${id} canvas`);
      await page.mouse.move(x + width / 2, y + height / 2);
      await innocent();
    });
    for (const slug of LABS) {
      await lab.go(`#/${slug}`);
      await lab.arrived(slug);
      const [id] = FIGURES[slug];
      for (const kind of ['PNG', 'SVG', 'CSV', 'NPY']) await lab.download(id, kind);
      await page.click(`#${id} button[aria-label="View"]`);
      await page.locator(`#${id}`).getByRole('menuitemcheckbox', { name: /table/i }).click();
      await page.locator(`#${id} .figure-table table`).waitFor();
      const canvas = await lab.box(`#${id} canvas`);
      await page.mouse.move(canvas.x + canvas.width * 0.15, canvas.y + canvas.height * 0.4);
      const tip = page.locator(`#${id} .tip`);
      await eventually(async () => assert.ok((await tip.innerText()).length > 0, 'a tip is shown'));
      const { x } = await tip.boundingBox();
      assert.ok(x > canvas.x && x < canvas.x + canvas.width, 'and stands where the pointer is');
    }
    await lab.go('#/encode');
    await lab.slide('Sequence length', 4096);
    const thumb = page.locator(sliderOf('Sequence length')).locator('xpath=..').locator('.slider-thumb');
    const slider = await lab.box(sliderOf('Sequence length'));
    const { x, width } = await thumb.boundingBox();
    assert.ok(Math.abs(x + width - (slider.x + slider.width)) < 4, 'the thumb stands at the end');
    await page.click('#theme');
    await page.click('#share');
    await lab.go('#/encode?part=mistakes&quiz=1');
    await page.locator('.quiz input').first().check();
    await page.getByRole('button', { name: 'Answer' }).click();
    await page.locator('.quiz [role="status"] b').first().waitFor();
    await lab.settled();
    await innocent();
  },
);

/** The tokens with their light colour and their dark one. */
const tokens = [...readFileSync(new URL('../../style/tokens.css', import.meta.url), 'utf8').matchAll(/(--[\w-]+): var\(--light, (#\w+)\) var\(--dark, (#\w+)\)/g)];

for (const colorScheme of ['light', 'dark']) {
  labTest(`where the system is ${colorScheme}, each theme has its colours`, { lab: 'encode', colorScheme }, async (lab) => {
    assert.ok(tokens.length > 20);
    for (const theme of ['auto', 'light', 'dark']) {
      await lab.go(`#/encode?theme=${theme}`);
      await eventually(async () => assert.equal(await lab.page.evaluate(() => document.documentElement.dataset.theme), theme));
      const shown = await lab.page.evaluate((names) => {
        const probe = document.body.appendChild(document.createElement('i'));
        const hex = names.map((name) => {
          probe.style.color = `var(${name})`;
          const parts = getComputedStyle(probe).color.match(/\d+/g);
          return `#${parts.map((part) => Number(part).toString(16).padStart(2, '0')).join('')}`;
        });
        probe.remove();
        return hex;
      }, tokens.map(([, name]) => name));
      const isDark = theme === 'auto' ? colorScheme === 'dark' : theme === 'dark';
      assert.deepEqual(shown, tokens.map(([, , light, dark]) => (isDark ? dark : light)), theme);
    }
  });
}
