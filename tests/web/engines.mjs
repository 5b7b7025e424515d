/** The page in each of the three engines that browsers are made of, opened the same way, for what all of them must do. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import puppeteer from 'puppeteer-core';
import { Builder, By, Key, Origin } from 'selenium-webdriver';
import { Lab, PATIENCE_MS, eventually, fragmentOf } from './lab.mjs';
import { Page, WINDOW, onPath, serverBelow } from './page.mjs';

/** The engines, the one that everything is tested in first. */
export const ENGINES = [
  { name: 'Chromium', isInstalled: () => true, open: (at) => Page.open(at) },
  { name: 'Firefox', packages: 'firefox-esr', isInstalled: () => Boolean(firefoxPath()), open: openFirefox },
  {
    name: 'WebKit',
    packages: 'webkit2gtk-driver xvfb',
    isInstalled: () => ['WebKitWebDriver', 'Xvfb'].every((program) => onPath(program)),
    open: openWebKit,
  },
];

/** Why an engine is left out, if it is. */
export function leftOut({ name, packages, isInstalled }) {
  return isInstalled() ? undefined : `${name} is not installed: left out (apt-get install ${packages})`;
}

/** Ends everything that was started for the engines. */
export async function closeEngines() {
  await (await firefox)?.close();
  (await webkit)?.children.forEach((child) => child.kill());
  if (homeFolder) await rm(homeFolder, { recursive: true, force: true, maxRetries: 5 });
}

let firefox;
let webkit;
let homeFolder;

/** The folder that Firefox and WebKit take for the person's own, and save files in. */
function home() {
  homeFolder ??= mkdtempSync(path.join(tmpdir(), 'posnorm-lab-'));
  return homeFolder;
}

/** The environment of a program that leaves the person's own folders alone. */
function atHome(more) {
  const below = (folder) => path.join(home(), folder);
  return { ...process.env, HOME: home(), XDG_CONFIG_HOME: below('.config'), XDG_CACHE_HOME: below('.cache'), XDG_DATA_HOME: below('.local'), ...more };
}

