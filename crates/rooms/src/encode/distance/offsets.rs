//! The similarity by offset: its mean, and the band from the smallest to the largest.

use std::borrow::Cow;
use std::ops::Range;

use figures::number::{format_count, format_value};
use figures::{Axis, Band, Cross, Figure, Line, Panel, Plot, Role, Table};
use ndarray::ArrayView1;

use super::super::lab::Encode;
use super::super::scene::EncodeScene;
use super::super::state::EncodeState;
use super::super::ways::ADDING;
use super::compared::{NOT_COMPARED, measure, measured, range_of};
use super::kept::{Kept, Walk};
use super::python::{filled, prepared};
use crate::columns;
use crate::python::Code;
use crate::room::{Cell, FigureSpec, Pointing};

/// The figure.
pub const FIGURE: FigureSpec<Encode> =
    FigureSpec::new("encode-offsets", "Similarity by offset", scene, code)
        .ways(ADDING)
        .height(380)
        .ignoring(|state: &mut EncodeState| (state.dims, state.dim, state.pos) = (None, None, None))
        .pointing(Pointing::new(
            read,
            here,
            tip,
            "Left and right arrow keys move through the offsets.",
        ));

struct Numbers {
    has_waves: bool,
    /// The part of all pairs that is measured.
    done: f64,
    /// The mean at offset 0; `None` where no row can be compared.
    at_zero: Option<f32>,
    /// The widest difference between two pairs of one offset.
    widest: f32,
    /// The size that it is to be compared with.
    size: f32,
    /// The first offset after which the mean rises.
    first_rise: Option<usize>,
    /// Of the first steps, how many rise.
    n_rising: usize,
    /// How many first steps there are.
    n_first: usize,
}

fn numbers(walk: &Walk, state: &EncodeState) -> Numbers {
    let offsets = &walk.offsets;
    let (mean, min, max) = (offsets.mean(), offsets.min(), offsets.max());
    let widths = max.iter().zip(min).map(|(max, min)| max - min);
    let size = mean.iter().fold(0.0_f32, |size, mean| size.max(mean.abs()));
    // What rounding moves is no rise.
    let rises = |idx: &usize| mean[idx + 1] - mean[*idx] > 1e-6 * size;
    let n_steps = mean.len().saturating_sub(1);
    let n_first = n_steps.min(100);
    Numbers {
        has_waves: state.scheme.has_waves(),
        done: walk.done(),
        at_zero: mean.first().copied().filter(|mean| mean.is_finite()),
        // This passes over NaN.
        widest: widths.fold(0.0, f32::max),
        size,
        first_rise: (0..n_steps).find(rises),
        n_rising: (0..n_first).filter(rises).count(),
        n_first,
    }
}

fn scene<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    measure(scene, state, |kept, table| {
        let Kept {
            walk, map, first, ..
        } = kept;
        walk.update(measured(state), table, map, first);
    });
    scene.is_unfinished |= scene.distance.walk.is_unfinished();
    let walk = &scene.distance.walk;
    let (mean, min, max) = (walk.offsets.mean(), walk.offsets.min(), walk.offsets.max());
    let range = range_of(min)
        .zip(range_of(max))
        .map(|((low, _), (_, high))| (low, high));
    let plot = match range {
        Some(_) => Plot::Lines(vec![Line {
            band: Some(Band {
                min: ArrayView1::from(min),
                max: ArrayView1::from(max),
            }),
            ..Line::new(
                "mean, smallest to largest",
                Role::Series(0),
                ArrayView1::from(mean),
            )
        }]),
        None => Plot::Empty(Cow::Borrowed(NOT_COMPARED)),
    };
    let (low, high) = with_margin(range);
    let n_offsets = mean.len();
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: summary(&numbers(walk, state)),
        panels: vec![Panel {
            cross: Cross {
                x: Some(state.offset).filter(|&offset| offset < n_offsets as u64),
                y: None,
            },
            ..Panel::new(
                Axis::cells("offset", "offset", 0, n_offsets),
                Axis::values("", low, high),
                plot,
            )
        }],
        table: Table::Columns(vec![
            columns::indices("offset", n_offsets),
            columns::numbers("mean", mean),
            columns::numbers("min", min),
            columns::numbers("max", max),
        ]),
        read_rows: read_offset(state, n_offsets),
    }
}

