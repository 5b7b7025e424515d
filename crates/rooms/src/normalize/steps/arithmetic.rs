//! One feature of one token through the four steps, in numbers.

use figures::Worked;
use figures::number::bracketed;

use super::super::phrases::{NO_NUMBER, TOO_FEW, subscript};
use super::super::reading::{Reading, Trouble};
use super::super::scene::NormalizeScene;
use super::super::state::{N_STEPS, NormName, NormalizeState};

/// The numbers that go into it.
pub struct Arithmetic {
    pub norm: NormName,
    /// The feature's γ, where there is one.
    pub gamma: Option<f64>,
    /// Its β, where there is one.
    pub beta: Option<f64>,
    pub reading: Reading,
    pub texts: Texts,
}

/// All of its numbers as the page shows them: what is made of others has the value that these give as they stand.
pub struct Texts {
    pub x: String,
    pub mean: String,
    pub variance: String,
    pub eps: String,
    pub root: String,
    pub centered: String,
    pub alpha: String,
    pub normalized: String,
    pub gamma: String,
    pub beta: String,
    pub output: String,
}

impl Arithmetic {
    /// That of a token's feature.
    pub fn at(
        scene: &NormalizeScene,
        state: &NormalizeState,
        row_idx: usize,
        feature: usize,
    ) -> Option<Self> {
        let reading = scene.reading(state, row_idx, feature)?;
        Some(Self {
            norm: state.norm,
            gamma: state.affine.then(|| state.gamma_of(feature)),
            beta: state.has_beta().then(|| state.beta_of(feature)),
            texts: texts(state, &reading),
            reading,
        })
    }
}

/// The numbers from y back to x, each with the digits that what is made of it needs.
fn texts(state: &NormalizeState, r: &Reading) -> Texts {
    let mut worked = Worked::default();
    let given = [
        state.eps,
        state.alpha,
        state.gamma_of(r.feature),
        state.beta_of(r.feature),
    ];
    let [eps, alpha, gamma, beta] = given.map(|value| worked.given(value));
    let root = (r.variance + state.eps).sqrt();
    let computed = [
        r.x,
        r.mean,
        r.variance,
        root,
        r.x - r.mean,
        r.normalized,
        r.output,
    ];
    let [x, mean, variance, root, centered, normalized, output] =
        computed.map(|value| worked.computed(value));
    if r.trouble.is_none() {
        worked.step(output, &[gamma, normalized, beta], |it| {
            it[0] * it[1] + it[2]
        });
        match state.norm {
            NormName::DyT => worked.step(normalized, &[alpha, x], |it| (it[0] * it[1]).tanh()),
            NormName::None => worked.step(normalized, &[x], |it| it[0]),
            _ => {
                worked.step(normalized, &[centered, root], |it| it[0] / it[1]);
                worked.step(root, &[variance, eps], |it| (it[0] + it[1]).sqrt());
                worked.step(normalized, &[centered, variance, eps], |it| {
                    it[0] / (it[1] + it[2]).sqrt()
                });
            }
        }
        worked.step(centered, &[x, mean], |it| it[0] - it[1]);
    }
    let mut texts = worked.texts().into_iter();
    let mut next = || texts.next().unwrap_or_default();
    Texts {
        eps: next(),
        alpha: next(),
        gamma: next(),
        beta: next(),
        x: next(),
        mean: next(),
        variance: next(),
        root: next(),
        centered: next(),
        normalized: next(),
        output: next(),
    }
}

/// Each step short enough to stand under its panel.
pub fn captions(arithmetic: &Arithmetic) -> [String; N_STEPS] {
    with_root(arithmetic, &arithmetic.texts.root)
}

/// The same with all that the root is of.
pub fn written_out(arithmetic: &Arithmetic) -> [String; N_STEPS] {
    let Texts { variance, eps, .. } = &arithmetic.texts;
    with_root(arithmetic, &format!("√({variance} + {eps})"))
}

/// What x − μ is divided by is written as `root`.
fn with_root(arithmetic: &Arithmetic, root: &str) -> [String; N_STEPS] {
    let r = &arithmetic.reading;
    let Texts {
        x,
        mean,
        centered,
        alpha,
        normalized,
        gamma,
        beta,
        output,
        ..
    } = &arithmetic.texts;
    let name = format!("x{}", subscript(r.feature));
    let first = if r.x.is_finite() {
        format!("{name} = {x}")
    } else {
        format!("{name} is {NO_NUMBER}")
    };
    if let Some(trouble) = r.trouble {
        return without(trouble, arithmetic, first);
    }
    let (centred, normal) = match arithmetic.norm {
        NormName::DyT => (
            x.clone(),
            format!("tanh({alpha} × {}) = {normalized}", bracketed(x)),
        ),
        NormName::None => (x.clone(), normalized.clone()),
        NormName::Rms => (x.clone(), format!("{x} / {root} = {normalized}")),
        _ => (
            format!("{x} − {} = {centered}", bracketed(mean)),
            format!("{centered} / {root} = {normalized}"),
        ),
    };
    let scaled = format!("{gamma} × {}", bracketed(normalized));
    let last = match (arithmetic.gamma, arithmetic.beta) {
        (Some(_), Some(_)) => format!("{scaled} + {} = {output}", bracketed(beta)),
        (Some(_), None) => format!("{scaled} = {output}"),
        _ => output.clone(),
    };
    [first, centred, normal, last]
}

/// The steps as far as they go where there is no x̂.
fn without(trouble: Trouble, arithmetic: &Arithmetic, first: String) -> [String; N_STEPS] {
    let Texts { x, mean, .. } = &arithmetic.texts;
    let minus = |mean| format!("{x} − {} = 0", bracketed(mean));
    let [centred, normalized, output] = match trouble {
        Trouble::ZeroOverZero => {
            let centred = match arithmetic.norm {
                NormName::Rms => "0".to_owned(),
                _ => minus(mean),
            };
            let quotient = "0 / √(0 + 0) = 0/0".to_owned();
            [centred, quotient, NOTHING_TO_SCALE.to_owned()]
        }
        Trouble::TooFew => [minus(x), TOO_FEW.to_owned(), NOTHING_TO_SCALE.to_owned()],
        Trouble::NoNumber => [NO_NUMBER; 3].map(str::to_owned),
        Trouble::Padding => return ["padding", "0", "0", "0"].map(str::to_owned),
    };
    [first, centred, normalized, output]
}

/// Stands in place of y where x̂ has no value.
const NOTHING_TO_SCALE: &str = "no value to scale";
