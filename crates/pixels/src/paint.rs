//! A matrix as pixels: the heart of the page, and its most expensive part.
//!
//! Pixel-exact, along each axis on its own. Where a cell is at least as large as a pixel, a pixel shows
//! the cell at its centre: edges are crisp. Where cells outnumber pixels, a pixel shows the mean of the
//! cells it covers, each weighted by the part of it that is covered: taking the nearest cell instead
//! would paint patterns that are not in the data.
//!
//! A cell that is not finite is hatched. A pixel over several cells shows the mean of the finite ones,
//! and is hatched where these cover less than half of it.
//!
//! How it is fast: the matrix is read once, in memory order. *Outer* is the axis whose steps are far
//! apart in memory, *inner* the one with neighbours side by side. The rows under one outer pixel are
//! added up into one row, a strip of columns at a time, whose sums stay in the registers; four such
//! rows are interleaved, so that what follows (adding up along the inner axis, looking up colours) treats
//! four pixels at a time. Rows may stand anywhere in memory: a window of a matrix is painted in place.

use lanes::F32x4;
use ndarray::{ArrayView2, Axis};

use crate::lookup::{Lookup, Table};
use crate::range::is_in_one_piece;

/// A matrix and how its values become colours.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    /// The matrix.
    pub values: ArrayView2<'a, f32>,
    /// Which way its rows run.
    pub rows: Rows,
    /// From a value to its entry in `table`.
    pub lookup: Lookup,
    /// The colours.
    pub table: &'a Table,
    /// The two colours of what is hatched.
    pub hatch: Hatch,
}

/// Which way the rows of a matrix run on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Row 0 at the top, columns to the right: the way a matrix is written.
    Down,
    /// Row 0 at the left, columns downwards: the matrix is shown transposed.
    Across,
}

/// The two colours of the diagonal pattern for what is not a number, opaque: what is between the lines, and the lines.
pub type Hatch = [[u8; 4]; 2];

/// Pixels, kept by the caller and painted again and again without new memory.
#[derive(Clone, Debug, Default)]
pub struct Raster {
    /// In device pixels.
    pub width: usize,
    /// In device pixels.
    pub height: usize,
    /// Opaque red, green, blue, alpha; row by row from the top left; `width * height * 4` bytes.
    pub rgba: Vec<u8>,
    scratch: Scratch,
    /// A matrix with neighbours side by side along neither axis, row after row.
    copied: Vec<f32>,
}

/// Working memory of [`paint`].
#[derive(Clone, Debug, Default)]
struct Scratch {
    outer: Vec<Span>,
    inner: Vec<Span>,
    /// Sums of rows, `LANES` rows of `n_inner`.
    sums: Vec<f32>,
    /// The same, interleaved: `n_inner` of `LANES`.
    interleaved: Vec<[f32; LANES]>,
    /// `inner_px` of `LANES`.
    means: Vec<[f32; LANES]>,
    /// `inner_px` of `LANES`.
    colours: Vec<[[u8; 4]; LANES]>,
    /// Where there are holes: the means of the finite cells, each times the part that these cover.
    finite: Vec<[f32; LANES]>,
    /// The part of each pixel that finite cells cover.
    shares: Vec<[f32; LANES]>,
}

/// How many cells one pixel stands for, along each axis of the screen; below 1 where cells are larger.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Coverage {
    /// Cells per device pixel from left to right.
    pub x: f64,
    /// Cells per device pixel from top to bottom.
    pub y: f64,
}

/// What of a panel is not a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holes {
    /// How many cells are not finite.
    pub n_cells: usize,
    /// Whether any of them is seen as hatching. Not where each is under a pixel with enough finite cells.
    pub is_hatched: bool,
}

/// One vector register of f32.
const LANES: usize = 4;

/// The transparent colour of a pixel that is still to be hatched; no ramp has it.
const TO_HATCH: [u8; 4] = [0; 4];

