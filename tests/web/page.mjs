/** The page in Chromium, where most tests run: what Playwright adds to a lab, and the server that it comes from. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { Lab, PATIENCE_MS, fragmentOf } from './lab.mjs';

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

/** How large the page is seen where a test does not say. */
export const WINDOW = { width: 1280, height: 900 };

const root = path.resolve(import.meta.dirname, '../..');
const servers = new Map();
let browser;

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
  const found = process.env.CHROME || onPath('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome');
  if (!found) throw new Error('no Chromium on PATH: run cargo xtask test --web, or set CHROME');
  return found;
}

/** The first of these programs that PATH leads to. */
export function onPath(...names) {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find((file) => existsSync(file));
}

/** Ends the browser and the servers. */
export async function closeAll() {
  await (await browser)?.close();
  for (const server of servers.values()) (await server).child.kill();
}


/** In the page: opens every group of the desk as soon as it is there. */
function unfold() {
  const open = () => document.querySelectorAll('.fold[aria-expanded="false"]').forEach((fold) => fold.click());
  new MutationObserver(open).observe(document, { childList: true, subtree: true });
}

/** One page open in Chromium. */
export class Page extends Lab {
  /**
   * Opens the page in a context of its own and waits for its first figure, unless `wait` is false. The groups of the desk are opened, as
   * by somebody who looks for a control, unless it is to stay `folded`.
   */
  static async open({ lab, query = '', fragment, prefix = '/', wait = true, expectProblems, folded, before, ...context } = {}) {
    const opened = await (await theBrowser()).newContext({
      viewport: WINDOW,
      acceptDownloads: true,
      ...context,
    });
    const self = new Page(await opened.newPage(), opened, await serverBelow(prefix));
    self.page.setDefaultTimeout(PATIENCE_MS);
    self.listen();
    await before?.(self.page);
    if (!folded) await self.page.addInitScript(unfold);
    await self.page.goto(self.link(fragment ?? fragmentOf(lab, query)), { waitUntil: wait ? 'load' : 'commit' });
    if (wait && !query.includes('part=')) await self.arrived(lab);
    return self;
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

  /** A figure. */
  figure(id) {
    return this.page.locator(`figure#${id}`);
  }

  /** The canvas of a figure that stands for its picture. */
  canvas(id) {
    return this.figure(id).locator('canvas[role="img"]');
  }

  /** The file that the page saves when something is done. */
  async saved(act) {
    const [download] = await Promise.all([this.page.waitForEvent('download'), act()]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  }
}
