/** How the page starts: when the first picture is there, what comes before it and what after, and whether anything keeps a hand waiting. */
import { Page } from '../page.mjs';
import { kb, median, ms, quantile } from './report.mjs';

/** How long idle work is watched, in milliseconds from the navigation. */
const WATCHED_MS = 5_000;

/** How long each engine takes from the navigation to the first picture. They take turns, so that all meet the same machine. */
export async function starts(engines, n) {
  const found = engines.map(() => []);
  for (let turn = 0; turn < n; turn += 1) {
    for (const [idx, engine] of engines.entries()) {
      const lab = await engine.open({ lab: 'encode' });
      const [draw] = (await lab.measures('encode-heatmap')).draw;
      found[idx].push(draw.startTime + draw.duration);
      await lab.close();
    }
  }
  return found.map((times) => `${ms(median(times))} (${ms(Math.min(...times))} to ${ms(Math.max(...times))})`);
}

/** Notes in the page, before anything of it runs, when modules are ready and which tasks and frames are long. */
function watch() {
  window.watched = { modules: [], tasks: [], frames: [] };
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (source, imports) => {
      const result = await original.call(WebAssembly, source, imports);
      const { url } = (await source) ?? {};
      window.watched.modules.push({ url: url ?? '', at: performance.now() });
      return result;
    };
  }
  const observe = (type, note) => new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  observe('longtask', ({ startTime, duration }) => window.watched.tasks.push({ startTime, duration }));
  observe('long-animation-frame', ({ startTime, duration, styleAndLayoutStart, renderStart, scripts }) =>
    window.watched.frames.push({
      startTime,
      duration,
      renderStart,
      styleAndLayoutStart,
      scripts: scripts.map((script) => `${script.invoker} ${script.duration.toFixed(0)} ms`),
    }),
  );
}

const file = (address) => new URL(address).pathname.split('/').at(-1).replace(/-[0-9a-f]{16}(?=\.)/, '') || 'index.html';

/** One start, watched for five seconds. */
async function watchedStart(lab) {
  const page = await Page.open({ lab, extraHTTPHeaders: { 'accept-encoding': 'gzip' }, before: (it) => it.addInitScript(watch) });
  const found = await page.page.evaluate(async (until) => {
    await new Promise((resolve) => setTimeout(resolve, until - performance.now()));
    const draws = performance.getEntriesByType('measure').filter(({ name }) => name.startsWith('draw:'));
    const first = draws.sort((a, b) => a.startTime - b.startTime)[0];
    const entries = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    return {
      picture: first.startTime + first.duration,
      painted: performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
      fetched: entries.map(({ name, startTime, responseEnd, encodedBodySize }) => ({ name, startTime, responseEnd, bytes: encodedBodySize })),
      ...window.watched,
    };
  }, WATCHED_MS);
  await page.close();
  return found;
}

/** The table of what arrives before and after the first picture, and of tasks of more than 50 ms in a few starts. */
export async function arrivals(slug, n) {
  const found = [];
  for (let turn = 0; turn < n; turn += 1) found.push(await watchedStart(slug));
  const one = found.sort((a, b) => a.picture - b.picture)[Math.floor(n / 2)];
  const at = (time) => ({ at: time, when: ms(time) });
  const rows = [
    ...one.fetched.map(({ name, startTime, responseEnd, bytes }) => ({ ...at(responseEnd), what: `fetched ${file(name)}, asked for at ${ms(startTime)}`, size: kb(bytes) })),
    ...one.modules.map(({ url, at: ready }) => ({ ...at(ready), what: `compiled ${url ? file(url) : 'a module'}`, size: '' })),
    { ...at(one.painted), what: 'first paint: the frame of index.html', size: '' },
    { ...at(one.picture), what: 'FIRST PICTURE', size: kb(one.fetched.filter(({ responseEnd }) => responseEnd <= one.picture).reduce((sum, { bytes }) => sum + bytes, 0)) },
    ...one.tasks.map(({ startTime, duration }) => ({ ...at(startTime), what: `a task of ${ms(duration)} begins`, size: '' })),
  ].sort((a, b) => a.at - b.at);
  const longest = found.map(({ tasks }) => Math.max(0, ...tasks.map(({ duration }) => duration)));
  const later = found.map(({ tasks, picture }) => Math.max(0, ...tasks.filter(({ startTime }) => startTime > picture).map(({ duration }) => duration)));
  const words = (tasks) => `${tasks.filter((task) => task > 0).length} of ${n} starts have one, ${ms(quantile(tasks, 1))} at most`;
  const frames = found.flatMap(({ frames: all }) => all.map(({ startTime, duration, styleAndLayoutStart, scripts }) => [ms(startTime), ms(duration), ms(startTime + duration - styleAndLayoutStart), scripts.join(', ') || 'no script']));
  return {
    table: [['from the navigation', 'what', 'gzip'], ...rows.map(({ when, what, size }) => [when, what, size])],
    tasks: [
      ['tasks over 50 ms in the first five seconds', 'budget', 'measured'],
      ['in all', 'none', words(longest)],
      ['after the first picture', 'none', words(later)],
    ],
    frames: [['long frame at', 'lasts', 'layout and paint', 'scripts'], ...frames],
  };
}