/// The period and the width of the hatching, in device pixels along x.
const HATCH_PERIOD: usize = 6;
const HATCH_WIDTH: usize = 2;

/// The cells under one pixel along one axis: `first`, then whole ones, then the last.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Span {
    first: usize,
    /// At least 1.
    len: usize,
    /// The covered part of the first cell, above 0 and at most 1.
    head: f32,
    /// The covered part of the last cell; 0 if that is the first.
    tail: f32,
}

/// Where cell `k` of `cells` begins among `px` pixels, `px >= cells`: the first pixel whose centre is in
/// it. Heatmaps and bars both use it, so that their edges meet. `k == cells` gives `px`.
pub fn edge_px(k: usize, cells: usize, px: usize) -> usize {
    let (k, cells, px) = (k as u64, cells.max(1) as u64, px as u64);
    // ⌈(2·px·k − cells) / (2·cells)⌉, without leaving the whole numbers.
    usize::try_from((2 * px * k + cells - 1) / (2 * cells)).unwrap_or(usize::MAX)
}

/// The sources of an axis: means (one per pixel) where cells outnumber pixels, else the cells themselves.
/// Returns what the sum of a span must be multiplied with to be a mean.
fn fill_sources(spans: &mut Vec<Span>, cells: usize, px: usize) -> f32 {
    spans.clear();
    if cells <= px {
        spans.extend((0..cells).map(Span::cell));
        return 1.0;
    }
    let (cells, px) = (cells as u64, px as u64);
    // Positions are counted in 1/px of a cell: then every edge is a whole number, and exact.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    spans.extend((0..px).map(|p| {
        let (from, to) = (p * cells, (p + 1) * cells);
        let (first, last) = (from / px, (to - 1) / px);
        Span {
            first: first as usize,
            len: (last - first + 1) as usize,
            head: ((first + 1) * px - from) as f32 / px as f32,
            tail: (to - last * px) as f32 / px as f32,
        }
    }));
    #[allow(clippy::cast_precision_loss)]
    {
        (px as f64 / cells as f64) as f32
    }
}

impl Span {
    fn cell(first: usize) -> Self {
        Self {
            first,
            len: 1,
            head: 1.0,
            tail: 0.0,
        }
    }
}

/// The largest raster: 256 MB. More than any screen has would be more memory than there is.
pub const MAX_PIXELS: usize = 1 << 26;

/// That size, or none where it is too large.
pub(crate) fn possible_size(width_px: usize, height_px: usize) -> (usize, usize) {
    match width_px.checked_mul(height_px) {
        Some(n_px) if n_px <= MAX_PIXELS => (width_px, height_px),
        _ => (0, 0),
    }
}

