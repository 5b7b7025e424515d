//! The table's figures for every scheme, a second one beside it, and the dials.

use std::borrow::Cow;
use std::f64::consts::TAU;

use figures::{Anchor, Axis, Figure, Form, Head, Panel, Plot, Role, Shape, Sketch, Table};
use maths::encode::pair_of;
use maths::scaling::{Scaling, scaled_frequency};
use maths::schemes::EncodingTable;
use ndarray::{Array1, Array2, ArrayView2};

use super::super::state::{EncodeState, Encoding};
use super::super::story::table as story;
use super::{EncodeScene, Shown, dimensions, exported, map_panel, positions, read_rows};
use crate::labs::{Cell, Fact};

/// Learned rows before training are N(0, 0.02²): nearly all values lie within three of these.
const LEARNED_MOST: f32 = 0.06;

/// Dials that are shown; of more pairs some are left out.
const MOST_DIALS: usize = 32;

/// How many dials stand in a row.
const DIALS_PER_ROW: usize = 8;

/// The tables of any scheme, the compared one's, and the difference of the two.
#[derive(Default)]
pub struct Schemes {
    table: EncodingTable,
    compared: EncodingTable,
    /// First minus second. (seq_len, d_model)
    difference: Array2<f32>,
    /// The versions of the two that it was made from.
    made_of: [u64; 2],
    version: u64,
    apart: Apart,
    dials: Dials,
}

/// How far two tables are from each other.
#[derive(Clone, Copy, Debug, Default)]
pub struct Apart {
    /// The root of the mean square of the differences that are numbers.
    pub rms: f64,
    /// The largest of them.
    pub most: f64,
    /// How many there are.
    pub n_values: usize,
}

/// What the dials show. (dials)
#[derive(Default)]
struct Dials {
    first: Array1<f32>,
    second: Array1<f32>,
    wavelengths: Array1<f32>,
}

impl Schemes {
    fn update(&mut self, state: &EncodeState) {
        self.table.update(state.spec());
        if let Some(other) = state.compare {
            self.compared.update(state.spec_of(other, Scaling::None));
            self.subtract();
        }
    }

    fn subtract(&mut self) {
        let made_of = [self.table.version(), self.compared.version()];
        if made_of == self.made_of {
            return;
        }
        self.made_of = made_of;
        self.version += 1;
        let (first, second) = (self.table.values(), self.compared.values());
        if self.difference.dim() != first.dim() {
            self.difference = Array2::zeros(first.dim());
        }
        let (mut squares, mut most, mut n_values) = (0.0, 0.0_f32, 0);
        let pairs = first.iter().zip(second.iter());
        for (out, (a, b)) in self.difference.iter_mut().zip(pairs) {
            let difference = a - b;
            *out = difference;
            if difference.is_finite() {
                squares += f64::from(difference) * f64::from(difference);
                most = most.max(difference.abs());
                n_values += 1;
            }
        }
        #[allow(clippy::cast_precision_loss, reason = "at most four million")]
        let mean = squares / n_values as f64;
        self.apart = Apart {
            rms: mean.sqrt(),
            most: most.into(),
            n_values,
        };
    }
}

/// Values of a scheme's table lie between minus this and this.
#[allow(clippy::cast_precision_loss)]
fn most_of(state: &EncodeState, encoding: Encoding) -> f32 {
    match encoding {
        Encoding::Learned => LEARNED_MOST,
        Encoding::Index => state.last().max(1) as f32,
        _ => 1.0,
    }
}

fn undefined(encoding: Encoding) -> &'static str {
    if encoding == Encoding::Learned {
        story::NO_ROW
    } else {
        ""
    }
}

fn shown<'a>(scene: &'a mut EncodeScene, state: &EncodeState) -> Shown<'a> {
    scene.schemes.update(state);
    let table = &scene.schemes.table;
    Shown {
        values: table.values(),
        version: table.version(),
        most: most_of(state, state.scheme),
        undefined: undefined(state.scheme),
    }
}

/// Why there is nothing to draw of a scheme.
fn empty(state: &EncodeState) -> Option<&'static str> {
    (!state.scheme.has_rows()).then_some(story::NOTHING_ADDED)
}