/// The ends of an axis for these values.
fn with_margin(range: Option<(f32, f32)>) -> (f64, f64) {
    let (low, high) = range.map_or((0.0, 1.0), |(low, high)| (low.into(), high.into()));
    let margin = 0.05 * (high - low);
    if margin > 0.0 {
        (low - margin, high + margin)
    } else {
        (low - 1.0, high + 1.0)
    }
}

fn read_offset(state: &EncodeState, n_offsets: usize) -> Range<usize> {
    usize::try_from(state.offset)
        .ok()
        .filter(|&offset| offset < n_offsets)
        .map_or(0..0, |offset| offset..offset + 1)
}

/// What the offsets show and what to notice.
fn summary(numbers: &Numbers) -> String {
    let &Numbers {
        has_waves,
        done,
        at_zero,
        widest,
        size,
        first_rise,
        n_rising,
        n_first,
    } = numbers;
    let mut text = String::new();
    if done < 1.0 {
        text.push_str(&format!(
            "*{} %* of all pairs are done. ",
            format_value((done * 100.0).floor(), 3)
        ));
    }
    let Some(at_zero) = at_zero.filter(|_| size > 0.0) else {
        text.push_str("The same at every offset: all positions look alike.");
        return text;
    };
    // Rounding of a sum in f32 stays far below that.
    if widest <= 1e-4 * size {
        text.push_str(&format!(
            "At the same offset k, *any two positions are equally alike*: the band is as thin as a line (rounding: {}).",
            format_value(widest.into(), 2)
        ));
    } else {
        text.push_str(&format!(
            "The mean of all pairs at offset k, in a band from the least to the most alike. *The band is up to {} wide*: pairs differ.",
            format_value(widest.into(), 3)
        ));
    }
    if !has_waves {
        return text;
    }
    match first_rise {
        Some(k) => text.push_str(&format!(
            "\nThe curve falls from {} until k = {k}; then *it goes up and down*: {n_rising} of the first {n_first} steps go up. It is the same for −k: \
             a model has to learn which way is forward.",
            format_value(at_zero.into(), 4),
        )),
        None if n_first > 0 => text.push_str(&format!(
            "\nIt falls from {} at each of these {n_first} steps: with more positions it also rises.",
            format_value(at_zero.into(), 4)
        )),
        None => {}
    }
    text
}

/// An offset in numbers: mean, smallest and largest, where any pair can be compared.
fn offset_words(offset: u64, values: Option<[f32; 3]>) -> String {
    let offset = format_count(offset);
    match values {
        Some(values) => {
            let [mean, min, max] = values.map(|value| format_value(value.into(), 4));
            format!("{offset} apart: mean {mean}, from {min} to {max}")
        }
        None => format!("{offset} apart: {NOT_COMPARED}"),
    }
}

const OFFSETS: &str = "\
similarity = x @ x.T
by_offset = [{lib}.diagonal(similarity, k) for k in range(len(x))]
by_offset = [products[{lib}.isfinite(products)] for products in by_offset]
nothing = {nothing}
by_offset = [products if len(products) else nothing for products in by_offset]
result = {stack}
";

/// Mean, smallest and largest by offset, (3, seq_len).
fn code(scene: &mut EncodeScene, state: &EncodeState) -> Code {
    prepared(scene, state, |library| {
        let nothing = library.pick("np.array([np.nan])", "torch.tensor([torch.nan])");
        let stack = library.pick(
            "np.array([[f(p) for p in by_offset] for f in (np.mean, np.min, np.max)], dtype=np.float32)",
            "torch.tensor([[f(p) for p in by_offset] for f in (torch.mean, torch.min, torch.max)]).float()",
        );
        filled(OFFSETS, library, &[("nothing", nothing), ("stack", stack)])
    })
}

