/**
 * What the tests share besides the page itself.
 *
 * `labTest` opens the page in a fresh browser context, runs one test, and then fails it if the page wrote an error or a warning to
 * the console, asked another origin for anything, or was answered with an error. A failing test leaves a picture in shots/.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, test } from 'node:test';
import { Page, closeAll } from './page.mjs';

export { FIGURES, LABS } from './page.mjs';

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
      await check(page);
      if (!options.expectProblems) {
        assert.deepEqual(page.problems, [], 'the page complained in the console or asked for what it should not');
      }
    } catch (error) {
      const file = path.join(import.meta.dirname, 'shots', `failed-${name.replace(/[^\w]+/g, '-').slice(0, 80)}.png`);
      // Only to help a person; the failure itself is what counts.
      await page.page.screenshot({ path: file, timeout: 5_000 }).catch(() => {});
      throw error;
    } finally {
      await page.context.close();
    }
  });
}

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