/// The table; with a second one, both and their difference.
pub fn heatmap<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    if state.is_plain() {
        return super::heatmap(scene, state);
    }
    scene.schemes.update(state);
    let Schemes {
        table,
        compared,
        difference,
        version,
        apart,
        ..
    } = &scene.schemes;
    let first = Shown {
        values: table.values(),
        version: table.version(),
        most: most_of(state, state.scheme),
        undefined: undefined(state.scheme),
    };
    let mut panels = Vec::new();
    let mut summary = story::table_summary(state);
    if let Some(other) = state.compare {
        // One scale for both; what is between them may be as large as both together.
        let most = first.most.max(most_of(state, other));
        let second = Shown {
            values: compared.values(),
            version: compared.version(),
            most,
            undefined: undefined(other),
        };
        let between = Shown {
            values: difference.view(),
            version: *version,
            most: first.most + second.most,
            undefined: story::NO_ROW,
        };
        let symbols = story::compared_names(state, other);
        let [name, other_name, minus] = symbols;
        panels.push(named(
            panel_of(state, state.scheme, Shown { most, ..first }),
            name,
        ));
        panels.push(named(panel_of(state, other, second), other_name));
        panels.push(named(map_panel(state, between), minus));
        summary.push_str(&story::apart(*apart));
    } else {
        panels.push(panel_of(state, state.scheme, first));
    }
    Figure {
        id: "encode-heatmap",
        title: Cow::Borrowed(story::table_title(state.scheme)),
        summary,
        panels,
        table: exported(state, first),
        read_rows: read_rows(state),
    }
}

fn panel_of<'a>(state: &EncodeState, encoding: Encoding, shown: Shown<'a>) -> Panel<'a> {
    if encoding.has_rows() {
        map_panel(state, shown)
    } else {
        Panel::new(
            positions(state),
            dimensions(state, "dimension"),
            Plot::Empty(Cow::Borrowed(story::nothing_added(encoding))),
        )
    }
}

fn named(panel: Panel<'_>, name: String) -> Panel<'_> {
    Panel {
        head: Head {
            symbol: Cow::Owned(name),
            note: Cow::Borrowed(""),
        },
        ..panel
    }
}

/// The vector of the position that is read.
pub fn vector<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    if state.is_plain() {
        return super::vector(scene, state);
    }
    let shown = shown(scene, state);
    let norm = norm_at(shown.values, state);
    super::vector_of(
        state,
        shown,
        story::vector_summary(state, norm),
        empty(state),
    )
}

/// ‖row‖ of the position that is read; NaN where it has no row.
fn norm_at(values: ArrayView2<'_, f32>, state: &EncodeState) -> f64 {
    let row_idx = usize::try_from(state.position() - state.start).unwrap_or_default();
    let squares = values.row(row_idx).into_iter();
    squares
        .map(|&x| f64::from(x) * f64::from(x))
        .sum::<f64>()
        .sqrt()
}

/// The chosen dimensions over the positions.
pub fn curves<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    if state.is_plain() {
        return super::curves(scene, state);
    }
    let shown = shown(scene, state);
    let spec = state.spec();
    let at = |position: f64, dim: usize| spec.at(position, dim);
    let has_waves = state.scheme.has_waves();
    let lines = super::lines_of(
        state,
        shown,
        &|dim| story::curve_name(state, dim),
        if has_waves { Some(&at) } else { None },
    );
    let mut figure = Figure {
        summary: story::curves_summary(state),
        ..super::curves_of(state, shown, lines)
    };
    if let (Some(why), Some(panel)) = (empty(state), figure.panels.first_mut()) {
        panel.plot = Plot::Empty(Cow::Borrowed(why));
    }
    figure
}

/// The pairs that have a dial: evenly spaced from the first to the last.
pub fn dial_pairs(state: &EncodeState) -> Vec<usize> {
    let n_pairs = state.d_model / 2;
    let n_dials = n_pairs.min(MOST_DIALS);
    (0..n_dials)
        .map(|idx| idx * (n_pairs - 1) / (n_dials - 1).max(1))
        .collect()
}

/// The dial of the dimension that is read, or the last one before it.
fn dial_of(state: &EncodeState, pairs: &[usize]) -> usize {
    let read = pair_of(state.dimension(), state.d_model, state.pairing()).idx;
    let n_up_to = pairs.iter().filter(|&&pair| pair <= read).count();
    n_up_to.saturating_sub(1)
}

