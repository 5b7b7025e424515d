//! The distance of each position to the nearest other one, and the closest pair of each width.

use std::borrow::Cow;

use figures::number::{format_count, format_value};
use figures::{Axis, Cross, Figure, Head, Line, Panel, Plot, Points, Role, Table};
use maths::scaling::Scaling;
use maths::unique::F32_ROUNDOFF;
use ndarray::ArrayView1;

use super::super::axes::{positions, read_rows};
use super::super::lab::Encode;
use super::super::pointing::here_at_position;
use super::super::python::rows;
use super::super::rows::rows_of;
use super::super::scene::EncodeScene;
use super::super::state::EncodeState;
use super::super::ways::TO_MORE_POSITIONS;
use super::compared::{measure, range_of};
use super::kept::{Apart, BFLOAT16_ROUNDOFF, Closest, NEAREST_TERMS, WIDTHS};
use super::python::filled;
use crate::columns;
use crate::python::{Code, Library};
use crate::room::{Cell, FigureSpec, Pointing};
use crate::settings::number_text;

/// The figure.
pub const FIGURE: FigureSpec<Encode> = FigureSpec::new(
    "encode-unique",
    "Distance to the nearest other position",
    scene,
    code,
)
.ways(&[TO_MORE_POSITIONS])
.height(260)
.ignoring(|state: &mut EncodeState| {
    (state.dims, state.dim) = (None, None);
    state.measure = Default::default();
    state.offset = 0;
})
.pointing(Pointing::new(
    read,
    here_at_position,
    tip,
    "Left and right arrow keys move through the positions.",
));

struct Numbers {
    seq_len: usize,
    has_waves: bool,
    /// The closest two positions; `None` where no two have rows.
    closest: Option<Closest>,
    /// One position of so many is measured.
    stride: usize,
    /// What the base is no limit of; `None` where that is not looked for.
    beyond: Option<BeyondBase>,
}

/// More positions than the base says, told apart all the same.
struct BeyondBase {
    base: f64,
    n_positions: usize,
    /// The widths from which on numbers tell them apart: f32 and bfloat16.
    widths: [usize; 2],
}

/// Up to so many positions it is looked for: of more it would take longer than a frame.
const MOST_POSITIONS: f64 = 65_536.0;

/// With one pair the base does not occur: its frequency is base^0.
const NARROWEST: usize = 4;

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "from 4 to 65,536"
)]
fn beyond_base(apart: &mut Apart, state: &EncodeState) -> Option<BeyondBase> {
    let EncodeState { base, seq_len, .. } = *state;
    let is_known = state.scheme.has_waves() && state.scaling() == Scaling::None;
    let twice = 2.0 * base;
    if !is_known || twice > MOST_POSITIONS {
        return None;
    }
    let n_positions = seq_len.max(twice.ceil() as usize);
    let [single, half] = &mut apart.smallest;
    let widths = [
        single.update(NARROWEST, n_positions, base, F32_ROUNDOFF)?,
        half.update(NARROWEST, n_positions, base, BFLOAT16_ROUNDOFF)?,
    ];
    Some(BeyondBase {
        base,
        n_positions,
        widths,
    })
}

fn numbers(apart: &mut Apart, state: &EncodeState) -> Numbers {
    Numbers {
        seq_len: state.seq_len,
        has_waves: state.scheme.has_waves(),
        closest: apart.closest,
        stride: nearest_stride(state),
        beyond: beyond_base(apart, state),
    }
}

/// How far apart the rows stand whose nearest is measured: 1 if all of them are. As [`maths::unique::Nearest`] has it.
fn nearest_stride(state: &EncodeState) -> usize {
    if state.scheme.has_waves() {
        return 1;
    }
    let per_row = (state.seq_len * state.d_model) as u64;
    let n_measured = (NEAREST_TERMS / per_row.max(1)).max(1);
    usize::try_from((state.seq_len as u64).div_ceil(n_measured)).unwrap_or(1)
}

fn scene<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    measure(scene, state, |kept, table| {
        kept.apart.update(state, table);
    });
    let numbers = numbers(&mut scene.distance.apart, state);
    let apart = &scene.distance.apart;
    let mut panels = vec![distances_panel(state, apart, numbers.stride)];
    if numbers.has_waves && state.seq_len > 1 {
        panels.push(widths_panel(apart));
    }
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: summary(&numbers),
        panels,
        table: Table::Columns(vec![
            columns::indices("row", state.seq_len),
            columns::numbers("position", &apart.positions),
            columns::numbers("distance", &apart.distances),
        ]),
        read_rows: read_rows(state),
    }
}

