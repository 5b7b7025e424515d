//! The table itself, positions to the right and dimensions downwards; with a second scheme, both and their difference.

use std::borrow::Cow;
use std::f64::consts::TAU;

use figures::number::{format_count, format_value};
use figures::{Figure, Head, Panel};
use maths::encode::{Layout, wavelength};
use maths::scaling::{Scaling, scaled_frequency};
use maths::schemes::LEARNED_STD;

use super::super::axes::{self, empty_map, positions, read_rows};
use super::super::lab::Encode;
use super::super::pointing::{here_at_place, read_place};
use super::super::python;
use super::super::rows::{NO_ROW, exported, most_of, rows_of, sinusoids, undefined};
use super::super::scene::EncodeScene;
use super::super::shown::Shown;
use super::super::state::EncodeState;
use super::super::waves::shape;
use super::super::ways::ADDING;
use super::cell::{self, compared};
use super::comparison::{Apart, Comparison};
use super::nothing::{nothing_added, waiting};
use crate::encoding::Encoding;
use crate::python::Code;
use crate::room::{Cell, FigureSpec, Pointing};
use crate::settings::{Notice, number_text};

/// Of the plain table, the first picture.
pub const FIRST: FigureSpec<Encode> = FigureSpec::<Encode>::new(
    "encode-heatmap",
    "Positional encoding",
    first_scene,
    first_code,
)
.height(352)
.caption(220)
.ignoring(|state| state.dims = None)
.pointing(pointing(cell::first_tip));

/// Of any scheme, beside a second one.
pub const FIGURE: FigureSpec<Encode> = FIRST
    .made_by(scene, code)
    .pointing(pointing(cell::tip))
    .ways(ADDING);

const fn pointing(tip: crate::room::TipOf<Encode>) -> Pointing<Encode> {
    Pointing::<Encode>::new(
        read_place,
        here_at_place,
        tip,
        "Arrow keys move the crosshair, Enter adds or removes the dimension's curve.",
    )
    .picking("dims", pick)
}

/// Reads a cell; adds the curve of the one that is read, or takes it away.
fn pick(state: &mut EncodeState, cell: Cell) -> Option<Notice> {
    let before = here_at_place(state);
    read_place(state, cell);
    let is_again = (before.x, before.y) == (cell.x, cell.y);
    is_again
        .then(|| state.toggle_curve(state.dimension()))
        .flatten()
}

/// What can be said of the plain table.
struct FirstNumbers {
    n_positions: usize,
    d_model: usize,
    layout: Layout,
    /// The wavelengths of the first and of the last pair, in positions.
    wavelengths: [f64; 2],
}

fn first_numbers(state: &EncodeState) -> FirstNumbers {
    let last = state.d_model / 2 - 1;
    FirstNumbers {
        n_positions: state.seq_len,
        d_model: state.d_model,
        layout: state.layout,
        wavelengths: [0, last].map(|pair| wavelength(pair, state.d_model, state.base)),
    }
}

/// What can be said of a scheme's table.
struct Numbers {
    n_positions: usize,
    d_model: usize,
    what: What,
    /// What is compared with it, where something is.
    compared: Option<Compared>,
}

/// A table beside a second one.
struct Compared {
    /// How far the two are from each other; `None` where they have no number in common.
    apart: Option<Apart>,
    /// Whether one of the two is of RoPE, which adds nothing, and the other one is added.
    is_of_two_uses: bool,
    /// Whether both have one colour scale.
    is_one_scale: bool,
}

/// Ranges so many times apart would hide what is in the narrower one.
const HIDES: f32 = 4.0;

/// The reach of each table's colours: one for both, but where that would hide what is in one of them.
fn reaches(first: f32, second: f32) -> [f32; 2] {
    let most = first.max(second);
    if most < HIDES * first.min(second) {
        [most; 2]
    } else {
        [first, second]
    }
}

/// What there is to be said of each scheme.
enum What {
    /// Wavelengths of the first and of the last pair, in positions, and unscaled where they are scaled.
    Waves {
        wavelengths: [f64; 2],
        unscaled: Option<[f64; 2]>,
    },
    /// Rows drawn at random, so many of them, and positions without one.
    Learned {
        n_beyond: usize,
        max_len: u64,
    },
    InAttention,
    Nothing,
    /// The last position, and ‖row‖ there.
    Index {
        last: u64,
        norm: f64,
    },
    /// What positions are divided by, and the step from one to the next.
    Fraction {
        length: u64,
        step: f64,
    },
    /// Digits that the last position takes, and the largest power of two up to it.
    Binary {
        n_digits: u32,
        last: u64,
        power: Option<u64>,
    },
}

