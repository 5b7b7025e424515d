//! Normalize's words: captions, the arithmetic with the current numbers put in, formulas. Here is what the parts
//! share; each has a file of its own.

use figures::number::{format_count, format_fixed, format_value};

use super::state::{NormName, NormalizeState};

pub mod axes;
pub mod batch;
pub mod gradient;
pub mod mistakes;
pub mod shape;
pub mod steps;

/// The numbers of one token and feature, from the arrays that are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The token, counted over all samples.
    pub row_idx: usize,
    /// The feature.
    pub feature: usize,
    /// The activation.
    pub x: f64,
    /// The mean μ of its group; 0 where there is none.
    pub mean: f64,
    /// The biased variance σ² of its group, the mean square for rms; 0 where there is none.
    pub variance: f64,
    /// How many values these are of; 0 where they are remembered or there are none.
    pub n_values: usize,
    /// x̂.
    pub normalized: f64,
    /// y.
    pub output: f64,
    /// Why there is no x̂.
    pub trouble: Option<Trouble>,
}

/// Why a value is not normalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// ε = 0 and all values of its group are equal: x̂ is 0/0.
    ZeroOverZero,
    /// There is no token.
    Padding,
    /// Batch norm in training with one value per feature.
    TooFew,
    /// The input, or a value that shares its mean and variance, is NaN or infinite.
    NoNumber,
}

/// What hatching means where the input is no number.
pub const NO_NUMBER: &str = "no number";

/// Why outputs are hatched where `n` values of the input are NaN or infinite.
pub fn no_numbers(n: usize) -> String {
    let (values, are) = if n == 1 {
        ("value", "is")
    } else {
        ("values", "are")
    };
    format!(
        "*{} {values} of x {are} NaN or infinite*: so is every mean and variance with one in it, and what they normalise is no number.",
        format_count(n as u64)
    )
}

/// Why batch norm does nothing with one value per feature.
pub const TOO_FEW: &str = "one value per feature has no variance";

/// A number of the arithmetic: four digits, and what is negligible is zero.
fn n(value: f64) -> String {
    format_value(value, 4)
}

/// So many of something: `1 token`, `2 tokens`.
fn counted(n: usize, what: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {what}{plural}", format_count(n as u64))
}

/// A number of which two digits behind the point are enough, where values have this `size`; what is next to nothing
/// beside it is 0.
fn sized(value: f64, size: f64) -> String {
    if size == 0.0 || (0.01..1e5).contains(&size) || !size.is_finite() {
        return format_fixed(value, 2);
    }
    if value.abs() < 0.005 * size {
        return "0".to_owned();
    }
    format_value(value, 3)
}

/// A number as a factor or a subtrahend: in brackets where it is negative.
fn bracketed(value: f64) -> String {
    if value < 0.0 {
        format!("({})", n(value))
    } else {
        n(value)
    }
}

/// What zeros that are counted do to batch norm, where they are the part `f` of all tokens.
fn inflation(f: f64) -> String {
    if f <= 0.0 {
        return String::new();
    }
    format!(
        " Zeros are f = {} of the tokens: counted, they shrink σ, and batch norm makes real values of features with mean 0 larger by *1/√(1 − f) = {}*.",
        format_value(f, 3),
        format_value((1.0 - f).sqrt().recip(), 4)
    )
}

/// `sample 0, token 5`, or `token 5` where there is one sample.
fn token_name(state: &NormalizeState, row_idx: usize) -> String {
    if state.batch == 1 {
        return format!("token {row_idx}");
    }
    format!(
        "token {row_idx} (sample {}, place {})",
        row_idx / state.seq_len,
        row_idx % state.seq_len
    )
}

/// The feature's number as a subscript.
fn subscript(number: usize) -> String {
    const DIGITS: [char; 10] = ['₀', '₁', '₂', '₃', '₄', '₅', '₆', '₇', '₈', '₉'];
    number
        .to_string()
        .bytes()
        .filter_map(|digit| DIGITS.get(usize::from(digit.wrapping_sub(b'0'))))
        .collect()
}

/// Which models use a norm and why, with the source; where the reasons are disputed, both sides.
fn who_uses(state: &NormalizeState) -> &'static str {
    match state.norm {
        NormName::Layer => {
            "*LayerNorm* (Ba et al. 2016) takes each token by itself: transformers have it since Vaswani et al. 2017, BERT and GPT-2 too, because it needs neither a batch nor a fixed length. Why it helps is disputed: less internal covariate shift was the first reason given; Xu et al. 2019 find that the gradients through mean and variance matter more."
        }
        NormName::Rms => {
            "*RMSNorm* (Zhang & Sennrich 2019) leaves the mean in and has no β: Llama (Touvron et al. 2023) uses it. Its authors hold that rescaling is what helps and that it costs less time; the mean that stays in is a direction that LayerNorm would take away."
        }
        NormName::Batch => {
            "*Batch norm* (Ioffe & Szegedy 2015) takes each feature over all tokens of the batch: convolutional networks such as ResNet (He et al. 2016). Its authors name less internal covariate shift; Santurkar et al. 2018 find a smoother loss instead. Its dependence on the batch is noise, which may regularise; in a transformer it also means that a token's output depends on other people's sentences."
        }
        NormName::Instance => {
            "*Instance norm* (Ulyanov et al. 2016) takes each feature of each sample over its tokens: made for style transfer, where the contrast of an image is to go. In a sequence it lets tokens see each other, later ones too."
        }
        NormName::Group => {
            "*Group norm* (Wu & He 2018) takes some features of a sample together over its tokens: detection and segmentation of images, where batches are too small for batch norm. With one group it is what their picture calls layer norm, which is not the LayerNorm of transformers."
        }
        NormName::DyT => {
            "*Dynamic tanh* (Zhu et al. 2025) has no statistics: γ tanh(αx) + β, with one learned α. Its authors report about the quality of LayerNorm and RMSNorm in transformers, and that large language models need α chosen with care."
        }
        NormName::None => {
            "*No norm*: γ and β alone. Deep networks can be trained without one if they begin carefully, such as with Fixup (Zhang et al. 2019)."
        }
    }
}
