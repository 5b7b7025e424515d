//! PE(p + k) and M_k PE(p) on top of each other, and M_k itself.

use std::borrow::Cow;

use figures::number::{format_count, format_fixed, format_value};
use figures::{Axis, Cross, Figure, Head, Join, Line, Panel, Plot, Role};
use maths::encode::Sinusoidal;
use maths::shift::{ShiftErrors, ShiftSpec, WaveRegression, wave_regression};
use ndarray::{ArrayView2, s};

use super::super::axes::{positions, read_rows, smooth};
use super::super::lab::Encode;
use super::super::pointing::here_at_position;
use super::super::python::rows;
use super::super::rows::{exported, made_rows, rows_of, value_at};
use super::super::scene::EncodeScene;
use super::super::shown::Shown;
use super::super::state::EncodeState;
use super::super::ways::ADDING;
use super::blocks;
use super::kept::Kept;
use super::python::filled;
use crate::encoding::Encoding;
use crate::python::{Code, wave_slices};
use crate::room::{Cell, FigureSpec, Pointing};

/// The figure.
pub const FIGURE: FigureSpec<Encode> = FigureSpec::new(
    "encode-shift",
    "One rotation shifts every position",
    scene,
    code,
)
.ways(ADDING)
.height(300)
.ignoring(|state: &mut EncodeState| {
    state.dims = None;
    state.measure = Default::default();
})
.pointing(Pointing::new(
    read,
    here_at_position,
    tip,
    "Left and right arrow keys move through the positions.",
));

/// Values of a shift, which bound its rows: some 8 ms, native.
const SHIFT_VALUES: usize = 1 << 19;

struct Numbers {
    scheme: Encoding,
    seq_len: usize,
    offset: u64,
    /// `None` where no matrix shifts the rows.
    rotation: Option<Rotation>,
}

struct Rotation {
    /// How many positions are shifted.
    n_rows: usize,
    /// The dimension that is read.
    dim: usize,
    errors: ShiftErrors,
    /// What regression gets of that dimension, shifted; `None` where it does not vary.
    regression: Option<WaveRegression>,
}

fn numbers(kept: &Kept, state: &EncodeState) -> Numbers {
    Numbers {
        scheme: state.scheme,
        seq_len: state.seq_len,
        offset: state.offset,
        rotation: state.scheme.has_waves().then(|| Rotation {
            n_rows: shift_rows(state),
            dim: state.dimension(),
            errors: kept.shift.errors(),
            regression: kept
                .regression
                .map(|(.., made)| made)
                .filter(|made| made.on_sine.is_finite() && made.on_pair.is_finite()),
        }),
    }
}

/// How many rows are shifted.
fn shift_rows(state: &EncodeState) -> usize {
    state.seq_len.min((SHIFT_VALUES / state.d_model).max(1))
}

/// The table that is shifted: of very large ones, as many of the first positions as can be checked at once.
fn shift_spec(state: &EncodeState) -> ShiftSpec {
    ShiftSpec {
        table: Sinusoidal {
            seq_len: shift_rows(state),
            ..state.table()
        },
        scaling: state.scaling(),
        offset: state.offset,
    }
}

fn scene<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    if !state.scheme.has_waves() {
        return no_shift(scene, state);
    }
    let spec = shift_spec(state);
    let dim = state.dimension();
    let kept = &mut scene.distance;
    kept.shift.update(spec);
    if kept
        .regression
        .is_none_or(|(made_of, of_dim, _)| (made_of, of_dim) != (spec, dim))
    {
        kept.regression = Some((spec, dim, wave_regression(spec, dim)));
    }
    rows_of(scene, state);
    let kept = &scene.distance;
    let table = made_rows(scene, state);
    let n_rows = spec.table.seq_len;
    let shift = &kept.shift;
    let (moved, shifted) = (shift.moved(), shift.shifted());
    let encoding = state.spec();
    #[allow(clippy::cast_precision_loss)]
    let k = state.offset as f64;
    let smooth = |ahead: f64| smooth(state, &|position| encoding.at(position + ahead, dim));
    let [name, moved_name, shifted_name] = NAMES;
    let whole = n_rows == state.seq_len;
    let lines = vec![
        Line {
            between: smooth(0.0).filter(|_| whole),
            ..Line::new(name, Role::Quiet, table.slice_move(s![..n_rows, dim]))
        },
        Line {
            join: Join::Stepped,
            ..Line::new(moved_name, Role::Series(1), moved.slice_move(s![.., dim]))
        },
        Line {
            between: smooth(k).filter(|_| whole),
            ..Line::new(
                shifted_name,
                Role::Series(0),
                shifted.slice_move(s![.., dim]),
            )
        },
    ];
    let numbers = numbers(kept, state);
    Figure {
        id: FIGURE.id,
        title: Cow::Owned(title(&numbers)),
        summary: summary(&numbers),
        panels: vec![
            Panel {
                head: Head {
                    symbol: Cow::Owned(curves_head(dim)),
                    note: Cow::Borrowed(""),
                },
                cross: Cross {
                    x: Some(state.position())
                        .filter(|position| position - state.start < n_rows as u64),
                    y: None,
                },
                ..Panel::new(
                    Axis::cells("position", "position p", state.start, n_rows),
                    Axis::values("", -1.05, 1.05),
                    Plot::Lines(lines),
                )
            },
            blocks::panel(state, shift.blocks()),
        ],
        table: exported(
            state,
            Shown {
                values: moved,
                version: shift.version(),
                most: 1.0,
                undefined: "",
            },
        ),
        read_rows: read_rows(state),
    }
}

