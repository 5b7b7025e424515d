//! What a linear readout gets back, over d_model: a panel for each score.

use std::borrow::Cow;

use figures::number::format_fixed;
use figures::{Axis, Cross, Figure, Head, Line, Panel, Plot, Role, Rule, Table};
use maths::probe::{N_POSITIONS, N_TEST, N_TRAIN, N_WORDS};
use ndarray::ArrayView1;

use super::super::lab::Encode;
use super::super::scene::EncodeScene;
use super::super::sentence::added;
use super::super::state::EncodeState;
use super::readouts::{N_KINDS, Readouts, Score, WIDTHS};
use crate::columns;
use crate::encoding::Encoding;
use crate::python::{Code, double, encoding, fill, start};
use crate::room::{Cell, FigureSpec, Pointing};
use crate::settings::{Notice, number_text};

/// The figure.
pub const FIGURE: FigureSpec<Encode> =
    FigureSpec::<Encode>::new("encode-probe", "What can be read back", scene, code)
        .height(216)
        // The vocabulary is the readout's own.
        .ignoring(|state| {
            (state.text, state.pos, state.dim) = (String::new(), None, None);
            // A fraction is one of the length that is shown.
            if state.scheme != Encoding::Fraction {
                let usual = EncodeState::default();
                (state.seq_len, state.start) = (usual.seq_len, usual.start);
            }
        })
        .pointing(
            Pointing::new(
                |_, _| {},
                |_| Cell::default(),
                tip,
                "Enter takes the width as d_model.",
            )
            .picking("d_model", pick),
        );

/// What can be said of the readouts.
struct Numbers {
    /// The std of the noise.
    noise: f64,
    /// Whether some widths are not fitted yet.
    is_unfinished: bool,
    /// Whether positions are added at all.
    adds: bool,
    /// How many rows a learned table has, where these are too few.
    too_few: Option<u64>,
    /// The first width at which both come back from the sum, with the positions' R² there.
    found: Option<(usize, Score)>,
    /// At the chosen width; `None` where it is none of those tried, or twice it.
    costs: Option<Costs>,
}

/// What adding and concatenating give at one cost, and concatenating at twice the width.
struct Costs {
    width: usize,
    /// The part of words that are right: of the sum, and of two halves.
    word: Score,
    /// The same of two whole widths.
    word_of_twice: f32,
    /// R² of the position: of the sum, and of two halves.
    position: Score,
}

fn costs(readouts: &Readouts, state: &EncodeState) -> Option<Costs> {
    let width = state.d_model;
    let idx_of = |width| WIDTHS.iter().position(|&it| it == width);
    let (idx, twice) = (idx_of(width)?, idx_of(2 * width)?);
    Some(Costs {
        width,
        word: readouts.score(2, idx)?,
        word_of_twice: readouts.score(2, twice)?.beside,
        position: readouts.score(0, idx)?,
    })
}

fn numbers(readouts: &Readouts, state: &EncodeState) -> Numbers {
    let is_good = |kind, idx| {
        let score = readouts.score(kind, idx);
        score.is_some_and(|score| score.sum > 0.99)
    };
    Numbers {
        noise: state.noise,
        is_unfinished: readouts.is_unfinished(),
        adds: state.scheme.adds(),
        too_few: (state.scheme == Encoding::Learned && state.max_len < N_POSITIONS as u64)
            .then_some(state.max_len),
        found: (0..WIDTHS.len())
            .find(|&idx| is_good(0, idx) && is_good(2, idx))
            .and_then(|idx| Some((*WIDTHS.get(idx)?, readouts.score(0, idx)?))),
        costs: costs(readouts, state),
    }
}

fn scene<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    let readouts = scene.sum.readouts.update(state);
    scene.is_unfinished |= readouts.is_unfinished();
    let panels = SCORES.iter().enumerate().map(|(kind, name)| {
        let rows = [kind, kind + N_KINDS].map(|row| &readouts.scores[row]);
        let finite = rows.iter().copied().flatten().copied();
        let least = finite.filter(|it| it.is_finite()).fold(0.0, f32::min);
        let lines = rows.into_iter().zip(SHARINGS).enumerate();
        let lines = lines.map(|(idx, (values, name))| {
            Line::new(name, Role::Series(idx), ArrayView1::from(values))
        });
        Panel {
            head: Head {
                symbol: Cow::Borrowed(""),
                note: Cow::Borrowed(name),
            },
            rules: chance(kind)
                .map(|at| Rule {
                    at,
                    role: Role::Quiet,
                    name: Cow::Borrowed("by chance"),
                })
                .into_iter()
                .collect(),
            cross: Cross {
                x: WIDTHS
                    .iter()
                    .position(|&width| width == state.d_model)
                    .map(|idx| idx as u64),
                y: None,
            },
            ..Panel::new(
                Axis {
                    names: Cow::Owned(WIDTHS.map(|width| width.to_string()).into()),
                    ..Axis::cells("", "d_model", 0, WIDTHS.len())
                },
                // Below −1 a readout is as useless as at −1.
                Axis::values("", f64::from(least.max(-1.0)) * 1.05, 1.05),
                Plot::Lines(lines.collect()),
            )
        }
    });
    let rows = COLUMNS.into_iter().zip(&readouts.scores);
    let rows = rows.map(|(name, scores)| columns::numbers(name, scores));
    let widths = columns::numbers("d_model", &readouts.widths);
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: summary(&numbers(readouts, state)),
        panels: panels.collect(),
        table: Table::Columns(std::iter::once(widths).chain(rows).collect()),
        read_rows: 0..0,
    }
}

