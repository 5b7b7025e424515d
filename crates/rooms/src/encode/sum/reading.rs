//! The same word at two positions, and how long it is, in numbers.

use figures::number::{format_count, format_fixed, format_value};

use super::super::scene::EncodeScene;
use super::super::state::EncodeState;
use super::tokens::{Compared, Lengths};
use crate::room::Fact;

/// What can be said of the token that is read.
struct Numbers {
    compared: Compared,
    lengths: Lengths,
}

fn numbers(scene: &mut EncodeScene, state: &EncodeState) -> Option<Numbers> {
    let tokens = scene.sum.tokens.update(state);
    Some(Numbers {
        compared: tokens.compared(state)?,
        lengths: tokens.lengths_of(tokens.pair(state)?.p)?,
    })
}

/// The facts of the part; none without words.
pub fn reading(scene: &mut EncodeScene, state: &EncodeState) -> Vec<Fact> {
    numbers(scene, state)
        .as_ref()
        .map(facts)
        .unwrap_or_default()
}

fn facts(numbers: &Numbers) -> Vec<Fact> {
    let Numbers { compared, lengths } = numbers;
    let Compared {
        words: [word, other],
        positions: [position, other_position],
        is_same,
        before,
        after,
    } = compared;
    let named = |word: &str, position: u64| format!("“{word}” at {}", format_count(position));
    let pair = if position == other_position {
        named(word, *position)
    } else {
        format!(
            "{} and {}",
            named(word, *position),
            named(other, *other_position)
        )
    };
    let cosine = |it: &Option<f64>| it.map_or_else(|| "none".to_owned(), |it| format_fixed(it, 3));
    let encoding = lengths.encoding;
    vec![
        Fact::new(if *is_same { "same word" } else { "words" }, pair),
        Fact::new("cosine of E", cosine(before)),
        Fact::new("cosine of E + PE", cosine(after)),
        Fact::new("‖E‖", format_value(lengths.embedding, 4)),
        Fact::new(
            "‖PE‖",
            encoding.map_or_else(|| "no vector".to_owned(), |it| format_value(it, 4)),
        ),
    ]
}
