//! What a push of the selected token does to the outputs.

use std::borrow::Cow;

use figures::number::{bracketed, format_value};
use figures::ticks::nice_above;
use figures::{Head, Panel};
use maths::normalize::{Direction, Norm, normalize};

use super::super::phrases::{given, number_of, subscript};
use super::super::reading::Trouble;
use super::super::scene::NormalizeScene;
use super::super::sizes::largest;
use super::super::state::{Along, NormalizeState};
use super::norms::is_per_token;
use super::panels::bars;
use super::reading::{NOTHING, known};
use super::token::within;

/// What can be said of a push.
pub struct Numbers {
    /// Where the token was pushed.
    pub along: Along,
    /// The selected feature.
    feature: usize,
    size: f64,
    /// The largest change of an output; `None` where one is no number.
    largest: Option<f64>,
    /// The largest that the Jacobian says; `None` where one is no number.
    predicted: Option<f64>,
    /// The largest change of another token's output, where the norm mixes tokens.
    elsewhere: Option<f64>,
    /// Why nothing moves where nothing is to be seen.
    still: Option<&'static str>,
    /// Whether the token goes so far back along x̂ that x̂ changes its sign.
    turns: bool,
}

/// What the last push did.
pub fn numbers(scene: &NormalizeScene, state: &NormalizeState) -> Numbers {
    let part = &scene.gradient;
    let push = &part.push;
    Numbers {
        along: state.push,
        feature: state.column(),
        size: state.push_size,
        largest: known(push.largest),
        predicted: known(push.largest_predicted),
        elsewhere: (!is_per_token(state.norm_in_use())).then_some(push.largest_elsewhere),
        still: still(state, push.largest),
        // x − μ is √(σ² + ε) · x̂: that much takes it to the mean.
        turns: state.push == Along::Normalized
            && part
                .rstd()
                .is_some_and(|rstd| state.push_size < -rstd.recip()),
    }
}

/// Why a push moves nothing, where it does not.
fn still(state: &NormalizeState, largest: f64) -> Option<&'static str> {
    let is_seen = largest > NOTHING * state.push_size.abs();
    match (state.norm_in_use(), state.push) {
        _ if is_seen || largest.is_nan() => None,
        _ if state.push_size == 0.0 => Some("nothing moves: the push is 0"),
        _ if state.is_shut() => Some("nothing moves: γ is 0"),
        (Norm::Layer, Along::Ones) => Some("nothing moves: the norm subtracts the mean"),
        (Norm::Layer, Along::Normalized) => {
            Some("nothing moves: the norm divides by σ, which grows, too")
        }
        (Norm::Rms, Along::Normalized) => {
            Some("nothing moves: the norm divides by the root, which grows, too")
        }
        _ => Some("nothing moves"),
    }
}

