//! Outputs as they should be, as a real bug makes them, and how far apart they are.

use std::borrow::Cow;

use figures::number::format_value;
use figures::ticks::nice_above;
use figures::{Cross, Figure, Head, Heatmap, Panel, Plot, Rows, Table};

use super::super::block::places;
use super::super::forget;
use super::super::lab::Normalize;
use super::super::phrases::{NO_NUMBER, n, number, token_name};
use super::super::pointing::{here_at_cell, idx_from, read_cell};
use super::super::python::{Form, Part, whole};
use super::super::scales::{colours, features, symmetric, tokens};
use super::super::scene::{NormalizeScene, flat};
use super::super::state::NormalizeState;
use super::super::ways::TO_QUIZ;
use super::python::wrong_text;
use super::symptom::{Apart, Symptom};
use crate::columns;
use crate::python::{Code, Library, fill};
use crate::quiz::{NONE_CHOSEN, hidden_code};
use crate::room::{Cell, Fact, FigureSpec, Pointing};

/// The figure. Its heading is the same for every bug.
pub const FIGURE: FigureSpec<Normalize> = FigureSpec::<Normalize>::new(
    "normalize-mistake",
    "The output as it should be, and as it is",
    scene,
    code,
)
.ways(&[TO_QUIZ])
.caption(245)
.height(250)
.ignoring(|state: &mut NormalizeState| {
    forget::gradient(state);
    forget::space(state);
    forget::moves(state);
})
.pointing(Pointing::new(
    read_cell,
    here_at_cell,
    tip,
    "Arrow keys move through tokens and features.",
));

/// What can be said of a bug: what it does to the numbers, never which one it is.
type Numbers = Symptom;

/// Of the bug that is shown; none without one.
fn numbers(scene: &mut NormalizeScene, state: &NormalizeState) -> Option<Numbers> {
    let (_, symptom) = scene.update_mistake(state)?;
    Some(symptom)
}

fn scene<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    let Some((shown, numbers)) = scene.update_mistake(state) else {
        return nothing(state);
    };
    let kept = &scene.mistakes;
    let usual = colours(&shown);
    let most = match numbers.apart {
        Apart::By(most) => most,
        _ => 0.0,
    };
    let [right, wrong] = kept.outputs();
    let panels = [
        (right, usual),
        (wrong, usual),
        (kept.trace.difference.view(), symmetric(nice_above(most))),
    ]
    .into_iter()
    .zip(heads(&shown))
    .enumerate()
    .map(|(idx, ((values, colours), (symbol, note)))| Panel {
        head: Head {
            symbol: Cow::Borrowed(symbol),
            note: Cow::Borrowed(note),
        },
        cross: Cross {
            x: Some(state.column() as u64),
            y: Some(state.row() as u64),
        },
        caption: Cow::Owned(caption(colours.max)),
        ..Panel::new(
            features("feature", state),
            tokens(state, idx),
            Plot::Heatmap(Heatmap {
                values,
                rows: Rows::Down,
                colours,
                undefined: Cow::Borrowed(NO_NUMBER),
                version: kept.version,
            }),
        )
    })
    .collect();
    let first = state.row() * state.d_model;
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: scene.with_no_numbers(summary(&numbers)),
        panels,
        table: table(state, [flat(&right), flat(&wrong)]),
        read_rows: first..first + state.d_model,
    }
}

/// The figure without a bug.
fn nothing<'a>(state: &NormalizeState) -> Figure<'a> {
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: NONE_CHOSEN.to_owned(),
        panels: vec![Panel::new(
            features("feature", state),
            tokens(state, 0),
            Plot::Empty(Cow::Borrowed(NONE_CHOSEN)),
        )],
        table: table(state, [&[], &[]]),
        read_rows: 0..0,
    }
}

fn table<'a>(state: &NormalizeState, [right, wrong]: [&'a [f32]; 2]) -> Table<'a> {
    let mut table = Vec::from(places([state.batch, state.seq_len, state.d_model]));
    table.extend([
        columns::numbers("right", right),
        columns::numbers("wrong", wrong),
    ]);
    Table::Columns(table)
}

/// Symbol and note of the three panels: without γ and β, what comes out is x̂.
fn heads(state: &NormalizeState) -> [(&'static str, &'static str); 3] {
    let [right, wrong, difference] = if state.affine {
        ["y, right", "y, wrong", "Δy"]
    } else {
        ["x̂, right", "x̂, wrong", "Δx̂"]
    };
    [("A", right), ("B", wrong), ("B − A", difference)]
}

/// What is taken for no difference at all in `f32`.
const NOTHING: f64 = 1e-6;