/// There is no rotation to shift by.
fn no_shift<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    let numbers = numbers(&scene.distance, state);
    let values = rows_of(scene, state);
    Figure {
        id: FIGURE.id,
        title: Cow::Owned(title(&numbers)),
        summary: summary(&numbers),
        panels: vec![Panel::new(
            positions(state),
            Axis::values("", -1.0, 1.0),
            Plot::Empty(Cow::Borrowed(NO_SHIFT)),
        )],
        table: exported(
            state,
            Shown {
                values,
                version: 0,
                most: 1.0,
                undefined: "",
            },
        ),
        read_rows: read_rows(state),
    }
}

/// Why there is no M_k.
const NO_SHIFT: &str = "Only pairs of sine and cosine can be rotated, and this scheme has none.";

/// The curves.
const NAMES: [&str; 3] = ["PE(p)", "M_k · PE(p)", "PE(p + k)"];

fn title(numbers: &Numbers) -> String {
    format!(
        "One rotation shifts every position by {}",
        format_count(numbers.offset)
    )
}

/// Over the curves.
fn curves_head(dim: usize) -> String {
    format!("dimension {dim}")
}

/// What the shift shows and what to notice.
fn summary(numbers: &Numbers) -> String {
    let Some(Rotation {
        n_rows,
        dim,
        errors,
        regression,
    }) = numbers.rotation
    else {
        return no_shift_words(numbers.scheme);
    };
    let which = if n_rows < numbers.seq_len {
        format!("the first {}", format_count(n_rows as u64))
    } else {
        "all".to_owned()
    };
    let mut text = format!(
        "Turning the vector of p by the same angles M_k always gives the vector of p + k: *the steps lie on the curve*.\nFor {which} positions \
         and all dimensions the error is at most {} in [f32|f32], {} in f64{}.",
        format_value(errors.of_f32, 2),
        format_value(errors.of_f64, 2),
        if errors.n_rows_of_f64 < n_rows {
            format!(
                " (of {} positions)",
                format_count(errors.n_rows_of_f64 as u64)
            )
        } else {
            String::new()
        },
    );
    if let Some(WaveRegression { on_sine, on_pair }) = regression {
        text.push_str(&format!(
            " Guessed from its sine alone, the moved dimension {dim} has [r2|R²] = *{}*, from the whole [pair|pair] *{}*.",
            format_fixed(on_sine, 2),
            format_fixed(on_pair, 2),
        ));
    }
    text
}

/// What is said where nothing can be rotated.
fn no_shift_words(encoding: Encoding) -> String {
    match encoding {
        Encoding::Learned => "Learned vectors: *no single rotation moves them all* before training. The files hold the table as it is.",
        Encoding::Index | Encoding::Fraction => "Here a number is added instead of a rotation: *every vector changes its norm*. The files hold the table as it is.",
        Encoding::Binary => "Adding k carries from digit to digit: *a rotation cannot do that*. The files hold the table as it is.",
        _ => "All vectors are 0: *the files hold zeros*.",
    }
    .to_owned()
}

/// A position in numbers.
fn position_words(position: u64, offset: u64, moved: f32, shifted: f32) -> String {
    let [moved, shifted] = [moved, shifted].map(|value| format_value(value.into(), 4));
    format!(
        "p = {} · M_k · PE(p): {moved} · PE({}): {shifted}",
        format_count(position),
        position.saturating_add(offset)
    )
}

const SHIFT: &str = "
# M_k turns each pair by k * omega: [[cos, sin], [-sin, cos]] on (sin, cos).
k = {k}
cos, sin = {lib}.cos(k * omega), {lib}.sin(k * omega)
x = table[:{n_rows}].{double}
result = {lib}.empty_like(x)
result[:, {sines}] = cos * x[:, {sines}] + sin * x[:, {cosines}]
result[:, {cosines}] = -sin * x[:, {sines}] + cos * x[:, {cosines}]
result = result.{float}
";

/// `M_k PE(p)`, (positions, d_model); where there is no `M_k`, the table as it is.
fn code(scene: &mut EncodeScene, state: &EncodeState) -> Code {
    let values = rows_of(scene, state);
    let has_waves = state.scheme.has_waves();
    let [sines, cosines] = wave_slices(state.pairing());
    let n_rows = shift_rows(state);
    Code::for_both(|library| {
        let name = if has_waves { "table" } else { "result" };
        let mut text = rows(state, values, library, name);
        if has_waves {
            text.push_str(&filled(
                SHIFT,
                library,
                &[
                    ("k", &state.offset.to_string()),
                    ("n_rows", &n_rows.to_string()),
                    ("sines", sines),
                    ("cosines", cosines),
                ],
            ));
        }
        text
    })
}

/// Reads a position, or the dimension of a block's sine.
fn read(state: &mut EncodeState, cell: Cell) {
    let number = cell.x;
    if cell.panel_idx == 0 {
        if number.is_some() {
            state.pos = number;
        }
    } else if let Some(pair) = state.pair_at(number) {
        let [sine, _] = state.columns_of(pair);
        state.dim = Some(sine);
    }
}

/// A position, or a block, in numbers.
fn tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let Some(number) = cell.x.filter(|_| state.scheme.has_waves()) else {
        return String::new();
    };
    if cell.panel_idx > 0 {
        return blocks::tip(state, number);
    }
    let shift = &scene.distance.shift;
    let at = |values: ArrayView2<'_, f32>| value_at(values, state, number, state.dimension());
    at(shift.moved())
        .zip(at(shift.shifted()))
        .map(|(moved, shifted)| position_words(number, state.offset, moved, shifted))
        .unwrap_or_default()
}
