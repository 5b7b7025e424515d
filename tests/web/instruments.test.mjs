/** Figures as instruments: zoom, reading, colours, legends, tables, exports and code, the same way everywhere. */
import assert from 'node:assert/strict';
import { FIGURES, LABS, eventually, labTest } from './harness.mjs';

const tall = { width: 1280, height: 3000 };

/** The middle of a figure's plot, a little off so that it is on a cell. */
async function middle(lab, id) {
  await lab.canvas(id).scrollIntoViewIfNeeded();
  const box = await lab.canvas(id).boundingBox();
  return { x: box.x + box.width * 0.51, y: box.y + box.height * 0.45, box };
}

/** Moves the mouse onto a figure as a hand does, in more than one step; its tools have then been fetched. */
async function pointAt(lab, { x, y }) {
  await lab.page.mouse.move(x - 9, y - 9);
  await lab.page.mouse.move(x, y, { steps: 3 });
  await eventually(async () => assert.ok((await lab.page.locator('.tip:not(:empty)').count()) > 0, 'the tip is there'));
}

/** The windows in the link, such as `{ position: [10, 40] }`. */
async function windows(lab) {
  const { zoom = '' } = await lab.settings();
  return Object.fromEntries(zoom.split(',').filter(Boolean).map((part) => {
    const [key, cells] = part.split(':');
    return [key, cells.split('-').map(Number)];
  }));
}

