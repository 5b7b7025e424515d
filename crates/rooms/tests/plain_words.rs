//! How hard the page is to read: long sentences, unexplained terms, riddles.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may stop at what it did not expect; the hardest sentences are for a person to read"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{odd_queries, queries};
use figures::plain;
use rooms::address::Address;
use rooms::glossary::{TERMS, find};
use rooms::inspect::Opened;
use rooms::{ALL, Entry};

/// The most words of a sentence.
const MOST_WORDS: usize = 28;

/// The most words of a caption, but for what stands under Details.
const MOST_OF_A_CAPTION: usize = 35;

/// Terms that may stand unexplained in a room: they are said of what is in sight, or mean what they mean to everybody.
fn free(lab: &str) -> &'static [&'static str] {
    match lab {
        "encode" => &["sample"],
        _ => &["sample", "pair"],
    }
}

/// The terms of the course, which a glossary has whether a room uses them or not.
const COURSE: [&str; 18] = [
    "absolute",
    "paper",
    "batch-norm",
    "bert",
    "convergence",
    "gradient-stability",
    "context",
    "instance-norm",
    "layer-norm",
    "layer-batch",
    "learned",
    "head",
    "encoding",
    "attention",
    "order",
    "sinusoid",
    "transformer",
    "vaswani",
];

/// The states in which every part is looked at for terms: as it opens, and with what leads to other words.
fn openings(lab: &Entry) -> &'static [&'static str] {
    match lab.slug {
        "encode" => &[
            "",
            "scheme=learned",
            "scheme=rope",
            "scheme=alibi",
            "scheme=t5",
        ],
        _ => &["", "norm=batch", "norm=rms"],
    }
}

/// What a part says in sentences: its lead, then its captions in reading order, each with where it stands.
fn texts(
    lab: &Entry,
    opened: &mut dyn Opened,
    query: &str,
    part_idx: usize,
) -> Vec<(String, String)> {
    let pairs = Address::parse(&format!("#/{}?{query}", lab.slug)).pairs;
    let lead = opened.texts(&pairs, part_idx).swap_remove(0);
    let slug = (lab.inspect.parts)()[part_idx].word.slug;
    let mut texts = vec![(format!("{}/{slug}", lab.slug), lead)];
    for (idx, figure) in (lab.inspect.figures)().iter().enumerate() {
        if figure.part_idx == part_idx {
            opened.with_figure(&pairs, idx, &mut |it| {
                texts.push((figure.id.to_owned(), it.summary.clone()));
            });
        }
    }
    texts
}

/// Calls `look` with what every part says in these states of a room.
fn walk(lab: &Entry, queries: &[String], mut look: impl FnMut(&str, &[(String, String)])) {
    let mut opened = (lab.inspect.open)();
    for part_idx in 0..(lab.inspect.parts)().len() {
        for query in queries {
            look(query, &texts(lab, &mut *opened, query, part_idx));
        }
        opened.leave();
    }
}

/// Many states of a room.
fn states(lab: &Entry) -> Vec<String> {
    let drawn = queries(lab).into_iter().map(str::to_owned);
    drawn.chain(odd_queries(lab)).collect()
}

/// A text in pieces, each with the slug that it is marked with.
fn pieces(text: &str) -> Vec<(Option<&str>, &str)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, marked)) = rest.split_once('[') {
        let (slug, marked) = marked.split_once('|').unwrap();
        let (shown, after) = marked.split_once(']').unwrap();
        pieces.extend([(None, before), (Some(slug), shown)]);
        rest = after;
    }
    pieces.push((None, rest));
    pieces
}

/// The terms in a text, in their order: at each place the longest.
fn terms_in(text: &str) -> Vec<&'static str> {
    let text = text.to_ascii_lowercase().replace('*', "");
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let before = text[..at].chars().next_back();
        let fits = |form: &&str| {
            let ends = rest.strip_prefix(*form).map(|after| {
                let after = after
                    .strip_prefix('s')
                    .filter(|it| !is_word(it.chars().next()))
                    .unwrap_or(after);
                !is_word(form.chars().next_back()) || !is_word(after.chars().next())
            });
            ends == Some(true) && !(is_word(form.chars().next()) && is_word(before))
        };
        let forms = TERMS
            .iter()
            .flat_map(|term| term.forms.iter().map(move |form| (term.slug, *form)));
        let longest = forms
            .filter(|(_, form)| fits(form))
            .max_by_key(|(_, form)| form.len());
        at += match longest {
            Some((slug, form)) => {
                found.push(slug);
                form.len()
            }
            None => rest.chars().next().map_or(1, char::len_utf8),
        };
    }
    found
}

