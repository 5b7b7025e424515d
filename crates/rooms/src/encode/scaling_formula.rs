//! How frequencies are scaled, as a formula.

use figures::number::format_value;
use maths::scaling::{Scaling, YarnRamp, ntk_base, yarn_ramp};

use super::state::EncodeState;
use crate::settings::number_text;

/// ω′ of pair i.
pub const OMEGA: &str = "<msubsup><mi>ω</mi><mi>i</mi><mo>′</mo></msubsup>";

/// How ω′ comes from ω, with the numbers put in.
pub fn scaling_formula(state: &EncodeState) -> String {
    let s = number_text(state.factor);
    let body = match state.scaling() {
        Scaling::None => return String::new(),
        Scaling::Interpolation { .. } => {
            format!("{OMEGA}<mo>=</mo><msub><mi>ω</mi><mi>i</mi></msub><mo>/</mo><mn>{s}</mn>")
        }
        Scaling::Ntk { .. } if state.d_model == 2 => {
            format!("{OMEGA}<mo>=</mo><msub><mi>ω</mi><mi>i</mi></msub>")
        }
        Scaling::Ntk { factor } => format!(
            "<msup><mi>base</mi><mo>′</mo></msup><mo>=</mo><mn>{}</mn><mo>·</mo><msup><mn>{s}</mn><mrow><mn>{}</mn><mo>/</mo><mn>{}</mn></mrow></msup>\
             <mo>=</mo><mn>{}</mn>",
            number_text(state.base),
            state.d_model,
            state.d_model - 2,
            format_value(ntk_base(state.d_model, state.base, factor), 6),
        ),
        Scaling::Yarn {
            trained_len, ramp, ..
        } => {
            let n_pairs = state.d_model / 2;
            let kept = |pair| yarn_ramp(pair, state.d_model, state.base, trained_len, ramp);
            let ramps = || (0..n_pairs).map(kept);
            let by = match ramp {
                YarnRamp::Turns => "by turns, as in the paper",
                YarnRamp::Pair => "by the pair's number, as in code in use",
            };
            let n_kept = ramps().filter(|&kept| kept >= 1.0).count();
            let n_interpolated = ramps().filter(|&kept| kept <= 0.0).count();
            return format!(
                "<math>{OMEGA}<mo>=</mo><mo>(</mo><mn>1</mn><mo>−</mo><msub><mi>γ</mi><mi>i</mi></msub><mo>)</mo>\
                 <msub><mi>ω</mi><mi>i</mi></msub><mo>/</mo><mn>{s}</mn><mo>+</mo><msub><mi>γ</mi><mi>i</mi></msub><msub><mi>ω</mi><mi>i</mi></msub></math>\
                 <span class=\"where\">ramp γ {by}: {n_kept} pairs kept, {n_interpolated} interpolated fully, {} between</span>",
                n_pairs - n_kept - n_interpolated,
            );
        }
    };
    format!("<math>{body}</math>")
}
