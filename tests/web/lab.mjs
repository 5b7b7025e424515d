/** The page as a person meets it, in any engine: what takes no more than a script in the page, a click, a hand and keys. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { parseCsv } from './csv.mjs';

/** Long enough for a loaded machine; nothing here measures time. */
export const PATIENCE_MS = 20_000;

/** The figures of each lab that a link without settings shows, in reading order. */
export const FIGURES = {
  encode: ['encode-heatmap', 'encode-vector', 'encode-curves', 'encode-clock'],
  normalize: ['normalize-steps', 'normalize-matrix', 'normalize-histograms'],
  attend: ['attend-order', 'attend-outputs', 'attend-yardsticks'],
};

/** The labs there are so far. */
export const LABS = Object.keys(FIGURES);

/** Repeats a check until it holds: what the page does a frame or two later is as good as at once. */
export async function eventually(check, patienceMs = 5_000) {
  const end = Date.now() + patienceMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** The fragment of a lab and its settings; none for the page without a fragment. */
export function fragmentOf(lab, query) {
  if (!lab) return '';
  return query ? `#/${lab}?${query}` : `#/${lab}`;
}

/** One open page. */
export class Lab {
  /** What went wrong without anyone asking: console errors and warnings, exceptions, foreign or failed requests. */
  problems = [];
  /** The addresses of all requests. */
  requests = [];

  /**
   * @param {object} page of Playwright or of Puppeteer, or one that answers as they do
   * @param {{ close: () => Promise<void> }} context what is closed with the page
   * @param {string} address where the page is served
   */
  constructor(page, context, address) {
    this.page = page;
    this.context = context;
    this.address = address;
  }

  /** Notes what the page complains of and asks for. */
  listen() {
    const origin = new URL(this.address).origin;
    this.page.on('console', (message) => {
      if (['error', 'warning', 'warn'].includes(message.type())) this.problems.push(`${message.type()}: ${message.text()}`);
    });
    this.page.on('pageerror', (error) => this.problems.push(`exception: ${error.message}`));
    this.page.on('request', (request) => {
      this.requests.push(request.url());
      const url = new URL(request.url());
      if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== origin) {
        this.problems.push(`request to another origin: ${request.url()}`);
      }
    });
    this.page.on('response', (response) => {
      if (response.status() >= 400) this.problems.push(`${response.status()} for ${response.url()}`);
    });
  }

  /** The link of a fragment. */
  link(fragment) {
    return fragment ? `${this.address}${fragment}` : this.address;
  }

  /** Waits until a lab's figures are there and drawn as far as they are seen. */
  async arrived(lab = 'encode') {
    await this.ready(FIGURES[lab][0]);
    // What follows the first picture has arrived too.
    await eventually(async () => {
      const there = await this.figures();
      for (const id of FIGURES[lab]) assert.ok(there.includes(id), `${id} is not there`);
    }, PATIENCE_MS);
    await this.settled();
  }

  /** The ids of the figures that are there, in reading order. */
  async figures() {
    return this.page.evaluate(() => [...document.querySelectorAll('figure.figure[id]:has(canvas)')].map(({ id }) => id));
  }

  /** Waits until there is an element with this selector, and asks a script about it. */
  async find(selector, look) {
    return eventually(async () => {
      assert.ok(await this.page.evaluate((where) => Boolean(document.querySelector(where)), selector), `no ${selector}`);
      return this.page.evaluate(look, selector);
    }, PATIENCE_MS);
  }

  /** Brings the element with this selector into view, once it is there. */
  async bring(selector) {
    await this.find(selector, (where) => {
      const element = document.querySelector(where);
      const { top, bottom } = element.getBoundingClientRect();
      // What lies under the header is no more in view than what is above the window.
      const header = document.querySelector('header')?.getBoundingClientRect().bottom ?? 0;
      if (top < header || bottom > innerHeight) element.scrollIntoView({ block: 'center', behavior: 'instant' });
    });
  }

  /** Brings a figure's canvas into view and waits until it has been drawn. */
  async show(figureId) {
    await this.bring(`#${figureId} canvas`);
    await this.ready(figureId);
  }

  /** Waits until a figure has been drawn. */
  async ready(figureId) {
    await eventually(async () => {
      const { draw } = await this.measures(figureId);
      assert.ok(draw.length > 0, `${figureId} is not drawn`);
    }, PATIENCE_MS);
    await this.settled();
  }

  /** Waits until the page is at rest: for some frames it has drawn nothing and left its link alone. */
  async settled() {
    await this.page.evaluate(
      () =>
        new Promise((resolve) => {
          let before = '';
          let nQuiet = 0;
          const look = () => {
            const names = performance.getEntriesByType('measure');
            const now = `${names.length} ${names.at(-1)?.startTime} ${location.href}`;
            nQuiet = now === before ? nQuiet + 1 : 0;
            before = now;
            if (nQuiet >= 6) resolve();
            else requestAnimationFrame(look);
          };
          look();
        }),
    );
  }

  /** The fragment of the page's link. */
  async fragment() {
    return this.page.evaluate(() => location.hash);
  }

  /** The settings in the page's link. */
  async settings() {
    const [, query = ''] = (await this.fragment()).split('?');
    return Object.fromEntries(new URLSearchParams(query));
  }

  /** Follows a link within the page, as a hand-edited address does. */
  async go(fragment) {
    await this.page.evaluate((hash) => {
      location.hash = hash;
    }, fragment);
    await this.settled();
  }

  /** Drags a slider's thumb with the mouse, from one part of its length to another. */
  async drag(name, from, to) {
    const slider = sliderOf(name);
    await this.bring(slider);
    const box = await this.box(slider);
    const y = box.y + box.height / 2;
    const x = (part) => box.x + box.width * part;
    await this.page.mouse.move(x(from), y);
    await this.page.mouse.down();
    for (let step = 1; step <= 5; step += 1) {
      await this.page.mouse.move(x(from + ((to - from) * step) / 5), y);
    }
    await this.page.mouse.up();
    await this.settled();
  }

  /** Where the element with this selector is seen. */
  async box(selector) {
    return this.find(selector, (where) => document.querySelector(where).getBoundingClientRect().toJSON());
  }

  /** The value in a control's number field. */
  async value(name) {
    return Number(await this.find(fieldOf(name), (where) => document.querySelector(where).value));
  }

  /** A hash of a figure's pixels, after it has been brought into view. */
  async picture(id) {
    await this.bring(`#${id} canvas`);
    await this.settled();
    const pixels = await this.page.evaluate(
      (figureId) => [...document.querySelectorAll(`#${figureId} canvas`)].map((canvas) => canvas.toDataURL()).join(' '),
      id,
    );
    return createHash('sha256').update(pixels).digest('hex');
  }

  /** What a figure says below its picture, what is folded away as well. */
  async summary(id) {
    return this.find(`#${id} figcaption`, (where) => document.querySelector(where).textContent);
  }

  /** Downloads a figure by its menu. */
  async download(id, kind) {
    await this.bring(`#${id}`);
    await this.settled();
    await this.page.click(`#${id} button[aria-label="Download"]`);
    const items = `#${id} [role="menu"][aria-label="Download"] [role="menuitem"]`;
    const item = await eventually(async () => {
      const names = await this.page.evaluate((all) => [...document.querySelectorAll(all)].map(({ innerText }) => innerText.trim()), items);
      assert.ok(names.includes(kind), `no ${kind} among ${names}`);
      return this.page.evaluate(([all, idx]) => document.querySelectorAll(all)[idx].dataset.do, [items, names.indexOf(kind)]);
    });
    return this.saved(() => this.page.click(`${items}[data-do="${item}"]`));
  }

  /** A figure's CSV: its header and its rows of numbers. */
  async csv(id) {
    const { name, bytes } = await this.download(id, 'CSV');
    assert.equal(name, `${id}.csv`);
    return parseCsv(bytes.toString('utf8'));
  }

  /** The measures a figure has left: `compute` and `draw`, each a list of `{ startTime, duration }`. */
  async measures(id) {
    return this.page.evaluate((figureId) => {
      const of = (what) =>
        performance
          .getEntriesByName(`${what}:${figureId}`, 'measure')
          .map(({ startTime, duration }) => ({ startTime, duration }));
      return { compute: of('compute'), draw: of('draw') };
    }, id);
  }

  /** The texts of the notices that can be dismissed. */
  async notices() {
    return this.page.evaluate((all) => [...document.querySelectorAll(all)].map((button) => button.parentElement.innerText.trim()), DISMISS);
  }

  /** Dismisses the first notice. */
  async dismiss() {
    await this.bring(DISMISS);
    await this.page.click(DISMISS);
  }

  /** What the page complained of so far. */
  async complaints() {
    return this.problems;
  }

  /** Closes the page. */
  async close() {
    await this.context.close();
  }
}

/** The buttons that dismiss a notice. */
const DISMISS = 'button[aria-label^="Dismiss"]';

/** The selector of a numeric control. */
const groupOf = (name) => `[role="group"][aria-label="${name}"]`;

/** The selector of a number's field. */
export const fieldOf = (name) => `${groupOf(name)} input[type="number"]`;

/** The selector of a control's slider. */
export const sliderOf = (name) => `${groupOf(name)} input[type="range"]`;
