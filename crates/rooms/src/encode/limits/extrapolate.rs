//! The position that a linear readout, fitted within the trained length, finds at each position.

use std::borrow::Cow;
use std::ops::Range;

use figures::number::{format_count, format_value};
use figures::{Axis, Cross, Figure, Line, Panel, Plot, Role, Table};
use maths::extrapolate::ExtrapolationSpec;
use maths::scaling::Scaling;
use maths::schemes::Scheme;
use ndarray::{ArrayView1, ArrayView2};

use super::super::lab::Encode;
use super::super::pointing::read_cell;
use super::super::python::{double, rows};
use super::super::scene::EncodeScene;
use super::super::state::{EncodeState, Encoding, ScalingMethod};
use super::kept::{Errors, Kept};
use crate::columns;
use crate::python::{Code, Library, fill};
use crate::room::{Cell, FigureSpec, Pointing};

/// The figure.
pub const FIGURE: FigureSpec<Encode> = FigureSpec::<Encode>::new(
    "encode-extrapolate",
    "The position that a readout finds",
    scene,
    code,
)
.height(340)
.ignoring(|state| (state.dims, state.dim) = (None, None))
.pointing(Pointing::<Encode>::new(
    read_cell,
    here,
    tip,
    "Left and right arrow keys move through the positions.",
));

/// Columns that the readout takes at most, so that it is fitted within a frame.
const MOST_COLUMNS: usize = 256;

/// Products of the fit in a frame: some 15 ms, native.
const PRODUCTS_AT_ONCE: usize = 40_000_000;

/// What can be said of it.
struct Numbers {
    /// Whether it is not fitted yet.
    is_unfinished: bool,
    scheme: Encoding,
    scaling: Scaling,
    d_model: usize,
    n_columns: usize,
    trained_len: usize,
    asked_len: usize,
    errors: Errors,
}

fn numbers(kept: &Kept, state: &EncodeState) -> Numbers {
    Numbers {
        is_unfinished: kept.is_unfinished,
        scheme: state.scheme,
        scaling: state.scaling(),
        d_model: state.d_model,
        n_columns: n_columns(state),
        trained_len: trained_len(state),
        asked_len: state.asked_len(),
        errors: kept.errors,
    }
}

/// L, as far as there are rows to be trained.
fn trained_len(state: &EncodeState) -> usize {
    if state.scheme == Encoding::Learned {
        // At most 4096.
        state.trained_len.min(state.max_len as usize)
    } else {
        state.trained_len
    }
}

/// Columns that the readout takes.
fn n_columns(state: &EncodeState) -> usize {
    state.d_model.min(MOST_COLUMNS)
}

/// The scheme that is fitted, and the one that is asked.
fn schemes(state: &EncodeState) -> [Scheme; 2] {
    if state.scheme == Encoding::Fraction {
        // The longer text has a longer L.
        return [trained_len(state), state.asked_len()].map(|length| Scheme::Fraction {
            length: length as u64,
        });
    }
    [Scaling::None, state.scaling()].map(|scaling| state.rows_of(state.scheme, scaling))
}

fn update(kept: &mut Kept, state: &EncodeState) {
    let [trained, asked] = schemes(state);
    let trained_len = trained_len(state);
    let spec = ExtrapolationSpec {
        trained,
        asked,
        d_model: n_columns(state),
        trained_len,
        asked_len: state.asked_len(),
    };
    kept.is_unfinished = !kept.readout.step(spec, PRODUCTS_AT_ONCE);
    if kept.made == kept.readout.version() {
        return;
    }
    kept.made = kept.readout.version();
    let read = kept.readout.positions();
    let positions = || (0..read.len()).map(|position| position as f32);
    kept.actual = positions().collect();
    let away = |range: Range<usize>| {
        let (mut sum, mut n) = (0.0, 0.0);
        for (position, read) in positions().zip(read).skip(range.start).take(range.len()) {
            if read.is_finite() {
                sum += f64::from((read - position).abs());
                n += 1.0;
            }
        }
        (n > 0.0).then(|| sum / n)
    };
    kept.errors = Errors {
        within: away(0..trained_len),
        beyond: away(trained_len..read.len().max(trained_len)),
        n_missing: read.iter().filter(|read| !read.is_finite()).count(),
    };
}