/// What can be seen in the numbers.
fn summary(numbers: &Numbers) -> String {
    let Symptom {
        row_idx,
        apart,
        mean: [mean, wrong_mean],
        std,
        ..
    } = *numbers;
    let most = match apart {
        Apart::By(most) if most > NOTHING => format_value(most, 3),
        Apart::By(_) => {
            let also = if std.contains(&None) {
                format!(", and those of token {row_idx} are hatched in both")
            } else {
                String::new()
            };
            return format!(
                "*The bug cannot be seen with these settings*: the outputs agree{also}. Try other inputs, another ε or another d_model."
            );
        }
        Apart::Infinitely => {
            return "*Some outputs are infinite*, so the difference cannot be given.".to_owned();
        }
        Apart::Incomparable => {
            return "*Some outputs are hatched in one of the two only*: there 0 is divided by 0, or the input is missing, NaN or infinite.".to_owned();
        }
        Apart::TooFew => {
            return "*One value per feature has no variance*, so batch norm cannot be computed here. Take more tokens or samples.".to_owned();
        }
    };
    let [Some(std), Some(wrong_std)] = std else {
        return format!(
            "Outputs differ by *{most}* at most. Those of token {row_idx} are hatched."
        );
    };
    format!(
        "Outputs differ by *{most}* at most. [token|Token {row_idx}] has mean {}, should have {}; its [std|std] is *{}*, should be *{}*.",
        small(wrong_mean),
        small(mean),
        n(wrong_std),
        n(std),
    )
}

/// A number that is 0 but for rounding is 0.
fn small(value: Option<f64>) -> String {
    number(value.map(|value| if value.abs() < NOTHING { 0.0 } else { value }))
}

/// The symptom in numbers beside the formula.
fn facts(numbers: &Numbers) -> Vec<Fact> {
    let pair = |[right, wrong]: [Option<f64>; 2]| format!("{} → {}", small(right), small(wrong));
    vec![
        Fact::new("token", numbers.row_idx.to_string()),
        Fact::new("mean y", pair(numbers.mean)),
        Fact::new("std y", pair(numbers.std)),
        Fact::new("largest |y|", pair(numbers.largest)),
        Fact::new("moved by other tokens", pair(numbers.by_others)),
    ]
}

/// The ends of the colours.
fn caption(reach: f32) -> String {
    format!("colours ±{}", format_value(reach.into(), 3))
}

/// A cell in both outputs; `None` where it is no number.
fn cell_text(token: &str, feature: usize, [right, wrong]: [Option<f64>; 2]) -> String {
    format!(
        "{token}, feature {feature}: {} should be {}",
        number(wrong),
        number(right)
    )
}

const NO_BUG: &str = "\
import {import}

