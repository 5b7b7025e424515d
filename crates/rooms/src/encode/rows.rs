//! The table of the chosen scheme, as figures show it.

use figures::Table;
use ndarray::ArrayView2;

use super::scene::EncodeScene;
use super::shown::Shown;
use super::state::EncodeState;
use crate::encoding::Encoding;

/// Learned rows before training are N(0, 0.02²): nearly all values lie within three of these.
const LEARNED_MOST: f32 = 0.06;

/// What a hatched cell of a learned table means.
pub const NO_ROW: &str = "no vector beyond max_len";

/// The plain sinusoidal table: the one of the first picture.
pub fn sinusoids<'a>(scene: &'a mut EncodeScene, state: &EncodeState) -> Shown<'a> {
    scene.plain.update(state.table());
    Shown {
        values: scene.plain.values(),
        version: scene.plain.version(),
        most: 1.0,
        undefined: "",
    }
}

/// The chosen scheme's table.
pub fn shown<'a>(scene: &'a mut EncodeScene, state: &EncodeState) -> Shown<'a> {
    if state.is_plain() {
        return sinusoids(scene, state);
    }
    scene.scheme.update(state.spec());
    let table = &scene.scheme;
    Shown {
        values: table.values(),
        version: table.version(),
        most: most_of(state, state.scheme),
        undefined: undefined(state.scheme),
    }
}

/// The values of the chosen scheme's table. (seq_len, d_model)
pub fn rows_of<'a>(scene: &'a mut EncodeScene, state: &EncodeState) -> ArrayView2<'a, f32> {
    shown(scene, state).values
}

/// The same, as they were made last.
pub fn made_rows<'a>(scene: &'a EncodeScene, state: &EncodeState) -> ArrayView2<'a, f32> {
    if state.is_plain() {
        scene.plain.values()
    } else {
        scene.scheme.values()
    }
}

/// Values of a scheme's table lie between minus this and this.
#[allow(clippy::cast_precision_loss)]
pub fn most_of(state: &EncodeState, encoding: Encoding) -> f32 {
    match encoding {
        Encoding::Learned => LEARNED_MOST,
        Encoding::Index => state.last().max(1) as f32,
        _ => 1.0,
    }
}

/// What a value of a scheme's table means that is not a number.
pub fn undefined(encoding: Encoding) -> &'static str {
    if encoding == Encoding::Learned {
        NO_ROW
    } else {
        ""
    }
}

/// The value of a table at a position and a dimension, where it has one.
pub fn value_at(
    values: ArrayView2<'_, f32>,
    state: &EncodeState,
    position: u64,
    dim: usize,
) -> Option<f32> {
    let row_idx = usize::try_from(position.checked_sub(state.start)?).ok()?;
    values.get((row_idx, dim)).copied()
}

/// A table as its files have it.
pub fn exported<'a>(state: &EncodeState, shown: Shown<'a>) -> Table<'a> {
    Table::Matrix {
        index: "position",
        first: state.start,
        prefix: "dim_",
        columns: (0..state.d_model).collect(),
        values: shown.values,
    }
}