#[allow(clippy::cast_precision_loss)]
fn numbers(state: &EncodeState, apart: Option<Apart>) -> Numbers {
    let last = state.last();
    let what = match state.scheme {
        Encoding::Sinusoidal | Encoding::Rope => {
            let ends = |scaling| {
                [0, state.d_model / 2 - 1]
                    .map(|pair| TAU / scaled_frequency(pair, state.d_model, state.base, scaling))
            };
            let scaling = state.scaling();
            What::Waves {
                wavelengths: ends(scaling),
                unscaled: (scaling != Scaling::None).then(|| ends(Scaling::None)),
            }
        }
        Encoding::Learned => What::Learned {
            n_beyond: state.n_beyond(),
            max_len: state.max_len,
        },
        Encoding::Alibi | Encoding::T5 => What::InAttention,
        Encoding::None => What::Nothing,
        Encoding::Index => What::Index {
            last,
            norm: last as f64 * (state.d_model as f64).sqrt(),
        },
        Encoding::Fraction => What::Fraction {
            length: state.length(),
            step: 1.0 / state.length() as f64,
        },
        Encoding::Binary => What::Binary {
            n_digits: u64::BITS - last.leading_zeros(),
            last,
            power: last
                .checked_ilog2()
                .map(|digit| 1 << digit)
                .filter(|&power| power >= 2),
        },
    };
    Numbers {
        n_positions: state.seq_len,
        d_model: state.d_model,
        what,
        compared: state.compare.map(|other| {
            let [first, second] = [state.scheme, other].map(|it| most_of(state, it));
            let [a, b] = reaches(first, second);
            let both = [state.scheme, other];
            Compared {
                apart,
                is_of_two_uses: both.contains(&Encoding::Rope)
                    && both.contains(&Encoding::Sinusoidal),
                is_one_scale: a == b,
            }
        }),
    }
}

fn first_scene<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    if !state.is_plain() {
        return waiting("encode-heatmap", state);
    }
    let shown = sinusoids(scene, state);
    Figure {
        id: "encode-heatmap",
        title: Cow::Borrowed(title(state.scheme)),
        summary: first_words(&first_numbers(state)),
        panels: vec![map_panel(state, shown)],
        table: exported(state, shown),
        read_rows: read_rows(state),
    }
}

fn scene<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    if state.is_plain() {
        return first_scene(scene, state);
    }
    let (table, comparison) = compared(scene, state);
    let Comparison {
        second: other_table,
        difference,
        version,
        apart,
        ..
    } = comparison;
    let first = Shown {
        values: table.values(),
        version: table.version(),
        most: most_of(state, state.scheme),
        undefined: undefined(state.scheme),
    };
    let panels = if let Some(other) = state.compare {
        let [first_most, second_most] = reaches(first.most, most_of(state, other));
        let second = Shown {
            values: other_table.values(),
            version: other_table.version(),
            most: second_most,
            undefined: undefined(other),
        };
        let between = Shown {
            values: difference.view(),
            version: *version,
            // What is between them may be as large as both together.
            most: first_most + second_most,
            undefined: NO_ROW,
        };
        let is_scaled = state.scaling() != Scaling::None;
        let [name, other_name, minus] = names(state.scheme, is_scaled, other);
        vec![
            named(
                panel_of(
                    state,
                    state.scheme,
                    Shown {
                        most: first_most,
                        ..first
                    },
                ),
                name,
            ),
            named(panel_of(state, other, second), other_name),
            named(map_panel(state, between), minus),
        ]
    } else {
        vec![panel_of(state, state.scheme, first)]
    };
    Figure {
        id: "encode-heatmap",
        title: Cow::Borrowed(title(state.scheme)),
        summary: words(&numbers(state, *apart)),
        panels,
        table: exported(state, first),
        read_rows: read_rows(state),
    }
}

fn map_panel<'a>(state: &EncodeState, shown: Shown<'a>) -> Panel<'a> {
    axes::map_panel(state, positions(state), Some(state.position()), shown)
}

fn panel_of<'a>(state: &EncodeState, encoding: Encoding, shown: Shown<'a>) -> Panel<'a> {
    if encoding.has_rows() {
        map_panel(state, shown)
    } else {
        empty_map(state, nothing_added(encoding))
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

/// The heading.
fn title(encoding: Encoding) -> &'static str {
    if encoding == Encoding::Rope {
        "Sines and cosines of the rotation"
    } else {
        "Positional encoding"
    }
}

/// The names over the three panels of a comparison.
fn names(encoding: Encoding, is_scaled: bool, other: Encoding) -> [String; 3] {
    let scaled = if is_scaled { ", scaled" } else { "" };
    [
        format!("{}{scaled}", encoding.label()),
        other.label().to_owned(),
        "first − second".to_owned(),
    ]
}

