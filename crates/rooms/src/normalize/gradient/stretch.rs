//! How much the Jacobian stretches: singular values, or the sizes on its diagonal.

use std::borrow::Cow;

use figures::number::format_count;
use figures::{Axis, Head, Panel, Plot, Points, Role, Rule};
use maths::normalize::{Norm, NormSpec};
use ndarray::ArrayView1;

use super::super::reading::Trouble;
use super::super::scales::decades;
use super::kept::{Kept, Stretch};
use super::norms::{is_exact, rstd_name};
use super::nothing::unless_too_few;
use super::small_steps::MOST_SMALL_STEPS;

/// What is smaller than the largest singular value by this factor is 0 as far as can be told.
const NEGLIGIBLE: f64 = 1e-12;

impl Kept {
    /// Singular values of LayerNorm and RMSNorm; where features do not mix, what each is stretched by. With unequal γ
    /// they are searched for, as far as a frame is enough.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    pub fn update_stretch(&mut self, spec: &NormSpec<'_>) {
        let n = self.input.ncols();
        let Stretch { numbers, factors } = &mut self.stretch;
        factors.clear();
        let first = if self.is_exact {
            let is_common = spec.gamma.windows(2).all(|pair| pair[0] == pair[1]);
            if is_common || n <= MOST_SMALL_STEPS {
                let values = self.exact.singular_values().iter();
                factors.extend(values.map(|&value| value as f32));
                let first = factors.first().copied().unwrap_or_default();
                let negligible = f64::from(first) * NEGLIGIBLE;
                for value in factors.iter_mut() {
                    if f64::from(*value) <= negligible {
                        *value = 0.0;
                    }
                }
            }
            1
        } else {
            if !matches!(spec.norm, Norm::Group { .. }) {
                factors.extend(self.jacobian.diag().iter().map(|entry| entry.abs()));
            }
            0
        };
        numbers.clear();
        numbers.extend((first..first + n).map(|number| number as f32));
    }
}

/// How many factors are 0; `None` where they are not known.
pub fn n_zero(part: &Kept) -> Option<usize> {
    let factors = &part.stretch.factors;
    let n_zero = factors.iter().filter(|&&factor| factor == 0.0).count();
    (!factors.is_empty()).then_some(n_zero)
}

/// The factors on a logarithmic axis.
#[allow(clippy::cast_precision_loss)]
pub fn panel(part: &Kept, norm: Norm, trouble: Option<Trouble>) -> Panel<'_> {
    let Stretch { numbers, factors } = &part.stretch;
    let n = numbers.len() as f64;
    let first = numbers.first().map_or(0.0, |&first| f64::from(first));
    let n_zero = n_zero(part);
    let (label, note) = if is_exact(norm) {
        ("direction, the strongest first", "what is left")
    } else {
        ("feature", "sizes on the diagonal")
    };
    let x = Axis::values(label, first - 1.0, first + n);
    let (y, plot) = match decades(factors.iter()) {
        Some((min, max)) => (
            Axis::log("", min, max),
            Plot::Points(vec![Points {
                name: Cow::Borrowed(""),
                role: Role::Series(0),
                x: ArrayView1::from(&numbers[..]),
                y: ArrayView1::from(&factors[..]),
                names: Cow::Borrowed(&[]),
                size: 4.0,
                is_joined: false,
            }]),
        ),
        None => (
            Axis::log("", 0.1, 10.0),
            Plot::Empty(Cow::Borrowed(nothing_to_see(n_zero, norm))),
        ),
    };
    let rstd = part.rstd().filter(|rstd| rstd.is_finite());
    let rule = rstd.map(|at| Rule {
        at,
        role: Role::Sigma,
        name: Cow::Borrowed(rstd_name(norm)),
    });
    Panel {
        head: Head {
            symbol: Cow::Borrowed("s"),
            note: Cow::Borrowed(note),
        },
        rules: rule.into_iter().collect(),
        caption: Cow::Owned(caption(n_zero)),
        ..Panel::new(x, y, unless_too_few(trouble, plot))
    }
}

/// Under the factors: a logarithmic axis has no 0.
fn caption(n_zero: Option<usize>) -> String {
    match n_zero {
        None | Some(0) => String::new(),
        Some(1) => "one more is 0".to_owned(),
        Some(n) => format!("{} more are 0", format_count(n as u64)),
    }
}

/// Why there are no factors to be seen.
fn nothing_to_see(n_zero: Option<usize>, norm: Norm) -> &'static str {
    match (n_zero, norm) {
        (None, Norm::Group { .. }) => "blocks of features: not taken apart here",
        (None, _) => "with γ of its own for each of more than 256 features this takes too long",
        (Some(_), _) => "none above 0",
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::scene::NormalizeScene;
    use super::super::super::state::NormalizeState;

    #[test]
    fn one_singular_value_is_zero_and_one_is_what_eps_leaves() {
        let mut scene = NormalizeScene::default();
        scene.update_gradient(&NormalizeState::default());
        let factors = &scene.gradient.stretch.factors;
        assert_eq!(factors.len(), 64);
        let [first, along, last] = [0, 62, 63].map(|idx| factors[idx]);
        assert_eq!(last, 0.0);
        assert!(along > 0.0 && along < 1e-4 * first, "{along}");
    }
}