/** A page whose engine saves files in a folder. */
class SavingLab extends Lab {
  /** The file that the page saves when something is done. */
  async saved(act) {
    await act();
    return eventually(async () => {
      const entries = await readdir(home(), { withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map(({ name }) => name);
      // While it is being written, a second one stands beside it, or for it.
      assert.equal(files.length, 1, `saved so far: ${files}`);
      const [name] = files;
      const file = path.join(home(), name);
      const bytes = await readFile(file);
      assert.ok(bytes.length > 0 && !/\.(part|wkdownload)$/.test(name), `${name} is not there yet`);
      await rm(file);
      return { name, bytes };
    }, PATIENCE_MS);
  }
}

function firefoxPath() {
  return process.env.FIREFOX || onPath('firefox-esr', 'firefox');
}

async function openFirefox({ lab, query }) {
  firefox ??= puppeteer.launch({
    browser: 'firefox',
    executablePath: firefoxPath(),
    env: atHome(),
    defaultViewport: WINDOW,
    extraPrefsFirefox: {
      'browser.download.folderList': 2,
      'browser.download.dir': home(),
      // As elsewhere, so that figures have the same width.
      'ui.useOverlayScrollbars': 1,
      // Else its clock ticks once a millisecond, too seldom to measure a frame.
      'privacy.reduceTimerPrecision': false,
    },
  });
  const context = await (await firefox).createBrowserContext();
  const self = new SavingLab(await context.newPage(), context, await serverBelow());
  self.listen();
  await self.page.goto(self.link(fragmentOf(lab, query)));
  await self.arrived(lab);
  return self;
}

/** WebKit's driver tells nothing of the console, so the page notes that itself once it is loaded. That a request failed nobody tells. */
function noteComplaints() {
  if (window.complaints) return;
  window.complaints = [];
  for (const type of ['error', 'warn']) {
    const original = console[type];
    console[type] = (...said) => {
      window.complaints.push(`${type}: ${said.join(' ')}`);
      original.apply(console, said);
    };
  }
  addEventListener('error', ({ message }) => window.complaints.push(`exception: ${message}`));
  addEventListener('unhandledrejection', ({ reason }) => window.complaints.push(`exception: ${reason}`));
}

class WebKitLab extends SavingLab {
  /** Its window keeps a line for every file that was saved, until nothing is left for the page. */
  async saved(act) {
    const file = await super.saved(act);
    await this.page.resize(WINDOW);
    return file;
  }

  async complaints() {
    return this.page.evaluate(() => {
      const addresses = performance.getEntriesByType('resource').map(({ name }) => name);
      const isForeign = (address) => !['data:', 'blob:'].includes(new URL(address).protocol) && new URL(address).origin !== location.origin;
      return [...window.complaints, ...addresses.filter(isForeign).map((address) => `request to another origin: ${address}`)];
    });
  }
}

async function openWebKit({ lab, query }) {
  webkit ??= startWebKit();
  const { server } = await webkit;
  // The driver answers a moment after it has started.
  const session = new Builder().usingServer(server).withCapabilities({ browserName: 'MiniBrowser' });
  const driver = await eventually(() => session.build(), PATIENCE_MS);
  const page = new DrivenPage(driver);
  const self = new WebKitLab(page, { close: () => driver.quit() }, await serverBelow());
  await page.resize(WINDOW);
  await page.goto(self.link(fragmentOf(lab, query)));
  await self.arrived(lab);
  return self;
}

/** A screen that nobody sees, the driver of WebKit on it, and where that answers. */
async function startWebKit() {
  // It takes the first display that is free, and says which.
  const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const display = (await text(screen.stdio[3])).trim();
  if (!display) throw new Error('Xvfb does not start');
  const port = await freePort();
  const driver = spawn('WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], {
    stdio: 'ignore',
    env: atHome({
      DISPLAY: `:${display}`,
      GDK_BACKEND: 'x11',
      // With it a repaint takes 165 ms on a screen that nobody sees.
      WEBKIT_DISABLE_DMABUF_RENDERER: '1',
    }),
  });
  return { children: [driver, screen], server: `http://127.0.0.1:${port}` };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** A page behind a WebDriver that answers as one of Playwright or Puppeteer does. */
class DrivenPage {
  constructor(driver) {
    this.driver = driver;
    this.pointer = [0, 0];
    const perform = (act) => act(driver.actions()).perform();
    // ArrowDown is ARROW_DOWN there.
    const key = (name) => Key[name.replace(/(?<=[a-z])(?=[A-Z])/, '_').toUpperCase()] ?? name;
    this.mouse = {
      move: async (x, y, { steps = 1 } = {}) => {
        const [fromX, fromY] = this.pointer;
        this.pointer = [x, y];
        const at = (from, to, step) => Math.round(from + ((to - from) * step) / steps);
        await perform((hand) => {
          for (let step = 1; step <= steps; step += 1) hand.move({ x: at(fromX, x, step), y: at(fromY, y, step), duration: 0, origin: Origin.VIEWPORT });
          return hand;
        });
      },
      down: () => perform((hand) => hand.press()),
      up: () => perform((hand) => hand.release()),
    };
    this.keyboard = {
      down: (name) => perform((hand) => hand.keyDown(key(name))),
      press: (name) => perform((hand) => hand.keyDown(key(name)).keyUp(key(name))),
      up: (name) => perform((hand) => hand.keyUp(key(name))),
    };
  }

  evaluate(ask, given) {
    return this.driver.executeScript(`return (${ask})(arguments[0])`, given);
  }

  async goto(address) {
    await this.driver.get(address);
    await this.evaluate(noteComplaints);
  }

  goBack() {
    return this.driver.navigate().back();
  }

  goForward() {
    return this.driver.navigate().forward();
  }

  async click(selector) {
    // The driver scrolls no farther than to below the header, which stays where it is.
    await this.evaluate((where) => document.querySelector(where).scrollIntoView({ block: 'center', behavior: 'instant' }), selector);
    await this.driver.findElement(By.css(selector)).click();
  }

  async screenshot({ path: file }) {
    await writeFile(file, await this.driver.takeScreenshot(), 'base64');
  }

  /** Makes the window so large that the page is seen in this size. */
  async resize({ width, height }) {
    const [frameWidth, frameHeight] = await this.evaluate(() => [outerWidth - innerWidth, outerHeight - innerHeight]);
    await this.driver.manage().window().setRect({ width: width + frameWidth, height: height + frameHeight });
  }
}

// Run by itself, it tells which engines are left out.
if (process.argv[1] === import.meta.filename) {
  for (const missing of ENGINES.map(leftOut).filter(Boolean)) console.log(missing);
}
