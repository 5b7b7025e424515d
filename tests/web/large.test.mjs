/** A figure that fills the window, controls that fold away, and what controls say of themselves. */
import assert from 'node:assert/strict';
import { eventually, labTest } from './harness.mjs';

const projector = { width: 1280, height: 720 };

/** Where an element of the page stands. */
const box = (lab, selector) => lab.page.locator(selector).boundingBox();

/** What has the focus: the button of a figure, or else the name of the element. */
const focused = (lab) =>
  lab.page.evaluate(() => {
    const element = document.activeElement;
    return `${element.closest('figure')?.id ?? ''} ${element.dataset.do ?? element.localName}`.trim();
  });

const large = (lab) => lab.page.locator('.figure.large');

async function isLarge(lab, id) {
  await eventually(async () => assert.equal(await large(lab).getAttribute('id'), id));
  await lab.settled();
}

async function noneIsLarge(lab) {
  await eventually(async () => assert.equal(await large(lab).count(), 0));
}

labTest('a button gives a figure all that the controls leave, and gives it back', { lab: 'encode', viewport: projector }, async (lab) => {
  await lab.page.locator('#encode-curves').scrollIntoViewIfNeeded();
  const before = await lab.page.evaluate(() => scrollY);
  const button = lab.figure('encode-curves').getByRole('button', { name: /Large/ });
  await button.click();
  await isLarge(lab, 'encode-curves');
  const [figure, panel] = [await box(lab, '#encode-curves'), await box(lab, '#panel')];
  assert.ok(Math.abs(figure.x - (panel.x + panel.width)) <= 1, 'it stands beside the controls');
  assert.deepEqual([figure.y, figure.x + figure.width, figure.y + figure.height], [0, 1280, 720]);
  assert.ok((await box(lab, '#encode-curves canvas')).height > 400);
  await eventually(async () => assert.match(await lab.fragment(), /figure=encode-curves/));
  assert.equal(await button.getAttribute('aria-pressed'), 'true');
  assert.equal(await lab.page.locator('#encode-heatmap').isVisible(), false);
  await lab.set('d_model', 16);
  assert.equal(await lab.value('d_model'), 16, 'the controls work beside it');
  await lab.page.keyboard.press('Escape');
  await noneIsLarge(lab);
  assert.equal(await focused(lab), 'encode-curves large');
  assert.equal(await lab.page.evaluate(() => scrollY), before, 'the page is where it was');
  await eventually(async () => assert.doesNotMatch(await lab.fragment(), /figure=/));
  assert.ok((await box(lab, '#encode-curves canvas')).height < 400);
});

labTest('F makes the figure with the focus large, and F leaves it from anywhere but a text', { lab: 'encode', viewport: projector }, async (lab) => {
  await lab.canvas('encode-heatmap').focus();
  await lab.page.keyboard.press('f');
  await isLarge(lab, 'encode-heatmap');
  await lab.page.locator('#control-dims').focus();
  await lab.page.keyboard.press('f');
  await isLarge(lab, 'encode-heatmap');
  await lab.page.locator('#control-dims').fill('4,20');
  await lab.control('Base').range.focus();
  await lab.page.keyboard.press('F');
  await noneIsLarge(lab);
  assert.equal(await focused(lab), 'encode-heatmap large');
  await lab.page.keyboard.press('f');
  await isLarge(lab, 'encode-heatmap');
  await lab.page.locator('#control-seq_len').focus();
  await lab.page.keyboard.press('Escape');
  await noneIsLarge(lab);
  // With other keys it is the browser's.
  await lab.canvas('encode-heatmap').focus();
  await lab.page.keyboard.press('Alt+f');
  await noneIsLarge(lab);
});