fn scene<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    update(&mut scene.limits, state);
    let kept = &scene.limits;
    scene.is_unfinished |= kept.is_unfinished;
    let read = kept.readout.positions();
    let n = read.len();
    let (within, beyond) = read.split_at(trained_len(state).min(n));
    // Less than the length that is asked, at most 8192.
    let row = state.asked_position() as usize;
    let plot = if state.scheme.has_rows() {
        Plot::Lines(vec![
            Line::new(TRUE_NAME, Role::Quiet, kept.actual.view()),
            Line::new(WITHIN_NAME, Role::Series(0), ArrayView1::from(within)),
            Line {
                first: within.len().cast_signed(),
                ..Line::new(BEYOND_NAME, Role::Series(1), ArrayView1::from(beyond))
            },
        ])
    } else {
        Plot::Empty(Cow::Borrowed(NOTHING_TO_READ))
    };
    // What is read may be anything: the axis shows what could be right, and as much again on both sides.
    let (low, high) = (-0.25 * n as f64, 1.25 * n as f64);
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: words(&numbers(kept, state)),
        panels: vec![Panel {
            cross: Cross {
                x: Some(state.asked_position()),
                y: None,
            },
            ..Panel::new(
                Axis::cells("position", "true position", 0, n),
                Axis::values("read", low, high),
                plot,
            )
        }],
        table: Table::Columns(vec![
            columns::indices("position", n),
            columns::numbers("read", read),
        ]),
        read_rows: row..row + 1,
    }
}

const TRUE_NAME: &str = "true position";
const WITHIN_NAME: &str = "read within the trained length";
const BEYOND_NAME: &str = "read beyond it";

/// Why nothing is read.
const NOTHING_TO_READ: &str =
    "Nothing is added to the embedding, so no position can be read from it.";

/// What it shows and what to notice.
fn words(numbers: &Numbers) -> String {
    if !numbers.scheme.has_rows() {
        return "Nothing is added to the embedding: *there is no position to read from it*, within the trained length or beyond."
            .to_owned();
    }
    let mut text = format!(
        "Least squares from {}{} columns, fitted on positions 0 to {}, asked up to {}",
        if numbers.n_columns < numbers.d_model {
            "a table of "
        } else {
            ""
        },
        format_count(numbers.n_columns as u64),
        format_count(numbers.trained_len as u64 - 1),
        format_count(numbers.asked_len as u64 - 1),
    );
    if numbers.is_unfinished {
        text.push_str(". Fitting …");
        return text;
    }
    let average = |error: f64| format_value(error, 3);
    let Errors {
        within,
        beyond,
        n_missing,
    } = numbers.errors;
    let Some(within) = within else {
        text.push_str(": nothing can be read.");
        return text;
    };
    text.push_str(&format!(
        ". It is off by *{}* positions on average within",
        average(within)
    ));
    match beyond {
        Some(beyond) => text.push_str(&format!(", by *{}* beyond.", average(beyond))),
        None => text.push('.'),
    }
    if n_missing > 0 {
        text.push_str(&format!(
            " {} positions have *no row*.",
            format_count(n_missing as u64)
        ));
    }
    text.push_str(match (numbers.scheme, numbers.scaling) {
        (Encoding::Index, _) => {
            " A line goes on as a line; that a model's layers do so with numbers that large, nobody promises."
        }
        (Encoding::Fraction, _) => {
            " L grows with the text: *what was position L − 1 is now s times as far along*, so it is read where it was before."
        }
        (Encoding::Binary, _) => {
            " *The higher digits were always 0 in training*: nothing was learned about them."
        }
        (Encoding::Learned, _) => " *Rows that were not trained say nothing*.",
        (_, Scaling::None) => {
            " *The slow waves have not turned once* in training: where they go next was not to be learned."
        }
        (_, Scaling::Interpolation { .. }) => {
            " *Position p is read as p / s*: no angle is new, and the order is kept, though the steps are smaller."
        }
        _ => {
            " The slow waves *stay within what training has seen*; the fast ones go on, so what is read is bent."
        }
    });
    text
}