/// What is wrong with the marks of a part: a term that is not marked where it first stands, or is marked again.
fn mark_troubles(query: &str, texts: &[(String, String)]) -> Vec<String> {
    let lab = texts[0].0.split('/').next().unwrap_or_default();
    let mut seen: BTreeSet<&str> = free(lab).iter().copied().collect();
    let mut troubles = Vec::new();
    for (place, text) in texts {
        for (slug, shown) in pieces(text) {
            let named = format!("{place}?{query}: {shown:?}");
            let Some(slug) = slug else {
                for found in terms_in(shown) {
                    if seen.insert(found) {
                        troubles.push(format!("{found} is not marked in {named}"));
                    }
                }
                continue;
            };
            if !terms_in(shown).contains(&slug) {
                troubles.push(format!("{slug} is no word for {named}"));
            }
            if !seen.insert(slug) {
                troubles.push(format!("{slug} is marked again in {named}"));
            }
        }
    }
    troubles
}

#[test]
fn terms_are_marked_where_they_first_stand() {
    let mut troubles = Vec::new();
    for lab in ALL {
        walk(lab, &[String::new()], |query, texts| {
            troubles.extend(mark_troubles(query, texts));
        });
        // Elsewhere a lead explains its own.
        let openings = openings(lab).iter().map(|it| (*it).to_owned());
        walk(lab, &openings.collect::<Vec<_>>(), |query, texts| {
            troubles.extend(mark_troubles(query, &texts[..1]));
        });
    }
    assert!(troubles.is_empty(), "{}", troubles.join("\n"));
}

#[test]
fn every_term_is_explained_in_plain_sentences_and_used() {
    let mut used: BTreeSet<String> = COURSE.map(str::to_owned).into();
    for lab in ALL {
        walk(lab, &states(lab), |query, texts| {
            for (place, text) in texts {
                for slug in pieces(text).into_iter().filter_map(|(slug, _)| slug) {
                    assert!(
                        find(slug).is_some(),
                        "{slug} in {place}?{query} means nothing"
                    );
                    used.insert(slug.to_owned());
                }
            }
        });
    }
    let mut forms = BTreeSet::new();
    for term in TERMS {
        let slug = term.slug;
        for (marked, shown) in pieces(term.text) {
            let Some(marked) = marked else {
                continue;
            };
            assert!(
                find(marked).is_some(),
                "{slug}: {marked} ({shown}) means nothing"
            );
            assert_ne!(marked, slug, "{slug} is explained by itself");
            used.insert(marked.to_owned());
        }
        let said = sentences(&plain(term.text));
        assert!((1..=4).contains(&said.len()), "{slug}: {said:?}");
        for sentence in said {
            assert!(n_words(&sentence) <= MOST_WORDS, "{slug}: {sentence}");
            assert_eq!(riddle(&sentence), None, "{slug}: {sentence}");
        }
        for form in term.forms {
            assert!(forms.insert(form), "{form} is two terms");
            assert_eq!(form.to_ascii_lowercase(), **form);
        }
    }
    for term in TERMS {
        assert!(used.contains(term.slug), "{} is not used", term.slug);
    }
    for slug in COURSE {
        assert!(find(slug).is_some(), "{slug} is of the course");
    }
    let names: Vec<_> = TERMS.iter().map(|term| term.slug).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
}

/// A text in sentences.
fn sentences(text: &str) -> Vec<String> {
    let mut sentences = vec![String::new()];
    let words: Vec<&str> = text.split_whitespace().collect();
    for word in words {
        let last = sentences.last_mut().unwrap();
        last.push_str(word);
        last.push(' ');
        let bare = word.trim_end_matches(['”', ')', '*', '"']);
        if bare.ends_with(['.', '?', '!']) && !["al.", "e.g.", "…"].contains(&bare) {
            sentences.push(String::new());
        }
    }
    sentences
        .iter_mut()
        .for_each(|it| *it = it.trim().to_owned());
    sentences.retain(|it| !it.is_empty());
    sentences
}

/// How many words a text has: what has a letter or a digit in it.
fn n_words(text: &str) -> usize {
    // The thin space within a number parts no words.
    let text = text.replace('\u{202f}', "");
    let words = text.split_whitespace();
    words
        .filter(|word| word.contains(char::is_alphanumeric))
        .count()
}

/// What readers stumbled over: old riddles, two names for one thing, one name for two.
const RIDDLES: &[&str] = &[
    "turn fast",
    "its length is",
    "has no width",
    "hardly meet",
    "beside each other",
    "of one size",
    "no length is",
    "turns on",
    "of as many frequencies",
    "on at the latest",
    "not to be learned",
    "come s times",
    "is bent",
    "no shape is wrong",
    "no zeros any more",
    "the excess over",
    "keeps one of its own",
    "nobody else",
    "everybody's",
    "off training by",
    "that are no number",
    "that is no number",
    "so what changes it must",
    "comes down to ε",
    "along ones",
    "is taken off",
    "nothing beside",
    "norm of the norm",
    "to the edge",
    "unless ε counts",
    "but for ε",
    "in other company",
    "the fewer features, the more",
    "lies on pe",
    "one scale for all",
    "from above",
    "in the same draw",
    "lose their place",
    "leave the unit circle",
    "what it is plus where",
    "gets lost",
    "how long the two",
    "of other lengths",
    "the two are",
    "what is read back",
    "at no length",
];