#[allow(clippy::cast_precision_loss)]
fn distances_panel<'a>(state: &EncodeState, apart: &'a Apart, stride: usize) -> Panel<'a> {
    let Some((_, most)) = range_of(&apart.distances) else {
        return Panel::new(
            positions(state),
            Axis::values("", 0.0, 1.0),
            Plot::Empty(Cow::Borrowed(NO_OTHER)),
        );
    };
    let y = Axis::values(
        "distance",
        0.0,
        if most > 0.0 {
            f64::from(most) * 1.1
        } else {
            1.0
        },
    );
    let name = "nearest other position";
    if stride > 1 {
        let [x, distances] = &apart.measured;
        return Panel::new(
            Axis::values("position", state.start as f64, state.last() as f64),
            y,
            Plot::Points(vec![Points {
                name: Cow::Borrowed(name),
                role: Role::Series(0),
                x: ArrayView1::from(x),
                y: ArrayView1::from(distances),
                names: Cow::Borrowed(&[]),
                size: 5.0,
                is_joined: false,
            }]),
        );
    }
    Panel {
        cross: Cross {
            x: Some(state.position()),
            y: None,
        },
        ..Panel::new(
            positions(state),
            y,
            Plot::Lines(vec![Line::new(
                name,
                Role::Series(0),
                ArrayView1::from(&apart.distances),
            )]),
        )
    }
}

/// The closest pair over the width, and what rounding may move two rows by.
fn widths_panel(apart: &Apart) -> Panel<'_> {
    let [bfloat16, single] = &apart.rounding;
    let line = |name, series, values| Line::new(name, Role::Series(series), values);
    let lines = vec![
        line("closest pair", 0, ArrayView1::from(&apart.by_width)),
        line("rounding of bfloat16", 1, ArrayView1::from(bfloat16)),
        line("rounding of f32", 2, ArrayView1::from(single)),
    ];
    let ranges = [&apart.by_width, bfloat16, single].map(|line| range_of(line));
    let low = ranges
        .iter()
        .flatten()
        .fold(1.0_f32, |low, range| low.min(range.0));
    let high = ranges[0].map_or(1.0, |range| range.1.max(1.0));
    Panel {
        head: Head {
            symbol: Cow::Borrowed(""),
            note: Cow::Borrowed(WIDTHS_HEAD),
        },
        ..Panel::new(
            Axis {
                names: WIDTHS.iter().map(ToString::to_string).collect(),
                ..Axis::cells("", "d_model", 0, WIDTHS.len())
            },
            // Whole powers of ten at both ends.
            Axis::log(
                "distance",
                10_f64.powf(f64::from(low).max(1e-12).log10().floor()),
                10_f64.powf(f64::from(high).log10().ceil().max(0.0)),
            ),
            Plot::Lines(lines),
        )
    }
}

/// Why there is no nearest position.
const NO_OTHER: &str = "One position alone has no neighbour.";

/// Over the closest pairs.
const WIDTHS_HEAD: &str = "the closest pair, by width";

/// Whether positions can be told apart.
fn summary(numbers: &Numbers) -> String {
    let &Numbers {
        seq_len,
        has_waves,
        closest,
        stride,
        ref beyond,
    } = numbers;
    let Some(Closest {
        positions: [a, b],
        distance,
    }) = closest
    else {
        return if seq_len == 1 {
            NO_OTHER.to_owned()
        } else {
            "At most one of these positions has a vector: *there are no two to compare*.".to_owned()
        };
    };
    if distance == 0.0 {
        return format!(
            "Positions {} and {} have *the same vector*: a model cannot tell them apart.",
            format_count(a),
            format_count(b)
        );
    }
    let mut text = format!(
        "The two nearest vectors are those of positions {} and {}: *{}* apart.",
        format_count(a),
        format_count(b),
        format_value(distance, 3)
    );
    if stride > 1 {
        text.push_str(&format!(
            " One position in {stride} is measured, against all others."
        ));
    }
    if has_waves {
        let is_neighbour = a.abs_diff(b) == 1;
        text.push_str(if is_neighbour {
            " *They are neighbours*, and no other positions look alike"
        } else {
            " *The waves nearly repeat* there, but never quite: π is irrational"
        });
        text.push('.');
    }
    if let Some(beyond) = beyond {
        text.push_str(&beyond_words(beyond));
    }
    text
}

/// That the base is no limit.
fn beyond_words(beyond: &BeyondBase) -> String {
    let &BeyondBase {
        base,
        n_positions,
        widths: [single, half],
    } = beyond;
    let who = if single == half {
        format!(
            "all {{}} positions differ from [width|d_model] = {single} on, in [f32|f32] and even in [bfloat16|bfloat16]"
        )
    } else {
        format!(
            "all {{}} positions differ from [width|d_model] = {single} on in f32, from {half} on in [bfloat16|bfloat16]"
        )
    };
    format!(
        "\nWith [base|base] {}, {}: *the base is not a maximum length*.",
        number_text(base),
        who.replace("{}", &format_count(n_positions as u64))
    )
}

/// A position's nearest in numbers.
fn nearest_words(position: f32, distance: Option<f32>) -> String {
    let position = format_value(position.into(), 7);
    match distance {
        Some(distance) => format!(
            "position {position}: the nearest other one is {} away",
            format_value(distance.into(), 4)
        ),
        None => format!("position {position}: there is no nearest other one"),
    }
}

