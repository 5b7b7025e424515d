//! What is said adds up: whoever redoes the arithmetic that a room shows, with the numbers as they stand, comes to the
//! result as it stands.
#![allow(clippy::panic, reason = "a test may stop at what it did not expect")]

mod common;

use common::{odd_queries, queries};
use rooms::ALL;
use rooms::address::Address;

/// What is hard to add up: means far above the spread, spreads far above the mean, and sizes of all kinds.
fn hard_queries(slug: &str) -> Vec<String> {
    let mut queries = Vec::new();
    match slug {
        "normalize" => {
            for norm in ["layer", "rms", "batch", "instance", "group", "dyt", "none"] {
                for input in [
                    "mean=100&std=0.2",
                    "mean=100&std=0.002",
                    "mean=-99.7&std=100",
                    "std=0.001&eps=1.2345e-6",
                    "gamma=-0.37&beta=1.234567&eps=0.01",
                    "gamma=3.3&beta=-3.3&seed=9",
                    "input=custom&values=1000000,1000002.25,999998;1234,1230,1e-3&batch=1&seq_len=2&d_model=3&token=0",
                    "input=heavy&padding=on&seed=4",
                ] {
                    queries.push(format!("norm={norm}&{input}"));
                }
            }
            for feature in 0..12 {
                queries.push(format!(
                    "token={feature}&feature={feature}&seed={feature}&gamma=1.7&beta=0.3"
                ));
            }
        }
        "encode" => {
            for scheme in ["sinusoidal", "learned", "rope", "fraction"] {
                for more in [
                    "scaling=yarn&factor=3&trained_len=99&seq_len=300",
                    "scaling=interpolation&factor=7&start=999000",
                    "scaling=ntk&factor=1.3&base=123456",
                    "emb_std=0.044&text=a%20b%20c%20d%20e%20f%20g%20h",
                    "emb_std=4&sqrt_d=on&start=777",
                ] {
                    queries.push(format!("scheme={scheme}&{more}"));
                }
            }
        }
        _ => {}
    }
    queries
}

/// A number as it stands, and the place value of its last digit.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Shown {
    value: f64,
    unit: f64,
}

/// Reads sums, products and quotients of numbers.
struct Reader<'a> {
    rest: &'a str,
    /// How many operations there were.
    n_operations: usize,
}

impl Reader<'_> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\u{a0}']);
    }

    fn takes(&mut self, word: &str) -> bool {
        self.skip();
        let rest = self.rest.strip_prefix(word);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn takes_any(&mut self, words: &[&str]) -> bool {
        words.iter().any(|word| self.takes(word))
    }

    fn number(&mut self) -> Option<Shown> {
        self.skip();
        let is_part = |c: char| c.is_ascii_digit() || c == '.' || c == '\u{202f}';
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (digits, mut rest) = self.rest.split_at(end);
        let mut digits = digits;
        // A full stop ends a sentence.
        if digits.ends_with('.') {
            (digits, rest) = self.rest.split_at(end - 1);
        }
        let mut text = digits.replace('\u{202f}', "");
        let n_decimals = text.split_once('.').map_or(0, |(_, part)| part.len());
        let mut power = -i32::try_from(n_decimals).ok()?;
        let exponent = rest
            .strip_prefix('e')
            .filter(|it| it.starts_with(|c: char| c == '-' || c.is_ascii_digit()));
        if let Some(exponent) = exponent {
            let end = exponent[1..]
                .find(|c: char| !c.is_ascii_digit())
                .map_or(exponent.len(), |at| at + 1);
            power += exponent[..end].parse::<i32>().ok()?;
            text = format!("{text}e{}", &exponent[..end]);
            rest = &exponent[end..];
        }
        let value = text.parse().ok()?;
        self.rest = rest;
        Some(Shown {
            value,
            unit: 10_f64.powi(power),
        })
    }

    fn sum(&mut self) -> Option<f64> {
        let mut sum = self.product()?;
        loop {
            if self.takes("+") {
                sum += self.product()?;
            } else if self.takes("−") {
                sum -= self.product()?;
            } else {
                return Some(sum);
            }
            self.n_operations += 1;
        }
    }

    fn product(&mut self) -> Option<f64> {
        let mut product = self.power()?;
        loop {
            if self.takes_any(&["×", "·"]) {
                product *= self.power()?;
            } else if self.takes_any(&["÷", "/"]) {
                product /= self.power()?;
            } else {
                return Some(product);
            }
            self.n_operations += 1;
        }
    }

    fn power(&mut self) -> Option<f64> {
        let base = self.factor()?;
        if !self.takes("^") {
            return Some(base);
        }
        self.n_operations += 1;
        Some(base.powf(self.factor()?))
    }

    fn factor(&mut self) -> Option<f64> {
        if self.takes("−") {
            return Some(-self.factor()?);
        }
        for (name, function) in [
            ("√", f64::sqrt as fn(f64) -> f64),
            ("tanh", f64::tanh),
            ("sin", f64::sin),
            ("cos", f64::cos),
        ] {
            if self.takes(name) {
                self.n_operations += 1;
                return Some(function(self.factor()?));
            }
        }
        if self.takes("(") {
            let sum = self.sum()?;
            return self.takes(")").then_some(sum);
        }
        self.number().map(|it| it.value)
    }
}

/// Reads all of a text as arithmetic, with at least one operation in it.
fn read(text: &str) -> Option<f64> {
    let mut reader = Reader {
        rest: text,
        n_operations: 0,
    };
    let value = reader.sum()?;
    reader.skip();
    (reader.rest.is_empty() && reader.n_operations > 0).then_some(value)
}

