//! The second sentence put in another order: by hand, and by buttons that make it from the words of the first one.

use maths::words::shuffled;

use super::super::state::AttendState;
use crate::desk::{Button, Item, Order};
use crate::platform::lower_case;
use crate::sentence::Sentence;
use crate::settings::Notice;

/// The words of the second sentence, to be moved.
pub const BY_HAND: Item<AttendState> = Item::Order(Order {
    key: "other",
    of: "the second sentence",
    words: |state| state.sentence(1).words().to_vec(),
});

/// What makes other orders.
pub const BUTTONS: Item<AttendState> = Item::Buttons(&[
    Button::new(
        |_| "Swap subject and object".to_owned(),
        |state| turn(state, swapped),
    )
    .when(has_orders),
    Button::new(
        |_| "Reverse".to_owned(),
        |state| turn(state, |words| words.iter().rev().cloned().collect()),
    )
    .when(has_orders),
    Button::new(|_| "Shuffle by the seed".to_owned(), shuffle).when(has_orders),
]);

fn has_orders(state: &AttendState) -> bool {
    state.has_model() && state.sentence(0).n_words() > 1
}

/// The words of the first sentence in the order that `turned` gives them become the second one; pressed again, they stand as in
/// the first one.
fn turn(state: &mut AttendState, turned: fn(&[String]) -> Vec<String>) -> Option<Notice> {
    let first = state.sentence(0);
    let turned = turned(first.words());
    let words = if state.sentence(1).words() == turned {
        first.words()
    } else {
        &turned
    };
    state.set_sentence(1, Sentence::new(words.join(" ")));
    None
}

/// The first and the last word that is no article change places.
fn swapped(words: &[String]) -> Vec<String> {
    let is_noun = |word: &String| !["a", "an", "the"].contains(&lower_case(word).as_str());
    let mut swapped = words.to_vec();
    if let (Some(subject), Some(object)) = (
        words.iter().position(is_noun),
        words.iter().rposition(is_noun),
    ) {
        swapped.swap(subject, object);
    }
    swapped
}

/// How many seeds are tried for an order that is another one.
const MOST_TRIES: u64 = 64;

/// The second sentence in an order by the seed; of the first one's words where it has others. Pressed again, it is shuffled further.
fn shuffle(state: &mut AttendState) -> Option<Notice> {
    let sentences = [0, 1].map(|order| state.sentence(order));
    let sorted = |sentence: &Sentence| {
        let mut hashes = sentence.hashes().to_vec();
        hashes.sort_unstable();
        hashes
    };
    let has_same = sorted(&sentences[0]) == sorted(&sentences[1]);
    let words = sentences[usize::from(has_same)].words();
    let orders = (state.seed..state.seed + MOST_TRIES).map(|seed| {
        let order = shuffled(words.len(), seed);
        order.iter().map(|&idx| words[idx].clone()).collect()
    });
    // One seed in so many leaves few words as they are.
    let mut others = orders.filter(|other: &Vec<String>| other != words);
    if let Some(other) = others.next() {
        state.set_sentence(1, Sentence::new(other.join(" ")));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{has_orders, shuffle, swapped, turn};
    use crate::attend::state::AttendState;
    use crate::sentence::Sentence;

    fn state(first: &str, second: &str) -> AttendState {
        let mut state = AttendState::default();
        state.set_sentence(0, Sentence::new(first.to_owned()));
        state.set_sentence(1, Sentence::new(second.to_owned()));
        state
    }

    fn second(state: &AttendState) -> String {
        state.sentence(1).text().to_owned()
    }

    #[test]
    fn subject_and_object_change_places_and_articles_stay() {
        for (words, expected) in [
            ("dog bites man", "man bites dog"),
            ("The dog bit a man", "The man bit a dog"),
            ("the", "the"),
            ("an owl", "an owl"),
            ("🐕 bites שלום", "שלום bites 🐕"),
            ("", ""),
        ] {
            let words: Vec<_> = words.split_whitespace().map(str::to_owned).collect();
            assert_eq!(swapped(&words).join(" "), expected);
        }
    }

    #[test]
    fn a_button_that_is_pressed_again_takes_back_what_it_did() {
        let mut state = state("the dog bit the man", "rain fell");
        for expected in ["the man bit the dog", "the dog bit the man"] {
            assert!(turn(&mut state, swapped).is_none());
            assert_eq!(second(&state), expected);
        }
    }

    #[test]
    fn each_press_shuffles_further() {
        let mut state = state("a b c d e", "none of them");
        let mut before = String::new();
        for _ in 0..12 {
            shuffle(&mut state);
            let now = second(&state);
            assert_ne!(now, before);
            let mut letters: Vec<_> = now.split(' ').collect();
            letters.sort_unstable();
            assert_eq!(letters, ["a", "b", "c", "d", "e"]);
            before = now;
        }
        // No other order: nothing changes.
        let mut same = self::state("no no no", "no no no");
        shuffle(&mut same);
        assert_eq!(second(&same), "no no no");
    }

    #[test]
    fn one_word_has_one_order() {
        assert!(!has_orders(&state("dog", "dog")));
        assert!(!has_orders(&state("", "")));
        assert!(has_orders(&AttendState::default()));
    }
}