/// Reads an offset.
fn read(state: &mut EncodeState, cell: Cell) {
    if let Some(offset) = cell.x {
        state.offset = offset;
    }
}

/// The offset that is read.
fn here(state: &EncodeState) -> Cell {
    Cell {
        x: Some(state.offset),
        ..Cell::default()
    }
}

/// An offset in numbers.
fn tip(scene: &mut EncodeScene, _: &EncodeState, cell: Cell) -> String {
    let offsets = &scene.distance.walk.offsets;
    let at = |offset: u64| {
        let idx = usize::try_from(offset).ok()?;
        let [mean, min, max] =
            [offsets.mean(), offsets.min(), offsets.max()].map(|values| values.get(idx).copied());
        Some([mean?, min?, max?])
    };
    cell.x
        .and_then(|offset| Some((offset, at(offset)?)))
        .map(|(offset, values)| {
            let is_known = values.iter().all(|value| value.is_finite());
            offset_words(offset, Some(values).filter(|_| is_known))
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use maths::encode::frequency;
    use maths::similarity::{Measure, Offsets, Similarity};

    use super::super::super::rows::rows_of;
    use super::{Cell, EncodeScene, EncodeState, FIGURE, scene, tip};
    use crate::encoding::Encoding;

    fn large() -> EncodeState {
        EncodeState {
            seq_len: 3000,
            d_model: 64,
            ..EncodeState::default()
        }
    }

    #[test]
    fn a_long_walk_goes_in_steps_and_ends_at_the_sum_of_cosines() {
        let (mut kept, state) = (EncodeScene::default(), large());
        let mut done = vec![0.0];
        while done.len() == 1 || kept.is_unfinished {
            FIGURE.make(&mut kept, &state);
            let now = kept.distance.walk.done();
            assert!(done.last().is_some_and(|&before| now > before), "{done:?}");
            done.push(now);
        }
        assert!(done.len() > 3, "{done:?}");
        assert!(done.last().is_some_and(|&last| (last - 1.0).abs() < 1e-12));
        let mean = kept.distance.walk.offsets.mean();
        for k in [0, 1, 100, 2999] {
            #[allow(clippy::cast_precision_loss)]
            let cosines = (0..32).map(|pair| (k as f64 * frequency(pair, 64, state.base)).cos());
            let expected: f64 = cosines.sum();
            assert!((f64::from(mean[k]) - expected).abs() < 1e-4, "{k}");
        }
    }

    #[test]
    fn a_map_of_every_pair_gives_what_walking_gives() {
        let mut kept = EncodeScene::default();
        for (seq_len, measure) in [(512, Measure::Cosine), (300, Measure::Dot)] {
            let state = EncodeState {
                seq_len,
                d_model: 64,
                measure,
                ..EncodeState::default()
            };
            FIGURE.make(&mut kept, &state);
            assert!(!kept.is_unfinished);
            let mut rows = Similarity::default();
            rows.prepare(rows_of(&mut kept, &state), measure, usize::MAX);
            let mut walked = Offsets::default();
            walked.measure(&rows);
            let offsets = &kept.distance.walk.offsets;
            assert_eq!(offsets.mean(), walked.mean());
            assert_eq!((offsets.min(), offsets.max()), (walked.min(), walked.max()));
        }
    }

    #[test]
    fn another_state_begins_anew() {
        let mut kept = EncodeScene::default();
        FIGURE.make(&mut kept, &large());
        assert!(kept.is_unfinished);
        FIGURE.make(&mut kept, &EncodeState::default());
        assert!(!kept.is_unfinished);
        assert_eq!(kept.distance.walk.offsets.mean().len(), 64);
    }

    #[test]
    fn an_offset_without_pairs_is_said_in_words() {
        let state = EncodeState {
            scheme: Encoding::Learned,
            max_len: 4,
            ..EncodeState::default()
        };
        let mut kept = EncodeScene::default();
        scene(&mut kept, &state);
        let at = Cell {
            x: Some(4),
            ..Cell::default()
        };
        assert_eq!(
            tip(&mut kept, &state, at),
            "4 apart: a vector is missing or zero"
        );
    }
}