/// Each pair as a hand on a dial: to the right its sine, upwards its cosine, so that it starts at twelve and
/// turns like a clock. Pairs of other schemes are hands too, though none that turn.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
pub fn clock<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    let pairs = dial_pairs(state);
    let most = most_of(state, state.scheme);
    let spec = state.spec();
    let (position, has_waves) = (state.position(), state.scheme.has_waves());
    let values = rows_of(scene, state);
    let hand = |pair: &usize| {
        state.columns_of(*pair).map(|dim| {
            if has_waves {
                // Rounded once: the table turns its rows from block to block, which costs it a digit.
                spec.at(position as f64, dim) as f32
            } else {
                at(values, state, position, dim).unwrap_or(f32::NAN)
            }
        })
    };
    let hands: Vec<_> = pairs.iter().map(hand).collect();
    let wavelengths = pairs.iter().map(|&pair| {
        if has_waves {
            (TAU / scaled_frequency(pair, state.d_model, state.base, state.scaling())) as f32
        } else {
            f32::NAN
        }
    });
    let dials = &mut scene.schemes.dials;
    dials.first = hands.iter().map(|[first, _]| *first).collect();
    dials.second = hands.iter().map(|[_, second]| *second).collect();
    dials.wavelengths = wavelengths.collect();
    let read = dial_of(state, &pairs);
    let mut shapes = Vec::new();
    for (idx, ((&pair, hand), &wavelength)) in
        pairs.iter().zip(hands).zip(&dials.wavelengths).enumerate()
    {
        let (column, row) = (idx % DIALS_PER_ROW, idx / DIALS_PER_ROW);
        let at = (column as f64 * 2.6 + 1.3, row as f64 * 3.2 + 1.15);
        // Numbers as large as the table has end on the rim.
        let [right, up] = hand.map(|value| 0.92 * f64::from(value / most));
        let is_read = idx == read;
        shapes.push(
            Shape::new(Form::Disc {
                at,
                radius: 1.0,
                role: Role::Accent,
                opacity: if is_read { 0.12 } else { 0.0 },
            })
            .at_cell(pair as u64, 0),
        );
        shapes.push(Shape::new(Form::Circle {
            at,
            radius: 1.0,
            width: if is_read { 2.0 } else { 1.0 },
            role: if is_read { Role::Accent } else { Role::Edge },
        }));
        shapes.push(Shape::new(Form::Line {
            points: vec![at, (at.0 + right, at.1 - up)],
            width: 2.0,
            role: if is_read { Role::Accent } else { Role::Ink },
        }));
        shapes.push(Shape::new(Form::Text {
            at: (at.0, at.1 + 1.5),
            text: Cow::Owned(story::dial_name(state, pair, wavelength.into())),
            anchor: Anchor::Middle,
            size: 0.85,
            room: 2.5,
            role: if is_read { Role::Ink } else { Role::Quiet },
            is_bold: is_read,
        }));
    }
    let plot = match empty(state) {
        None => Plot::Sketch(Sketch {
            width: pairs.len().min(DIALS_PER_ROW) as f64 * 2.6,
            height: pairs.len().div_ceil(DIALS_PER_ROW) as f64 * 3.2,
            shapes,
        }),
        Some(why) => Plot::Empty(Cow::Borrowed(why)),
    };
    let nothing = || Axis::values("", 0.0, 1.0);
    Figure {
        id: "encode-clock",
        title: Cow::Owned(story::clock_title(state)),
        summary: story::clock_summary(state, pairs.len()),
        panels: vec![Panel::new(nothing(), nothing(), plot)],
        table: Table::Columns(vec![
            super::indices("dial", pairs.len()),
            super::numbers("first", &dials.first),
            super::numbers("second", &dials.second),
            super::numbers("wavelength", &dials.wavelengths),
        ]),
        read_rows: read..read + 1,
    }
}

/// Reads the dimension of a dial's sine.
pub fn read_dial(state: &mut EncodeState, cell: Cell) {
    if let Some(pair) = cell.x.and_then(|pair| usize::try_from(pair).ok()) {
        let [first, _] = state.columns_of(pair);
        state.dim = Some(first);
    }
}

/// The dial that is read.
pub fn dial_here(state: &EncodeState) -> Cell {
    let read = pair_of(state.dimension(), state.d_model, state.pairing());
    Cell {
        x: Some(read.idx as u64),
        ..Cell::default()
    }
}

/// A dial in numbers.
pub fn dial_tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let Some(pair) = cell.x.and_then(|pair| usize::try_from(pair).ok()) else {
        return String::new();
    };
    let values = rows_of(scene, state);
    let [first, second] = state
        .columns_of(pair)
        .map(|dim| at(values, state, state.position(), dim));
    first
        .zip(second)
        .map(|hand| story::dial_tip(state, pair, hand))
        .unwrap_or_default()
}

