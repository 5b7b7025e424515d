//! The numbers beside the formula.

use super::super::phrases::n;
use super::super::reading::Trouble;
use super::super::scene::NormalizeScene;
use super::super::state::{NormName, NormalizeState};
use super::arithmetic::Arithmetic;
use crate::room::Fact;

/// Those of what is read, each in its symbol's colour.
pub fn facts(scene: &mut NormalizeScene, state: &NormalizeState) -> Vec<Fact> {
    scene.update(state);
    Arithmetic::at(scene, state, state.row(), state.column())
        .map(|arithmetic| words(&arithmetic))
        .unwrap_or_default()
}

fn words(arithmetic: &Arithmetic) -> Vec<Fact> {
    let coloured = |name, symbol, value: &str| Fact {
        name,
        symbol,
        value: value.to_owned(),
    };
    let texts = &arithmetic.texts;
    let reading = &arithmetic.reading;
    let mut facts = vec![Fact::new("token", reading.row_idx.to_string())];
    let has_statistics = arithmetic.norm.has_statistics();
    let is_known = reading
        .trouble
        .is_none_or(|why| why == Trouble::ZeroOverZero);
    if has_statistics && is_known {
        let spread = n(reading.variance.sqrt());
        if arithmetic.norm == NormName::Rms {
            facts.push(coloured("√(mean x²)", "sigma", &spread));
        } else {
            facts.push(coloured("μ", "mu", &texts.mean));
            facts.push(coloured("σ", "sigma", &spread));
        }
    }
    if arithmetic.norm == NormName::DyT {
        facts.push(coloured("α", "", &texts.alpha));
    }
    let gamma = arithmetic
        .gamma
        .map(|_| coloured("γ", "gamma", &texts.gamma));
    let beta = arithmetic.beta.map(|_| coloured("β", "beta", &texts.beta));
    facts.extend(gamma.into_iter().chain(beta));
    if has_statistics {
        facts.push(coloured("ε", "", &texts.eps));
    }
    facts
}