/// What guessing gives, where it gives anything.
#[allow(clippy::cast_precision_loss)]
fn chance(kind: usize) -> Option<f64> {
    match kind {
        1 => Some(1.0 / N_POSITIONS as f64),
        2 => Some(1.0 / N_WORDS as f64),
        _ => None,
    }
}

/// The scores in the figure's files.
const COLUMNS: [&str; 2 * N_KINDS] = [
    "sum_position_r2",
    "sum_position_exact",
    "sum_word",
    "beside_position_r2",
    "beside_position_exact",
    "beside_word",
];

/// The scores of a readout, as they stand above their panels.
const SCORES: [&str; N_KINDS] = [
    "position: R² of the regression",
    "position: part exactly right",
    "word: part right",
];

/// What a readout is given.
const SHARINGS: [&str; 2] = ["added", "side by side, half the width each"];

/// What the readouts say.
fn summary(numbers: &Numbers) -> String {
    let noise = if numbers.noise == 0.0 {
        " and no noise".to_owned()
    } else {
        format!(" and noise of std {}", number_text(numbers.noise))
    };
    let what = format!(
        "\nThe readout is fitted by [least-squares|least squares] on {N_TRAIN} examples of {N_WORDS} words at {N_POSITIONS} positions, and tested on {N_TEST} others{noise}."
    );
    if numbers.is_unfinished {
        return format!("Fitting …{what}");
    }
    if !numbers.adds {
        return format!("*This scheme adds no positions, so none can be read back.*{what}");
    }
    if let Some(max_len) = numbers.too_few {
        return format!(
            "*Positions from max_len = {max_len} on have no vector*, so a readout cannot be fitted.{what}"
        );
    }
    let found = match numbers.found {
        Some((width, Score { sum, beside })) => format!(
            "*From d_model {width} on, word and position both come back from the sum* ([r2|R²] of the position {}; side by side {}).{what}",
            format_fixed(sum.into(), 3),
            format_fixed(beside.into(), 3),
        ),
        None => format!(
            "*At none of these widths* do both come back completely, whether added or side by side.{what}"
        ),
    };
    found + &numbers.costs.as_ref().map_or_else(String::new, costs_text)
}

/// The two at one cost, and at another.
fn costs_text(costs: &Costs) -> String {
    let &Costs {
        width,
        word,
        word_of_twice,
        position,
    } = costs;
    let part = |score: f32| format_fixed(score.into(), 2);
    format!(
        "\nAt d_model {width} both ways cost the same: *the sum gets {} of the words right, side by side {}*. R² of the position is {} and {}.\n\
         With {width} dimensions for each, d_model is {} and a layer has four times the weights. Then {} of the words are right.",
        part(word.sum),
        part(word.beside),
        part(position.sum),
        part(position.beside),
        2 * width,
        part(word_of_twice),
    )
}

/// A width's score of both readouts.
fn score_text(width: usize, kind: usize, score: Option<Score>) -> String {
    let name = SCORES.get(kind).copied().unwrap_or_default();
    match score {
        Some(Score { sum, beside }) => format!(
            "d_model {width}, {name}: added {}, side by side {}",
            format_fixed(sum.into(), 3),
            format_fixed(beside.into(), 3)
        ),
        None => format!("d_model {width}, {name}: nothing is fitted"),
    }
}

const PROBE: &str = "\
{start}
# {n_words} words at {n_positions} positions: least squares on {n_train} pairs, judged by {n_test} others
{noise}, seed = {noise_std}, {seed}


{encoding}

