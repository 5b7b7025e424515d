//! Which γ and β take the norm back for the token that is read, and the button that sets them.

use maths::normalize::Undo;

use super::super::per_feature::LIMITS;
use super::super::phrases::n;
use super::super::scene::NormalizeScene;
use super::super::state::{NormName, NormalizeState};
use crate::desk::Button;
use crate::platform::parse_number;
use crate::settings::{Notice, number_text};

/// Gives all features the γ and the β that take the norm back, where there is one σ and one μ for all of them.
pub const BUTTON: Button<NormalizeState> = Button::new(
    |state: &NormalizeState| {
        let [row_idx, _] = undo_rows(state);
        format!("γ and β that undo token {row_idx}")
    },
    undo_token,
)
.when(|state| matches!(state.norm, NormName::Layer | NormName::Rms))
.clearing(&["gamma", "beta", "undo"]);

/// The token that γ and β are to restore, and the one they are tried on next: both are no padding. The second is of
/// another sample where there is one and the tokens of a sample share their mean and variance.
pub fn undo_rows(state: &NormalizeState) -> [usize; 2] {
    let is_real = |row_idx: &usize| !state.is_padding(*row_idx);
    // The first token of a sample is never padding.
    let row_idx = Some(state.row()).filter(is_real).unwrap_or(0);
    let is_shared = matches!(state.norm, NormName::Instance | NormName::Group) && state.batch > 1;
    let next = if is_shared {
        (row_idx / state.seq_len + 1) * state.seq_len
    } else {
        row_idx + 1
    };
    let after = (next..state.rows()).chain(0..row_idx);
    [row_idx, after.into_iter().find(is_real).unwrap_or(row_idx)]
}

/// One γ for all features, and one β where the norm has it.
struct Affine {
    gamma: f64,
    beta: Option<f64>,
}

/// Sets those that undo the token that is read; says where their ranges do not reach so far.
fn undo_token(state: &mut NormalizeState) -> Option<Notice> {
    let [gamma, beta] = undoing(state)?;
    state.set_affine(gamma, beta);
    let own = |gamma, beta| Affine {
        gamma,
        beta: state.has_beta().then_some(beta),
    };
    notice(&own(gamma, beta), &own(state.gamma, state.beta))
}

/// The γ and the β that restore the selected token where all features share them, rounded as the norm takes them;
/// `None` where x̂ is no number.
fn undoing(state: &NormalizeState) -> Option<[f64; 2]> {
    let mut scene = NormalizeScene::default();
    scene.update_whole(state);
    let mut undo = Undo::default();
    undo.update(&scene.trace, undo_rows(state)[0]);
    let both = [*undo.gamma.first()?, *undo.beta.first()?];
    both.iter()
        .all(|it| it.is_finite())
        .then(|| both.map(short))
}

/// The number with the fewest digits among those that are the same in 32 bits.
#[allow(clippy::cast_possible_truncation)]
fn short(value: f64) -> f64 {
    parse_number(&number_text(value as f32)).unwrap_or(value)
}

/// That γ and β cannot be set to what would restore the token; `None` where they were.
fn notice(wanted: &Affine, set: &Affine) -> Option<Notice> {
    let is_set = |set: f64, wanted: f64| (set - wanted).abs() <= f64::EPSILON * wanted.abs();
    let betas = wanted.beta.zip(set.beta);
    if is_set(set.gamma, wanted.gamma) && betas.is_none_or(|(wanted, set)| is_set(set, wanted)) {
        return None;
    }
    let (min, max) = LIMITS;
    let range = format!("{} to {}", n(min), n(max));
    Some(match betas {
        Some((wanted_beta, set_beta)) => Notice::new(
            "γ and β",
            &format!("{} and {}", n(wanted.gamma), n(wanted_beta)),
            range,
            format!(
                "{} and {} are used, which do not restore the token",
                n(set.gamma),
                n(set_beta)
            ),
        ),
        None => Notice::new(
            "γ",
            &n(wanted.gamma),
            range,
            format!("{} is used, which does not restore the token", n(set.gamma)),
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undoing_is_tried_on_a_token_of_other_statistics_where_there_is_one() {
        let state = |norm, batch| NormalizeState {
            norm,
            batch,
            padding: true,
            ..NormalizeState::default()
        };
        let seq_len = NormalizeState::default().seq_len;
        for norm in [NormName::Instance, NormName::Group] {
            let several = NormalizeState {
                token: Some(2 * seq_len),
                ..state(norm, 3)
            };
            assert_eq!(undo_rows(&several), [2 * seq_len, 0], "{norm:?}");
            assert_eq!(undo_rows(&state(norm, 2))[1], seq_len, "{norm:?}");
            let [here, other] = undo_rows(&state(norm, 1));
            assert!(here != other && other < seq_len, "{norm:?}");
        }
    }

    #[test]
    fn the_button_says_what_is_out_of_reach() {
        let pressed = |norm, mean| {
            let mut state = NormalizeState {
                norm,
                mean,
                ..NormalizeState::default()
            };
            let notice = (BUTTON.press)(&mut state).map(|notice| notice.to_string());
            (state, notice.unwrap_or_default())
        };
        assert_eq!(pressed(NormName::Layer, 0.0).1, "");
        let (state, notice) = pressed(NormName::Layer, 100.0);
        assert_eq!(state.beta, 4.0);
        assert!(notice.starts_with("γ and β: "), "{notice}");
        assert!(notice.contains("allowed: −4 to 4"), "{notice}");
        let (state, notice) = pressed(NormName::Rms, 100.0);
        assert_eq!(state.gamma, 4.0);
        assert!(notice.starts_with("γ: "), "{notice}");
        assert!(
            notice.ends_with("4 is used, which does not restore the token."),
            "{notice}"
        );
    }
}
