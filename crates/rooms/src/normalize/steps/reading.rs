//! The numbers beside the formula.

use figures::number::format_value;

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
    let coloured = |name, symbol, value| Fact {
        name,
        symbol,
        value: n(value),
    };
    let reading = &arithmetic.reading;
    let mut facts = vec![Fact::new("token", reading.row_idx.to_string())];
    let has_statistics = arithmetic.norm.has_statistics();
    let is_known = reading
        .trouble
        .is_none_or(|why| why == Trouble::ZeroOverZero);
    if has_statistics && is_known {
        let spread = reading.variance.sqrt();
        if arithmetic.norm == NormName::Rms {
            facts.push(coloured("√(mean x²)", "sigma", spread));
        } else {
            facts.push(coloured("μ", "mu", reading.mean));
            facts.push(coloured("σ", "sigma", spread));
        }
    }
    if arithmetic.norm == NormName::DyT {
        facts.push(coloured("α", "", arithmetic.alpha));
    }
    let gamma = arithmetic.gamma.map(|it| coloured("γ", "gamma", it));
    let beta = arithmetic.beta.map(|it| coloured("β", "beta", it));
    facts.extend(gamma.into_iter().chain(beta));
    if has_statistics {
        facts.push(Fact::new("ε", format_value(arithmetic.eps, 3)));
    }
    facts
}
