/** A hand that drags a slider in the page, in any engine, and what it feels: the frames it sees. */
import { sliderOf } from '../lab.mjs';

/** How long a mouse waits between two reports, in milliseconds. */
const REPORT_MS = 8;

/** How long a hand takes from one end to the other. */
const STROKE_MS = 500;

/** Hides figures from the layout, so that the page neither computes nor draws them. Not by a `style` element, which a host may forbid. */
export async function hide(lab, selector) {
  await lab.page.evaluate((hidden) => {
    const sheet = new CSSStyleSheet();
    if (hidden) sheet.replaceSync(`${hidden} { display: none !important; }`);
    document.adoptedStyleSheets = [sheet];
  }, selector);
  await lab.settled();
}

/** Whether a hand reaches a slider of this name; groups of the desk that are folded are opened for it. */
export async function reaches(lab, name) {
  return lab.page.evaluate((where) => {
    document.querySelectorAll('.fold[aria-expanded="false"]').forEach((fold) => fold.click());
    return Boolean(document.querySelector(where)?.checkVisibility());
  }, sliderOf(name));
}

/**
 * What moves the mouse along a line and takes about this long. To be told of each place by itself keeps a driver so busy that most
 * frames have none.
 */
async function strokes(lab) {
  const { page } = lab;
  if (page.context?.().newCDPSession) {
    // Playwright would ask the page at each place whether something is dragged.
    const session = await page.context().newCDPSession(page);
    return async (from, to, y, durationMs) => {
      const sent = [];
      const begin = performance.now();
      for (let now = begin; now < begin + durationMs; now = performance.now()) {
        const x = from + ((to - from) * (now - begin)) / durationMs;
        sent.push(session.send('Input.dispatchMouseEvent', { type: 'mouseMoved', button: 'left', buttons: 1, x, y }));
        await new Promise((resolve) => setTimeout(resolve, REPORT_MS));
      }
      await Promise.all(sent);
    };
  }
  return (from, to, y, durationMs) => page.mouse.move(to, y, { steps: Math.round(durationMs / REPORT_MS) });
}

/**
 * Drags a slider to and fro with the mouse.
 *
 * @returns {Promise<{ intervals: number[], frames: number[] }>} the time from each frame to the next, and from what the hand did to
 *   the frame after the drawing that answers, as the page itself measures it
 */
export async function drag(lab, name, seconds) {
  const slider = sliderOf(name);
  if (!(await reaches(lab, name))) throw new Error(`no hand reaches ${name}: ${await lab.fragment()}`);
  await lab.bring(slider);
  const box = await lab.box(slider);
  const y = box.y + box.height / 2;
  const [left, right] = [box.x + 0.2 * box.width, box.x + 0.8 * box.width];
  const stroke = await strokes(lab);
  await lab.page.mouse.move(left, y);
  await lab.page.mouse.down();
  await lab.settled();
  await lab.page.evaluate(() => {
    performance.clearMeasures();
    window.frameTimes = [];
    const note = (now) => {
      window.frameTimes?.push(now);
      if (window.frameTimes) requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
  });
  const end = performance.now() + seconds * 1_000;
  for (let ends = [left, right]; performance.now() < end; ends.reverse()) await stroke(...ends, y, STROKE_MS);
  const found = await lab.page.evaluate(() => {
    const seen = window.frameTimes;
    window.frameTimes = undefined;
    const measures = performance.getEntriesByType('measure').filter(({ name: what }) => what.startsWith('frame:'));
    return { intervals: seen.slice(1).map((at, idx) => at - seen[idx]), frames: measures.map(({ duration }) => duration) };
  });
  await lab.page.mouse.up();
  await lab.settled();
  return found;
}