impl NormalizeScene {
    /// Pushes the selected token.
    #[allow(clippy::cast_possible_truncation)]
    pub fn update_push(&mut self, state: &NormalizeState) {
        self.update_gradient(state);
        let mut part = std::mem::take(&mut self.gradient);
        let mut one_hot = vec![0.0; state.d_model];
        one_hot[state.column()] = 1.0;
        let pushed = &mut part.push;
        if part.is_exact {
            let direction = match state.push {
                Along::Ones => Direction::Ones,
                Along::Normalized => Direction::Normalized,
                Along::Feature => Direction::Given(&one_hot),
            };
            let push = part.exact.push(direction, state.push_size);
            pushed.change.clear();
            pushed
                .change
                .extend(push.change.iter().map(|&change| change as f32));
            pushed.largest = push.largest;
            pushed.largest_predicted = largest(push.predicted.iter().copied());
            pushed.largest_elsewhere = 0.0;
        } else {
            let direction: Vec<f64> = match state.push {
                Along::Ones => vec![1.0; state.d_model],
                Along::Normalized => {
                    let row = part.trace.normalized.row(part.row_idx);
                    row.iter().map(|&x| f64::from(x)).collect()
                }
                Along::Feature => one_hot,
            };
            pushed.input.clone_from(&part.input);
            let mut row = pushed.input.row_mut(part.row_idx);
            for (x, along) in row.iter_mut().zip(&direction) {
                *x = (f64::from(*x) + state.push_size * along) as f32;
            }
            let spec = within(state, self.spec(state, state.norm));
            normalize(pushed.input.view(), part.seq_len, &spec, &mut pushed.trace).ok();
            let (before, after) = (&part.trace.output, &pushed.trace.output);
            pushed.largest_elsewhere = 0.0;
            for (row_idx, (before, after)) in
                before.rows().into_iter().zip(after.rows()).enumerate()
            {
                let changes = before.iter().zip(after);
                let changes = changes.map(|(&before, &after)| after - before);
                if row_idx == part.row_idx {
                    pushed.change.clear();
                    pushed.change.extend(changes);
                } else {
                    let here = largest(changes.map(f64::from));
                    pushed.largest_elsewhere =
                        largest([pushed.largest_elsewhere, here].into_iter());
                }
            }
            pushed.largest = largest(pushed.change.iter().map(|&change| f64::from(change)));
            let predicted = part.jacobian.rows().into_iter().map(|row| {
                let along = row.iter().zip(&direction);
                let along = along.map(|(&entry, along)| f64::from(entry) * along);
                state.push_size * along.sum::<f64>()
            });
            pushed.largest_predicted = largest(predicted);
        }
        self.gradient = part;
    }
}

/// The change of each output. What is expected of other directions sets the scale: nothing is seen as nothing.
pub fn panel<'a>(
    scene: &'a NormalizeScene,
    state: &NormalizeState,
    numbers: &Numbers,
    trouble: Option<Trouble>,
) -> Panel<'a> {
    let part = &scene.gradient;
    let spec = scene.spec(state, state.norm);
    let largest_gamma = largest(spec.gamma.iter().map(|&gamma| f64::from(gamma)));
    let normalized = part.row_of(&part.trace.normalized).iter();
    let step = match state.push {
        Along::Ones | Along::Feature => 1.0,
        Along::Normalized => largest(normalized.map(|&x| x.into())),
    };
    let expected = part.rstd().unwrap_or(1.0) * state.push_size.abs() * step * largest_gamma;
    let expected = if expected.is_finite() { expected } else { 0.0 };
    let reach = nice_above(part.push.largest.max(expected));
    let change = &part.push.change;
    Panel {
        head: Head {
            symbol: Cow::Borrowed("Δy"),
            note: Cow::Owned(note(numbers)),
        },
        caption: Cow::Owned(caption(numbers)),
        ..bars(("output feature", change), reach, part, state, trouble)
    }
}

/// What the outputs did.
pub fn sentence(numbers: &Numbers) -> String {
    let direction = match numbers.along {
        Along::Ones => Cow::Borrowed("in all features"),
        Along::Normalized => Cow::Borrowed("along x̂"),
        Along::Feature => Cow::Owned(format!("in feature {}", numbers.feature)),
    };
    let pushed = format!("Pushed by {} {direction}", given(numbers.size));
    let Some(largest) = numbers.largest.filter(|it| it.is_finite()) else {
        return format!("{pushed}, *some outputs are hatched*.");
    };
    let moved = format!(
        "{pushed}, *the outputs move by {} at most*",
        format_value(largest, 3)
    );
    let is_seen = largest > NOTHING * numbers.size.abs() || numbers.along == Along::Feature;
    match numbers.elsewhere {
        Some(elsewhere) if elsewhere.is_finite() => format!(
            "{moved}, those of other tokens by {}, because they share its mean and variance.",
            format_value(elsewhere, 3)
        ),
        Some(_) => format!("{moved}; some of other tokens are hatched."),
        None if is_seen => {
            let predicted = number_of(numbers.predicted, 3);
            let turns = if numbers.turns {
                ". The push goes past the mean, where x̂ changes its sign; the Jacobian is right for small pushes"
            } else {
                ""
            };
            format!("{moved}; by the [jacobian|Jacobian] it would be {predicted}{turns}.")
        }
        None => format!("{moved}: the norm does not see this change."),
    }
}