/// Paints a matrix into `width_px × height_px` device pixels. Says how many cells a pixel covers, and what
/// of them is not a number.
///
/// The raster takes that size; its memory is kept when it is large enough. A matrix without cells is
/// painted in the first colour of hatching; an empty size, and one beyond [`MAX_PIXELS`], gives an empty raster.
pub fn paint(
    picture: &Picture,
    width_px: usize,
    height_px: usize,
    raster: &mut Raster,
) -> (Coverage, Holes) {
    let Picture {
        lookup,
        table,
        hatch,
        ..
    } = *picture;
    let Raster {
        width,
        height,
        rgba,
        scratch,
        copied,
    } = raster;
    let (width_px, height_px) = possible_size(width_px, height_px);
    (*width, *height) = (width_px, height_px);
    // Every byte is written below: only what is new needs a value.
    rgba.resize(width_px * height_px * 4, 0);
    if width_px == 0 || height_px == 0 {
        return Default::default();
    }
    let pixels = rgba.as_chunks_mut::<4>().0;
    let Some((matrix, rows)) = in_memory_order(picture, copied) else {
        pixels.fill(hatch[0]);
        return Default::default();
    };
    let (n_outer, n_inner) = matrix.values.dim();
    let (outer_px, inner_px) = match rows {
        Rows::Down => (height_px, width_px),
        Rows::Across => (width_px, height_px),
    };
    let scale = fill_sources(&mut scratch.outer, n_outer, outer_px)
        * fill_inner(&mut scratch.inner, n_inner, inner_px);
    scratch.sums.resize(n_inner * LANES, 0.0);
    scratch.interleaved.resize(n_inner, [0.0; LANES]);
    scratch.means.resize(inner_px, [0.0; LANES]);
    scratch.colours.resize(inner_px, [[0; 4]; LANES]);

    let mut holes = Holes::default();
    let mut n_counted = 0;
    for block in 0..scratch.outer.len().div_ceil(LANES) {
        let at = block * LANES;
        let n_lanes = LANES.min(scratch.outer.len() - at);
        // In the last block the lanes left over repeat its last row; they are not written.
        let lanes: [Span; LANES] =
            std::array::from_fn(|lane| scratch.outer[at + lane.min(n_lanes - 1)]);
        for (span, sums) in lanes.iter().zip(scratch.sums.chunks_exact_mut(n_inner)) {
            matrix.add_up(span, sums, |value| value);
        }
        interleave(&scratch.sums, &mut scratch.interleaved);
        let finite = reduce(
            &scratch.interleaved,
            &scratch.inner,
            scale,
            &mut scratch.means,
        );
        colour(&scratch.means, lookup, table, &mut scratch.colours);
        if !finite {
            holes.is_hatched |= mend(matrix, &lanes, scale, (lookup, table), scratch);
            // A row may reach into the next block.
            let end = lanes.map(|span| span.first + span.len)[LANES - 1];
            let rows = lanes[0].first.max(n_counted)..end;
            holes.n_cells += rows.map(|idx| n_holes(matrix.row(idx))).sum::<usize>();
            n_counted = end;
        }
        let mut starts = [0; LANES + 1];
        for (lane, start) in starts.iter_mut().enumerate().take(n_lanes + 1) {
            *start = if n_outer <= outer_px {
                edge_px(at + lane, n_outer, outer_px)
            } else {
                at + lane
            };
        }
        match rows {
            Rows::Down => write_down(&scratch.colours, &starts[..=n_lanes], width_px, pixels),
            Rows::Across => write_across(&scratch.colours, &starts[..=n_lanes], width_px, pixels),
        }
    }
    if holes.is_hatched {
        hatch_marked(pixels, width_px, hatch);
    }

    #[allow(clippy::cast_precision_loss)]
    let (outer, inner) = (
        n_outer as f64 / outer_px as f64,
        n_inner as f64 / inner_px as f64,
    );
    let coverage = match rows {
        Rows::Down => Coverage { x: inner, y: outer },
        Rows::Across => Coverage { x: outer, y: inner },
    };
    (coverage, holes)
}

/// A matrix whose rows are each in one piece.
#[derive(Clone, Copy)]
struct Matrix<'a> {
    values: ArrayView2<'a, f32>,
}

/// The matrix with rows in one piece, and which way these rows run: where its columns are in one piece,
/// they are the rows. One that has neither is copied first. `None` if it has no cells.
fn in_memory_order<'a>(
    picture: &'a Picture,
    copied: &'a mut Vec<f32>,
) -> Option<(Matrix<'a>, Rows)> {
    let (values, rows) = (picture.values.view(), picture.rows);
    if values.is_empty() {
        return None;
    }
    if is_in_one_piece(&values) {
        return Some((Matrix { values }, rows));
    }
    let transposed = values.reversed_axes();
    if is_in_one_piece(&transposed) {
        let flipped = match rows {
            Rows::Down => Rows::Across,
            Rows::Across => Rows::Down,
        };
        return Some((Matrix { values: transposed }, flipped));
    }
    copied.clear();
    copied.extend(values.iter());
    let values = ArrayView2::from_shape(values.dim(), copied).ok()?;
    Some((Matrix { values }, rows))
}

