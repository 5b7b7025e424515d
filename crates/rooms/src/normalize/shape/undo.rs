//! What γ and β make of one token, and of another: pressing the button restores the first.

use std::borrow::Cow;

use figures::number::format_value;
use figures::ticks::nice_above;
use figures::{Axis, Cross, Figure, Head, Line, Panel, Plot, Role, Table};
use ndarray::{ArrayView1, ArrayView2};

use super::super::forget;
use super::super::lab::Normalize;
use super::super::phrases::{given, n, number};
use super::super::python::{Form, Part, n_values, whole};
use super::super::reading::Trouble;
use super::super::scales::features;
use super::super::scene::{NormalizeScene, flat};
use super::super::state::{NormName, NormalizeState};
use super::nothing::NOTHING;
use super::trouble::{trouble, why};
use super::undoing::undo_rows;
use crate::columns::{self, indices};
use crate::python::{Code, Library, fill};
use crate::room::FigureSpec;

/// What γ and β take back.
pub const FIGURE: FigureSpec<Normalize> = FigureSpec::<Normalize>::new(
    "normalize-undo",
    "Undo: γ and β take one token back",
    scene,
    code,
)
.height(220)
.ignoring(|state: &mut NormalizeState| {
    forget::gradient(state);
    forget::space(state);
    forget::moves(state);
});

/// What can be said of γ and β.
struct Numbers {
    norm: NormName,
    alpha: f64,
    seq_len: usize,
    set: Affine,
    /// The first feature's γ and β that restore the first of the two tokens.
    undoing: [Option<f64>; 2],
    tried: [Tried; 2],
}

/// γ and β as they are set.
enum Affine {
    None,
    /// Features have their own.
    Own,
    Gamma(f64),
    Both(f64, f64),
}

/// A token that γ and β are tried on.
struct Tried {
    row_idx: usize,
    /// By how much y, of the γ and β that are set, misses x where both are numbers.
    by_set: Option<f64>,
    /// By how much those miss it that restore the first token; `None` where some of x̂ is no number.
    by_undoing: Option<f64>,
    /// Why some of its x̂ is no number.
    trouble: Option<Trouble>,
}

fn numbers(scene: &NormalizeScene, state: &NormalizeState) -> Numbers {
    let undo = &scene.shape.undo;
    let [x, _, y] = scene.steps();
    let tried = undo_rows(state).map(|row_idx| {
        let pairs = token(&x, row_idx).iter().zip(token(&y, row_idx));
        let differences = pairs.map(|(&x, &y)| (f64::from(y) - f64::from(x)).abs());
        let by_undoing = undo.residual(x, &scene.trace, row_idx);
        Tried {
            row_idx,
            by_set: differences.filter(|it| it.is_finite()).reduce(f64::max),
            by_undoing: (!by_undoing.is_nan()).then_some(by_undoing),
            trouble: trouble(scene, state, row_idx),
        }
    });
    Numbers {
        norm: state.norm,
        alpha: state.alpha,
        seq_len: state.seq_len,
        set: if !state.affine {
            Affine::None
        } else if state.has_own() {
            Affine::Own
        } else if state.has_beta() {
            Affine::Both(state.gamma, state.beta)
        } else {
            Affine::Gamma(state.gamma)
        },
        undoing: [&undo.gamma, &undo.beta].map(|values| values.first().copied()),
        tried,
    }
}

/// The features of one token.
fn token<'a>(values: &ArrayView2<'a, f32>, row_idx: usize) -> &'a [f32] {
    let row_len = values.ncols();
    flat(values)
        .get(row_idx * row_len..(row_idx + 1) * row_len)
        .unwrap_or_default()
}

fn scene<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.update(state);
    let rows = undo_rows(state);
    scene.shape.undo.update(&scene.trace, rows[0]);
    let scene = &*scene;
    let numbers = numbers(scene, state);
    let [x, _, y] = scene.steps();
    let lines = rows.map(|row_idx| [token(&x, row_idx), token(&y, row_idx)]);
    let finite = lines.iter().flatten().copied().flatten();
    let finite = finite.filter(|v| v.is_finite());
    let reach = nice_above(finite.fold(0.0, |max: f64, &v| max.max(f64::from(v.abs()))));
    let panels = lines
        .into_iter()
        .zip(&numbers.tried)
        .zip(["to be taken back", "the same γ and β"])
        .map(|(([x, y], tried), note)| Panel {
            head: Head {
                symbol: Cow::Owned(name(tried)),
                note: Cow::Borrowed(note),
            },
            cross: Cross {
                x: Some(state.column() as u64),
                y: None,
            },
            caption: Cow::Owned(missed(tried)),
            ..Panel::new(
                features("feature", state),
                Axis::values("", -reach, reach),
                Plot::Lines(vec![
                    Line::new("x", Role::Series(0), ArrayView1::from(x)),
                    Line::new("y", Role::Series(1), ArrayView1::from(y)),
                ]),
            )
        })
        .collect();
    let [[x, y], [other_x, other_y]] = lines;
    Figure {
        id: "normalize-undo",
        title: Cow::Borrowed("Undo: γ and β take one token back"),
        summary: scene.with_no_numbers(words(&numbers)),
        panels,
        table: Table::Columns(vec![
            indices("feature", state.d_model),
            columns::numbers("x", x),
            columns::numbers("y", y),
            columns::numbers("other_x", other_x),
            columns::numbers("other_y", other_y),
        ]),
        read_rows: state.column()..state.column() + 1,
    }
}

