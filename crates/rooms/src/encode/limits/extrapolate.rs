//! The position that a linear readout, fitted within the trained length, finds at each position.

use std::borrow::Cow;
use std::ops::Range;

use figures::number::{format_count, format_value};
use figures::ticks::nice_above;
use figures::{Axis, Cross, Figure, Line, Panel, Plot, Role, Table};
use maths::extrapolate::{ExtrapolationSpec, MOST_FITTED};
use maths::scaling::{Scaling, scaled_frequency};
use maths::schemes::Scheme;
use ndarray::{ArrayView1, ArrayView2};

use super::super::lab::Encode;
use super::super::python::rows;
use super::super::scene::EncodeScene;
use super::super::state::{EncodeState, ScalingMethod};
use super::super::ways::ADDING;
use super::angles::{Turns, n_new, turns};
use super::kept::{Errors, Kept};
use crate::columns;
use crate::encoding::Encoding;
use crate::python::{Code, Library, double, encoding, fill};
use crate::room::{Cell, FigureSpec, Pointing};

/// The figure.
pub const FIGURE: FigureSpec<Encode> = FigureSpec::<Encode>::new(
    "encode-extrapolate",
    "The position that a readout finds",
    scene,
    code,
)
.ways(ADDING)
.height(340)
.ignoring(|state| (state.dims, state.dim) = (None, None))
.pointing(Pointing::<Encode>::new(
    read,
    here,
    tip,
    "Left and right arrow keys move through the positions.",
));

/// Dimensions that the readout takes at most, so that it is fitted within a frame.
const MOST_COLUMNS: usize = 256;

/// Up to so many positions all of them are asked.
const ALL_ASKED: usize = 8192;

/// Of more, about so many at most.
const MOST_ASKED: f64 = 2048.0;

/// What can be said of it.
struct Numbers {
    scheme: Encoding,
    scaling: Scaling,
    d_model: usize,
    n_columns: usize,
    trained_len: usize,
    asked_len: usize,
    stride: usize,
    /// At position p should be read p divided by this.
    stretch: f64,
    waves: Waves,
    errors: Errors,
}

/// What the waves meet in the longer text.
struct Waves {
    n_waves: usize,
    /// Those that have not turned once in training.
    n_slow: usize,
    /// Those that meet angles that training has not seen.
    n_new: usize,
    /// Whether all are slowed down alike.
    is_even: bool,
}

fn waves(state: &EncodeState) -> Waves {
    let d_model = n_columns(state);
    let turns = |pair, scaling| turns(state, d_model, pair, scaling);
    let n_waves = d_model / 2;
    let is_slow = |&pair: &usize| !turns(pair, Scaling::None).has_seen_all();
    let ratio = |pair| {
        let Turns { seen, asked } = turns(pair, state.scaling());
        asked / seen
    };
    Waves {
        n_waves,
        n_slow: (0..n_waves).filter(is_slow).count(),
        n_new: n_new(state, d_model, state.scaling()),
        is_even: (ratio(0) / ratio(n_waves.saturating_sub(1)) - 1.0).abs() < 1e-9,
    }
}

fn numbers(kept: &Kept, state: &EncodeState) -> Numbers {
    Numbers {
        scheme: state.scheme,
        scaling: state.scaling(),
        d_model: state.d_model,
        n_columns: n_columns(state),
        trained_len: trained_len(state),
        asked_len: state.asked_len(),
        stride: stride(state),
        stretch: stretch(state),
        waves: waves(state),
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

/// Every how many positions one is asked: all of them, as long as they can be.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a round number far below 2^53"
)]
fn stride(state: &EncodeState) -> usize {
    match state.asked_len() {
        0..=ALL_ASKED => 1,
        n => nice_above(n as f64 / MOST_ASKED) as usize,
    }
}