impl<'a> Matrix<'a> {
    fn row(self, idx: usize) -> &'a [f32] {
        let row = self.values.index_axis_move(Axis(0), idx);
        row.to_slice().unwrap_or_default()
    }

    /// Adds up what `of` makes of the rows of a span: `sums[j] = Σ part · of(row[j])`.
    #[inline(never)]
    fn add_up(self, span: &Span, sums: &mut [f32], of: impl Fn(F32x4) -> F32x4 + Copy) {
        let last = span.first + span.len - 1;
        let ends = [span.first, last].map(|idx| self.row(idx));
        let parts = [span.head, span.tail];
        let mut whole = [ends[0]; ROWS_AT_ONCE];
        let mut next = span.first + 1;
        loop {
            // Looked up once for all strips.
            let n_whole = last.saturating_sub(next).min(ROWS_AT_ONCE);
            for (k, row) in whole[..n_whole].iter_mut().enumerate() {
                *row = self.row(next + k);
            }
            let is_first = next == span.first + 1;
            let begin = is_first.then_some((ends, parts));
            add_rows(begin, &whole[..n_whole], sums, of);
            next += n_whole;
            if next >= last {
                return;
            }
        }
    }
}

/// Rows that are added up together, whole ones. More make no difference to speed.
const ROWS_AT_ONCE: usize = 16;
/// Columns whose sums stand in registers together.
const STRIP: usize = 4 * LANES;

/// Adds whole rows to the sums, which begin as parts of two other rows where these are given.
#[inline(always)]
fn add_rows(
    ends: Option<([&[f32]; 2], [f32; 2])>,
    rows: &[&[f32]],
    sums: &mut [f32],
    of: impl Fn(F32x4) -> F32x4,
) {
    let (strips, rest) = sums.as_chunks_mut::<STRIP>();
    let mut at = 0;
    for strip in strips {
        let registers =
            |row: &[f32], k: usize| of(F32x4::from(row[at..at + STRIP].as_chunks().0[k]));
        let mut total: [F32x4; STRIP / LANES] = std::array::from_fn(|k| match ends {
            Some(([first, last], [head, tail])) => {
                F32x4::splat(head) * registers(first, k) + F32x4::splat(tail) * registers(last, k)
            }
            None => F32x4::from(strip.as_chunks().0[k]),
        });
        for row in rows {
            for (k, total) in total.iter_mut().enumerate() {
                *total = *total + registers(row, k);
            }
        }
        for (sums, total) in strip.as_chunks_mut().0.iter_mut().zip(total) {
            *sums = total.to_array();
        }
        at += STRIP;
    }
    for sum in rest {
        let value = |row: &[f32]| of(F32x4::splat(row[at])).to_array()[0];
        let begin = match ends {
            Some(([first, last], [head, tail])) => head * value(first) + tail * value(last),
            None => *sum,
        };
        *sum = rows.iter().fold(begin, |sum, row| sum + value(row));
        at += 1;
    }
}

/// The first `n`, the last `n`, which may be the same, and what is between them.
#[inline(always)]
fn ends<T>(all: &[T], n: usize) -> [&[T]; 3] {
    let from_last = all.len() - n;
    [
        &all[..n],
        all.get(n..from_last).unwrap_or_default(),
        &all[from_last..],
    ]
}

/// One span per pixel, also where cells are larger than pixels: then each is the cell at the centre.
fn fill_inner(spans: &mut Vec<Span>, cells: usize, px: usize) -> f32 {
    if cells > px {
        return fill_sources(spans, cells, px);
    }
    spans.clear();
    for cell in 0..cells {
        let n_px = edge_px(cell + 1, cells, px) - edge_px(cell, cells, px);
        spans.extend(std::iter::repeat_n(Span::cell(cell), n_px));
    }
    1.0
}

