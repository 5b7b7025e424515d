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
