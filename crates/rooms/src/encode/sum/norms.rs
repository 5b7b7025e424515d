//! The lengths of E, PE and their sum: of the token that is read as bars, of all of them as steps.

use std::borrow::Cow;

use figures::number::format_value;
use figures::{
    Axis, Bars, CellAxis, Colours, Cross, Figure, Head, Join, Line, Panel, Plot, Ramp, Role, Table,
};
use ndarray::ArrayView1;

use super::super::lab::Encode;
use super::super::pointing::read_cell;
use super::super::scene::EncodeScene;
use super::super::state::EncodeState;
use super::super::ways::TO_SENTENCE;
use super::python::with_tables;
use super::tokens::{EMPTY, Lengths, NO_WORDS, Tokens};
use crate::columns;
use crate::encoding::Encoding;
use crate::python::Code;
use crate::room::{Cell, FigureSpec, Pointing};

/// The figure.
pub const FIGURE: FigureSpec<Encode> = FigureSpec::<Encode>::new(
    "encode-norms",
    "How strong word and position are",
    scene,
    code,
)
.ways(&[TO_SENTENCE])
.height(216)
// Only the readout depends on noise.
.ignoring(|state| (state.noise, state.dim) = (0.0, None))
.pointing(Pointing::new(
    read,
    here,
    tip,
    "Left and right arrow keys move through the words.",
));

/// What can be said of a token's lengths.
struct Numbers {
    word: String,
    lengths: Lengths,
    /// ‖PE‖, where it is the same at every position.
    everywhere: Option<f64>,
    /// ‖E‖ / ‖PE‖; none where one of them is zero or there is no row.
    ratio: Option<f64>,
}

/// Of one token; none where there is none.
#[allow(clippy::cast_precision_loss)]
fn numbers(tokens: &Tokens, state: &EncodeState, idx: usize) -> Option<Numbers> {
    let lengths = tokens.lengths_of(idx)?;
    let encoding = lengths.encoding.filter(|&it| it > 0.0);
    Some(Numbers {
        word: tokens.word(idx),
        lengths,
        everywhere: (state.scheme == Encoding::Sinusoidal)
            .then(|| (state.d_model as f64 / 2.0).sqrt()),
        ratio: encoding
            .map(|encoding| lengths.embedding / encoding)
            .filter(|&it| it > 0.0),
    })
}

fn scene<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    let tokens = scene.sum.tokens.update(state);
    let pair = tokens.pair(state);
    let numbers = pair.and_then(|pair| numbers(tokens, state, pair.p));
    let all = tokens.sum.norms();
    let rows = [&all.embedding, &all.encoding, &all.sum];
    let longest = rows.iter().copied().flatten().copied();
    let longest = longest.filter(|it| it.is_finite()).fold(0.0, f32::max);
    let top = f64::from(longest.max(f32::MIN_POSITIVE)) * 1.05;
    let plot = |plot: Plot<'a>| {
        if tokens.sentence.words().is_empty() {
            Plot::Empty(Cow::Borrowed(EMPTY))
        } else {
            plot
        }
    };
    let bars = Panel {
        head: Head {
            symbol: Cow::Borrowed(""),
            note: Cow::Owned(numbers.as_ref().map(read_word).unwrap_or_default()),
        },
        ..Panel::new(
            Axis {
                names: Cow::Owned(LENGTHS.map(str::to_owned).into()),
                ..Axis::cells("", "", 0, LENGTHS.len())
            },
            Axis::values("norm", 0.0, top),
            plot(Plot::Bars(Bars {
                values: ArrayView1::from(&tokens.lengths),
                cells_on: CellAxis::X,
                colours: Colours {
                    ramp: Ramp::Sequential,
                    min: 0.0,
                    max: longest,
                },
                roles: &ROLES,
                undefined: Cow::Borrowed("no vector"),
            })),
        )
    };
    let lines = rows.into_iter().zip(LENGTHS).zip(ROLES);
    let lines = lines.map(|((values, name), role)| Line {
        join: Join::Stepped,
        ..Line::new(name, role, ArrayView1::from(values))
    });
    let steps = Panel {
        cross: Cross {
            x: pair.map(|pair| state.start + pair.p as u64),
            y: None,
        },
        ..Panel::new(
            tokens.axis(state),
            Axis::values("norm", 0.0, top),
            plot(Plot::Lines(lines.collect())),
        )
    };
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: numbers
            .as_ref()
            .map_or_else(|| NO_WORDS.to_owned(), summary),
        panels: vec![bars, steps],
        table: Table::Columns(vec![
            columns::indices("token", tokens.sentence.n_words()),
            columns::numbers("embedding", &all.embedding),
            columns::numbers("encoding", &all.encoding),
            columns::numbers("sum", &all.sum),
        ]),
        read_rows: pair.map_or(0..0, |pair| pair.p..pair.p + 1),
    }
}