/// Two negations in one sentence that a reader has to take off each other.
fn is_double_negation(text: &str) -> bool {
    let negations = [
        "not", "no", "never", "nobody", "nothing", "none", "without", "cannot", "unless", "neither",
    ];
    // Between commas, colons and other breaks each half stands for itself.
    text.split([',', ':', ';', '(', ')']).any(|half| {
        let words = half.split(|c: char| !c.is_alphanumeric());
        words.filter(|word| negations.contains(word)).count() > 1
    })
}

/// What makes a sentence a riddle; `None` if nothing does.
fn riddle(sentence: &str) -> Option<&'static str> {
    let low = sentence.to_lowercase();
    if is_double_negation(&low) {
        return Some("two negations");
    }
    RIDDLES.iter().copied().find(|riddle| low.contains(riddle))
}

/// How hard a sentence is: its words, the long ones and the signs in it twice more.
fn hardness(sentence: &str) -> usize {
    let words = sentence.split_whitespace();
    let long = words
        .clone()
        .filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 9);
    let signs = sentence
        .chars()
        .filter(|c| "·√²‖μσγβεδωΣ∂/=()".contains(*c));
    n_words(sentence)
        + 2 * long.count()
        + 2 * signs.count()
        + 3 * sentence.matches([':', ';', ',']).count()
}

/// Everything that is said in sentences, whatever the state: questions, answers, the help of controls.
fn fixed(lab: &Entry) -> Vec<(String, String)> {
    let mut said = Vec::new();
    for (part_idx, question) in (lab.inspect.questions)() {
        let place = format!(
            "{}/{} asked",
            lab.slug,
            (lab.inspect.parts)()[part_idx].word.slug
        );
        said.extend([question.asked, question.answer].map(|text| (place.clone(), text.to_owned())));
    }
    for (part_idx, tab) in (lab.inspect.parts)().iter().enumerate() {
        let why = (lab.inspect.texts)(&[], part_idx).pop().unwrap();
        said.push((format!("{}/{}", lab.slug, tab.word.slug), why));
    }
    for control in (lab.inspect.controls)() {
        said.push((
            format!("{} {}", lab.slug, control.name),
            control.help.to_owned(),
        ));
    }
    said
}

#[test]
fn sentences_are_short_and_no_riddles() {
    // Every sentence, the same with other numbers once, with where it was first said.
    let mut all = BTreeMap::new();
    let mut long_captions = BTreeMap::new();
    for lab in ALL {
        let mut said = fixed(lab);
        walk(lab, &states(lab), |query, texts| {
            for (place, text) in texts {
                said.push((format!("{place}?{query}"), text.clone()));
            }
            for (place, text) in &texts[1..] {
                let main = main_words(text);
                if n_words(&main) > MOST_OF_A_CAPTION {
                    let why = format!("{} words at {query}: {main}", n_words(&main));
                    long_captions.entry(place.clone()).or_insert(why);
                }
                assert!(
                    text.split('\n').all(|it| !it.trim().is_empty()),
                    "{place}: {text:?}"
                );
            }
            if query.is_empty() {
                let counts = texts.iter().map(|(_, text)| n_words(&main_words(text)));
                let counts: Vec<_> = counts.collect();
                println!("{}: lead and captions have {counts:?} words", texts[0].0);
            }
        });
        for (place, text) in said {
            for sentence in sentences(&plain(&text)) {
                let alike: String = sentence.chars().filter(|c| !c.is_ascii_digit()).collect();
                all.entry(alike).or_insert((place.clone(), sentence));
            }
        }
    }
    let mut troubles = Vec::new();
    let mut hardest = Vec::new();
    for (place, sentence) in all.values() {
        if n_words(sentence) > MOST_WORDS {
            troubles.push(format!("{} words: {place}: {sentence}", n_words(sentence)));
        }
        if let Some(riddle) = riddle(sentence) {
            troubles.push(format!("{riddle}: {place}: {sentence}"));
        }
        hardest.push((hardness(sentence), format!("{place}: {sentence}")));
    }
    hardest.sort_by(|a, b| b.cmp(a));
    println!("The hardest of {} sentences:", all.len());
    for (hardness, said) in hardest.iter().take(20) {
        println!("{hardness:4} {said}");
    }
    troubles.extend(
        long_captions
            .iter()
            .map(|(place, why)| format!("{place}: {why}")),
    );
    assert!(
        troubles.is_empty(),
        "{} troubles\n{}",
        troubles.len(),
        troubles.join("\n")
    );
}

/// What is seen of a text before Details are opened, without what is said of values that are missing.
fn main_words(text: &str) -> String {
    let main = plain(text.split('\n').next().unwrap());
    let said = sentences(&main);
    let rest: Vec<_> = said
        .into_iter()
        .filter(|it| !it.contains("missing, NaN or infinite: "))
        .collect();
    rest.join(" ")
}
