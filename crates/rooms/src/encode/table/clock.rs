//! Each pair as a hand on a dial: to the right its sine, upwards its cosine, so that it starts at twelve and turns like a
//! clock. Pairs of other schemes are hands too, though none that turn.

use std::borrow::Cow;
use std::f64::consts::TAU;

use figures::number::{format_count, format_value};
use figures::{Anchor, Axis, Figure, Form, Panel, Plot, Role, Shape, Sketch, Table};
use maths::encode::{Layout, pair_of};
use maths::scaling::scaled_frequency;

use super::super::axes::row_idx;
use super::super::lab::Encode;
use super::super::pointing::read_pair;
use super::super::python;
use super::super::rows::{most_of, rows_of, value_at};
use super::super::scene::EncodeScene;
use super::super::state::EncodeState;
use super::super::ways::ADDING;
use super::kept::Dials;
use super::nothing::why_empty;
use crate::columns::{array, indices};
use crate::encoding::Encoding;
use crate::python::{Code, fill};
use crate::room::{Cell, FigureSpec, Pointing};

/// The figure.
pub const FIGURE: FigureSpec<Encode> =
    FigureSpec::<Encode>::new("encode-clock", "Clocks", scene, code)
        .ways(ADDING)
        .height(320)
        .ignoring(|state| {
            state.dims = None;
            state.compare = None;
        })
        .pointing(Pointing::<Encode>::new(
            read_pair,
            here,
            tip,
            "Left and right arrow keys move through the pairs.",
        ));

/// Dials that are shown; of more pairs some are left out.
const MOST_DIALS: usize = 32;

/// How many dials stand in a row.
const DIALS_PER_ROW: usize = 8;

/// What can be said of the dials.
struct Numbers {
    scheme: Encoding,
    position: u64,
    n_dials: usize,
    n_pairs: usize,
}

fn numbers(state: &EncodeState, n_dials: usize) -> Numbers {
    Numbers {
        scheme: state.scheme,
        position: state.position(),
        n_dials,
        n_pairs: state.d_model / 2,
    }
}

/// What can be said of one of them.
struct Dial {
    pair: usize,
    /// The columns of the pair.
    columns: [usize; 2],
    /// Of what turns.
    turn: Option<Turn>,
    /// The values in both columns; `None` where there is no row.
    hand: Option<[f32; 2]>,
}

/// How a hand turns.
struct Turn {
    /// Positions per turn.
    wavelength: f64,
    /// Turns up to the position that is read.
    n_turns: f64,
}

fn dial(state: &EncodeState, pair: usize, hand: Option<[f32; 2]>) -> Dial {
    let turn = state.scheme.has_waves().then(|| {
        let omega = scaled_frequency(pair, state.d_model, state.base, state.scaling());
        #[allow(clippy::cast_precision_loss)]
        let angle = state.position() as f64 * omega;
        Turn {
            wavelength: TAU / omega,
            n_turns: angle / TAU,
        }
    });
    Dial {
        pair,
        columns: state.columns_of(pair),
        turn,
        hand: hand.filter(|hand| hand.iter().all(|value| !value.is_nan())),
    }
}