/// A position in numbers; `None` where it has no row.
fn position_text(position: u64, read: Option<f32>) -> String {
    let read = read.map_or_else(
        || "no row".to_owned(),
        |read| format!("read as {}", format_value(read.into(), 5)),
    );
    format!("position {}: {read}", format_count(position))
}

const READOUT: &str = "
# Least squares with a constant and a little ridge, fitted on the trained positions, asked on all of them
x, asked = trained.{double}, asked.{double}
position = {lib}.arange({trained_len}{arange})
mean = x.mean(0)
ridge = 1e-4 * ((x - mean) ** 2).sum(0).mean() or 1.0
gram = (x - mean).T @ (x - mean) + ridge * {lib}.eye({n_columns}{arange})
weights = {lib}.linalg.solve(gram, (x - mean).T @ (position - position.mean()))
result = ((asked - mean) @ weights + position.mean()).{float}
";

/// The rows are random, and no other figure has as many of them.
const LOADED: &str = "\
{imports}

# What is read from learned rows, which come from the page's own generator: download the figure's numbers as NPY.
result = {load}
";

/// The position that is read at each position, (asked,).
fn code(_: &mut EncodeScene, state: &EncodeState) -> Code {
    if state.scheme == Encoding::Learned {
        return Code::for_both(loaded);
    }
    let of_len = |seq_len, scaling| EncodeState {
        seq_len,
        d_model: n_columns(state),
        start: 0,
        scaling,
        ..state.clone()
    };
    let trained = of_len(trained_len(state), ScalingMethod::None);
    let asked = of_len(state.asked_len(), state.scaling);
    Code::for_both(|library| {
        // No scheme that is left is random: its rows are made from its settings.
        let table = |state, name| rows(state, ArrayView2::from(&[[]; 0]), library, name);
        let second = table(&asked, "asked");
        // It begins like the first one: with an import and a blank line.
        let (_, second) = second.split_once("\n\n").unwrap_or_default();
        [
            &table(&trained, "trained"),
            "\n",
            second,
            &readout(state, library),
        ]
        .concat()
    })
}

fn loaded(library: Library) -> String {
    let imports = library.pick("import numpy as np", "import numpy as np\nimport torch");
    let load = library.pick(
        "np.load(\"encode-extrapolate.npy\")",
        "torch.from_numpy(np.load(\"encode-extrapolate.npy\"))",
    );
    fill(LOADED, &[("imports", imports), ("load", load)])
}

fn readout(state: &EncodeState, library: Library) -> String {
    fill(
        READOUT,
        &[
            ("lib", library.name()),
            ("arange", double(library)),
            ("double", library.pick("astype(np.float64)", "double()")),
            ("float", library.pick("astype(np.float32)", "float()")),
            ("trained_len", &state.trained_len.to_string()),
            ("n_columns", &n_columns(state).to_string()),
        ],
    )
}

fn here(state: &EncodeState) -> Cell {
    Cell {
        x: Some(state.asked_position()),
        ..Cell::default()
    }
}

fn tip(scene: &mut EncodeScene, _: &EncodeState, cell: Cell) -> String {
    let read = scene.limits.readout.positions();
    cell.x
        .and_then(|position| Some((position, *read.get(usize::try_from(position).ok()?)?)))
        .map(|(position, read)| position_text(position, read.is_finite().then_some(read)))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::super::scene::EncodeScene;
    use super::super::super::state::{EncodeState, Encoding};
    use super::{Errors, scene, tip};
    use crate::room::Cell;

    #[test]
    fn what_has_no_row_is_counted_and_has_no_error() {
        let mut kept = EncodeScene::default();
        let state = EncodeState {
            scheme: Encoding::Learned,
            max_len: 20,
            trained_len: 30,
            factor: 2.0,
            ..EncodeState::default()
        };
        let summary = scene(&mut kept, &state).summary;
        assert!(summary.contains("fitted on positions 0 to 19, asked up to 59"));
        assert!(summary.contains("positions on average within. 40 positions have *no row*."));
        let Errors {
            within,
            beyond,
            n_missing,
        } = kept.limits.errors;
        assert!(within.is_some() && beyond.is_none() && n_missing == 40);
        let cell = Cell {
            x: Some(20),
            ..Cell::default()
        };
        assert_eq!(tip(&mut kept, &state, cell), "position 20: no row");
    }
}
