//! The first screen of a part: why anyone should care, the controls in front, what the folded ones say, and room for captions.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at what it did not expect"
)]

use std::collections::BTreeMap;

use figures::plain;
use rooms::attend::Attend;
use rooms::desk::{Group, Item};
use rooms::encode::Encode;
use rooms::normalize::Normalize;
use rooms::room::{Lab, Part};
use rooms::settings::{Control, Kind, Settings, control};

/// The most controls in front of a part.
const MOST_IN_FRONT: usize = 5;

/// The most words of a sentence.
const MOST_WORDS: usize = 25;

/// Calls `$check` for every room.
macro_rules! every_room {
    ($check:ident) => {
        $check::<Encode>();
        $check::<Normalize>();
        $check::<Attend>();
    };
}

/// The part's number, itself and the room as it opens in it.
fn parts<L: Lab>() -> impl Iterator<Item = (usize, &'static Part<L>, L::State)> {
    L::PARTS.iter().enumerate().map(|(idx, part)| {
        let mut state = L::State::default();
        L::set_part(&mut state, idx);
        (idx, *part, state)
    })
}

/// The groups of a desk.
fn groups<S>(desk: &'static [Item<S>]) -> Vec<&'static Group<S>> {
    let mut all = Vec::new();
    for item in desk {
        match item {
            Item::Group(group) => all.push(group),
            Item::Items(items) => all.extend(groups(items)),
            _ => {}
        }
    }
    all
}

/// The states in which one choice is another one, and the state itself.
fn chosen<S: Settings>(state: &S, rows: &[&'static Control<S>]) -> Vec<S> {
    let mut states = vec![state.clone()];
    for row in rows {
        if let Kind::Choice(choice) = &row.kind {
            for idx in 0..choice.options().count() {
                let mut other = state.clone();
                (choice.set)(&mut other, idx);
                other.settle();
                states.push(other);
            }
        }
    }
    states
}

/// The settings on a part's desk, those in front first.
fn on_desk<L: Lab>(part: &'static Part<L>) -> Vec<&'static Control<L::State>> {
    let front = part.front.iter().map(|key| control(key).unwrap());
    let folded = groups(part.desk)
        .into_iter()
        .flat_map(|group| group.rows(part.front));
    front
        .chain(folded)
        .filter(|row| row.key != "part")
        .collect()
}

#[test]
fn a_part_says_in_one_plain_sentence_why() {
    every_room!(says_why);
}

fn says_why<L: Lab>() {
    for (_, part, _) in parts::<L>() {
        let why = part.why;
        let n_words = why.split_whitespace().count();
        assert!(
            (1..=MOST_WORDS).contains(&n_words),
            "{n_words} words: {why}"
        );
        let is_plain = |c: char| c.is_ascii_alphabetic() || " ,.:'“”".contains(c);
        assert!(why.chars().all(is_plain), "{why}");
        assert_eq!(why.matches(". ").count(), 0, "{why}");
        assert!(why.ends_with('.'), "{why}");
    }
}

#[test]
fn a_few_controls_stand_in_front() {
    every_room!(fronts);
}

fn fronts<L: Lab>() {
    for (_, part, state) in parts::<L>() {
        let name = part.tab.word.slug;
        let rows = on_desk(part);
        for state in chosen(&state, &rows) {
            let applies = |key: &&&str| (control::<L::State>(key).unwrap().applies)(&state);
            let n_shown = part.front.iter().filter(applies).count();
            assert!(
                (1..=MOST_IN_FRONT).contains(&n_shown),
                "{n_shown} in front of {name}"
            );
        }
    }
}

#[test]
fn what_is_set_is_seen_or_said_of_its_group() {
    every_room!(says_what_is_set);
}

fn says_what_is_set<L: Lab>() {
    for (_, part, usual) in parts::<L>() {
        for group in groups(part.desk) {
            for row in group.rows(part.front) {
                let mut state = usual.clone();
                match &row.kind {
                    Kind::Number(number) => {
                        let (min, max) = number.limits(&state);
                        let is_least = (number.get)(&state) == min;
                        number.moved(&mut state, if is_least { max } else { min });
                    }
                    Kind::Choice(choice) => {
                        let next = (choice.get)(&state) + 1;
                        (choice.set)(&mut state, next % choice.options().count());
                    }
                    Kind::Text(_) => {
                        let given = if row.key == "text" {
                            "two words"
                        } else {
                            "0:1"
                        };
                        row.typed(&mut state, given);
                    }
                }
                state.settle();
                let (now, before) = (
                    group.summary(part.front, &state),
                    group.summary(part.front, &usual),
                );
                let is_seen = (row.applies)(&state) && row.written(&state).is_some();
                assert!(!is_seen || now != before, "{}: {now}", row.key);
            }
        }
    }
}

/// While one number moves from end to end, whatever is chosen beside it.
#[test]
fn captions_have_room_for_their_longest_text() {
    every_room!(have_room);
}

fn have_room<L: Lab>() {
    let mut longest = BTreeMap::new();
    for (_, part, state) in parts::<L>() {
        let mut scene = L::Scene::default();
        let rows = on_desk(part);
        for state in chosen(&state, &rows) {
            let mut states = vec![state.clone()];
            for row in rows.iter().filter(|row| (row.applies)(&state)) {
                if let Kind::Number(number) = &row.kind {
                    for at in [0.0, 0.2, 0.4, 0.6] {
                        let mut moved = state.clone();
                        let value = number
                            .range
                            .scale
                            .value_from_fraction(at, number.limits(&state));
                        number.moved(
                            &mut moved,
                            number.range.grain.round_dragged(value, number.range.scale),
                        );
                        moved.settle();
                        states.push(moved);
                    }
                }
            }
            for state in &states {
                for spec in part.figures {
                    spec.finish(&mut scene, state);
                    let figure = (spec.scene)(&mut scene, state);
                    // Details are folded, and open where a hand wants them.
                    let text = plain(figure.summary.split('\n').next().unwrap_or_default());
                    let known =
                        longest
                            .entry(spec.id)
                            .or_insert((0, spec.caption_len, String::new()));
                    let len = text.chars().count();
                    if len > known.0 {
                        (known.0, known.2) = (len, text);
                    }
                }
            }
        }
    }
    // Room that no text fills is a hole under the picture.
    const MOST_LEFT: usize = 100;
    let wrong: Vec<_> = longest
        .iter()
        .filter(|(_, (len, room, _))| len > room || len + MOST_LEFT < *room)
        .map(|(id, (len, room, text))| format!("{id}: {len} of {room}: {text}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
