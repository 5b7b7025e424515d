/** A link opens exactly one state, and a state has exactly one link. */
import assert from 'node:assert/strict';
import { FIGURES, eventually, labTest } from './harness.mjs';

/** Links that together have every key of a lab, each in a state in which it applies. */
const FULL = {
  encode: [
    'seq_len=96&d_model=64&base=500&layout=concatenated&start=100&pos=120&dim=7&dims=0,3,9',
    'seq_len=96&d_model=64&base=500&scheme=learned&compare=rope&max_len=80&seed=9&scaling=ntk&trained_len=64&factor=2',
    'part=distance&seq_len=96&d_model=64&measure=cosine&offset=5',
    'part=sum&seq_len=96&d_model=64&text=to be or not to be&sqrt_d=on&emb_std=0.5&noise=0.25',
    'part=attention&seq_len=96&d_model=64&scheme=t5&heads=6&head=3&direction=both&n_buckets=16&max_distance=64',
    'part=attention&seq_len=96&d_model=64&pairing=halves',
    'part=mistakes&seq_len=96&d_model=64&mistake=swapped',
    'part=mistakes&seq_len=96&d_model=64&quiz=2',
  ],
  normalize: [
    'gamma=1.5&beta=-0.25&eps=0.01&input=uniform&batch=2&seq_len=6&d_model=32&mean=1&std=2&seed=9&token=4&variance=unbiased&shown=2',
    'norm=batch&mode=eval&momentum=0.25&affine=off&padding=on&masked=on&d_model=32&per=token',
    'norm=group&groups=8&gamma_at=3:2.5&beta_at=1:-0.5&d_model=32&feature=7',
    'part=axes&nudge=3&nudged=value&mates=alike&d_model=32',
    'part=gradient&dy=one_hot&push=ones&push_size=0.5&scale_a=2&shift_c=1&d_model=32',
    'part=shape&stage=scaled&basis=plane&yaw=60&pitch=10&d_model=32',
    'part=mistakes&mistake=unbiased&d_model=32',
    'part=mistakes&quiz=3&d_model=32',
  ],
  attend: [
    'scheme=rope&d_model=32&heads=2&layers=2&mask=causal&emb_std=0.5&sqrt_d=on&query=2&feature=7&seed=9',
    'text=the dog bit the man&other=the man bit the dog&d_model=24',
    'part=maps&d_model=24&layers=3&layer=2&head=2&show=scores',
    'part=maps&d_model=24&show=scores&split=on',
    'part=built&d_model=24&looks_at=3&sharpness=8&reads=both&built_len=40&seed=9',
    'part=continue&d_model=24&positions=off&seed=9',
    'part=continue&d_model=24&shuffled=on&seed=9',
    'part=heads&d_model=24&head_1=next&head_2=previous&head_3=first&head_4=same&sharpness=8',
    'part=context&text=the river bank&sharpness=8',
    'part=mistakes&mistake=padding',
    'part=mistakes&quiz=2',
  ],
};

/** What else stands in a link that is written, where the lab has it. */
const ANOTHER = { attend: 'layers=2' };

/** Changes something and takes that back, so that the page writes its link. */
async function nudge(lab, query) {
  const [, key, value] = /(d_model|sharpness)=(\d+)/.exec(query) ?? [];
  if (key) {
    const name = { d_model: 'd_model', sharpness: 'Sharpness' }[key];
    await lab.set(name, 20);
    await lab.set(name, Number(value));
  } else {
    const theme = lab.page.getByRole('button', { name: 'Switch between light and dark' });
    await theme.click();
    await eventually(async () => assert.ok((await lab.settings()).theme));
    await theme.click();
  }
}

async function fragmentBecomes(lab, expected) {
  await eventually(async () => assert.equal(await lab.fragment(), expected));
}

/** The pairs of a fragment. */
const pairsOf = (fragment) => (fragment.split('?')[1] ?? '').split('&').filter(Boolean);

const ALL_FULL = Object.entries(FULL).flatMap(([slug, queries]) => queries.map((query) => [slug, query]));

for (const [slug, query] of ALL_FULL) {
  labTest(`${slug}: the keys of ${query} survive a round trip`, { lab: slug, query: encodeURI(query) }, async (lab) => {
    await nudge(lab, query);
    await eventually(async () => {
      const written = pairsOf(decodeURIComponent(await lab.fragment()));
      assert.deepEqual([...written].sort(), query.split('&').sort());
    });
    assert.deepEqual(await lab.notices(), []);
  });
}