/// The pairs that have a dial: evenly spaced from the first to the last.
fn dial_pairs(state: &EncodeState) -> Vec<usize> {
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

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
fn scene<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
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
                value_at(values, state, position, dim).unwrap_or(f32::NAN)
            }
        })
    };
    let hands: Vec<_> = pairs.iter().map(hand).collect();
    let dials: Vec<_> = pairs
        .iter()
        .zip(&hands)
        .map(|(&pair, hand)| dial(state, pair, Some(*hand)))
        .collect();
    let wavelengths = dials.iter().map(|dial| {
        let wavelength = dial.turn.as_ref().map(|turn| turn.wavelength as f32);
        wavelength.unwrap_or(f32::NAN)
    });
    let kept = &mut scene.table.dials;
    kept.first = hands.iter().map(|[first, _]| *first).collect();
    kept.second = hands.iter().map(|[_, second]| *second).collect();
    kept.wavelengths = wavelengths.collect();
    let read = dial_of(state, &pairs);
    let mut shapes = Vec::new();
    for (idx, (dial, hand)) in dials.iter().zip(hands).enumerate() {
        let (column, row) = (idx % DIALS_PER_ROW, idx / DIALS_PER_ROW);
        let at = (column as f64 * 2.6 + 1.3, row as f64 * 3.2 + 1.15);
        // Numbers as large as the table has end on the rim.
        let tip = hand.map(|value| 0.92 * f64::from(value / most));
        push_dial(&mut shapes, dial, at, tip, idx == read);
    }
    let plot = match why_empty(state.scheme) {
        None => Plot::Sketch(Sketch {
            width: pairs.len().min(DIALS_PER_ROW) as f64 * 2.6,
            height: pairs.len().div_ceil(DIALS_PER_ROW) as f64 * 3.2,
            shapes,
        }),
        Some(why) => Plot::Empty(Cow::Borrowed(why)),
    };
    let nothing = || Axis::values("", 0.0, 1.0);
    let numbers = numbers(state, pairs.len());
    Figure {
        id: "encode-clock",
        title: Cow::Owned(title(&numbers)),
        summary: speeds(&dials) + &words(&numbers),
        panels: vec![Panel::new(nothing(), nothing(), plot)],
        table: table_of(&scene.table.dials),
        read_rows: read..read + 1,
    }
}

fn table_of(dials: &Dials) -> Table<'_> {
    Table::Columns(vec![
        indices("dial", dials.first.len()),
        array("first", &dials.first),
        array("second", &dials.second),
        array("wavelength", &dials.wavelengths),
    ])
}

/// A dial around `at` with its hand to the right and upwards, and its name below.
fn push_dial(
    shapes: &mut Vec<Shape<'_>>,
    dial: &Dial,
    at: (f64, f64),
    [right, up]: [f64; 2],
    is_read: bool,
) {
    shapes.push(
        Shape::new(Form::Disc {
            at,
            radius: 1.0,
            role: Role::Accent,
            opacity: if is_read { 0.12 } else { 0.0 },
        })
        .at_cell(dial.pair as u64, 0),
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
        text: Cow::Owned(name(dial)),
        anchor: Anchor::Middle,
        size: 0.85,
        room: 2.5,
        role: if is_read { Role::Ink } else { Role::Quiet },
        is_bold: is_read,
    }));
}

/// The heading.
fn title(numbers: &Numbers) -> String {
    format!("Clocks at position {}", format_count(numbers.position))
}

/// How long the fastest and the slowest dial take, where they turn.
fn speeds(dials: &[Dial]) -> String {
    let turn = |dial: Option<&Dial>| Some(format_value(dial?.turn.as_ref()?.wavelength, 3));
    match (turn(dials.first()), turn(dials.last())) {
        (Some(first), Some(last)) if first != last => {
            format!("The first takes *{first}* positions for a turn, the last *{last}*. ")
        }
        _ => String::new(),
    }
}

/// How to read the dials, and which pairs have one.
fn words(numbers: &Numbers) -> String {
    let Numbers {
        scheme,
        n_dials,
        n_pairs,
        ..
    } = *numbers;
    let which = if n_dials < n_pairs {
        format!(
            "\nOnly {n_dials} of the {} pairs have a dial, evenly spaced.",
            format_count(n_pairs as u64)
        )
    } else {
        String::new()
    };
    match scheme {
        Encoding::Sinusoidal | Encoding::Rope => format!(
            "Each [pair|pair] of sine and cosine is the hand of a clock; the number below is how many positions a turn takes.\nAll start at \
             twelve and turn clockwise: to the right is the sine, upwards the cosine.{which}"
        ),
        Encoding::Alibi | Encoding::T5 | Encoding::None => {
            "No hands: this scheme adds nothing to the embedding.".to_owned()
        }
        Encoding::Learned => format!(
            "Two dimensions as a hand, to the right and upwards: *it jumps from position to position*. Random numbers do not turn.{which}"
        ),
        Encoding::Binary => format!(
            "Two digits as a hand, to the right and upwards: *it jumps between four places*.{which}"
        ),
        Encoding::Index | Encoding::Fraction => format!(
            "Two dimensions as a hand, to the right and upwards: *all hands are the same* and only grow.{which}"
        ),
    }
}

