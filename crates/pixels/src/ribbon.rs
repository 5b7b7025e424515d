//! Curves and bands as pixels.
//!
//! Both are ribbons: above each place from left to right they cover all between two heights. That holds for a stroke
//! with round joins too, whatever its curve does between two pixels: the discs around a curve without gaps leave no hole
//! above any place. So the two heights at [`PER_PX`] places of each pixel column are enough. From top to bottom coverage
//! is exact, and what is dense costs no more than what is sparse. A browser's path of as many points takes tens of
//! milliseconds, after the function that drew it has returned.

use std::ops::Range;

use lanes::F32x4;

use crate::paint::{Raster, possible_size};

/// At how many places of a pixel column the heights are known.
const PER_PX: usize = 8;

/// How opaque what covers a pixel is: from 0 to this.
const OPAQUE: i32 = 256;

/// How a ribbon is painted.
#[derive(Clone, Copy, Debug)]
pub struct Ink {
    /// Red, green, blue.
    pub colour: [u8; 3],
    /// From 0 to 1.
    pub alpha: f32,
    /// Half the width of the stroke along it, with round joins; 0 for what is filled between the heights alone.
    pub radius: f32,
    /// What is less than twice as wide is made so.
    pub least: f32,
    /// The rows that it is held to.
    pub within: [f32; 2],
}

/// Paints ribbons into a raster. All lengths are device pixels, from its upper left corner.
pub struct Ribbons<'r> {
    raster: &'r mut Raster,
    /// The first and the last of the points that belong together.
    run: Option<[Slice; 2]>,
    /// Between the heights, and with the stroke: at each place, those beside the raster too.
    inner: Edges,
    outer: Edges,
    /// By how much coverage changes from each row of a column to the next.
    changes: Vec<f32>,
}

/// At each place the upper edge, and the lower one with its sign turned: both grow to less, from infinity.
type Edges = [Vec<f32>; 2];

/// A point of a ribbon: its edges there.
#[derive(Clone, Copy, Debug)]
struct Slice {
    x: f32,
    edges: [f32; 2],
}

/// Strokes come from so many places beside the raster, also half of the thickest one.
const BESIDE: usize = 8 * PER_PX;

impl<'r> Ribbons<'r> {
    /// Begins a picture of that size on a background; an empty one where it would be larger than
    /// [`MAX_PIXELS`](crate::MAX_PIXELS).
    pub fn new(
        raster: &'r mut Raster,
        (width, height): (usize, usize),
        [r, g, b]: [u8; 3],
    ) -> Self {
        (raster.width, raster.height) = possible_size(width, height);
        raster.rgba.resize(raster.width * raster.height * 4, 0);
        let pixels = raster.rgba.as_chunks_mut::<4>().0;
        pixels.fill([r, g, b, u8::MAX]);
        let n_places = raster.width * PER_PX + 2 * BESIDE;
        let edges = || [0, 1].map(|_| vec![f32::INFINITY; n_places]);
        Self {
            run: None,
            inner: edges(),
            outer: edges(),
            changes: vec![0.0; raster.height + 2],
            raster,
        }
    }

    /// Goes on to a point not left of the last one: its height, or the upper one of two and the lower one, which is the
    /// larger number. All are finite.
    pub fn push(&mut self, x: f32, upper: f32, lower: f32) {
        let to = Slice {
            x,
            edges: [upper, -lower],
        };
        let [first, from] = self.run.unwrap_or([to, to]);
        self.run = Some([first, to]);
        let per_place = 1.0 / (to.x - from.x);
        for place in self.place(from.x)..self.place(to.x) {
            let part = (middle(place) - from.x) * per_place;
            self.cover(place, |k| {
                from.edges[k] + (to.edges[k] - from.edges[k]) * part
            });
        }
        // Points between two places are not lost: peaks are such.
        self.cover(self.place(x - 0.5 / PER_PX as f32), |k| to.edges[k]);
    }