/// From lane after lane to one number of each lane side by side.
#[inline(never)]
fn interleave(sums: &[f32], interleaved: &mut [[f32; LANES]]) {
    let n = interleaved.len();
    let (ab, cd) = sums.split_at(2 * n);
    let ((a, b), (c, d)) = (ab.split_at(n), cd.split_at(n));
    let d = &d[..n];
    for j in 0..n {
        interleaved[j] = [a[j], b[j], c[j], d[j]];
    }
}

/// The mean under each pixel; says whether all of them are finite.
#[inline(never)]
fn reduce(
    interleaved: &[[f32; LANES]],
    inner: &[Span],
    scale: f32,
    means: &mut [[f32; LANES]],
) -> bool {
    let (zero, scale) = (F32x4::splat(0.0), F32x4::splat(scale));
    // Times zero, a finite number is zero and any other is NaN, which stays.
    let mut check = zero;
    for (mean, span) in means.iter_mut().zip(inner) {
        let cells = &interleaved[span.first..span.first + span.len];
        let [first, between, last] = ends(cells, 1);
        let mut sum =
            F32x4::splat(span.head) * first[0].into() + F32x4::splat(span.tail) * last[0].into();
        for &cell in between {
            sum = sum + cell.into();
        }
        let lanes = sum * scale;
        check = check + lanes * zero;
        *mean = lanes.to_array();
    }
    check.to_array() == [0.0; LANES]
}

/// From means to colours.
fn colour(means: &[[f32; LANES]], lookup: Lookup, table: &Table, colours: &mut [[[u8; 4]; LANES]]) {
    for (colours, &means) in colours.iter_mut().zip(means) {
        *colours = lookup.entries(means.into()).map(|idx| table[idx]);
    }
}

/// Colours the pixels of a block whose mean is not finite, now from their finite cells alone, or marks
/// them. Returns whether any is marked.
#[cold]
fn mend(
    matrix: Matrix,
    lanes: &[Span; LANES],
    scale: f32,
    (lookup, table): (Lookup, &Table),
    scratch: &mut Scratch,
) -> bool {
    let Scratch {
        inner,
        sums,
        interleaved,
        means,
        colours,
        finite,
        shares,
        ..
    } = scratch;
    let n_inner = interleaved.len();
    let [zero, scale] = [0.0, scale].map(F32x4::splat);
    // Scaled before they are added up: the sum of large numbers may be none. Both by the same loop, which is
    // there only once.
    for (of_value, of_one, means) in [(scale, zero, &mut *finite), (zero, scale, &mut *shares)] {
        for (span, sums) in lanes.iter().zip(sums.chunks_exact_mut(n_inner)) {
            matrix.add_up(span, sums, |value| {
                finite_or_zero(value) * of_value + one_if_finite(value) * of_one
            });
        }
        interleave(sums, interleaved);
        means.resize(colours.len(), [0.0; LANES]);
        reduce(interleaved, inner, 1.0, means);
    }
    let mut any_marked = false;
    for (idx, colours) in colours.iter_mut().enumerate() {
        for (lane, colour) in colours.iter_mut().enumerate() {
            if means[idx][lane].is_finite() {
                continue;
            }
            let share = shares[idx][lane];
            *colour = if share >= LEAST_SHARE {
                table[lookup.entry(finite[idx][lane] / share)]
            } else {
                any_marked = true;
                TO_HATCH
            };
        }
    }
    any_marked
}

/// The part of a pixel that must be finite for it to have a colour: a half, and what rounding takes.
const LEAST_SHARE: f32 = 0.499_99;

/// The value, or 0 for what is not finite.
#[inline(always)]
fn finite_or_zero(value: F32x4) -> F32x4 {
    let zero = F32x4::splat(0.0);
    // Times zero, a finite number is zero and any other is NaN; of zero and NaN, both give zero.
    let value = value + value * zero;
    zero.max(value) + zero.min(value)
}

