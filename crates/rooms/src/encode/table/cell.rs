//! One cell of the table: how its value comes about, in words.

use figures::Worked;
use figures::number::{format_count, format_value};
use maths::encode::{Wave, pair_of};
use maths::scaling::{Scaling, scaled_frequency};
use maths::schemes::EncodingTable;
use maths::trig::sin_cos;

use super::super::axes::turned;
use super::super::rows::{sinusoids, value_at};
use super::super::scene::EncodeScene;
use super::super::state::EncodeState;
use super::super::waves::{WaveCell, wave_name};
use super::comparison::Comparison;
use super::nothing::nothing_added;
use crate::encoding::Encoding;
use crate::room::Cell;

/// A cell of a table.
struct Numbers {
    position: u64,
    dim: usize,
    how: How,
}

/// What its value is.
enum How {
    /// A plain wave.
    Plain(WaveCell),
    /// A wave of ω′ radians per position.
    Scaled { wave: Wave, omega: f64, value: f32 },
    /// A number of a learned row; `None` beyond the last of so many rows.
    Row { max_len: u64, value: Option<f32> },
    /// The position.
    Index,
    /// The position divided by the length.
    Fraction { length: u64, value: f32 },
    /// A binary digit.
    Digit(f32),
    /// Nothing: the scheme adds none.
    Nothing(Encoding),
    /// The difference of two tables; `None` where one of them has no number.
    Difference(Option<f32>),
}

fn is_number(value: f32) -> Option<f32> {
    (!value.is_nan()).then_some(value)
}

/// The value of a scheme's table at a place.
fn numbers(
    state: &EncodeState,
    (encoding, scaling): (Encoding, Scaling),
    (position, dim): (u64, usize),
    value: f32,
) -> Numbers {
    let how = match encoding {
        Encoding::Sinusoidal | Encoding::Rope if scaling == Scaling::None => {
            How::Plain(WaveCell::new(state, position, dim, value))
        }
        Encoding::Sinusoidal | Encoding::Rope => {
            let pair = pair_of(dim, state.d_model, state.layout);
            How::Scaled {
                wave: pair.wave,
                omega: scaled_frequency(pair.idx, state.d_model, state.base, scaling),
                value,
            }
        }
        Encoding::Learned => How::Row {
            max_len: state.max_len,
            value: is_number(value),
        },
        Encoding::Index => How::Index,
        Encoding::Fraction => How::Fraction {
            length: state.length(),
            value,
        },
        Encoding::Binary => How::Digit(value),
        Encoding::Alibi | Encoding::T5 | Encoding::None => How::Nothing(encoding),
    };
    Numbers { position, dim, how }
}

/// How a cell's value comes about.
fn words(numbers: &Numbers) -> String {
    let &Numbers {
        position,
        dim,
        ref how,
    } = numbers;
    let shown = |value: f32| format_value(value.into(), 4);
    match *how {
        How::Plain(cell) => cell.words(),
        How::Scaled { wave, omega, value } => {
            let mut worked = Worked::default();
            let place = worked.given(position as f64);
            let [omega, value] = [omega, value.into()].map(|value| worked.computed(value));
            worked.step(
                value,
                &[place, omega],
                match wave {
                    Wave::Sin => |it| sin_cos(it[0] * it[1]).0,
                    Wave::Cos => |it| sin_cos(it[0] * it[1]).1,
                },
            );
            let texts = worked.texts();
            format!(
                "{}({position} · {}) = {}",
                wave_name(wave),
                texts[omega],
                texts[value]
            )
        }
        How::Row {
            max_len,
            value: None,
        } => format!("no vector for position {position}: the table has {max_len}"),
        How::Row {
            value: Some(value), ..
        } => format!("position {position}, dimension {dim}: {}", shown(value)),
        How::Index => format!("position {}", format_count(position)),
        How::Fraction { length, value } => format!("{position} / {length} = {}", shown(value)),
        How::Digit(value) => format!("digit {dim} of {position}: {}", shown(value)),
        How::Nothing(encoding) => nothing_added(encoding).to_owned(),
        How::Difference(value) => format!(
            "position {}, dimension {dim}: {}",
            format_count(position),
            value.map_or_else(|| "no value in both".to_owned(), shown)
        ),
    }
}

/// The value of the chosen scheme's table at a place, in words.
pub fn value_words(state: &EncodeState, place: (u64, usize), value: f32) -> String {
    let of = (state.scheme, state.scaling());
    words(&numbers(state, of, place, value))
}

/// The position and the dimension that a cell names, or those that are read.
fn place_of(state: &EncodeState, cell: Cell) -> (u64, usize) {
    let cell = turned(state, cell);
    let dim = cell.y.and_then(|y| usize::try_from(y).ok());
    (
        cell.x.unwrap_or(state.position()),
        dim.unwrap_or(state.dimension()),
    )
}

/// A cell of the plain table: what the first picture needs.
pub fn first_tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let (position, dim) = place_of(state, cell);
    let value = value_at(sinusoids(scene, state).values, state, position, dim);
    value
        .map(|value| WaveCell::new(state, position, dim, value).words())
        .unwrap_or_default()
}

/// The table of the chosen scheme, and what it is compared with.
pub fn compared<'a>(
    scene: &'a mut EncodeScene,
    state: &EncodeState,
) -> (&'a EncodingTable, &'a Comparison) {
    scene.scheme.update(state.spec());
    scene.table.comparison.update(&scene.scheme, state);
    (&scene.scheme, &scene.table.comparison)
}

/// A cell of any scheme's table, of the compared one's, or of their difference.
pub fn tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    if state.is_plain() {
        return first_tip(scene, state, cell);
    }
    let place = place_of(state, cell);
    let (table, comparison) = compared(scene, state);
    let at = |values| value_at(values, state, place.0, place.1);
    let numbers = match (cell.panel_idx, state.compare) {
        (1, Some(other)) => at(comparison.second.values())
            .map(|value| numbers(state, (other, Scaling::None), place, value)),
        (2, Some(_)) => at(comparison.difference.view()).map(|value| Numbers {
            position: place.0,
            dim: place.1,
            how: How::Difference(is_number(value)),
        }),
        _ => at(table.values())
            .map(|value| numbers(state, (state.scheme, state.scaling()), place, value)),
    };
    numbers.as_ref().map(words).unwrap_or_default()
}