fn name(tried: &Tried) -> String {
    format!("token {}", tried.row_idx)
}

/// By how much y misses x.
fn missed(tried: &Tried) -> String {
    match (tried.by_set, tried.trouble) {
        // A caption has room for a few words; the summary says it in full.
        (None, Some(Trouble::TooFew)) => "too few values".to_owned(),
        (None, trouble) => why(trouble).to_owned(),
        (Some(miss), Some(_)) => {
            format!(
                "as set, y misses x by {} where x̂ is a number",
                format_value(miss, 3)
            )
        }
        (Some(miss), None) => format!("as set, y misses x by {}", format_value(miss, 3)),
    }
}

/// What γ and β take back: those that are set, and those that restore the first of two tokens.
fn words(numbers: &Numbers) -> String {
    let [here, _] = &numbers.tried;
    let Some(miss) = here.by_set else {
        return format!("*There is no x̂ to restore from*: {}.", why(here.trouble));
    };
    let set = match numbers.set {
        Affine::None => "Without γ and β".to_owned(),
        Affine::Own => "As γ and β are set".to_owned(),
        Affine::Gamma(gamma) => format!("With γ = {}", given(gamma)),
        Affine::Both(gamma, beta) => format!(
            "With [gamma|γ] = {} and [beta|β] = {}",
            given(gamma),
            given(beta)
        ),
    };
    format!(
        "{set}, y misses x by *{}* in {}. {}",
        format_value(miss, 3),
        name(here),
        undoing_words(numbers)
    )
}

/// Which γ and β restore the first of two tokens, and what they make of the second.
fn undoing_words(numbers: &Numbers) -> String {
    let [gamma, beta] = numbers.undoing;
    let restore = match numbers.norm {
        NormName::None => return "There is no norm to undo: γ = 1 and β = 0 give x.".to_owned(),
        NormName::DyT if numbers.alpha == 0.0 => {
            return "With α = 0 every x̂ is 0: x cannot be restored.".to_owned();
        }
        NormName::DyT => {
            return format!(
                "*tanh bends, and γ x̂ + β is a straight line*: it cannot bring all values back.\nNear 0, γ = 1/α = {} nearly does.",
                n(numbers.alpha.recip())
            );
        }
        NormName::Rms => format!("γ = √(mean x² + ε) = {} restores", number(gamma)),
        NormName::Layer => format!(
            "γ = √(σ² + ε) = {} and β = [mu|μ] = {} restore",
            number(gamma),
            number(beta)
        ),
        NormName::Group => "Each group's γ = √(σ² + ε) and β = μ restore".to_owned(),
        NormName::Batch | NormName::Instance => {
            "Each feature's γ = √(σ² + ε) and β = μ restore".to_owned()
        }
    };
    let [here, other] = &numbers.tried;
    let restored = format!("{restore} {} {}", name(here), up_to(here));
    if here.row_idx == other.row_idx {
        return format!("{restored}.\nThis is the only token.");
    }
    let rest = other_words(numbers, here, other);
    format!("{restored}{rest}")
}

/// How exactly a token comes back.
fn up_to(tried: &Tried) -> String {
    tried.by_undoing.map_or_else(
        || "(where x̂ exists)".to_owned(),
        |miss| format!("(up to {})", format_value(miss, 3)),
    )
}