/// What the plain table shows and what to notice.
fn first_words(numbers: &FirstNumbers) -> String {
    let n_pairs = numbers.d_model / 2;
    let [fastest, slowest] = numbers.wavelengths;
    let fastest = format_value(fastest, 2);
    let slowest = format_value(slowest, 4);
    let shape = format!(
        "{}, values from −1 to 1.",
        shape(numbers.n_positions, numbers.d_model)
    );
    if n_pairs == 1 {
        return format!("{shape} *One wave*, as sine and cosine: wavelength {fastest} positions.");
    }
    match numbers.layout {
        Layout::Interleaved => format!(
            "{shape} *Low dimensions repeat every {fastest} positions*, the highest only after {slowest}."
        ),
        Layout::Concatenated => format!(
            "{shape} First all sines, then, from dimension {n_pairs} on, all cosines. *Each half begins with the fastest wave*: it repeats every {fastest} positions, the slowest after {slowest}."
        ),
    }
}

/// What a scheme's table shows and what to notice.
fn words(numbers: &Numbers) -> String {
    let shape = shape(numbers.n_positions, numbers.d_model);
    let mut text = match numbers.what {
        What::Waves {
            wavelengths,
            unscaled,
        } => waves_words(&shape, wavelengths, unscaled),
        What::Learned { n_beyond, max_len } => {
            let beyond = match n_beyond {
                0 => String::new(),
                n => format!(
                    " {} of these positions have *no vector*: the table ends after max_len = {}.",
                    format_count(n as u64),
                    format_count(max_len),
                ),
            };
            format!(
                "{shape}, random numbers (std {}) as before training: *neighbours are no more alike than others*.{beyond}",
                number_text(LEARNED_STD)
            )
        }
        What::InAttention => {
            format!("{shape}, all 0: *this scheme changes the attention scores instead*.")
        }
        What::Nothing => format!(
            "{shape}, all 0: attention that sees all words at once *cannot tell in which order they stand*."
        ),
        What::Index { last, norm } => format!(
            "{shape}: every dimension is the position itself, up to {}. *The numbers grow without end*: the last vector has ‖PE‖ = {}.",
            format_count(last),
            format_value(norm, 4),
        ),
        What::Fraction { length, step } => format!(
            "{shape}: every dimension is pos / {}. *One position further adds {} here*, and another number in a text of another length.",
            format_count(length),
            format_value(step, 3),
        ),
        What::Binary {
            n_digits,
            last,
            power,
        } => {
            let jump = power.map_or_else(String::new, |power| {
                format!(
                    " *From {} to {} all of them change at once*.",
                    format_count(power - 1),
                    format_count(power),
                )
            });
            format!(
                "{shape}, one binary digit each: {n_digits} are enough for position {}, the others stay 0.{jump}",
                format_count(last),
            )
        }
    };
    if let Some(compared) = &numbers.compared {
        text.push_str(&compared_words(compared));
    }
    text
}

fn waves_words(shape: &str, [first, last]: [f64; 2], unscaled: Option<[f64; 2]>) -> String {
    let mut text = format!(
        "{shape}, values from −1 to 1. Wavelengths from *{}* to *{}* positions",
        format_value(first, 3),
        format_value(last, 4),
    );
    match unscaled {
        None => text.push('.'),
        Some([first, last]) => text.push_str(&format!(
            "; unscaled, from {} to {}.",
            format_value(first, 3),
            format_value(last, 4),
        )),
    }
    text
}

/// How far two tables are from each other, and how their colours are to be read.
fn compared_words(compared: &Compared) -> String {
    let apart = match compared.apart {
        None => "\nNo cell has a number in both.".to_owned(),
        Some(Apart { most: 0.0, .. }) if compared.is_of_two_uses => {
            "\n*The same numbers, used in two ways*: sinusoids are added to the embedding, RoPE turns queries and keys by these angles."
                .to_owned()
        }
        Some(Apart { most: 0.0, .. }) => "\n*Both tables are the same.*".to_owned(),
        Some(Apart { rms, most }) => format!(
            "\nThe two tables differ by *{}* on average (root mean square), by {} at most.",
            format_value(rms, 3),
            format_value(most, 3),
        ),
    };
    let scale = if compared.is_one_scale {
        ""
    } else {
        " Each panel has a colour scale of its own."
    };
    apart + scale
}

/// The table, (seq_len, d_model).
fn first_code(_: &mut EncodeScene, state: &EncodeState) -> Code {
    Code::for_both(|library| python::sinusoids(state, library, "result", ""))
}

/// The table of any scheme, (seq_len, d_model).
fn code(scene: &mut EncodeScene, state: &EncodeState) -> Code {
    let values = rows_of(scene, state);
    Code::for_both(|library| python::rows(state, values, library, "result"))
}
