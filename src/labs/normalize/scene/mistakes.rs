//! Outputs as real bugs make them: right, wrong, and how far apart.

use std::borrow::Cow;

use figures::ticks::nice_above;
use figures::{Axis, Cells, Cross, Figure, Head, Heatmap, Panel, Plot, Rows, Table};
use maths::normalize::{MistakeTrace, TooFewValues};
use ndarray::ArrayView2;

use super::super::state::NormalizeState;
use super::super::story::mistakes as story;
use super::gradient::{largest, symmetric};
use super::{NormalizeScene, colours, column, features, flat, idx_from};
use crate::labs::{Cell, Fact};

/// What all other tokens are multiplied with to see whether a token depends on them.
const OTHERS_SCALE: f32 = 1.5;

/// What the part keeps from frame to frame.
#[derive(Default)]
pub struct Kept {
    trace: MistakeTrace,
    /// The largest difference, or why there is none.
    result: Option<Result<f64, TooFewValues>>,
    symptom: Symptom,
    /// The state that the outputs are of, whatever is read of it, and the version of x.
    of: Option<(NormalizeState, u64)>,
    /// The token that the symptom is of.
    symptom_of: Option<usize>,
    /// Grows whenever anything here changes.
    version: u64,
}

/// What a bug does to the numbers of a token, right and wrong where there are two.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Symptom {
    /// The largest difference of any output; NaN where only one of the two is a number.
    pub most: f64,
    /// The mean of the token's outputs.
    pub mean: [f64; 2],
    /// Their std, divided by n.
    pub std: [f64; 2],
    /// The largest of them, without its sign.
    pub largest: [f64; 2],
    /// How far the token's outputs move when all other tokens are made larger.
    pub by_others: [f64; 2],
    /// Too few values for batch norm.
    pub too_few: bool,
}

/// Makes both outputs of the bug that is shown, and says in which state; `None` without a bug.
fn update(scene: &mut NormalizeScene, state: &NormalizeState) -> Option<NormalizeState> {
    let bug = state.bug()?;
    let shown = state.with_bug(bug);
    // The norm of the state is the right one, and made here.
    scene.update_and_train(&shown, true);
    let mut of = shown.clone();
    (of.token, of.feature) = (None, None);
    let of = Some((of, scene.versions[0]));
    let (is_kept, row_idx) = (scene.mistakes.of == of, Some(shown.row()));
    if is_kept && scene.mistakes.symptom_of == row_idx {
        return Some(shown);
    }
    let mut kept = std::mem::take(&mut scene.mistakes);
    let x = scene.x();
    let spec = scene.spec(&shown, shown.norm);
    if !is_kept {
        kept.version += 1;
        kept.of = of;
        kept.result = Some(kept.trace.update(bug, x, shown.seq_len, spec));
    }
    kept.symptom_of = row_idx;
    let (trace, by) = (&mut kept.trace, (shown.row(), OTHERS_SCALE));
    let by_others = trace.moved_by_others(bug, x, shown.seq_len, spec, by);
    kept.symptom = kept.measure(shown.row(), by_others);
    scene.mistakes = kept;
    Some(shown)
}

impl Kept {
    fn outputs(&self) -> [ArrayView2<'_, f32>; 2] {
        [&self.trace.right, &self.trace.wrong].map(|trace| trace.output.view())
    }

    #[allow(clippy::cast_precision_loss)]
    fn measure(&self, row_idx: usize, by_others: [f64; 2]) -> Symptom {
        let result = self.result.unwrap_or(Ok(0.0));
        let mut symptom = Symptom {
            most: result.unwrap_or(f64::NAN),
            too_few: result.is_err(),
            by_others,
            ..Symptom::default()
        };
        for (idx, output) in self.outputs().into_iter().enumerate() {
            let row = output.row(row_idx);
            let n = row.len() as f64;
            let wide = || row.iter().map(|&y| f64::from(y));
            let mean = wide().sum::<f64>() / n;
            symptom.mean[idx] = mean;
            symptom.std[idx] = (wide().map(|y| (y - mean) * (y - mean)).sum::<f64>() / n).sqrt();
            symptom.largest[idx] = largest(wide());
        }
        symptom
    }
}