bits = draws(mix(mix(seed) ^ 5 << 56), 5 << 56)
pairs = [[next(bits) * {n_words} >> 32, next(bits) * {n_positions} >> 32] for _ in range({n_train} + {n_test})]
word, position = {array}(pairs).T
one_hot = {lib}.eye({n_words}{double})[word]
targets = {concatenate}([position[:, None], one_hot], 1)


def scores(x):
    x, y = x{wide}, targets[:{n_train}]
    centred = x[:{n_train}] - x[:{n_train}].mean(0)
    gram = centred.T @ centred + 1e-6 * {lib}.eye(x.shape[1]{double})
    weights = {lib}.linalg.solve(gram, centred.T @ (y - y.mean(0)))
    read = (x[{n_train}:] - x[:{n_train}].mean(0)) @ weights + y.mean(0)
    asked = targets[{n_train}:]
    error = ((read[:, 0] - asked[:, 0]) ** 2).sum() / ((asked[:, 0] - asked[:, 0].mean()) ** 2).sum()
    exact = {lib}.floor(read[:, 0] + 0.5) == asked[:, 0]
    right = (read[:, 1:].argmax(1) == word[{n_train}:]) & (read[:, 1] == read[:, 1])  # not NaN
    return [float(1 - error), float(exact{wide}.mean()), float(right{wide}.mean())]


def row(d_model):
    rows = [normal(seed, 4 << 56 | idx, d_model) for idx in range({n_words})]
    E, half = ({array}(rows{double}) * {std}){single}, d_model // 2
{add_noise}    PE, PE_half = encoding({n_positions}, d_model), encoding({n_positions}, d_model - half)
    added = {added}E[word] + PE[position]
    beside = {beside}{concatenate}([E[word][:, :half], PE_half[position]], 1)
    return [d_model] + scores(added) + scores(beside)


rows = [row(d_model) for d_model in ({widths})]
result = {array}(rows{double}){single}.T  # (7, width)
";

// The first line is indented, which a line continued in Rust would not be.
const NOISE: &str = "    rows = [normal(seed, 6 << 56 | idx, d_model) for idx in range(len(pairs))]
    noise = ({array}(rows{double}) * noise_std){single}
";

/// The scores over the widths, (7, 9): the widths, then three of the sum and three of the two beside each other.
fn code(_: &mut EncodeScene, state: &EncodeState) -> Code {
    let has_noise = state.noise != 0.0;
    let widths = WIDTHS.map(|width| width.to_string()).join(", ");
    Code::for_both(|library| {
        let single = library.pick(".astype(np.float32)", ".float()");
        let array = library.pick("np.array", "torch.tensor");
        let add_noise = if has_noise {
            fill(
                NOISE,
                &[
                    ("array", array),
                    ("double", double(library)),
                    ("single", single),
                ],
            )
        } else {
            String::new()
        };
        let std = if state.sqrt_d {
            format!("{} * d_model**0.5", number_text(state.emb_std))
        } else {
            number_text(state.emb_std)
        };
        fill(
            PROBE,
            &[
                (
                    "start",
                    &start(
                        "What can be read back from words with positions",
                        false,
                        library,
                    ),
                ),
                ("n_words", &N_WORDS.to_string()),
                ("n_positions", &N_POSITIONS.to_string()),
                ("n_train", &N_TRAIN.to_string()),
                ("n_test", &N_TEST.to_string()),
                ("noise", "noise_std"),
                ("noise_std", &number_text(state.noise)),
                ("seed", &state.seed.to_string()),
                ("encoding", &encoding(added(state), library)),
                ("lib", library.name()),
                ("array", array),
                ("double", double(library)),
                ("single", single),
                ("wide", library.pick(".astype(np.float64)", ".double()")),
                ("concatenate", library.pick("np.concatenate", "torch.cat")),
                ("std", &std),
                ("add_noise", &add_noise),
                ("added", if has_noise { "noise + " } else { "" }),
                ("beside", if has_noise { "noise + " } else { "" }),
                ("widths", &widths),
            ],
        )
    })
}

/// Takes the width as d_model.
fn pick(state: &mut EncodeState, cell: Cell) -> Option<Notice> {
    if let Some((_, width)) = width_at(cell) {
        state.d_model = width;
    }
    None
}

fn tip(scene: &mut EncodeScene, _: &EncodeState, cell: Cell) -> String {
    let kind = cell.panel_idx;
    width_at(cell).map_or_else(String::new, |(idx, width)| {
        score_text(width, kind, scene.sum.readouts.score(kind, idx))
    })
}

/// The width of a cell, with its number.
fn width_at(cell: Cell) -> Option<(usize, usize)> {
    let idx = usize::try_from(cell.x?).ok()?;
    Some((idx, *WIDTHS.get(idx)?))
}