    /// The first place whose middle is not left of there.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn place(&self, x: f32) -> usize {
        // What is left of all places becomes the first.
        let place = (x * PER_PX as f32 + (BESIDE as f32 + 0.5)) as usize;
        place.min(self.inner[0].len())
    }

    fn cover(&mut self, place: usize, edge: impl Fn(usize) -> f32) {
        for (k, edges) in self.inner.iter_mut().enumerate() {
            if let Some(least) = edges.get_mut(place) {
                *least = least.min(edge(k));
            }
        }
    }

    /// Paints what was gone along since the last end.
    pub fn end(&mut self, ink: Ink) {
        let Some([first, last]) = self.run.take() else {
            return;
        };
        let more = (ink.least - (last.x - first.x) * 0.5).max(0.0);
        let [from, to] = [first.x - more, last.x + more].map(|x| self.place(x));
        for (slice, places) in [
            (first, from..self.place(first.x)),
            (last, self.place(last.x)..to),
        ] {
            for place in places {
                self.cover(place, |k| slice.edges[k]);
            }
        }
        let seen = self.seen([from, to]);
        for (inner, outer) in self.inner.iter_mut().zip(&mut self.outer) {
            thicken(inner, ink.radius, seen.clone(), outer);
            // The nearest place of a point may be the one before.
            let end = inner.len().min(to + 1);
            inner[from.saturating_sub(1)..end].fill(f32::INFINITY);
        }
        self.paint(seen, ink);
    }

    /// Paints a dot.
    pub fn dot(&mut self, x: f32, y: f32, ink: Ink) {
        let seen = self.seen([x - ink.radius, x + ink.radius].map(|x| self.place(x)));
        for place in seen.clone() {
            let half = height(ink.radius, middle(place) - x);
            for (outer, y) in self.outer.iter_mut().zip([y, -y]) {
                outer[place] = y - half;
            }
        }
        self.paint(seen, ink);
    }

    /// Those of these places that are in the raster.
    fn seen(&self, ends: [usize; 2]) -> Range<usize> {
        let [from, to] = ends.map(|end| end.clamp(BESIDE, self.inner[0].len() - BESIDE));
        from..to
    }

    /// Paints what is between the outer edges at these places.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn paint(&mut self, places: Range<usize>, ink: Ink) {
        let Raster { width, height, .. } = *self.raster;
        let pixels = self.raster.rgba.as_chunks_mut::<4>().0;
        let [top, bottom] = [ink.within[0].max(0.0), ink.within[1].min(height as f32)];
        let [uppers, lowers] = &self.outer;
        let weight = ink.alpha * OPAQUE as f32 / PER_PX as f32;
        let [r, g, b] = ink.colour;
        let mut from = places.start;
        while from < places.end {
            let column = (from - BESIDE) / PER_PX;
            let to = places.end.min(BESIDE + (column + 1) * PER_PX);
            let (mut first, mut last) = (height, 0);
            for (upper, lower) in uppers[from..to].iter().zip(&lowers[from..to]) {
                let edges = [upper.max(top), (-lower).min(bottom)];
                if edges[0] < edges[1] {
                    let rows = edges.map(|y| y as usize);
                    for ((row, y), weight) in rows.into_iter().zip(edges).zip([weight, -weight]) {
                        let below = (y - row as f32) * weight;
                        self.changes[row] += weight - below;
                        self.changes[row + 1] += below;
                    }
                    (first, last) = (first.min(rows[0]), last.max(rows[1] + 1));
                }
            }
            from = to;
            if first > last {
                continue;
            }
            let changes = &mut self.changes[first..=last];
            let below = pixels[first * width + column..].iter_mut().step_by(width);
            // What is cut off below is rounded.
            let mut covered = 0.5;
            for (change, pixel) in changes.iter().zip(below) {
                covered += change;
                let part = covered as i32;
                if part >= OPAQUE {
                    *pixel = [r, g, b, u8::MAX];
                } else if part > 0 {
                    for (old, new) in pixel.iter_mut().zip(ink.colour) {
                        let (from, to) = (i32::from(*old), i32::from(new));
                        *old = (from + (((to - from) * part + OPAQUE / 2) >> 8)) as u8;
                    }
                }
            }
            changes.fill(0.0);
        }
    }
}

/// Where the middle of a place is.
fn middle(place: usize) -> f32 {
    (place as f32 + (0.5 - BESIDE as f32)) / PER_PX as f32
}

/// How high a disc is that far from its middle.
fn height(radius: f32, away: f32) -> f32 {
    (radius * radius - away * away).max(0.0).sqrt()
}

/// The edge of the discs around an edge, at these places and some beside them.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn thicken(edge: &[f32], radius: f32, places: Range<usize>, outer: &mut [f32]) {
    const LANES: usize = F32x4::LANES;
    let reach = ((radius * PER_PX as f32) as usize).min(BESIDE);
    let heights: Vec<_> = (0..=2 * reach)
        .map(|step| height(radius, (step as f32 - reach as f32) / PER_PX as f32))
        .collect();
    // Columns begin at whole fours.
    let mut place = places.start / LANES * LANES;
    while place < places.end {
        let mut least = F32x4::splat(f32::INFINITY);
        let around = edge[place - reach..place + reach + LANES].windows(LANES);
        for (four, &height) in around.zip(&heights) {
            if let Some(&four) = four.first_chunk() {
                least = least.min(F32x4::from(four) - F32x4::splat(height));
            }
        }
        if let Some(four) = outer[place..].first_chunk_mut() {
            *four = least.to_array();
        }
        place += LANES;
    }
}