/// How far the fastest and the slowest wave have come at the position that is read.
pub fn turns_text(state: &EncodeState) -> String {
    let position = format_count(state.position());
    if !state.scheme.has_waves() {
        return if state.scheme.has_rows() {
            format!("Position {position}: its vector stands beside the table.")
        } else {
            format!("Position {position}: nothing is added to its word.")
        };
    }
    let n_turns = |pair| {
        let turn = dial(state, pair, None).turn;
        turn.map_or_else(String::new, |turn| format_value(turn.n_turns, 2))
    };
    format!(
        "Position {position}: the fastest wave has turned {} times, the slowest {}.",
        n_turns(0),
        n_turns(state.d_model / 2 - 1)
    )
}

/// What stands under a dial.
fn name(dial: &Dial) -> String {
    match dial.turn {
        // As the files have it.
        #[allow(clippy::cast_possible_truncation)]
        Some(Turn { wavelength, .. }) => format_value((wavelength as f32).into(), 3),
        None => {
            let [first, second] = dial.columns;
            format!("{first}, {second}")
        }
    }
}

/// A dial in numbers.
fn dial_words(dial: &Dial) -> String {
    let [a, b] = dial.columns;
    let Some(hand) = dial.hand else {
        return format!("dimensions {a}, {b}: no vector");
    };
    let [right, up] = hand.map(|value| format_value(value.into(), 4));
    match dial.turn {
        None => format!("dimensions {a}, {b}: {right}, {up}"),
        Some(Turn {
            wavelength,
            n_turns,
        }) => format!(
            "pair {} · {} turns so far, one takes {} positions · sin {right}, cos {up}",
            dial.pair,
            format_value(n_turns, 4),
            format_value(wavelength, 4),
        ),
    }
}

/// Both columns of the pairs that have a dial, and their wavelengths, (3, dials).
fn code(scene: &mut EncodeScene, state: &EncodeState) -> Code {
    let values = rows_of(scene, state);
    let (n_pairs, n_dials) = (state.d_model / 2, dial_pairs(state).len());
    let pairs = if n_dials < n_pairs {
        format!(
            "[k * {} // {} for k in range({n_dials})]  # evenly spaced",
            n_pairs - 1,
            n_dials - 1
        )
    } else {
        format!("list(range({n_pairs}))")
    };
    let columns = match state.pairing() {
        Layout::Interleaved => ["2 * i", "2 * i + 1"],
        Layout::Concatenated => ["i", "d_model // 2 + i"],
    };
    let columns = columns.map(|column| format!("row[[{column} for i in pairs]]"));
    let wavelengths = if state.scheme.has_waves() {
        "wavelength = 2 * {lib}.pi / omega[pairs]  # positions per turn\n"
    } else {
        "wavelength = {lib}.full((len(first),), {lib}.nan)  # nothing turns\n"
    };
    let row_idx = row_idx(state);
    Code::for_both(|library| {
        let mut text = python::rows(state, values, library, "table");
        text.push_str(&format!(
            "row = table[{row_idx}]\npairs = {pairs}\nfirst = {}\nsecond = {}\n",
            columns[0], columns[1],
        ));
        text.push_str(&fill(wavelengths, &[("lib", library.name())]));
        text.push_str(library.pick(
            "result = np.stack([first, second, wavelength.astype(np.float32)])\n",
            "result = torch.stack([first, second, wavelength.float()])\n",
        ));
        text
    })
}

/// The dial that is read.
fn here(state: &EncodeState) -> Cell {
    let read = pair_of(state.dimension(), state.d_model, state.pairing());
    Cell {
        x: Some(read.idx as u64),
        ..Cell::default()
    }
}

fn tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let Some(pair) = state.pair_at(cell.x) else {
        return String::new();
    };
    let values = rows_of(scene, state);
    let [first, second] = state
        .columns_of(pair)
        .map(|dim| value_at(values, state, state.position(), dim));
    first
        .zip(second)
        .map(|(first, second)| dial_words(&dial(state, pair, Some([first, second]))))
        .unwrap_or_default()
}
