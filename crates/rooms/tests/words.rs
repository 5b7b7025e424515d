//! What rooms say, in every state: never a number where there is none.

mod common;

use common::{odd_queries, queries};
use rooms::ALL;
use rooms::address::Address;
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
