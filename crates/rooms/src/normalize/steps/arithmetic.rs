//! One feature of one token through the four steps, in numbers.

use figures::number::format_value;

use super::super::phrases::{NO_NUMBER, TOO_FEW, bracketed, n, subscript};
use super::super::reading::{Reading, Trouble};
use super::super::scene::NormalizeScene;
use super::super::state::{N_STEPS, NormName, NormalizeState};

/// The numbers that go into it.
pub struct Arithmetic {
    pub norm: NormName,
    pub eps: f64,
    pub alpha: f64,
    /// The feature's γ, where there is one.
    pub gamma: Option<f64>,
    /// Its β, where there is one.
    pub beta: Option<f64>,
    pub reading: Reading,
}

impl Arithmetic {
    /// That of a token's feature.
    pub fn at(
        scene: &NormalizeScene,
        state: &NormalizeState,
        row_idx: usize,
        feature: usize,
    ) -> Option<Self> {
        Some(Self {
            norm: state.norm,
            eps: state.eps,
            alpha: state.alpha,
            gamma: state.affine.then(|| state.gamma_of(feature)),
            beta: state.has_beta().then(|| state.beta_of(feature)),
            reading: scene.reading(state, row_idx, feature)?,
        })
    }

    /// √(σ² + ε), what x − μ is divided by.
    pub fn root(&self) -> f64 {
        (self.reading.variance + self.eps).sqrt()
    }
}

/// Each step short enough to stand under its panel.
pub fn captions(arithmetic: &Arithmetic) -> [String; N_STEPS] {
    with_root(arithmetic, &n(arithmetic.root()))
}

/// The same with all that the root is of.
pub fn written_out(arithmetic: &Arithmetic) -> [String; N_STEPS] {
    let variance = n(arithmetic.reading.variance);
    let eps = format_value(arithmetic.eps, 3);
    with_root(arithmetic, &format!("√({variance} + {eps})"))
}

/// What x − μ is divided by is written as `root`.
fn with_root(arithmetic: &Arithmetic, root: &str) -> [String; N_STEPS] {
    let r = &arithmetic.reading;
    let name = format!("x{}", subscript(r.feature));
    let x = if r.x.is_finite() {
        format!("{name} = {}", n(r.x))
    } else {
        format!("{name} is {NO_NUMBER}")
    };
    if let Some(trouble) = r.trouble {
        return without(trouble, arithmetic, x);
    }
    let centered = r.x - r.mean;
    let (centred, normalized) = match arithmetic.norm {
        NormName::DyT => (
            n(r.x),
            format!(
                "tanh({} × {}) = {}",
                n(arithmetic.alpha),
                bracketed(r.x),
                n(r.normalized)
            ),
        ),
        NormName::None => (n(r.x), n(r.normalized)),
        NormName::Rms => (n(r.x), format!("{} / {root} = {}", n(r.x), n(r.normalized))),
        _ => (
            format!("{} − {} = {}", n(r.x), bracketed(r.mean), n(centered)),
            format!("{} / {root} = {}", n(centered), n(r.normalized)),
        ),
    };
    let output = match (arithmetic.gamma, arithmetic.beta) {
        (Some(gamma), Some(beta)) => format!(
            "{} × {} + {} = {}",
            n(gamma),
            bracketed(r.normalized),
            bracketed(beta),
            n(r.output)
        ),
        (Some(gamma), None) => format!(
            "{} × {} = {}",
            n(gamma),
            bracketed(r.normalized),
            n(r.output)
        ),
        _ => n(r.output),
    };
    [x, centred, normalized, output]
}

/// The steps as far as they go where there is no x̂.
fn without(trouble: Trouble, arithmetic: &Arithmetic, x: String) -> [String; N_STEPS] {
    let r = &arithmetic.reading;
    let minus = |mean| format!("{} − {} = 0", n(r.x), bracketed(mean));
    let [centred, normalized, output] = match trouble {
        Trouble::ZeroOverZero => {
            let centred = match arithmetic.norm {
                NormName::Rms => "0".to_owned(),
                _ => minus(r.mean),
            };
            let quotient = "0 / √(0 + 0) = 0/0".to_owned();
            [centred, quotient, NOTHING_TO_SCALE.to_owned()]
        }
        Trouble::TooFew => [minus(r.x), TOO_FEW.to_owned(), NOTHING_TO_SCALE.to_owned()],
        Trouble::NoNumber => [NO_NUMBER; 3].map(str::to_owned),
        Trouble::Padding => return ["padding", "0", "0", "0"].map(str::to_owned),
    };
    [x, centred, normalized, output]
}

/// Stands in place of y where x̂ has no value.
const NOTHING_TO_SCALE: &str = "no value to scale";