/// A width's closest pair in numbers.
fn width_words(width: usize, distance: f32) -> String {
    format!(
        "d_model = {width}: the closest pair is {} apart",
        format_value(distance.into(), 3)
    )
}

const WAVES: &str = "
# The distance depends on the offset alone: 2 sqrt(sum of sin(k omega / 2) ** 2).
offset = {lib}.arange(1, seq_len{arange})[:, None]
by_offset = 2 * {lib}.sqrt(({lib}.sin(offset * omega / 2) ** 2).sum(1))
# The nearest of the offsets that fit into the table on either side.
distance = {lib}.full((seq_len,), {lib}.nan{arange})
for row in range(seq_len if seq_len > 1 else 0):
    distance[row] = by_offset[: max(row, seq_len - 1 - row)].min()
";

const ROWS: &str = "
# Each row against all others
x = table.{double}
distance = {lib}.full((len(x),), {lib}.nan{arange})
for row in range(0, len(x), {stride}):
    away = {lib}.sqrt(((x - x[row]) ** 2).sum(1))
    away[row] = {lib}.inf
    away[{lib}.isnan(away)] = {lib}.inf
    if {lib}.isfinite(away.min()):
        distance[row] = away.min()
";

/// Positions, and how far away the nearest other one is, (2, seq_len).
fn code(scene: &mut EncodeScene, state: &EncodeState) -> Code {
    let stride = nearest_stride(state);
    let values = rows_of(scene, state);
    Code::for_both(|library| {
        let mut text = rows(state, values, library, "table");
        let template = if state.scheme.has_waves() {
            WAVES
        } else {
            ROWS
        };
        text.push_str(&filled(
            template,
            library,
            &[("stride", &stride.to_string())],
        ));
        let (start, end) = (state.start, state.length());
        text.push_str(&match library {
            Library::NumPy => format!(
                "result = np.stack([np.arange({start}, {end}), distance]).astype(np.float32)\n"
            ),
            Library::PyTorch => {
                format!("result = torch.stack([torch.arange({start}, {end}), distance]).float()\n")
            }
        });
        text
    })
}

/// Reads a position where the axis has positions.
fn read(state: &mut EncodeState, cell: Cell) {
    if cell.panel_idx == 0 && cell.x.is_some_and(|x| x >= state.start) && cell.y.is_none() {
        state.pos = cell.x;
    }
}

/// A position, or a width, in numbers.
fn tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let apart = &scene.distance.apart;
    let Some(idx) = cell.x.and_then(|x| usize::try_from(x).ok()) else {
        return String::new();
    };
    let at = |values: &[f32], idx: usize| values.get(idx).copied();
    if cell.panel_idx > 0 {
        // The panel is there where each width has a closest pair.
        return WIDTHS
            .get(idx)
            .zip(at(&apart.by_width, idx))
            .map(|(width, distance)| width_words(*width, distance))
            .unwrap_or_default();
    }
    // Where only some positions are measured, the points are counted.
    let stride = nearest_stride(state);
    let row = if stride > 1 {
        idx.checked_mul(stride)
    } else {
        cell.x
            .and_then(|x| usize::try_from(x.checked_sub(state.start)?).ok())
    };
    row.and_then(|row| Some((at(&apart.positions, row)?, at(&apart.distances, row)?)))
        .map(|(position, distance)| {
            nearest_words(position, Some(distance).filter(|it| it.is_finite()))
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Cell, EncodeScene, EncodeState, nearest_stride, scene, tip};
    use crate::encoding::Encoding;

    #[test]
    fn positions_are_measured_as_far_apart_as_the_code_says() {
        for (seq_len, d_model) in [(1, 2), (600, 64), (4096, 32), (4096, 1024)] {
            let state = EncodeState {
                scheme: Encoding::Learned,
                seq_len,
                d_model,
                ..EncodeState::default()
            };
            let mut kept = EncodeScene::default();
            scene(&mut kept, &state);
            assert_eq!(
                nearest_stride(&state),
                kept.distance.apart.nearest.stride(),
                "{seq_len}, {d_model}"
            );
        }
    }

    #[test]
    fn that_the_base_is_no_limit_is_shown_where_it_occurs_and_beyond_it() {
        let said = |base, scheme| {
            let state = EncodeState {
                base,
                scheme,
                d_model: 2,
                ..EncodeState::default()
            };
            figures::plain(&scene(&mut EncodeScene::default(), &state).summary)
        };
        let claim = "the base is not a maximum length";
        let text = said(10_000.0, Encoding::Sinusoidal);
        assert!(
            text.contains(
                "With base 10000, all 20\u{202f}000 positions differ from d_model = 4 on in f32"
            ),
            "{text}"
        );
        assert!(text.contains(claim));
        // Twice as many as this would take longer than a frame; nothing is claimed that was not tried.
        assert!(!said(1e6, Encoding::Sinusoidal).contains(claim));
        assert!(!said(10_000.0, Encoding::Learned).contains(claim));
    }

    #[test]
    fn a_position_without_a_row_says_that_nothing_is_near_it() {
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
            "position 4: there is no nearest other one"
        );
    }
}
