/**
 * What the tests share besides the page itself.
 *
 * `labTest` opens the page in a fresh browser context, runs one test, and then fails it if the page wrote an error or a warning to
 * the console, asked another origin for anything, or was answered with an error. A failing test leaves a picture in shots/.
 */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { after, test } from 'node:test';
import { Page, closeAll } from './page.mjs';

export { FIGURES, LABS, eventually } from './lab.mjs';

after(closeAll);

/**
 * A test with the page open.
 *
 * @param {string} name
 * @param {object} options `lab`, `query` (what follows the lab in the link), `fragment` (instead of both), `prefix` (the folder
 *   of the host), `expectProblems`, and what a browser context takes (viewport, colorScheme, …)
 * @param {(lab: Page) => Promise<void>} check
 */
export function labTest(name, options, check) {
  test(name, async () => {
    const page = await Page.open(options);
    try {
      await pictured(page, name, async () => {
        await check(page);
        if (!options.expectProblems) await complainsOfNothing(page);
      });
    } finally {
      await page.close();
    }
  });
}

/** Runs a check, and takes a picture of the page where it fails. */
export async function pictured(lab, name, check) {
  try {
    await check(lab);
  } catch (error) {
    const shots = path.join(import.meta.dirname, 'shots');
    await mkdir(shots, { recursive: true });
    const file = path.join(shots, `failed-${name.replace(/[^\w]+/g, '-').slice(0, 80)}.png`);
    // Only to help a person; the failure itself is what counts.
    const taken = lab.page.screenshot({ path: file, timeout: 5_000 }).catch(() => {});
    // The driver of WebKit may wait for ever.
    await Promise.race([taken, new Promise((resolve) => setTimeout(resolve, 10_000))]);
    throw error;
  }
}

/** Fails where the page complained of anything so far. */
export async function complainsOfNothing(lab) {
  assert.deepEqual(await lab.complaints(), [], 'the page complained in the console or asked for what it should not');
}