/// What the γ and β that restore one token make of the other.
fn other_words(numbers: &Numbers, here: &Tried, other: &Tried) -> String {
    let [sample, other_sample] = [here, other].map(|tried| tried.row_idx / numbers.seq_len);
    let too = || format!(", *and {} too* {}", name(other), up_to(other));
    match (numbers.norm, other.by_undoing) {
        (NormName::Batch, _) => format!(
            "{}.\nAll tokens share them: that is what γ and β were made for (Ioffe and Szegedy 2015).",
            too()
        ),
        (NormName::Instance | NormName::Group, _) if sample == other_sample => format!(
            "{}.\nAll tokens of a sample share them, and there is one sample.",
            too()
        ),
        (_, None) => format!(
            ".\n{} has no x̂ to try that on: {}.",
            name(other),
            why(other.trouble)
        ),
        (_, Some(miss)) if miss < NOTHING => format!("{}.\nThe same values fit both.", too()),
        (NormName::Instance | NormName::Group, Some(miss)) => format!(
            " and all tokens of sample {sample}.\n*They miss {}, of sample {other_sample}, by {}*. Each sample has its own σ and μ; γ and β are the same for all.",
            name(other),
            format_value(miss, 3)
        ),
        (NormName::Rms, Some(miss)) => format!(
            ". *It misses {} by {}*.\nEach token has its own root mean square; γ is the same for all.",
            name(other),
            format_value(miss, 3)
        ),
        (_, Some(miss)) => format!(
            ". *They miss {} by {}*.\nEach token has its own σ and μ; γ and β are the same for all.",
            name(other),
            format_value(miss, 3)
        ),
    }
}

/// x and y of the token that is to be restored and of another, (4, d_model), and the γ and β that restore the first.
fn code(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let at = |row_idx: usize| format!("[{}, {}]", row_idx / state.seq_len, row_idx % state.seq_len);
    let [here, other] = undo_rows(state).map(at);
    let is_rms = state.norm == NormName::Rms;
    let is_defined = state.norm.has_statistics()
        && (state.norm != NormName::Batch || state.evaluates() || n_values(state) > 1);
    whole(scene, state, Part::All, Form::Steps, |library| {
        let of_token = |values: &str| match library {
            Library::NumPy => format!("np.broadcast_to({values}, x.shape){here}"),
            Library::PyTorch => format!("({values}).expand(x.shape){here}"),
        };
        let mut text = String::new();
        if is_defined {
            text.push_str(
                "# What gamma and beta have to be to take the norm back for the first token.\n",
            );
            let root = library.pick("np.sqrt", "torch.sqrt");
            let spread = if is_rms { "mean_square" } else { "variance" };
            let spread = of_token(&format!("{root}({spread} + eps)"));
            text.push_str(&format!("undo_gamma = {spread}\n"));
            if !is_rms {
                text.push_str(&format!("undo_beta = {}\n", of_token("mean")));
            }
        }
        text.push_str(&fill(
            "# x and y, first of that token, then of another.\nresult = {lib}.stack([x{here}, output{here}, x{other}, output{other}])\n",
            &[("lib", library.name()), ("here", &here), ("other", &other)],
        ));
        text
    })
}

#[cfg(test)]
mod tests {
    use super::super::undoing::BUTTON;
    use super::*;

    #[test]
    fn undo_restores_one_token_and_with_batch_norm_all() {
        let residuals = |norm| {
            let state = NormalizeState {
                norm,
                ..NormalizeState::default()
            };
            let mut kept = NormalizeScene::default();
            scene(&mut kept, &state);
            numbers(&kept, &state).tried.map(|tried| tried.by_undoing)
        };
        let is_restored = |miss: Option<f64>| miss.is_some_and(|miss| miss < 1e-5);
        let [here, other] = residuals(NormName::Layer);
        assert!(is_restored(here), "{here:?}");
        assert!(other.is_some_and(|miss| miss > 0.1), "{other:?}");
        let [here, other] = residuals(NormName::Batch);
        assert!(
            is_restored(here) && is_restored(other),
            "{here:?} {other:?}"
        );
    }

    #[test]
    fn what_is_drawn_comes_back_by_the_button_and_the_next_token_does_not() {
        let mut state = NormalizeState::default();
        // How far y is from x: of the token, and of the other one.
        let missed = |state: &NormalizeState| {
            let mut kept = NormalizeScene::default();
            let figure = scene(&mut kept, state);
            let csv = figures::csv::csv(&figure.table);
            let rows = csv.lines().skip(1).map(|line| {
                let values = line.split(',').map(|it| it.parse().unwrap_or(f32::NAN));
                values.collect::<Vec<_>>()
            });
            rows.fold([0.0_f32; 2], |[here, other], row| {
                let miss = |x: usize| (row[x] - row[x + 1]).abs();
                [here.max(miss(1)), other.max(miss(3))]
            })
        };
        assert!(missed(&state)[0] > 0.1);
        assert_eq!((BUTTON.press)(&mut state), None);
        let [here, other] = missed(&state);
        assert!(here < 1e-6 && other > 0.1, "{here} {other}");
        state.token = Some(state.row() + 1);
        assert!(missed(&state)[0] > 0.1);
    }
}
