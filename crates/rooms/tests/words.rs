//! What rooms say, in every state: never a number where there is none.
#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at what it did not expect"
)]

mod common;

use common::{odd_queries, queries};
use rooms::ALL;
use rooms::address::Address;
use rooms::encode::state::EncodeState;
use rooms::settings::{Kind, Settings};
use rooms::trouble::trouble;

#[test]
fn nothing_says_a_number_that_is_none() {
    let mut troubles = Vec::new();
    for lab in ALL {
        let (figures, parts) = ((lab.inspect.figures)(), (lab.inspect.parts)());
        let drawn = queries(lab).into_iter().map(str::to_owned);
        for query in drawn.chain(odd_queries(lab)) {
            let pairs = Address::parse(&format!("#/{}?{query}", lab.slug)).pairs;
            let mut look = |who: &str, said: Vec<String>| {
                for text in said {
                    if let Some(why) = trouble(&text) {
                        troubles.push(format!("{why}: {who} at {query}: {text}"));
                    }
                }
            };
            for (idx, figure) in figures.iter().enumerate() {
                look(figure.id, (lab.inspect.sentences)(&pairs, idx));
            }
            for (idx, part) in parts.iter().enumerate() {
                look(part.word.slug, (lab.inspect.texts)(&pairs, idx));
            }
        }
    }
    assert!(troubles.is_empty(), "{}", troubles.join("\n"));
}

/// A picture's rows are an array's columns: what Encode says is about positions and dimensions.
#[test]
fn encode_says_position_and_dimension() {
    let lab = ALL.iter().find(|lab| lab.slug == "encode").unwrap();
    let mut said: Vec<String> = Vec::new();
    for question in (lab.inspect.questions)().into_iter().map(|(_, it)| it) {
        said.extend([question.asked, question.answer].map(str::to_owned));
    }
    for control in EncodeState::CONTROLS {
        said.extend([control.name, control.help].map(str::to_owned));
        if let Kind::Choice(choice) = &control.kind {
            said.extend(choice.options().map(|word| word.label.to_owned()));
        }
    }
    let drawn = queries(lab).into_iter().map(str::to_owned);
    for query in drawn.chain(odd_queries(lab)) {
        let pairs = Address::parse(&format!("#/encode?{query}")).pairs;
        for idx in 0..(lab.inspect.figures)().len() {
            said.extend((lab.inspect.sentences)(&pairs, idx));
        }
        for idx in 0..(lab.inspect.parts)().len() {
            said.extend((lab.inspect.texts)(&pairs, idx));
        }
    }
    said.retain(|text| {
        let mut words = text.split(|c: char| !c.is_alphanumeric());
        words.any(|word| {
            ["row", "rows", "column", "columns"].contains(&word.to_lowercase().as_str())
        })
    });
    assert!(said.is_empty(), "{}", said.join("\n"));
}

/// Whether a text is read in its own order, whatever was given: nothing in it turns what stands around.
fn is_in_order(text: &str) -> bool {
    let mut depth = 0;
    text.chars().all(|c| {
        match c {
            '\u{2068}' => depth += 1,
            '\u{2069}' => depth -= 1,
            _ => {}
        }
        let turns = ['\u{202e}', '\u{202b}', '\u{2067}', '\u{200f}', '\u{2028}'].contains(&c);
        let is_to_left = ('\u{590}'..='\u{8ff}').contains(&c);
        depth >= 0 && !turns && (depth == 1 || !is_to_left)
    }) && depth == 0
}

#[test]
fn what_is_given_turns_nothing_around() {
    // An override, an embedding, an isolate that is never closed, one that closes another's, and words of other scripts.
    for given in [
        "\u{202e}dog",
        "\u{202b}dog\u{202c}",
        "\u{2067}dog",
        "dog\u{2069}\u{202e}",
        "\u{200f}dog\u{2028}",
        "שלום dog",
        "מרחבא\u{202e}",
    ] {
        for lab in ALL {
            let keys = (lab.inspect.controls)().into_iter().map(|row| row.key);
            for key in keys.chain([given]) {
                let pairs = [(key.to_owned(), given.to_owned())];
                for notice in (lab.inspect.canonical)(&pairs).1 {
                    let text = notice.to_string();
                    assert!(is_in_order(&text), "{key}={given:?}: {text:?}");
                }
            }
            let text = [("text".to_owned(), format!("{given} dog {given}"))];
            for (idx, figure) in (lab.inspect.figures)().iter().enumerate() {
                for said in (lab.inspect.sentences)(&text, idx) {
                    assert!(is_in_order(&said), "{} of {given:?}: {said:?}", figure.id);
                }
                (lab.inspect.with_figure)(&text, idx, &mut |figure| {
                    let axes = figure.panels.iter().flat_map(|it| [&it.x, &it.y]);
                    for name in axes.flat_map(|axis| axis.names.iter()) {
                        let is_shown = !name.contains(['\u{202e}', '\u{2069}', '\u{2028}']);
                        assert!(is_shown, "{} has {name:?} at an axis", figure.id);
                    }
                });
            }
        }
    }
}

#[test]
fn what_stands_in_a_list_is_read_whole() {
    // As many as a list's field on the desk has room for.
    const MOST_CHARS: usize = 30;
    for lab in ALL {
        for label in (lab.inspect.labels)() {
            let n_chars = label.chars().count();
            assert!(n_chars <= MOST_CHARS, "{}: {label}: {n_chars}", lab.slug);
        }
    }
}