for (const [slug, [query]] of Object.entries(FULL)) {
  labTest(`${slug}: equal states have equal links, whatever the order`, { lab: slug }, async (lab) => {
    const written = [];
    for (const pairs of [query.split('&'), query.split('&').reverse()]) {
      await lab.page.goto('about:blank');
      await lab.page.goto(lab.link(`#/${slug}?${pairs.join('&')}`));
      await lab.ready(FIGURES[slug][0]);
      await lab.set('d_model', 20);
      await lab.set('d_model', 24);
      await eventually(async () => assert.equal((await lab.settings()).d_model, '24'));
      written.push(await lab.fragment());
    }
    assert.equal(written[0], written[1]);
  });

  const backwards = query.split('&').reverse();
  labTest(`${slug}: a link that was read stays as it is until something changes`, { lab: slug, query: backwards.join('&') }, async (lab) => {
    // Twice as long as the page waits before it writes.
    await lab.page.waitForTimeout(600);
    assert.equal(await lab.fragment(), `#/${slug}?${backwards.join('&')}`);
    const edited = `#/${slug}?nobody=1&${backwards.slice(1).join('&')}`;
    await lab.go(edited);
    await lab.page.waitForTimeout(600);
    assert.equal(await lab.fragment(), edited);
    await lab.set('d_model', 20);
    await eventually(async () => {
      const written = await lab.fragment();
      assert.ok(written.includes('d_model=20') && !written.includes('nobody'), written);
    });
  });

  const other = ANOTHER[slug] ?? 'seq_len=5';
  labTest(`${slug}: default values are not written`, { lab: slug, query: other }, async (lab) => {
    await lab.set('d_model', 16);
    await eventually(async () => assert.deepEqual(Object.keys(await lab.settings()).sort(), ['d_model', other.split('=')[0]]));
  });
}

labTest('back and forward return to the states', { lab: 'encode', query: 'seq_len=16' }, async (lab) => {
  const short = await lab.picture('encode-heatmap');
  await lab.go('#/encode?seq_len=200');
  assert.equal(await lab.value('Sequence length'), 200);
  const long = await lab.picture('encode-heatmap');
  await lab.go('#/normalize?gamma=2');
  await lab.ready('normalize-steps');
  assert.equal(await lab.value('γ (scale)'), 2);

  await lab.page.goBack();
  await fragmentBecomes(lab, '#/encode?seq_len=200');
  await eventually(async () => assert.equal(await lab.value('Sequence length'), 200));
  assert.equal(await lab.picture('encode-heatmap'), long);
  await lab.page.goBack();
  await eventually(async () => assert.equal(await lab.value('Sequence length'), 16));
  assert.equal(await lab.picture('encode-heatmap'), short);
  await lab.page.goForward();
  await eventually(async () => assert.equal(await lab.value('Sequence length'), 200));
  await lab.page.goForward();
  await eventually(async () => assert.equal(await lab.value('γ (scale)'), 2));
});

labTest('a hand-edited fragment takes effect, and what it leaves out is at its default', { lab: 'encode', query: 'base=100' }, async (lab) => {
  await lab.go('#/encode?d_model=16');
  assert.equal(await lab.value('d_model'), 16);
  assert.equal(await lab.value('Base'), 10000);
});

labTest('a reload keeps the state', { lab: 'normalize', query: 'gamma=-2' }, async (lab) => {
  await lab.set('β (shift)', 1.5);
  await eventually(async () => assert.equal((await lab.settings()).beta, '1.5'));
  await lab.page.reload();
  await lab.ready('normalize-steps');
  assert.equal(await lab.value('γ (scale)'), -2);
  assert.equal(await lab.value('β (shift)'), 1.5);
});

labTest('theme=dark is dark, theme=light is light, and neither follows the system', { lab: 'encode', query: 'theme=dark' }, async (lab) => {
  const brightness = () =>
    lab.page.evaluate(() => {
      const colour = getComputedStyle(document.body).backgroundColor;
      const opaque = colour === 'rgba(0, 0, 0, 0)' ? getComputedStyle(document.documentElement).backgroundColor : colour;
      const [red, green, blue] = opaque.match(/[\d.]+/g).map(Number);
      return (red + green + blue) / 3;
    });
  const dark = await lab.picture('encode-heatmap');
  assert.ok((await brightness()) < 100, 'dark in a light system');
  await lab.page.emulateMedia({ colorScheme: 'dark' });
  await lab.go('#/encode?theme=light');
  assert.ok((await brightness()) > 155, 'light in a dark system');
  assert.notEqual(await lab.picture('encode-heatmap'), dark, 'figures follow the theme');
  await lab.go('#/encode');
  assert.ok((await brightness()) < 100, 'dark as the system');
  await lab.page.emulateMedia({ colorScheme: 'light' });
  await eventually(async () => assert.ok((await brightness()) > 155, 'light as the system'));
});

for (const prefix of ['/some/folder/', '/a/']) {
  labTest(`the page works below ${prefix}`, { lab: 'encode', query: 'seq_len=20', prefix }, async (lab) => {
    assert.equal(await lab.value('Sequence length'), 20);
    await lab.set('d_model', 16);
    await eventually(async () => assert.equal((await lab.settings()).d_model, '16'));
    assert.ok(new URL(lab.page.url()).pathname === prefix);
    for (const request of lab.requests) assert.ok(new URL(request).pathname.startsWith(prefix), request);
    await lab.csv('encode-heatmap');
  });
}