/// The three lengths of a token.
const LENGTHS: [&str; 3] = ["‖E‖", "‖PE‖", "‖E + PE‖"];

/// Their colours, as bars and as lines.
const ROLES: [Role; 3] = [Role::Series(0), Role::Series(1), Role::Series(2)];

/// The word, above its bars.
fn read_word(numbers: &Numbers) -> String {
    format!("“{}”", numbers.word)
}

/// The lengths, and what × √d does to them.
fn summary(numbers: &Numbers) -> String {
    let of_encoding = match (numbers.everywhere, numbers.lengths.encoding) {
        (Some(encoding), _) => format!(
            "‖PE‖ = √(d/2) = *{}* at every position",
            format_value(encoding, 4)
        ),
        (None, Some(encoding)) => format!("‖PE‖ = *{}* here", format_value(encoding, 4)),
        (None, None) => "and its position has no vector".to_owned(),
    };
    let compared = match numbers.ratio {
        Some(ratio) if (0.95..=1.05).contains(&ratio) => {
            " Word and position are nearly equally strong.".to_owned()
        }
        Some(ratio) if ratio < 1.0 => format!(
            " The position is {} times as strong as the word. *Can the word still be read?* See below; × √d_model makes words stronger.",
            format_value(1.0 / ratio, 3)
        ),
        Some(ratio) => format!(
            " The word is {} times as strong as its position.",
            format_value(ratio, 3)
        ),
        None => String::new(),
    };
    format!(
        "[norm|‖E‖] = *{}* for “{}”, {of_encoding}.{compared}",
        format_value(numbers.lengths.embedding, 4),
        numbers.word
    )
}

/// The lengths that there are.
fn lengths_text(numbers: &Numbers) -> String {
    let Lengths {
        embedding,
        encoding,
        sum,
    } = numbers.lengths;
    let lengths = LENGTHS.iter().zip([Some(embedding), encoding, sum]);
    let mut lengths: Vec<_> = lengths
        .filter_map(|(name, length)| Some(format!("{name} {}", format_value(length?, 4))))
        .collect();
    if encoding.is_none() {
        lengths.push("no vector in PE".to_owned());
    }
    format!("“{}”: {}", numbers.word, lengths.join(" · "))
}

/// Their lengths, (3, T).
fn code(scene: &mut EncodeScene, state: &EncodeState) -> Code {
    with_tables(
        scene,
        state,
        "\
tables = {lib}.stack([E, PE, E + PE]){wide}
result = {lib}.sqrt((tables**2).sum(-1)){single}  # (3, word)
",
    )
}

/// Makes a word the one that is read; the bars are of one word already.
fn read(state: &mut EncodeState, cell: Cell) {
    if cell.panel_idx == 1 {
        read_cell(state, cell);
    }
}

fn here(state: &EncodeState) -> Cell {
    Cell {
        panel_idx: 1,
        x: Some(state.pos.unwrap_or(state.start)),
        y: None,
    }
}

fn tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let tokens = scene.sum.tokens.update(state);
    let idx = match cell.panel_idx {
        0 => tokens.pair(state).map(|pair| pair.p),
        _ => cell.x.and_then(|x| tokens.token_at(state, x)),
    };
    idx.and_then(|idx| numbers(tokens, state, idx))
        .as_ref()
        .map(lengths_text)
        .unwrap_or_default()
}