/// 1 for a finite value, else 0.
#[inline(always)]
fn one_if_finite(value: F32x4) -> F32x4 {
    let zero = F32x4::splat(0.0);
    zero.max(F32x4::splat(1.0) + value * zero)
}

/// How many values of a row are not finite.
fn n_holes(row: &[f32]) -> usize {
    let (fours, rest) = row.as_chunks::<LANES>();
    let mut finite = F32x4::splat(0.0);
    for &four in fours {
        finite = finite + one_if_finite(four.into());
    }
    let n_finite: f32 = finite.to_array().into_iter().sum();
    let in_rest = rest.iter().filter(|value| !value.is_finite()).count();
    // Whole numbers far below 2^24, where f32 still has every one.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    {
        fours.len() * LANES - n_finite as usize + in_rest
    }
}

/// Each lane becomes the raster rows `starts[lane] .. starts[lane + 1]`.
fn write_down(
    colours: &[[[u8; 4]; LANES]],
    starts: &[usize],
    width: usize,
    pixels: &mut [[u8; 4]],
) {
    for (lane, range) in starts.windows(2).enumerate() {
        let (from, to) = (range[0] * width, range[1] * width);
        let rows = &mut pixels[from..to];
        let (first, others) = rows.split_at_mut(width.min(to - from));
        for (pixel, colours) in first.iter_mut().zip(colours) {
            *pixel = colours[lane];
        }
        for row in others.chunks_exact_mut(width) {
            row.copy_from_slice(first);
        }
    }
}

/// Each lane becomes the raster columns `starts[lane] .. starts[lane + 1]`.
fn write_across(
    colours: &[[[u8; 4]; LANES]],
    starts: &[usize],
    width: usize,
    pixels: &mut [[u8; 4]],
) {
    let (from, to) = (starts[0], starts[starts.len() - 1]);
    let rows = pixels.chunks_exact_mut(width).zip(colours);
    if starts.len() == LANES + 1 && to - from == LANES {
        for (row, colours) in rows {
            // Of a length that is known when it is compiled, so that it is one store and not a call.
            if let Some(pixels) = row[from..].first_chunk_mut() {
                *pixels = *colours;
            }
        }
        return;
    }
    // Which lane each column shows: for a few columns that is quicker than filling runs of one or two.
    let mut lane_of = [0; 4 * LANES];
    if to - from <= lane_of.len() {
        for (lane, range) in starts.windows(2).enumerate() {
            lane_of[range[0] - from..range[1] - from].fill(lane);
        }
        for (row, colours) in rows {
            for (pixel, &lane) in row[from..to].iter_mut().zip(&lane_of) {
                *pixel = colours[lane % LANES];
            }
        }
        return;
    }
    for (row, colours) in rows {
        for (range, &colour) in starts.windows(2).zip(colours) {
            row[range[0]..range[1]].fill(colour);
        }
    }
}

/// Paints nothing but hatching.
pub fn paint_hatched(hatch: Hatch, width_px: usize, height_px: usize, raster: &mut Raster) {
    let (width_px, height_px) = possible_size(width_px, height_px);
    (raster.width, raster.height) = (width_px, height_px);
    raster.rgba.clear();
    raster.rgba.resize(width_px * height_px * 4, 0);
    let pixels = raster.rgba.as_chunks_mut::<4>().0;
    if width_px > 0 {
        hatch_marked(pixels, width_px, hatch);
    }
}

fn hatch_marked(pixels: &mut [[u8; 4]], width: usize, [card, edge]: Hatch) {
    for (y, row) in pixels.chunks_exact_mut(width).enumerate() {
        for (x, pixel) in row.iter_mut().enumerate() {
            if *pixel == TO_HATCH {
                let on_line = (x + y) % HATCH_PERIOD < HATCH_WIDTH;
                *pixel = if on_line { edge } else { card };
            }
        }
    }
}