/// The cell that is pointed at, in numbers.
pub fn cell_tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    if state.is_plain() {
        return super::cell_tip(scene, state, cell);
    }
    let position = cell.x.unwrap_or(state.position());
    let dim = cell
        .y
        .and_then(|y| usize::try_from(y).ok())
        .unwrap_or(state.dimension());
    scene.schemes.update(state);
    let Schemes {
        table,
        compared,
        difference,
        ..
    } = &scene.schemes;
    let values = match (cell.panel_idx, state.compare) {
        (1, Some(_)) => compared.values(),
        (2, Some(_)) => difference.view(),
        _ => table.values(),
    };
    let encoding = match (cell.panel_idx, state.compare) {
        (1, Some(other)) => Some((other, Scaling::None)),
        (2, Some(_)) => None,
        _ => Some((state.scheme, state.scaling())),
    };
    at(values, state, position, dim)
        .map(|value| story::cell_tip(state, encoding, (position, dim), value))
        .unwrap_or_default()
}

/// All curves at the position that is pointed at, in numbers.
pub fn curves_tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    if state.is_plain() {
        return super::curves_tip(scene, state, cell);
    }
    let position = cell.x.unwrap_or(state.position());
    let values = shown(scene, state).values;
    let readings = state
        .curves()
        .into_iter()
        .filter_map(|dim| Some((dim, at(values, state, position, dim)?)));
    super::story::curves_tip(position, readings)
}

/// The numbers of the cell that is read.
pub fn reading(scene: &mut EncodeScene, state: &EncodeState) -> Vec<Fact> {
    if state.is_plain() {
        return super::reading(scene, state);
    }
    let values = shown(scene, state).values;
    let norm = norm_at(values, state);
    at(values, state, state.position(), state.dimension())
        .map(|value| story::reading(state, value, norm))
        .unwrap_or_default()
}

fn at(values: ArrayView2<'_, f32>, state: &EncodeState, position: u64, dim: usize) -> Option<f32> {
    let row_idx = usize::try_from(position.checked_sub(state.start)?).ok()?;
    values.get((row_idx, dim)).copied()
}

/// The scheme's table, for the code that makes it.
pub fn rows_of<'a>(scene: &'a mut EncodeScene, state: &EncodeState) -> ArrayView2<'a, f32> {
    if state.is_plain() {
        super::sinusoids(scene, state).values
    } else {
        shown(scene, state).values
    }
}

/// The same, as it was made last.
pub fn made_rows<'a>(scene: &'a EncodeScene, state: &EncodeState) -> ArrayView2<'a, f32> {
    if state.is_plain() {
        scene.table.values()
    } else {
        scene.schemes.table.values()
    }
}

#[cfg(test)]
mod tests {
    use figures::csv::csv;
    use figures::{Figure, Plot};

    use super::super::{self as first, EncodeScene};
    use super::{EncodeState, Encoding, curves, heatmap, vector};

    type Make = for<'a> fn(&'a mut EncodeScene, &'a EncodeState) -> Figure<'a>;

    const BOTH: [(Make, Make); 3] = [
        (first::heatmap, heatmap),
        (first::vector, vector),
        (first::curves, curves),
    ];

    #[test]
    fn the_first_picture_stays_when_the_rest_arrives() {
        let state = EncodeState::default();
        for (first, whole) in BOTH {
            let (mut a, mut b) = (EncodeScene::default(), EncodeScene::default());
            let (first, whole) = (first(&mut a, &state), whole(&mut b, &state));
            assert_eq!(
                (first.id, first.title, first.summary),
                (whole.id, whole.title, whole.summary)
            );
            assert_eq!(csv(&first.table), csv(&whole.table));
        }
    }

    #[test]
    fn what_the_first_picture_cannot_draw_waits() {
        let state = EncodeState {
            scheme: Encoding::Learned,
            ..EncodeState::default()
        };
        for (first, whole) in BOTH {
            let mut scene = EncodeScene::default();
            assert!(matches!(
                first(&mut scene, &state).panels[0].plot,
                Plot::Empty(_)
            ));
            assert!(!matches!(
                whole(&mut scene, &state).panels[0].plot,
                Plot::Empty(_)
            ));
        }
    }
}