/// Above the bars.
fn note(numbers: &Numbers) -> String {
    let size = bracketed(&given(numbers.size));
    match numbers.along {
        Along::Ones => format!("after x + {size}"),
        Along::Normalized => format!("after x + {size} · x̂"),
        Along::Feature => format!("after x{} + {size}", subscript(numbers.feature)),
    }
}

/// Under the bars.
fn caption(numbers: &Numbers) -> String {
    if let Some(still) = numbers.still {
        return still.to_owned();
    }
    numbers.largest.map_or_else(String::new, |largest| {
        format!(
            "largest {}, by ∂y/∂x {}",
            format_value(largest, 3),
            number_of(numbers.predicted, 3)
        )
    })
}

#[cfg(test)]
mod tests {
    use maths::normalize::BatchMode;

    use super::super::super::state::NormName;
    use super::*;

    #[test]
    fn pushes_along_the_null_directions_move_nothing() {
        for (push, norm, moves) in [
            (Along::Ones, NormName::Layer, false),
            (Along::Normalized, NormName::Layer, false),
            (Along::Feature, NormName::Layer, true),
            (Along::Ones, NormName::Rms, true),
            (Along::Normalized, NormName::Rms, false),
            (Along::Ones, NormName::Batch, true),
        ] {
            let state = NormalizeState {
                push,
                norm,
                eps: 0.0,
                ..NormalizeState::default()
            };
            let mut scene = NormalizeScene::default();
            scene.update_push(&state);
            assert_eq!(
                scene.gradient.push.largest > 1e-6,
                moves,
                "{push:?} {norm:?}"
            );
        }
    }

    #[test]
    fn a_push_beyond_the_mean_turns_the_outputs_and_says_so() {
        for norm in [NormName::Layer, NormName::Rms] {
            for push_size in [-10.0, -0.5, 10.0] {
                let state = NormalizeState {
                    push: Along::Normalized,
                    push_size,
                    norm,
                    ..NormalizeState::default()
                };
                let mut scene = NormalizeScene::default();
                scene.update_push(&state);
                let numbers = numbers(&scene, &state);
                let jumps = numbers.largest.is_some_and(|largest| largest > 1.0);
                assert_eq!(numbers.turns, jumps, "{norm:?} {push_size}");
                let says = sentence(&numbers).contains("past the mean");
                assert_eq!(says, jumps, "{}", sentence(&numbers));
            }
        }
    }

    #[test]
    fn no_number_in_another_token_is_said() {
        let mut state = NormalizeState::default();
        state.take_text("1,2;nan,3;4,5");
        state.norm = NormName::Instance;
        (state.token, state.push) = (Some(0), Along::Ones);
        let mut scene = NormalizeScene::default();
        scene.update_push(&state);
        let numbers = numbers(&scene, &state);
        assert!(numbers.elsewhere.is_some_and(f64::is_nan));
        assert!(sentence(&numbers).contains("are hatched"));
    }

    #[test]
    fn what_was_moved_before_leaves_no_trace() {
        let before = NormalizeState {
            norm: NormName::Group,
            push: Along::Normalized,
            ..NormalizeState::default()
        };
        let evaluated = NormalizeState {
            norm: NormName::Batch,
            mode: BatchMode::Eval,
            ..before.clone()
        };
        let shifted = NormalizeState {
            beta: 3.0,
            ..before.clone()
        };
        let remembered = NormalizeState {
            momentum: 1.0,
            ..evaluated.clone()
        };
        for (before, after) in [(before, shifted), (evaluated, remembered)] {
            let (mut followed, mut fresh) = (NormalizeScene::default(), NormalizeScene::default());
            followed.update_push(&before);
            followed.update_push(&after);
            fresh.update_push(&after);
            let of = |scene: &NormalizeScene| {
                let push = &scene.gradient.push;
                [push.largest, push.largest_predicted, push.largest_elsewhere]
            };
            assert_eq!(of(&followed), of(&fresh));
        }
    }
}
