/** The page as a person meets it: open a lab, move a control, look at a figure, download it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { parseCsv } from './csv.mjs';

/** Long enough for a loaded machine; nothing here measures time. */
const PATIENCE_MS = 20_000;

/** What the project promises to use, for a browser without a sandbox, without a GPU and without calls home. */
const BROWSER_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const root = path.resolve(import.meta.dirname, '../..');
const servers = new Map();
let browser;

/** The figures of each lab that a link without settings shows, in reading order. */
export const FIGURES = {
  encode: ['encode-heatmap', 'encode-vector', 'encode-curves', 'encode-clock'],
  normalize: ['normalize-matrix', 'normalize-histograms', 'normalize-steps'],
};

/** The labs there are so far. */
export const LABS = Object.keys(FIGURES);

/** The address of the built page, served by `cargo xtask serve` below a folder. */
export async function serverBelow(prefix = '/') {
  if (!servers.has(prefix)) servers.set(prefix, startServer(prefix));
  return (await servers.get(prefix)).address;
}

function startServer(prefix) {
  const options = ['serve', '--no-build', '--port', '0', '--prefix', prefix];
  const [program, before] = process.env.XTASK
    ? [process.env.XTASK, []]
    : ['cargo', ['run', '--quiet', '--package', 'xtask', '--']];
  const child = spawn(program, [...before, ...options], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const address = /http:\/\/\S+/.exec(text);
      if (address) resolve({ child, address: address[0] });
    });
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}: is dist/ built?`)));
  });
}

/** The browser that all tests of a file share. */
export async function theBrowser() {
  browser ??= chromium.launch({ executablePath: chromiumPath(), args: BROWSER_ARGUMENTS });
  return browser;
}

function chromiumPath() {
  if (process.env.CHROME) return process.env.CHROME;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const found = names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find((file) => existsSync(file));
  if (!found) throw new Error('no Chromium on PATH: run cargo xtask test --web, or set CHROME');
  return found;
}

/** Ends the browser and the servers. */
export async function closeAll() {
  await (await browser)?.close();
  for (const server of servers.values()) (await server).child.kill();
}

/** One open page. */
export class Page {
  /** What went wrong without anyone asking: console errors and warnings, exceptions, foreign or failed requests. */
  problems = [];
  /** The addresses of all requests. */
  requests = [];

  /** Opens the page in a context of its own and waits for its first figure, unless `wait` is false. */
  static async open({ lab, query = '', fragment, prefix = '/', wait = true, expectProblems, before, ...context } = {}) {
    const self = new Page();
    self.address = await serverBelow(prefix);
    self.context = await (await theBrowser()).newContext({
      viewport: { width: 1280, height: 900 },
      acceptDownloads: true,
      ...context,
    });
    self.page = await self.context.newPage();
    self.page.setDefaultTimeout(PATIENCE_MS);
    self.#listen();
    await before?.(self.page);
    await self.page.goto(self.link(fragment ?? fragmentOf(lab, query)), { waitUntil: wait ? 'load' : 'commit' });
    const figures = FIGURES[lab ?? 'encode'];
    if (wait && !query.includes('part=')) {
      await self.ready(figures[0]);
      // What follows the first picture has arrived too.
      await self.page.waitForFunction((ids) => ids.every((id) => document.getElementById(id)), figures);
      await self.settled();
    }
    return self;
  }

  #listen() {
    const origin = new URL(this.address).origin;
    this.page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.problems.push(`${message.type()}: ${message.text()}`);
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

  /** Brings a figure's canvas into view and waits until it has been drawn. */
  async show(figureId) {
    await this.canvas(figureId).scrollIntoViewIfNeeded();
    await this.ready(figureId);
  }

  /** Waits until a figure has been drawn. */
  async ready(figureId) {
    await this.page.waitForFunction((name) => performance.getEntriesByName(name).length > 0, `draw:${figureId}`);
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

  /** A numeric control: its two inputs. */
  control(name) {
    const group = this.page.getByRole('group', { name, exact: true });
    return {
      group,
      range: group.getByRole('slider', { name, exact: true }),
      number: group.getByRole('spinbutton', { name, exact: true }),
    };
  }

  /** A control with a few choices. */
  choice(name) {
    return this.page.getByRole('combobox', { name, exact: true });
  }

  /** Types a value into a control, or chooses it. */
  async set(name, value) {
    const choice = this.choice(name);
    if ((await choice.count()) > 0) await choice.selectOption(String(value));
    else await this.control(name).number.fill(String(value));
    await this.settled();
  }

  /** Moves a slider to a value, as a drag that ends there would. */
  async slide(name, value) {
    await this.control(name).range.evaluate((range, to) => {
      range.value = to;
      range.dispatchEvent(new Event('input', { bubbles: true }));
    }, String(value));
    await this.settled();
  }

  /** Drags a slider's thumb with the mouse, from one part of its length to another. */
  async drag(name, from, to) {
    const { range } = this.control(name);
    await range.scrollIntoViewIfNeeded();
    const box = await range.boundingBox();
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

  /** The value in a control's number field. */
  async value(name) {
    return Number(await this.control(name).number.inputValue());
  }

  /** A figure. */
  figure(id) {
    return this.page.locator(`figure#${id}`);
  }

  /** The canvas of a figure that stands for its picture. */
  canvas(id) {
    return this.figure(id).locator('canvas[role="img"]');
  }

  /** A hash of a figure's pixels, after it has been brought into view. */
  async picture(id) {
    await this.canvas(id).scrollIntoViewIfNeeded();
    await this.settled();
    const pixels = await this.figure(id)
      .locator('canvas')
      .evaluateAll((canvases) => canvases.map((canvas) => canvas.toDataURL()).join(' '));
    return createHash('sha256').update(pixels).digest('hex');
  }

  /** Downloads a figure by its menu. */
  async download(id, kind) {
    const figure = this.figure(id);
    await figure.scrollIntoViewIfNeeded();
    await this.settled();
    await figure.getByRole('button', { name: 'Download' }).click();
    const arriving = this.page.waitForEvent('download');
    await figure.getByRole('menuitem', { name: kind, exact: true }).click();
    const download = await arriving;
    const bytes = await readFile(await download.path());
    return { name: download.suggestedFilename(), bytes };
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
    return this.dismissButtons().evaluateAll((buttons) => buttons.map((button) => button.parentElement.innerText.trim()));
  }

  /** The buttons that dismiss a notice. */
  dismissButtons() {
    return this.page.getByRole('button', { name: /dismiss/i });
  }
}

/** The fragment of a lab and its settings; none for the page without a fragment. */
export function fragmentOf(lab, query) {
  if (!lab) return '';
  return query ? `#/${lab}?${query}` : `#/${lab}`;
}
