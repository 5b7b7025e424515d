//! How far the outputs of the two orders are apart, in numbers.

use figures::number::format_value;

use super::super::scene::AttendScene;
use super::super::state::AttendState;
use super::difference::share;
use crate::room::Fact;

/// What can be said of the two orders.
struct Numbers {
    /// The largest difference of any output, relative to the largest output.
    largest: f64,
    /// ‖a − b‖ / ‖a‖ of the pooled vectors; none where there is none.
    pooled: Option<f64>,
    /// How many times as long as its position's vector a word's is; none where nothing is added.
    strength: Option<f64>,
}

/// The facts of the part; none where no word is in both sentences.
pub fn reading(scene: &mut AttendScene, state: &AttendState) -> Vec<Fact> {
    let strength = scene.word_to_position(state);
    let compared = scene.compared(state);
    let pooled = compared.pooled_apart().relative;
    let numbers = (!compared.places.is_empty()).then_some(Numbers {
        largest: compared.largest(),
        pooled: pooled.is_finite().then_some(pooled),
        strength,
    });
    numbers.as_ref().map(facts).unwrap_or_default()
}

fn facts(numbers: &Numbers) -> Vec<Fact> {
    let Numbers {
        largest,
        pooled,
        strength,
    } = numbers;
    let mut facts = vec![Fact::new("largest |A − B| ÷ largest |A|", share(*largest))];
    facts.extend(pooled.map(|pooled| Fact::new("deviation of the mean", share(pooled))));
    facts.extend(
        strength.map(|ratio| Fact::new("strength of word ÷ position", format_value(ratio, 2))),
    );
    facts
}