labTest('the wheel zooms where the pointer is, the link follows, and the figures on the same axes too', { lab: 'encode', viewport: tall }, async (lab) => {
  const curves = await lab.picture('encode-curves');
  const vector = await lab.picture('encode-vector');
  const at = await middle(lab, 'encode-heatmap');
  await pointAt(lab, at);
  const before = await lab.page.locator('.tip:not(:empty)').innerText();
  await lab.page.mouse.wheel(0, -400);
  await eventually(async () => assert.deepEqual(Object.keys(await windows(lab)), ['position', 'dimension']));
  const { position, dimension } = await windows(lab);
  assert.ok(position[1] - position[0] < 40 && dimension[1] - dimension[0] < 80);
  await pointAt(lab, at);
  const positionOf = (tip) => Number(/\((\d+) \//.exec(tip)[1]);
  const after = await lab.page.locator('.tip:not(:empty)').innerText();
  assert.ok(Math.abs(positionOf(after) - positionOf(before)) <= 1, `${before} stays under the pointer: ${after}`);
  assert.notEqual(await lab.picture('encode-curves'), curves);
  assert.notEqual(await lab.picture('encode-vector'), vector);
  assert.match(await lab.figure('encode-heatmap').innerText(), /Zoomed: position \d+ to \d+, dimension \d+ to \d+/);

  await lab.figure('encode-heatmap').getByRole('button', { name: 'Show everything' }).click();
  await eventually(async () => assert.deepEqual(await windows(lab), {}));
});

labTest('a page being scrolled goes on scrolling over a figure', { lab: 'encode', viewport: { width: 1280, height: 720 } }, async (lab) => {
  await pointAt(lab, await middle(lab, 'encode-heatmap'));
  const before = await lab.page.evaluate(() => scrollY);
  await lab.page.mouse.wheel(0, 300);
  await eventually(async () => assert.ok((await lab.page.evaluate(() => scrollY)) > before + 50, 'nothing to zoom out of: the page scrolls'));
  assert.deepEqual(await windows(lab), {});
});

labTest('dragging moves what is zoomed and is no click', { lab: 'encode', query: 'zoom=position:20-39,dimension:40-79&dims=none', viewport: tall }, async (lab) => {
  const at = await middle(lab, 'encode-heatmap');
  await pointAt(lab, at);
  await lab.page.mouse.down();
  await lab.page.mouse.move(at.x - 200, at.y, { steps: 8 });
  await lab.page.mouse.up();
  await eventually(async () => assert.ok((await windows(lab)).position[0] > 22));
  const { position, dimension } = await windows(lab);
  assert.equal(position[1] - position[0], 19, 'as many positions as before');
  assert.deepEqual(dimension, [40, 79]);
  assert.equal((await lab.settings()).dims, 'none', 'no curve was added');
});

labTest('a double click zooms in, with Shift out', { lab: 'encode', viewport: tall }, async (lab) => {
  const at = await middle(lab, 'encode-heatmap');
  await pointAt(lab, at);
  await lab.page.mouse.dblclick(at.x, at.y);
  await eventually(async () => {
    const { position } = await windows(lab);
    assert.equal(position[1] - position[0], 31);
  });
  await lab.page.keyboard.down('Shift');
  await lab.page.mouse.dblclick(at.x, at.y);
  await lab.page.keyboard.up('Shift');
  await eventually(async () => assert.deepEqual(await windows(lab), {}));
});

labTest('two fingers pinch', { lab: 'encode', viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }, async (lab) => {
  const { x, y } = await middle(lab, 'encode-heatmap');
  const session = await lab.page.context().newCDPSession(lab.page);
  const touch = (type, apart) => session.send('Input.dispatchTouchEvent', {
    type,
    touchPoints: apart === undefined ? [] : [{ x: x - apart, y, id: 1 }, { x: x + apart, y, id: 2 }],
  });
  await lab.page.touchscreen.tap(x, y);
  await eventually(async () => assert.ok((await lab.page.locator('.tip:not(:empty)').count()) > 0));
  await touch('touchStart', 20);
  for (const apart of [30, 45, 60]) await touch('touchMove', apart);
  await touch('touchEnd');
  await eventually(async () => {
    const { position } = await windows(lab);
    assert.ok(position && position[1] - position[0] < 40, `fewer positions: ${position}`);
  });
});

labTest('keys zoom, move what is zoomed with the crosshair, and show everything', { lab: 'encode', viewport: tall }, async (lab) => {
  await lab.canvas('encode-heatmap').focus();
  await lab.page.keyboard.press('+');
  await eventually(async () => assert.equal((await windows(lab)).position?.[1] - (await windows(lab)).position?.[0], 31));
  await lab.page.keyboard.press('+');
  await eventually(async () => assert.equal((await windows(lab)).position[1] - (await windows(lab)).position[0], 15));
  const [first, last] = (await windows(lab)).position;
  for (let n = 0; n < 3; n += 1) await lab.page.keyboard.press('Shift+ArrowRight');
  await eventually(async () => {
    const { position } = await windows(lab);
    assert.ok(position[0] > first && position[1] > last, 'the window follows the crosshair');
    const read = await lab.value('Position');
    assert.ok(read >= position[0] && read <= position[1]);
  });
  await eventually(async () => assert.match(await lab.page.locator('#said').innerText(), /\S/), 3_000);
  await lab.page.keyboard.press('0');
  await eventually(async () => assert.deepEqual(await windows(lab), {}));
});

labTest('a link opens zoomed, in the colours and the range it says', { lab: 'encode', viewport: tall }, async (lab) => {
  const whole = await lab.picture('encode-heatmap');
  await lab.go('#/encode?colours=purple-green&range=auto&zoom=position:8-15,dimension:0-31');
  const other = await lab.picture('encode-heatmap');
  assert.notEqual(other, whole);
  await lab.go('#/encode?zoom=position:8-15,dimension:0-31');
  assert.notEqual(await lab.picture('encode-heatmap'), other);
  await lab.go('#/encode?range=0.5&colours=nonsense&zoom=position:9-3,moon:1-2');
  await eventually(async () => assert.equal((await lab.notices()).length, 2));
});

for (const slug of LABS) {
  labTest(`${slug}: every figure has the same tools, and axe finds nothing in them`, { lab: slug, viewport: tall }, async (lab) => {
    for (const id of FIGURES[slug]) {
      const figure = lab.figure(id);
      for (const [button, items] of [['Download', ['PNG', 'SVG', 'CSV', 'NPY']], ['Copy code', ['NumPy', 'PyTorch']]]) {
        await figure.getByRole('button', { name: button }).click();
        for (const name of items) await figure.getByRole('menuitem', { name, exact: true }).waitFor();
        await lab.page.keyboard.press('Escape');
        await eventually(async () => assert.equal(await figure.getByRole('menuitem').count(), 0));
      }
    }
  });

  labTest(`${slug}: the colours of the menu change every figure that has any, and the link`, { lab: slug, viewport: tall }, async (lab) => {
    const id = FIGURES[slug][0];
    const before = await lab.picture(id);
    await lab.figure(id).getByRole('button', { name: 'View' }).click();
    await lab.figure(id).getByRole('menuitemradio', { name: 'purple to green' }).click();
    await eventually(async () => assert.equal((await lab.settings()).colours, 'purple-green'));
    assert.notEqual(await lab.picture(id), before);
    await lab.figure(id).getByRole('button', { name: 'View' }).click();
    assert.equal(await lab.figure(id).getByRole('menuitemradio', { name: 'purple to green' }).getAttribute('aria-checked'), 'true');
  });

  labTest(`${slug}: each figure has a table of what is read, with the numbers of its CSV`, { lab: slug, viewport: tall }, async (lab) => {
    for (const id of FIGURES[slug]) {
      const figure = lab.figure(id);
      await figure.getByRole('button', { name: 'View' }).click();
      await figure.getByRole('menuitemcheckbox', { name: 'Table of what is read' }).click();
      const region = figure.getByRole('region');
      await region.waitFor();
      const cells = await region.locator('tbody td').allInnerTexts();
      assert.ok(cells.length >= 2, id);
      const { rows } = await lab.csv(id);
      const numbers = new Set(rows.flat().map(String));
      const known = cells.filter((text) => numbers.has(String(Number(text))) || /[a-z]/i.test(text));
      assert.equal(known.length, cells.length, `${id}: ${cells.filter((text) => !known.includes(text)).slice(0, 5)}`);
    }
  });

  labTest(`${slug}: NPY and SVG of every figure`, { lab: slug, viewport: tall }, async (lab) => {
    for (const id of FIGURES[slug]) {
      const npy = await lab.download(id, 'NPY');
      assert.equal(npy.name, `${id}.npy`);
      const length = npy.bytes.readUInt16LE(8);
      const header = npy.bytes.subarray(10, 10 + length).toString('latin1');
      assert.match(header, /'descr': '<f4', 'fortran_order': False/);
      const shape = /'shape': \(([^)]*)\)/.exec(header)[1].split(',').filter((n) => n.trim()).map(Number);
      assert.equal(npy.bytes.length, 10 + length + 4 * shape.reduce((product, n) => product * n, 1), `${id}: ${shape}`);
      const svg = await lab.download(id, 'SVG');
      assert.equal(svg.name, `${id}.svg`);
      const text = svg.bytes.toString('utf8');
      assert.match(text, /^<svg [^>]*viewBox/);
      assert.match(text, /<title>[^<]+<\/title>/);
      assert.ok(text.includes(`#/${slug}`), 'the link is in it');
      assert.match(text, /<text [^>]*>/);
    }
  });

  labTest(`${slug}: pictures hold their title and the link`, { lab: slug }, async (lab) => {
    const id = FIGURES[slug][0];
    const once = await lab.download(id, 'PNG');
    const twice = await lab.download(id, 'Picture at 2×');
    assert.equal(twice.name, `${id}.png`);
    const width = ({ bytes }) => bytes.readUInt32BE(16);
    assert.equal(width(twice), 2 * width(once));
    assert.ok(once.bytes.includes(Buffer.from('iTXt')));
    assert.ok(once.bytes.includes(Buffer.from(`#/${slug}`)), 'the link is in the metadata');
  });

  labTest(`${slug}: code is copied and makes its array`, { lab: slug, viewport: tall, permissions: ['clipboard-read', 'clipboard-write'] }, async (lab) => {
    for (const id of FIGURES[slug]) {
      for (const [name, library] of [['NumPy', 'numpy'], ['PyTorch', 'torch']]) {
        await lab.figure(id).getByRole('button', { name: 'Copy code' }).click();
        await lab.figure(id).getByRole('menuitem', { name, exact: true }).click();
        await lab.figure(id).getByText(`${name} code copied.`).waitFor();
        const code = await lab.page.evaluate(() => navigator.clipboard.readText());
        assert.match(code, new RegExp(`^import ${library}`, 'm'));
        assert.match(code, /^result\b/m);
      }
    }
  });
}

labTest('a curve is taken away and brought back by its entry in the legend', { lab: 'encode', viewport: tall }, async (lab) => {
  await lab.show('encode-curves');
  const before = await lab.picture('encode-curves');
  const entry = lab.figure('encode-curves').getByRole('group', { name: 'Legend' }).getByRole('button').first();
  assert.equal(await entry.getAttribute('aria-pressed'), 'true');
  await entry.click();
  await eventually(async () => assert.equal(await entry.getAttribute('aria-pressed'), 'false'));
  assert.notEqual(await lab.picture('encode-curves'), before);
  await lab.page.keyboard.press('Enter');
  await eventually(async () => assert.equal(await entry.getAttribute('aria-pressed'), 'true'));
  // The pointer still reads the figure: away with it.
  await lab.page.mouse.move(5, 5);
  assert.equal(await lab.picture('encode-curves'), before);
});

labTest('values that are no numbers are hatched, counted and explained', { lab: 'normalize', query: 'input=constant&eps=0', viewport: tall }, async (lab) => {
  await lab.show('normalize-matrix');
  assert.match(await lab.figure('normalize-matrix').innerText(), /Hatched: no value \(NaN\) in [\d\s]+ places\./u);
});

labTest('a tip stands above the cell that it reads', { lab: 'normalize', query: 'batch=1&seq_len=1&d_model=2', viewport: tall }, async (lab) => {
  await lab.show('normalize-matrix');
  // One row fills the plot: whatever is above it is far from its middle.
  const canvas = await lab.canvas('normalize-matrix').boundingBox();
  const [x, y] = [canvas.x + canvas.width * 0.15, canvas.y + canvas.height / 2];
  await lab.page.mouse.move(x, y);
  const tip = lab.figure('normalize-matrix').locator('.tip');
  await eventually(async () => assert.notEqual(await tip.innerText(), ''));
  const box = await tip.boundingBox();
  assert.ok(box.y + box.height < y - canvas.height / 5, `${box.y} + ${box.height} at ${y}`);
});

labTest('a large export shows how far it is, can be stopped, and leaves the page alive', { lab: 'encode', query: 'seq_len=4096&d_model=1024' }, async (lab) => {
  const figure = lab.figure('encode-heatmap');
  await figure.getByRole('button', { name: 'Download' }).click();
  const arriving = lab.page.waitForEvent('download', { timeout: 120_000 });
  await figure.getByRole('menuitem', { name: 'CSV', exact: true }).click();
  await figure.getByRole('progressbar').waitFor();
  // The page answers while it writes: the longest wait for a timer is short.
  const longest = await lab.page.evaluate(
    () =>
      new Promise((resolve) => {
        let last = performance.now();
        let most = 0;
        let n = 0;
        const tick = () => {
          const now = performance.now();
          most = Math.max(most, now - last);
          last = now;
          n += 1;
          if (n === 40) resolve(most);
          else setTimeout(tick);
        };
        setTimeout(tick);
      }),
  );
  assert.ok(longest < 1_000, `${longest} ms without an answer`);
  const download = await arriving;
  assert.equal(download.suggestedFilename(), 'encode-heatmap.csv');

  await figure.getByRole('button', { name: 'Download' }).click();
  await figure.getByRole('menuitem', { name: 'CSV', exact: true }).click();
  await figure.getByRole('button', { name: 'Stop' }).click();
  await eventually(async () => assert.equal(await figure.getByRole('progressbar').count(), 0));
});

labTest('what a legend has off and which tables are open is in the link', { lab: 'encode', query: 'curves_off=encode-curves:2&tables=encode-vector', viewport: tall }, async (lab) => {
  await lab.show('encode-curves');
  const entries = lab.figure('encode-curves').getByRole('group', { name: 'Legend' }).getByRole('button');
  const pressed = () => entries.evaluateAll((all) => all.map((entry) => entry.getAttribute('aria-pressed')));
  await eventually(async () => assert.deepEqual(await pressed(), ['true', 'false', 'true', 'true']));
  await lab.show('encode-vector');
  await lab.figure('encode-vector').getByRole('table').waitFor();
  await entries.nth(0).click();
  await eventually(async () => assert.equal((await lab.settings()).curves_off, 'encode-curves:1,2'));
  // Dimension 20 has another number now, and is off all the same.
  await lab.go('#/encode?dims=3,20,40&curves_off=encode-curves:2');
  await eventually(async () => assert.deepEqual(await pressed(), ['true', 'false', 'true']));
  await lab.page.getByRole('button', { name: 'Remove the curve of dimension 3' }).click();
  await eventually(async () => assert.deepEqual(await pressed(), ['false', 'true']));
  await eventually(async () => assert.equal((await lab.settings()).curves_off, 'encode-curves:1'));
});

labTest('a click reads, another one adds a curve, and a seventh says which one goes', { lab: 'encode', query: 'dims=0,1,2,3,4,5', viewport: tall }, async (lab) => {
  const at = await middle(lab, 'encode-heatmap');
  await pointAt(lab, at);
  await lab.page.mouse.click(at.x, at.y);
  await eventually(async () => assert.ok((await lab.settings()).pos));
  const { dim, dims } = await lab.settings();
  assert.equal(dims, '0,1,2,3,4,5', 'reading adds no curve');
  await lab.page.mouse.click(at.x, at.y);
  await eventually(async () => assert.equal((await lab.settings()).dims, `1,2,3,4,5,${dim}`));
  const said = lab.figure('encode-heatmap').getByText(`dims: “${dim}” was given; allowed: 6 curves; the oldest curve, dimension 0, makes room.`);
  await said.waitFor();
  await lab.page.mouse.click(at.x, at.y);
  await eventually(async () => assert.equal((await lab.settings()).dims, '1,2,3,4,5'));
  await said.waitFor({ state: 'hidden' });
});

labTest('pictures are light in the dark too, unless they are to be dark', { lab: 'encode', colorScheme: 'dark' }, async (lab) => {
  const corner = async ({ bytes }) => lab.page.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    return context.getImageData(2, 2, 1, 1).data[0];
  }, bytes.toString('base64'));
  assert.ok((await corner(await lab.download('encode-heatmap', 'PNG'))) > 200);
  const figure = lab.figure('encode-heatmap');
  await figure.getByRole('button', { name: 'Download' }).click();
  await figure.getByRole('menuitemcheckbox', { name: 'In dark colours' }).click();
  assert.ok((await corner(await lab.download('encode-heatmap', 'PNG'))) < 60);
});