/// By how much positions are slowed down. Of waves it is what happens to the slowest one, which alone tells near
/// from far; of pos / L, what the longer text does to L.
#[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
fn stretch(state: &EncodeState) -> f64 {
    let last = (n_columns(state) / 2).saturating_sub(1);
    let omega = |scaling| scaled_frequency(last, n_columns(state), state.base, scaling);
    match state.scheme {
        Encoding::Fraction => state.asked_len() as f64 / trained_len(state) as f64,
        _ => omega(Scaling::None) / omega(state.scaling()),
    }
}

/// Dimensions that the readout takes.
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
    let (trained_len, stride, stretch) = (trained_len(state), stride(state), stretch(state));
    kept.readout.update(ExtrapolationSpec {
        trained,
        asked,
        d_model: n_columns(state),
        trained_len,
        asked_len: state.asked_len(),
        stride,
    });
    if kept.made == kept.readout.version() {
        return;
    }
    kept.made = kept.readout.version();
    let read = kept.readout.positions();
    let asked = || (0..read.len()).map(|idx| idx * stride);
    kept.asked = asked().map(|position| position as f32).collect();
    let meant = |position| (position as f64 / stretch) as f32;
    kept.meant = asked().map(meant).collect();
    kept.names.clear();
    if stride > 1 {
        let names = asked().map(|position| format_count(position as u64));
        kept.names.extend(names);
    }
    let away = |range: Range<usize>| {
        let (mut sum, mut n) = (0.0, 0.0);
        let both = kept.meant.iter().zip(read);
        for (meant, read) in both.skip(range.start).take(range.len()) {
            if read.is_finite() {
                sum += f64::from((read - meant).abs());
                n += 1.0;
            }
        }
        (n > 0.0).then(|| sum / n)
    };
    let n_within = n_within(state, read.len());
    kept.errors = Errors {
        within: away(0..n_within),
        beyond: away(n_within..read.len()),
        n_missing: read.iter().filter(|read| !read.is_finite()).count(),
    };
}

/// How many of those that are asked lie within the trained length.
fn n_within(state: &EncodeState, n_asked: usize) -> usize {
    trained_len(state).div_ceil(stride(state)).min(n_asked)
}