labTest('everything works in a large figure', { lab: 'encode', query: 'figure=encode-heatmap', viewport: projector }, async (lab) => {
  await isLarge(lab, 'encode-heatmap');
  const canvas = await box(lab, '#encode-heatmap canvas');
  await lab.page.mouse.move(canvas.x + canvas.width / 2, canvas.y + canvas.height / 2);
  await eventually(async () => assert.match(await lab.page.locator('.large .tip').innerText(), /sin|cos/));
  await lab.page.keyboard.press('Tab');
  await lab.canvas('encode-heatmap').focus();
  await lab.page.keyboard.press('+');
  await eventually(async () => assert.match(await lab.fragment(), /zoom=/));
  const figure = lab.figure('encode-heatmap');
  await figure.getByRole('button', { name: 'View' }).click();
  await lab.page.keyboard.press('Escape');
  await eventually(async () => assert.equal(await figure.getByRole('menuitem').filter({ visible: true }).count(), 0));
  await isLarge(lab, 'encode-heatmap');
  await figure.getByRole('button', { name: 'View' }).click();
  await figure.getByRole('menuitemcheckbox', { name: 'Table of what is read' }).click();
  await figure.locator('.figure-table table').waitFor();
  await eventually(async () => {
    const [plot, whole] = [await box(lab, '.large .figure-plot'), await box(lab, '.large')];
    assert.ok(plot.height > 200 && whole.height === 720, 'the picture makes room for it');
  });
  await figure.getByRole('button', { name: 'Download' }).click();
  const file = await lab.saved(() => figure.getByRole('menuitem', { name: 'PNG', exact: true }).click());
  // Its width stands in the header of a PNG.
  assert.ok(file.bytes.readUInt32BE(16) > 900, 'the picture is saved as large as it is');
});

for (const [name, query, id] of [
  ['its part', 'part=distance&figure=encode-offsets', 'encode-offsets'],
  ['whatever part has it', 'figure=encode-bias', 'encode-bias'],
  ['what arrives after the first picture', 'figure=encode-clock', 'encode-clock'],
]) {
  labTest(`a link opens a large figure: ${name}`, { lab: 'encode', query, viewport: projector, wait: false }, async (lab) => {
    await isLarge(lab, id);
    await eventually(async () => assert.ok((await box(lab, `#${id} canvas`)).height > 300));
    await lab.page.keyboard.press('Escape');
    await noneIsLarge(lab);
    assert.equal(await focused(lab), `${id} large`);
  });
}