/// Right, wrong, and the difference.
pub fn mistake<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    let Some(shown) = update(scene, state) else {
        return Figure {
            id: "normalize-mistake",
            title: Cow::Borrowed(story::TITLE),
            summary: story::NONE_CHOSEN.to_owned(),
            panels: vec![Panel::new(
                features("feature", state),
                Axis::cells("token", "token", 0, state.rows()),
                Plot::Empty(Cow::Borrowed(story::NONE_CHOSEN)),
            )],
            table: table(state, [&[], &[]]),
            read_rows: 0..0,
        };
    };
    let kept = &scene.mistakes;
    let usual = colours(&shown);
    let of_difference = symmetric(nice_above(kept.symptom.most));
    let [right, wrong] = kept.outputs();
    let panels = [
        (right, usual),
        (wrong, usual),
        (kept.trace.difference.view(), of_difference),
    ]
    .into_iter()
    .zip(story::HEADS)
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
        caption: Cow::Owned(story::caption(colours)),
        ..Panel::new(
            features("feature", state),
            Axis::cells(
                "token",
                if idx == 0 { "token" } else { "" },
                0,
                state.rows(),
            ),
            Plot::Heatmap(Heatmap {
                values,
                rows: Rows::Down,
                colours,
                undefined: Cow::Borrowed("no number"),
                version: kept.version,
            }),
        )
    })
    .collect();
    let first = state.row() * state.d_model;
    Figure {
        id: "normalize-mistake",
        title: Cow::Borrowed(story::TITLE),
        summary: scene.with_no_numbers(story::symptom(state, &kept.symptom)),
        panels,
        table: table(state, [flat(&right), flat(&wrong)]),
        read_rows: first..first + state.d_model,
    }
}

fn table<'a>(state: &NormalizeState, [right, wrong]: [&'a [f32]; 2]) -> Table<'a> {
    let len = state.rows() * state.d_model;
    let index = |every, modulo| Cells::Index { every, modulo, len };
    Table::Columns(vec![
        column("sample", index(state.seq_len * state.d_model, state.batch)),
        column("token", index(state.d_model, state.seq_len)),
        column("feature", index(1, state.d_model)),
        column("right", Cells::F32(right)),
        column("wrong", Cells::F32(wrong)),
    ])
}

/// A cell in numbers.
pub fn tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    if update(scene, state).is_none() {
        return String::new();
    }
    let at = [
        idx_from(cell.y, state.row()),
        idx_from(cell.x, state.column()),
    ];
    let [right, wrong] = scene
        .mistakes
        .outputs()
        .map(|output| f64::from(output.get(at).copied().unwrap_or(f32::NAN)));
    story::tip(state, at, right, wrong)
}

/// The symptom in numbers.
pub fn facts(scene: &mut NormalizeScene, state: &NormalizeState) -> Vec<Fact> {
    if update(scene, state).is_none() {
        return Vec::new();
    }
    story::facts(state, &scene.mistakes.symptom)
}

#[cfg(test)]
mod tests {
    use maths::inputs::Distribution;
    use maths::normalize::Mistake;

    use super::super::super::state::{MISTAKES, NormName};
    use super::super::gradient::tests::{CORNER, assert_words, odd_states, words_of};
    use super::*;

    fn symptom_of(state: &NormalizeState) -> Symptom {
        let mut scene = NormalizeScene::default();
        assert!(update(&mut scene, state).is_some());
        scene.mistakes.symptom
    }

    /// A quiz shows what a bug does before it asks.
    #[test]
    fn every_mistake_can_be_seen_as_the_page_opens() {
        for bug in MISTAKES {
            let state = NormalizeState {
                quiz: Some(bug),
                ..NormalizeState::default()
            };
            let symptom = symptom_of(&state);
            assert!(symptom.most > 5e-3, "{bug:?}: {symptom:?}");
        }
    }