fn scene<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    update(&mut scene.limits, state);
    let kept = &scene.limits;
    let read = kept.readout.positions();
    let n = read.len();
    let numbers = numbers(kept, state);
    let (within, beyond) = read.split_at(n_within(state, n));
    // One of those that are asked.
    let row = here_idx(state) as usize;
    let plot = if state.scheme.has_rows() {
        Plot::Lines(vec![
            Line::new(meant_name(&numbers), Role::Quiet, kept.meant.view()),
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
    let most = state.asked_len() as f64 / numbers.stretch;
    let (low, high) = (-0.25 * most, 1.25 * most);
    let positions = if kept.names.is_empty() {
        Axis::cells("position", "true position", 0, n)
    } else {
        // Without a subject: its cells' numbers are no positions.
        Axis {
            names: Cow::Borrowed(&kept.names),
            ..Axis::cells("", "true position", 0, n)
        }
    };
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: words(&numbers),
        panels: vec![Panel {
            cross: Cross {
                x: Some(here_idx(state)),
                y: None,
            },
            ..Panel::new(positions, Axis::values("position found", low, high), plot)
        }],
        table: Table::Columns(if stride(state) == 1 {
            vec![
                columns::indices("position", n),
                columns::numbers("read", read),
            ]
        } else {
            vec![
                columns::indices("place", n),
                columns::array("position", &kept.asked),
                columns::numbers("read", read),
            ]
        }),
        read_rows: row..row + 1,
    }
}

const WITHIN_NAME: &str = "found within the trained length";
const BEYOND_NAME: &str = "found beyond it";

/// What should be read at position p.
fn meant_text(stretch: f64) -> String {
    if stretch == 1.0 {
        "p".to_owned()
    } else {
        format!("p / {}", format_value(stretch, 4))
    }
}

/// The name of its curve.
fn meant_name(numbers: &Numbers) -> String {
    format!("meant: {}", meant_text(numbers.stretch))
}

/// Why nothing is read.
const NOTHING_TO_READ: &str =
    "This scheme adds nothing to the embedding, so there is no position to read.";

/// What it shows and what to notice.
fn words(numbers: &Numbers) -> String {
    if !numbers.scheme.has_rows() {
        return "This scheme adds nothing to the embedding, so *there is no position to read from it*."
            .to_owned();
    }
    let mut text = format!(
        "A [readout|readout] is fitted on positions 0 to {} and asked up to {}",
        format_count(numbers.trained_len as u64 - 1),
        format_count(numbers.asked_len as u64 - 1),
    );
    let Errors {
        within,
        beyond,
        n_missing,
    } = numbers.errors;
    let Some(within) = within else {
        text.push_str(": none of these has a vector.");
        return text;
    };
    text.push_str(&format!(
        ". On average it is off by *{}* positions within the trained length",
        format_value(within, 3),
    ));
    match beyond {
        Some(beyond) => text.push_str(&format!(", by *{}* beyond it.", format_value(beyond, 3))),
        None => text.push('.'),
    }
    let meant = meant_text(numbers.stretch);
    let is_scaled = numbers.stretch != 1.0;
    text.push_str(&match (numbers.scheme, numbers.scaling) {
        (Encoding::Fraction, _) if is_scaled => format!(
            "\nL grows with the text: position p gets the number that {meant} had in training, so it is compared with {meant}."
        ),
        (_, Scaling::Interpolation { .. }) if is_scaled => format!(
            "\nPosition p gets the vector that {meant} had in training, so it is compared with {meant}."
        ),
        _ if is_scaled => format!(
            "\nAt p the slowest wave is where it was at {meant} in training, so it is compared with {meant}."
        ),
        _ => "\nIt is compared with p, the true position.".to_owned(),
    });
    if n_missing > 0 {
        text.push_str(&format!(
            " {} positions have *no vector*.",
            format_count(n_missing as u64)
        ));
    }
    text.push_str(&match numbers.scheme {
        Encoding::Index => {
            " A line goes on as a line; whether a model does so with numbers that large is another question.".to_owned()
        }
        Encoding::Fraction => {
            " *The same number means another position in a text of another length.*".to_owned()
        }
        Encoding::Binary => {
            " *The higher digits were always 0 in training*, so their meaning was not learned.".to_owned()
        }
        Encoding::Learned => {
            " *Vectors that were not trained are noise to the readout.*".to_owned()
        }
        _ => waves_text(&numbers.waves, is_scaled),
    });
    text.push_str(&format!(
        "\nThe fit is by [least-squares|least squares], from {}{} [feature|dimensions]",
        if numbers.n_columns < numbers.d_model {
            "a table of "
        } else {
            ""
        },
        format_count(numbers.n_columns as u64),
    ));
    if numbers.trained_len > MOST_FITTED {
        text.push_str(&format!(" and {MOST_FITTED} of the positions"));
    }
    if numbers.stride > 1 {
        text.push_str(&format!(
            "; it is asked every {} positions",
            format_count(numbers.stride as u64)
        ));
    }
    text.push('.');
    text
}

/// What the waves meet beyond the trained length.
fn waves_text(waves: &Waves, is_scaled: bool) -> String {
    let &Waves {
        n_waves,
        n_slow,
        n_new,
        is_even,
    } = waves;
    let met = if n_new > 0 {
        format!(
            " *{n_new} of {n_waves} [wavelength|waves] reach angles that training has not seen.*"
        )
    } else if n_slow > 0 {
        " *All angles of all waves were seen in training.*".to_owned()
    } else {
        " Every wave has turned at least once in training: *each angle was seen*, but not these angles together.".to_owned()
    };
    let kept = match (is_scaled, is_even) {
        (true, true) => " The order is kept, but neighbours are more alike.",
        (true, false) => {
            " The faster waves are slowed down less. Together with the slow ones they make vectors that training has not seen."
        }
        (false, _) => "",
    };
    met + kept
}

/// A position in numbers, with what should be read there; `None` where it has no vector.
fn position_text(position: u64, read: Option<f32>, stretch: f64) -> String {
    let Some(read) = read else {
        return format!("position {}: no vector", format_count(position));
    };
    let meant = if stretch == 1.0 {
        String::new()
    } else {
        let meant = format_value(position as f64 / stretch, 5);
        format!(", meant: {meant}")
    };
    format!(
        "position {}: read as {}{meant}",
        format_count(position),
        format_value(read.into(), 5)
    )
}

const READOUT: &str = "
# Least squares with a constant and a little ridge, fitted on the trained positions, asked on all of them
x, asked = trained.{double}, asked.{double}
position = {fitted}
mean = x.mean(0)
ridge = 1e-4 * ((x - mean) ** 2).sum(0).mean() or 1.0
gram = (x - mean).T @ (x - mean) + ridge * {lib}.eye({n_columns}{arange})
weights = {lib}.linalg.solve(gram, (x - mean).T @ (position - position.mean()))
read = (asked - mean) @ weights + position.mean()
result = {result}.{float}
";

/// Positions that do not follow each other, each with a vector of its own.
const SAMPLED: &str = "\
import {import}

# The position that a readout finds, asked every {stride} positions
d_model, trained_len, asked_len = {n_columns}, {trained_len}, {asked_len}


{trained}

fitted = {positions}
trained = {lib}.stack([encoding(1, d_model, p)[0] for p in fitted])


{asked}

places = range(0, asked_len, {stride})
asked = {lib}.stack([encoding(1, d_model, p)[0] for p in places])
";

const ALL_POSITIONS: &str = "range(trained_len)";
const SOME_POSITIONS: &str = "[int((k + k * 0.6180339887498949 % 1) * trained_len / 1024) for k in range(1024)]  # spread over all of them";

/// The rows are random, and no other figure has as many of them.
const LOADED: &str = "\
{imports}

# What is read from learned positions, which come from the page's own generator: download the figure's numbers as NPY.
result = {load}
";

/// The position that is read at each position, (asked,). Where not all are asked, (2, asked): which they are stands
/// first.
fn code(_: &mut EncodeScene, state: &EncodeState) -> Code {
    if state.scheme == Encoding::Learned {
        return Code::for_both(loaded);
    }
    if stride(state) > 1 || trained_len(state) > MOST_FITTED {
        return Code::for_both(|library| {
            [sampled(state, library), readout(state, library)].concat()
        });
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
        // No scheme that is left is random: its vectors are made from its settings.
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

fn sampled(state: &EncodeState, library: Library) -> String {
    let [trained, asked] = schemes(state).map(|scheme| encoding(scheme, library));
    fill(
        SAMPLED,
        &[
            ("import", library.pick("numpy as np", "torch")),
            ("lib", library.name()),
            ("n_columns", &n_columns(state).to_string()),
            ("trained_len", &trained_len(state).to_string()),
            ("asked_len", &state.asked_len().to_string()),
            ("trained", &trained),
            ("asked", &asked),
            ("positions", fitted(state)),
            ("stride", &stride(state).to_string()),
        ],
    )
}

/// The positions that are fitted.
fn fitted(state: &EncodeState) -> &'static str {
    if trained_len(state) > MOST_FITTED {
        SOME_POSITIONS
    } else {
        ALL_POSITIONS
    }
}

fn readout(state: &EncodeState, library: Library) -> String {
    let (lib, array) = (library.name(), library.pick("np.array", "torch.tensor"));
    let (arange, stride) = (double(library), stride(state));
    let fitted = if stride > 1 || trained_len(state) > MOST_FITTED {
        format!("{array}(list(fitted){arange})")
    } else {
        format!("{lib}.arange({}{arange})", trained_len(state))
    };
    let result = if stride > 1 {
        format!("{lib}.stack([{array}(list(places){arange}), read])")
    } else {
        "read".to_owned()
    };
    fill(
        READOUT,
        &[
            ("lib", lib),
            ("arange", arange),
            ("double", library.pick("astype(np.float64)", "double()")),
            ("float", library.pick("astype(np.float32)", "float()")),
            ("fitted", &fitted),
            ("result", &result),
            ("n_columns", &n_columns(state).to_string()),
        ],
    )
}

/// Makes a place the position that is read.
fn read(state: &mut EncodeState, cell: Cell) {
    state.pos = cell.x.map(|idx| idx.saturating_mul(stride(state) as u64));
}

/// The place of the position that is read, or the last one before it.
fn here_idx(state: &EncodeState) -> u64 {
    state.asked_position() / stride(state) as u64
}

fn here(state: &EncodeState) -> Cell {
    Cell {
        x: Some(here_idx(state)),
        ..Cell::default()
    }
}

fn tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let read = scene.limits.readout.positions();
    cell.x
        .and_then(|idx| Some((idx, *read.get(usize::try_from(idx).ok()?)?)))
        .map(|(idx, read)| {
            let read = read.is_finite().then_some(read);
            position_text(idx * stride(state) as u64, read, stretch(state))
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::super::super::scene::EncodeScene;
    use super::super::super::state::{EncodeState, ScalingMethod};
    use super::{Errors, here, read, scene, tip};
    use crate::encoding::Encoding;
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
        assert!(summary.contains("fitted on positions 0 to 19 and asked up to 59"));
        assert!(summary.contains("within the trained length.\n"));
        assert!(summary.contains("40 positions have *no vector*."));
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
        assert_eq!(tip(&mut kept, &state, cell), "position 20: no vector");
    }

    #[test]
    fn scaling_is_judged_by_what_it_means() {
        let errors_of = |scaling, factor| {
            let state = EncodeState {
                scaling,
                factor,
                ..EncodeState::default()
            };
            let mut kept = EncodeScene::default();
            let summary = figures::plain(&scene(&mut kept, &state).summary);
            let Errors { within, beyond, .. } = kept.limits.errors;
            (within.unwrap(), beyond.unwrap_or_default(), summary)
        };
        let (within, beyond, said) = errors_of(ScalingMethod::None, 4.0);
        assert!(within < 0.1 && beyond > 900.0, "{said}");
        assert!(
            said.contains("compared with p, the true position"),
            "{said}"
        );
        assert!(said.contains("33 of 64 waves reach angles"), "{said}");
        // Position p has the vector of p / s: as well read beyond the trained length as within.
        let (within, beyond, said) = errors_of(ScalingMethod::Interpolation, 4.0);
        assert!(within < 0.1 && beyond < 0.1, "{said}");
        assert!(said.contains("compared with p / 4"), "{said}");
        assert!(said.contains("All angles of all waves were seen"), "{said}");
        // Less exactly where the fast waves go on, but nowhere near as badly as without scaling.
        for method in [ScalingMethod::Ntk, ScalingMethod::Yarn] {
            let (_, beyond, said) = errors_of(method, 4.0);
            assert!(beyond < 300.0, "{said}");
            assert!(said.contains("compared with p / 4"), "{said}");
            // By a factor of 1 nothing is scaled.
            let (_, _, said) = errors_of(method, 1.0);
            assert!(
                said.contains("compared with p, the true position"),
                "{said}"
            );
        }
    }

    #[test]
    fn of_a_long_text_positions_are_asked_in_steps() {
        let mut state = EncodeState {
            trained_len: 131_072,
            factor: 128.0,
            d_model: 16,
            pos: Some(16_000_000),
            ..EncodeState::default()
        };
        let mut kept = EncodeScene::default();
        let figure = scene(&mut kept, &state);
        assert!(
            figure
                .summary
                .contains("it is asked every 10\u{202f}000 positions"),
            "{}",
            figure.summary
        );
        assert_eq!(here(&state).x, Some(1600));
        assert!(
            tip(&mut kept, &state, here(&state))
                .starts_with("position 16\u{202f}000\u{202f}000: read as ")
        );
        read(
            &mut state,
            Cell {
                x: Some(7),
                ..Cell::default()
            },
        );
        assert_eq!(state.pos, Some(70_000));
    }
}