labTest('a figure that no part has: a notice, and the part', { lab: 'encode', query: 'figure=encode-nothing' }, async (lab) => {
  await lab.page.getByText(/encode-nothing/).waitFor();
  assert.match(await lab.page.locator('.notice').innerText(), /figure.*such as encode-heatmap.*no figure is large/s);
  await noneIsLarge(lab);
  assert.ok(await lab.page.locator('#encode-heatmap').isVisible());
  await lab.set('d_model', 16);
  await eventually(async () => assert.match(await lab.fragment(), /^#\/encode\?d_model=16$/));
});

labTest('links to other parts and labs make nothing large there', { lab: 'normalize', query: 'figure=normalize-steps', viewport: projector, wait: false }, async (lab) => {
  await isLarge(lab, 'normalize-steps');
  const links = await lab.page.evaluate(() => [...document.querySelectorAll('nav a:not([aria-current])')].map((it) => it.getAttribute('href')));
  assert.ok(links.length > 5);
  for (const link of links) assert.doesNotMatch(link, /figure=/);
  await lab.page.evaluate(() => { location.hash = '#/normalize?part=axes'; });
  await noneIsLarge(lab);
  await lab.page.locator('#normalize-axes').waitFor();
});

labTest('the words of a large figure are read from the back row', { lab: 'encode', query: 'part=distance&figure=encode-offsets', viewport: projector }, async (lab) => {
  await isLarge(lab, 'encode-offsets');
  const sizes = await lab.page.evaluate(() =>
    [...document.querySelectorAll('.large :is(h2, .legend-entry, figcaption), .panel label')]
      .filter((it) => it.getClientRects().length > 0)
      .map((it) => parseFloat(getComputedStyle(it).fontSize)),
  );
  assert.ok(sizes.length > 5 && sizes.every((px) => px >= 18), sizes.join(', '));
});

labTest('on a phone the sheet stays below a large figure', { lab: 'encode', query: 'figure=encode-heatmap', viewport: { width: 360, height: 640 } }, async (lab) => {
  await isLarge(lab, 'encode-heatmap');
  const [figure, panel] = [await box(lab, '.large'), await box(lab, '#panel')];
  assert.deepEqual([figure.x, figure.y, figure.width], [0, 0, 360]);
  assert.ok(figure.y + figure.height <= panel.y + 1 && panel.y + panel.height <= 641);
  assert.ok((await box(lab, '.large canvas')).height > 120);
});

labTest('in a large window figures are higher and their words larger', { lab: 'encode', viewport: { width: 1920, height: 1080 } }, async (lab) => {
  const roomy = await box(lab, '#encode-heatmap canvas');
  assert.ok(roomy.height > 440, `${roomy.height}`);
  assert.equal((await box(lab, '#encode-vector canvas')).height, roomy.height, 'what shares an axis is as high');
  const caption = await lab.page.evaluate(() => parseFloat(getComputedStyle(document.querySelector('figcaption')).fontSize));
  assert.ok(caption >= 15);
  await lab.page.setViewportSize({ width: 1280, height: 800 });
  await eventually(async () => assert.equal((await box(lab, '#encode-heatmap canvas')).height, 352));
});

labTest('the controls fold away at the edge, for as long as the page is open', { lab: 'encode', viewport: projector }, async (lab) => {
  const button = lab.page.getByRole('button', { name: 'Fold the controls away' });
  const before = await box(lab, '#encode-heatmap canvas');
  await button.click();
  await eventually(async () => assert.ok((await box(lab, '#encode-heatmap canvas')).width > before.width + 200));
  assert.equal(await lab.page.locator('#control-seq_len').isVisible(), false);
  assert.equal(await button.getAttribute('aria-pressed'), 'true');
  await lab.canvas('encode-heatmap').focus();
  await lab.page.keyboard.press('f');
  await isLarge(lab, 'encode-heatmap');
  assert.ok((await box(lab, '.large')).x < 60);
  await lab.page.keyboard.press('Escape');
  await button.click();
  await eventually(async () => assert.equal((await box(lab, '#encode-heatmap canvas')).width, before.width));
});

for (const slug of ['encode', 'normalize']) {
  labTest(`${slug}: every control is described by its sentence`, { lab: slug }, async (lab) => {
    const undescribed = await lab.page.evaluate(() =>
      [...document.querySelectorAll('.control :is(input:not([type=file]), select)')]
        .filter((it) => !(document.getElementById(it.getAttribute('aria-describedby'))?.textContent.length > 20))
        .map((it) => it.outerHTML),
    );
    assert.deepEqual(undescribed, []);
  });
}

labTest('the sentence of a control is seen with the focus and moves nothing, and all of them by a button', { lab: 'encode' }, async (lab) => {
  const help = lab.page.locator('#help-seq_len');
  assert.equal(await help.isVisible(), false);
  const before = await box(lab, '#control-d_model');
  await lab.control('Sequence length').range.focus();
  await lab.page.keyboard.press('ArrowRight');
  await eventually(async () => assert.ok(await help.isVisible()));
  assert.deepEqual(await box(lab, '#control-d_model'), before);
  await lab.page.keyboard.press('Tab');
  await eventually(async () => assert.equal(await help.isVisible(), false));
  const explain = lab.page.getByRole('button', { name: 'Explain the controls' });
  await explain.click();
  await eventually(async () => assert.ok(await help.isVisible()));
  assert.equal(await explain.getAttribute('aria-pressed'), 'true');
  const hidden = await lab.page.evaluate(() => [...document.querySelectorAll('.control:not([hidden]) > .help')].filter((it) => it.getClientRects().length === 0).map((it) => it.id));
  assert.deepEqual(hidden, []);
  await explain.click();
  await eventually(async () => assert.equal(await help.isVisible(), false));
});

labTest('a finger on a control shows its sentence', { lab: 'encode', viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true }, async (lab) => {
  const control = lab.control('Sequence length');
  await control.range.scrollIntoViewIfNeeded();
  await control.range.tap();
  await eventually(async () => assert.ok(await lab.page.locator('#help-seq_len').isVisible()));
});