for (const slug of LABS) {
  labTest(`${slug}: a picture fills a slide, and paper at 300 dpi`, { lab: slug }, async (lab) => {
    const id = FIGURES[slug][0];
    const slide = await lab.download(id, 'For a slide, 1920 × 1080');
    assert.match(slide.name, new RegExp(`^${id}-[\\dx]+-slide\\.png$`));
    assert.deepEqual([slide.bytes.readUInt32BE(16), slide.bytes.readUInt32BE(20)], [1920, 1080]);
    const paper = await lab.download(id, 'For paper, 300 dpi');
    assert.equal(paper.bytes.readUInt32BE(16), Math.round((16 / 2.54) * 300));
    assert.equal(paper.bytes.readUInt32BE(paper.bytes.indexOf('pHYs') + 4), 11811);
  });
}

labTest('the numbers of every panel leave the page', { lab: 'encode', query: 'part=limits&scaling=yarn' }, async (lab) => {
  const { name, bytes } = await lab.download('encode-scaling', 'CSV of every panel');
  assert.match(name, /^encode-scaling-[\dx]+-panels\.csv$/);
  const [header, ...rows] = bytes.toString('utf8').trim().split('\n');
  assert.equal(header, 'panel,series,x,y,value');
  assert.deepEqual([...new Set(rows.map((row) => row[0]))], ['1', '2']);
});

labTest('two exports of one figure are two: the one that is not stopped arrives', { lab: 'encode', query: 'seq_len=4096&d_model=1024' }, async (lab) => {
  const figure = lab.figure('encode-heatmap');
  const download = async (name) => {
    await figure.getByRole('button', { name: 'Download' }).click();
    await figure.getByRole('menuitem', { name, exact: true }).click();
  };
  const arrived = [];
  lab.page.on('download', (file) => arrived.push(file.suggestedFilename()));
  await download('CSV');
  await figure.getByRole('progressbar').waitFor();
  await download('CSV');
  await eventually(async () => assert.equal(await figure.getByRole('progressbar').count(), 2));
  await figure.getByRole('button', { name: 'Stop CSV' }).first().click();
  await eventually(async () => assert.equal(await figure.getByRole('progressbar').count(), 1));
  await lab.page.waitForEvent('download', { timeout: 120_000 });
  await eventually(async () => assert.equal(await figure.getByRole('progressbar').count(), 0));
  assert.deepEqual(arrived, ['encode-heatmap.csv']);
  assert.equal(await figure.locator('.export').innerText(), '', 'nothing is said of what was stopped');
});