/// The arithmetic that ends here: the longest.
fn read_back(text: &str) -> Option<(f64, &str)> {
    let text = text.trim_end_matches(' ');
    let starts = text.char_indices().map(|(at, _)| at);
    // Digits and names are not begun in their middle.
    let is_begin = |at: &usize| {
        let before = text[..*at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && !['.', '_', '^', '\u{202f}'].contains(&c))
    };
    let mut terms = starts.filter(is_begin);
    terms.find_map(|at| read(&text[at..]).map(|value| (value, &text[at..])))
}

/// All arithmetic with its result that a text has: what it is, what it gives, and what is shown.
fn equations(text: &str) -> Vec<(String, f64, Shown)> {
    let plain = plain(text);
    let places = plain.match_indices(" = ");
    let found = places.filter_map(|(at, sign)| {
        let (value, terms) = read_back(&plain[..at])?;
        let mut reader = Reader {
            rest: &plain[at + sign.len()..],
            n_operations: 0,
        };
        let is_negative = reader.takes("−");
        let mut shown = reader.number()?;
        if is_negative {
            shown.value = -shown.value;
        }
        // What goes on is no result, nor is a fraction that has no value.
        let goes_on = ["/", "·", "×", "^", "+ ", "− "];
        (!goes_on.iter().any(|it| reader.takes(it))).then(|| (terms.to_owned(), value, shown))
    });
    found.collect()
}

/// A text without its marks; a formula as one would type it.
fn plain(text: &str) -> String {
    let text = if text.contains("<math>") {
        text.to_owned()
    } else {
        figures::plain(text)
    };
    let formula = format!("<all>{text}</all>");
    match roxmltree::Document::parse(&formula) {
        Ok(document) => typed(document.root_element()),
        Err(_) => text,
    }
}

/// A piece of a formula.
fn typed(node: roxmltree::Node<'_, '_>) -> String {
    if let Some(text) = node.text().filter(|_| node.is_text()) {
        return text.replace(['*', '\u{2061}'], "");
    }
    let parts: Vec<_> = node.children().map(typed).collect();
    match (node.tag_name().name(), &parts[..]) {
        ("msup", [base, power]) => format!("({base})^({power})"),
        ("mfrac", [above, below]) => format!("({above})/({below})"),
        ("msqrt", _) => format!("√({})", parts.concat()),
        ("mo", _) => format!(" {} ", parts.concat().trim()),
        _ => parts.concat(),
    }
}

#[test]
fn what_is_shown_adds_up_as_shown() {
    let mut wrong = Vec::new();
    let mut n_seen = 0;
    for lab in ALL {
        let (figures, parts) = ((lab.inspect.figures)(), (lab.inspect.parts)());
        let drawn = queries(lab).into_iter().map(str::to_owned);
        let states = drawn.chain(odd_queries(lab)).chain(hard_queries(lab.slug));
        for query in states {
            let pairs = Address::parse(&format!("#/{}?{query}", lab.slug)).pairs;
            let mut look = |who: &str, said: Vec<String>| {
                for text in said {
                    for (terms, value, shown) in equations(&text) {
                        n_seen += 1;
                        let is_right = (value - shown.value).abs() <= 0.500_001 * shown.unit;
                        if !is_right {
                            wrong.push(format!(
                                "{who} at {query}: {terms} = {} is {value}",
                                shown.value
                            ));
                        }
                    }
                }
            };
            for (idx, figure) in figures.iter().enumerate() {
                let mut said = (lab.inspect.sentences)(&pairs, idx);
                (lab.inspect.with_figure)(&pairs, idx, &mut |figure| {
                    said.extend(figure.panels.iter().map(|panel| panel.caption.to_string()));
                });
                look(figure.id, said);
            }
            for (idx, part) in parts.iter().enumerate() {
                look(part.word.slug, (lab.inspect.texts)(&pairs, idx));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(
        wrong.is_empty(),
        "{} of {n_seen}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(n_seen > 10_000, "only {n_seen}");
}

#[test]
fn what_does_not_add_up_is_found() {
    for (text, expected) in [
        ("x₁₂ = 100.2", vec![]),
        ("feature 3: 100.2 − 99.94 = 0.2274", vec![false]),
        ("100.1674 − 99.94 = *0.2274*.", vec![true]),
        (
            "1 / √(0.25 + 0) = 2, 3 × (−0.5) + 1 = −0.5",
            vec![true, true],
        ),
        ("sin(5 / 10000^(12/128)) = 0.8", vec![false]),
        ("2 · 3 = 6 · x", vec![]),
        (
            "1\u{202f}000\u{202f}000 − 1\u{202f}000\u{202f}000 = 2.25",
            vec![false],
        ),
        ("1.2e-4 × 2 = 2.4e-4", vec![true]),
        (
            "<math><mn>100</mn><mo>·</mo><msup><mn>2</mn><mrow><mn>6</mn><mo>/</mo><mn>4</mn></mrow></msup><mo>=</mo><mn>282.8</mn></math>",
            vec![true],
        ),
        (
            "<math><mn>4</mn><mo>·</mo><mn>512</mn><mo>=</mo><mn>2048</mn></math>",
            vec![true],
        ),
    ] {
        let found: Vec<_> = equations(text)
            .into_iter()
            .map(|(_, value, shown)| (value - shown.value).abs() <= 0.500_001 * shown.unit)
            .collect();
        assert_eq!(found, expected, "{text}");
    }
}