# No mistake chosen: there is nothing to make.
result = {lib}.full((2, {shape}), float(\"nan\"), dtype={lib}.float32)
";

/// The right and the wrong output, (2, batch, seq_len, d_model). Before an answer to the quiz it would give the bug away.
fn code(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let Some(bug) = state.bug() else {
        return Code::for_both(|library| {
            fill(
                NO_BUG,
                &[
                    ("import", library.pick("numpy as np", "torch")),
                    ("lib", library.name()),
                    (
                        "shape",
                        &format!("{}, {}, {}", state.batch, state.seq_len, state.d_model),
                    ),
                ],
            )
        });
    };
    if !state.is_revealed() {
        return hidden_code(FIGURE.id, "outputs", "(2, batch, seq_len, d_model)");
    }
    let shown = state.with_bug(bug);
    let wrong =
        [Library::NumPy, Library::PyTorch].map(|library| wrong_text(scene, &shown, bug, library));
    whole(scene, &shown, Part::All, Form::Steps, |library| {
        let [numpy, pytorch] = &wrong;
        let wrong = match library {
            Library::NumPy => numpy,
            Library::PyTorch => pytorch,
        };
        format!(
            "right = output\n\n# The mistake.\n{wrong}result = {}.stack([right, output])\n",
            library.name()
        )
    })
}

/// The facts of the part; none without a bug.
pub fn reading(scene: &mut NormalizeScene, state: &NormalizeState) -> Vec<Fact> {
    let numbers = numbers(scene, state);
    numbers.as_ref().map(facts).unwrap_or_default()
}

fn tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    if scene.update_mistake(state).is_none() {
        return String::new();
    }
    let row_idx = idx_from(cell.y, state.row());
    let feature = idx_from(cell.x, state.column());
    let values = scene.mistakes.outputs().map(|output| {
        let value = output.get([row_idx, feature]).copied().map(f64::from);
        value.filter(|value| !value.is_nan())
    });
    let token = token_name(state.batch, state.seq_len, row_idx);
    cell_text(&token, feature, values)
}

#[cfg(test)]
mod tests {
    use figures::csv::csv;
    use maths::inputs::Distribution;
    use maths::normalize::Mistake;

    use super::super::super::odd::{CORNER, assert_words, odd_states, words_of};
    use super::super::super::state::NormName;
    use super::*;
    use crate::quiz::{Asked, Quizzed};
    use crate::settings::Words;

    fn symptom_of(state: &NormalizeState) -> Option<Symptom> {
        numbers(&mut NormalizeScene::default(), state)
    }

    /// Whether it can be seen in the outputs.
    fn is_seen(state: &NormalizeState) -> bool {
        let apart = symptom_of(state).map(|symptom| symptom.apart);
        matches!(apart, Some(Apart::By(most)) if most > 5e-3)
    }

    /// A quiz shows what a bug does before it asks.
    #[test]
    fn every_mistake_can_be_seen_as_the_page_opens() {
        for &bug in Mistake::ASKED {
            let state = NormalizeState {
                quiz: Some(Asked::new(bug)),
                ..NormalizeState::default()
            };
            assert!(is_seen(&state), "{bug:?}: {:?}", symptom_of(&state));
        }
    }

    /// codertimo/BERT-pytorch#30
    #[test]
    fn one_hot_gives_1_732_or_1_5() {
        let mut state = NormalizeState::default();
        state.try_one_hot();
        let largest = symptom_of(&state).map(|symptom| symptom.largest);
        let rounded = largest.map(|of| of.map(|it| it.map(|it| (1000.0 * it).round())));
        assert_eq!(rounded, Some([Some(1732.0), Some(1500.0)]));
    }

    #[test]
    fn statistics_over_others_make_a_token_depend_on_them() {
        for (bug, depends) in [
            (Mistake::OverTokens, [false, true]),
            (Mistake::OverBatch, [false, true]),
            (Mistake::BatchStatistics, [false, true]),
            (Mistake::Unbiased, [false, false]),
        ] {
            let state = NormalizeState {
                mistake: Some(bug),
                ..NormalizeState::default()
            };
            let by_others = symptom_of(&state).map(|symptom| symptom.by_others);
            let is_moved = by_others.map(|of| of.map(|moved| moved.map(|moved| moved > NOTHING)));
            assert_eq!(is_moved, Some(depends.map(Some)), "{bug:?}");
        }
    }

    #[test]
    fn what_is_no_number_is_said_in_words() {
        for odd in odd_states() {
            for &bug in Mistake::ASKED {
                let state = NormalizeState {
                    mistake: Some(bug),
                    ..odd.clone()
                };
                let mut made = NormalizeScene::default();
                let mut words = words_of(&scene(&mut made, &state));
                let facts = reading(&mut made, &state);
                words.extend(facts.into_iter().map(|fact| fact.value));
                words.push(tip(&mut made, &state, CORNER));
                assert_words(words, &state);
            }
        }
    }

    /// Files may hold anything.
    #[test]
    fn it_draws_what_is_no_number() {
        let odd = ["nan", "inf", "-inf", "3.4028235e38", "1e-45", "0"];
        for first in odd {
            for &norm in NormName::ALL {
                let mut state = NormalizeState {
                    norm,
                    quiz: Some(Asked::new(Mistake::EpsOutside)),
                    ..NormalizeState::default()
                };
                state.take_text(&format!("{first},1,2\n3,1,0"));
                let mut made = NormalizeScene::default();
                assert_eq!(scene(&mut made, &state).panels.len(), 3);
            }
        }
    }

    #[test]
    fn a_number_beside_none_is_something_to_see() {
        let mut state = NormalizeState::default();
        state.take_text("1,1,1,1\n1,2,3,4");
        (state.eps, state.token) = (0.0, Some(0));
        state.mistake = Some(Mistake::OverTokens);
        let apart = symptom_of(&state).map(|symptom| symptom.apart);
        assert_eq!(apart, Some(Apart::Incomparable));
        let mut made = NormalizeScene::default();
        let said = scene(&mut made, &state).summary;
        assert!(said.contains("hatched in one of the two"), "{said}");
    }

    #[test]
    fn running_statistics_are_those_after_all_of_the_training() {
        let state = NormalizeState {
            mistake: Some(Mistake::BatchStatistics),
            batch: 64,
            seq_len: 32,
            d_model: 32,
            ..NormalizeState::default()
        };
        let mut trained = NormalizeScene::default();
        trained.running(&state.with_bug(Mistake::BatchStatistics));
        let mut fresh = NormalizeScene::default();
        FIGURE.make(&mut fresh, &state);
        assert!(fresh.is_unfinished);
        FIGURE.finish(&mut fresh, &state);
        let [here, there] = [&mut fresh, &mut trained].map(|made| csv(&scene(made, &state).table));
        assert!(here == there);
    }

    /// With a larger input ε is far from σ², but not from σ.
    #[test]
    fn an_epsilon_that_is_replaced_shows_nothing_and_another_does() {
        for (std, eps) in [
            (0.01, 1e-5),
            (1.0, 1e-5),
            (1.0, 0.01),
            (100.0, 1.0),
            (50.0, 1e-5),
        ] {
            let state = NormalizeState {
                std,
                eps,
                input: Distribution::Normal,
                mistake: Some(Mistake::EpsOutside),
                ..NormalizeState::default()
            };
            let is_replaced = state.with_bug(Mistake::EpsOutside).eps != eps;
            assert!(is_seen(&state), "{std}, {eps}, replaced: {is_replaced}");
        }
    }
}