    /// codertimo/BERT-pytorch#30
    #[test]
    fn one_hot_gives_1_732_or_1_5() {
        let mut state = NormalizeState::default();
        state.try_one_hot();
        let [right, wrong] = symptom_of(&state).largest;
        assert!(
            (right - 1.732).abs() < 5e-4 && (wrong - 1.5).abs() < 5e-4,
            "{right} {wrong}"
        );
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
            let by_others = symptom_of(&state).by_others.map(|moved| moved > 1e-6);
            assert_eq!(by_others, depends, "{bug:?}");
        }
    }

    #[test]
    fn what_is_no_number_is_said_in_words() {
        for odd in odd_states() {
            for bug in MISTAKES {
                let state = NormalizeState {
                    mistake: Some(bug),
                    ..odd.clone()
                };
                let mut scene = NormalizeScene::default();
                let mut words = words_of(&mistake(&mut scene, &state));
                words.extend(facts(&mut scene, &state).into_iter().map(|fact| fact.value));
                words.extend([story::lead(&state), story::explanation(&state, bug)]);
                words.push(tip(&mut scene, &state, CORNER));
                assert_words(words, &state);
            }
        }
    }

    #[test]
    fn a_number_beside_none_is_something_to_see() {
        let mut state = NormalizeState::default();
        state.take_text("1,1,1,1\n1,2,3,4");
        (state.eps, state.token) = (0.0, Some(0));
        state.mistake = Some(Mistake::OverTokens);
        assert!(symptom_of(&state).most.is_nan());
        let mut scene = NormalizeScene::default();
        let said = mistake(&mut scene, &state).summary;
        assert!(said.contains("numbers in one of the two"), "{said}");
    }

    #[test]
    fn what_is_shown_instead_of_what_is_set_is_named() {
        let set = |bug, change: fn(&mut NormalizeState)| {
            let mut state = NormalizeState::default();
            change(&mut state);
            state.quiz = Some(bug);
            let before = story::lead(&state) + &story::formula(&state);
            assert!(!before.contains("hown with"), "{before}");
            state.answer = Some(0);
            let said = story::explanation(&state, bug);
            let is_shown = story::formula(&state).contains("<dt>shown</dt>");
            assert_eq!(is_shown, said.contains("Shown"), "{said}");
            said
        };
        let batch: fn(&mut NormalizeState) = |state| state.norm = NormName::Batch;
        let nothing: fn(&mut NormalizeState) = |_| {};
        for (bug, change, says) in [
            (Mistake::OverTokens, batch, "Shown with LayerNorm."),
            (Mistake::Unbiased, batch, "Shown with LayerNorm."),
            (Mistake::Unbiased, nothing, ""),
            (
                Mistake::BatchStatistics,
                batch,
                "Shown with batch norm in evaluation.",
            ),
            (
                Mistake::PaddingCounted,
                nothing,
                "Shown with batch norm in training, with padding.",
            ),
            (
                Mistake::OverBatch,
                |state| state.padding = true,
                "Shown without padding.",
            ),
            (
                Mistake::ScalarAffine,
                nothing,
                "Shown with γ and β of each feature by the seed.",
            ),
            (
                Mistake::ScalarAffine,
                |state| (state.affine, state.norm) = (false, NormName::Rms),
                "Shown with γ of each feature switched on.",
            ),
            (
                Mistake::EpsOutside,
                |state| state.norm = NormName::DyT,
                "Shown with LayerNorm, with ε = 0.1, because 1e-5 shows nothing beside this input.",
            ),
            (Mistake::EpsOutside, |state| state.eps = 0.01, ""),
            (
                Mistake::EpsOutside,
                |state| (state.eps, state.std) = (1.0, 100.0),
                "",
            ),
            (
                Mistake::EpsOutside,
                |state| drop(state.take_text("1,2,3,5")),
                "",
            ),
            (
                Mistake::EpsOutside,
                |state| state.input = Distribution::Constant,
                "",
            ),
        ] {
            let said = set(bug, change);
            let shown = said.find("Shown").map_or("", |at| &said[at..]);
            assert_eq!(shown, says, "{said}");
        }
    }

    /// With a larger input ε is far from σ², but not from σ.
    #[test]
    fn an_epsilon_that_is_replaced_shows_nothing_and_another_does() {
        for (std, eps) in [
            (0.01, 1e-5),
            (1.0, 1e-5),
            (1.0, 0.01),
            (50.0, 1e-3),
            (100.0, 1.0),
        ] {
            let state = NormalizeState {
                std,
                eps,
                input: Distribution::Normal,
                mistake: Some(Mistake::EpsOutside),
                ..NormalizeState::default()
            };
            let is_replaced = state.with_bug(Mistake::EpsOutside).eps != eps;
            let most = symptom_of(&state).most;
            assert!(most > 5e-3, "{std}, {eps}: {most}, replaced: {is_replaced}");
        }
    }
}
