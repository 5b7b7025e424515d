//! Links: any text at all gives a valid state, a state gives one link, and that link gives the state back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at what it did not expect"
)]

use proptest::prelude::*;
use rooms::address::{Address, fragment};
use rooms::page::PageState;
use rooms::settings::{MOST_PAIRS, Settings, read_pairs, write_pairs};
use rooms::{ALL, Entry, by_slug};

/// The link that a lab writes for what it read from `query`.
fn canonical(lab: &Entry, query: &str) -> (String, Vec<String>) {
    let address = Address::parse(&format!("#/{}?{query}", lab.slug));
    let (pairs, notices) = (lab.inspect.canonical)(&address.pairs);
    let pairs = pairs.iter().map(|(key, value)| (*key, value.as_str()));
    (
        fragment(lab.slug, pairs),
        notices.iter().map(ToString::to_string).collect(),
    )
}

/// What is written reads back to itself, without a notice.
fn assert_stable(lab: &Entry, query: &str) {
    let (once, _) = canonical(lab, query);
    let address = Address::parse(&once);
    assert_eq!(address.lab, lab.slug);
    let (pairs, notices) = (lab.inspect.canonical)(&address.pairs);
    let again = fragment(
        lab.slug,
        pairs.iter().map(|(key, value)| (*key, value.as_str())),
    );
    assert_eq!(once, again, "from {query:?}");
    assert!(notices.is_empty(), "{once} gave {notices:?}");
}

/// A lab, any of its keys, and a value that may be anything.
fn any_pairs() -> impl Strategy<Value = (usize, Vec<(String, String)>)> {
    (0..ALL.len()).prop_flat_map(|lab_idx| {
        let keys: Vec<_> = (ALL[lab_idx].inspect.controls)()
            .into_iter()
            .map(|row| row.key.to_owned())
            .collect();
        let key = prop_oneof![8 => prop::sample::select(keys), 1 => any::<String>()];
        let value = prop_oneof![
            any::<i32>().prop_map(|v| v.to_string()),
            any::<f64>().prop_map(|v| v.to_string()),
            (-10.0..5000.0_f64).prop_map(|v| format!("{v:e}")),
            prop::collection::vec(0..2000_u32, 0..12).prop_map(|v| v
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(",")),
            prop::sample::select(vec![
                "tokens",
                "custom",
                "concatenated",
                "interleaved",
                "none",
                "",
                "NaN",
                "inf",
                "-0",
                "1e99",
                "1e999",
                "1,2;3",
                "1;;2",
                ";",
                "0x10",
                "+5",
            ])
            .prop_map(str::to_owned),
            any::<String>(),
        ];
        (Just(lab_idx), prop::collection::vec((key, value), 0..8))
    })
}

proptest! {
    #[test]
    fn any_text_is_a_valid_link(text in any::<String>()) {
        let address = Address::parse(&text);
        for lab in ALL {
            let (pairs, _) = (lab.inspect.canonical)(&address.pairs);
            let link = fragment(lab.slug, pairs.iter().map(|(key, value)| (*key, value.as_str())));
            prop_assert!(link.starts_with("#/"));
        }
    }

    #[test]
    fn a_state_survives_its_link((lab_idx, pairs) in any_pairs()) {
        let lab = &ALL[lab_idx];
        let borrowed = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let query = fragment("", borrowed);
        assert_stable(lab, query.trim_start_matches("#/?"));
    }

    #[test]
    fn values_survive_escaping(values in prop::collection::vec(any::<String>(), 1..4)) {
        let pairs: Vec<_> = values.iter().map(|value| ("key", value.as_str())).collect();
        let address = Address::parse(&fragment("encode", pairs.iter().copied()));
        let read: Vec<_> = address.pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        prop_assert_eq!(read, pairs);
    }

    #[test]
    fn the_order_of_a_link_makes_no_difference((lab_idx, pairs) in any_pairs(), seed in any::<u64>()) {
        let mut unique: Vec<(String, String)> = Vec::new();
        for pair in pairs {
            if !unique.iter().any(|(key, _)| *key == pair.0) {
                unique.push(pair);
            }
        }
        let mut turned = unique.clone();
        let by = if turned.is_empty() { 0 } else { usize::try_from(seed % 8).unwrap() % turned.len() };
        turned.rotate_left(by);
        let lab = &ALL[lab_idx];
        prop_assert_eq!((lab.inspect.canonical)(&unique).0, (lab.inspect.canonical)(&turned).0);
    }
}

#[test]
fn only_what_is_not_the_default_is_written_in_the_order_of_the_table() {
    for (lab, query, link) in [
        ("encode", "", "#/encode"),
        (
            "encode",
            "seq_len=64&base=10000&layout=interleaved",
            "#/encode",
        ),
        (
            "encode",
            "base=100&seq_len=8",
            "#/encode?seq_len=8&base=100",
        ),
        (
            "encode",
            "start=1000&pos=1010&dim=7&dims=7,8",
            "#/encode?start=1000&pos=1010&dim=7&dims=7,8",
        ),
        ("encode", "dims=none", "#/encode?dims=none"),
        ("encode", "compare=off&measure=dot&factor=4.0", "#/encode"),
        (
            "encode",
            "factor=8&scaling=yarn&scheme=rope&compare=none&base=500",
            "#/encode?base=500&scheme=rope&compare=none&scaling=yarn&factor=8",
        ),
        (
            "encode",
            "part=distance&offset=0&measure=cosine&scheme=learned&max_len=40&seed=7",
            "#/encode?part=distance&scheme=learned&max_len=40&measure=cosine&offset=0&seed=7",
        ),
        (
            "normalize",
            "beta_at=7:-1, 3:2.5&groups=8&norm=group&gamma_at=",
            "#/normalize?norm=group&groups=8&beta_at=3:2.5,7:-1",
        ),
        ("normalize", "groups=4&d_model=6", "#/normalize?d_model=6"),
        ("normalize", "eps=0.00001&gamma=1.0&beta=-0", "#/normalize"),
        (
            "normalize",
            "eps=1e-12&gamma=1.5",
            "#/normalize?gamma=1.5&eps=1e-12",
        ),
        (
            "normalize",
            "input=custom&values=1, 2%0A3 4.50,;;NaN,-INF;-0,1e3;",
            "#/normalize?input=custom&values=1,2;3,4.5;;NaN,-inf;0,1000",
        ),
    ] {
        assert_eq!(canonical(by_slug(lab).unwrap(), query).0, link);
    }
}

#[test]
fn a_notice_names_the_key_what_was_given_and_what_is_used() {
    for (lab, query, expected) in [
        (
            "encode",
            "seq_len=0",
            "seq_len: “0” was given; allowed: whole numbers from 1 to 4096; 1 is used.",
        ),
        (
            "encode",
            "seq_len=1e99",
            "seq_len: “1e99” was given; allowed: whole numbers from 1 to 4096; 4096 is used.",
        ),
        (
            "encode",
            "seq_len=abc",
            "seq_len: “abc” was given; allowed: whole numbers from 1 to 4096; 64 is used.",
        ),
        (
            "encode",
            "seq_len=",
            "seq_len: nothing was given; allowed: whole numbers from 1 to 4096; 64 is used.",
        ),
        (
            "encode",
            "seq_len=2.5",
            "seq_len: “2.5” was given; allowed: whole numbers from 1 to 4096; 3 is used.",
        ),
        (
            "encode",
            "d_model=129",
            "d_model: “129” was given; allowed: even numbers from 2 to 1024; 128 is used.",
        ),
        (
            "encode",
            "d_model=-3",
            "d_model: “-3” was given; allowed: even numbers from 2 to 1024; 2 is used.",
        ),
        (
            "encode",
            "d_model=127",
            "d_model: “127” was given; allowed: even numbers from 2 to 1024; 126 is used.",
        ),
        (
            "encode",
            "trained_len=1",
            "trained_len: “1” was given; allowed: whole numbers from 2 to 131072; 2 is used.",
        ),
        (
            "encode",
            "base=NaN",
            "base: “NaN” was given; allowed: numbers from 2 to 1e9; 10000 is used.",
        ),
        (
            "encode",
            "layout=x",
            "layout: “x” was given; allowed: interleaved, concatenated; interleaved is used.",
        ),
        (
            "encode",
            "pos=99",
            "pos: “99” was given; allowed: whole numbers from 0 to 63; 63 is used.",
        ),
        (
            "encode",
            "dims=4,4,999",
            "dims: “4,4,999” was given; allowed: up to 6 different dimensions below d_model, separated by commas, or none; 4 is used.",
        ),
        (
            "encode",
            "colour=red",
            "colour: “red” was given; no such setting here, it is ignored.",
        ),
        (
            "encode",
            "seqlen=8",
            "seqlen: “8” was given; no such setting here, seq_len is the nearest; it is ignored.",
        ),
        (
            "normalize",
            "norm=bacth",
            "norm: “bacth” was given; allowed: layer, rms, batch, instance, group, dyt, none; batch is the nearest; layer is used.",
        ),
        (
            "encode",
            "seq_len=4&seq_len=8",
            "seq_len: “4” was given; allowed: once; the last one given is used.",
        ),
        (
            "normalize",
            "groups=5",
            "groups: “5” was given; allowed: whole numbers from 1 to 64; 4 is used.",
        ),
        (
            "normalize",
            "d_model=7&groups=6",
            "groups: “6” was given; allowed: whole numbers from 1 to 7; 7 is used.",
        ),
        (
            "normalize",
            "gamma_at=3:2.5,99:1",
            "gamma_at: “3:2.5,99:1” was given; allowed: feature:value, from -4 to 4, separated by commas; a value alone is the next feature's; 3:2.5 is used.",
        ),
        (
            "normalize",
            "values=x",
            "values: “x” was given; allowed: up to 1024 numbers, nan or inf; a comma between features, a semicolon between tokens, two between samples, as many in each; “x” is no 32-bit number; 1,2,3,4 is used.",
        ),
        (
            "normalize",
            "values=1,2,3;4,5",
            "values: “1,2,3;4,5” was given; allowed: up to 1024 numbers, nan or inf; a comma between features, a semicolon between tokens, two between samples, as many in each; row 2 has 2 numbers and row 1 has 3; 1,2,3,4 is used.",
        ),
    ] {
        let (_, notices) = canonical(by_slug(lab).unwrap(), query);
        assert_eq!(notices, [expected], "{query}");
    }
}

#[test]
fn a_million_characters_are_shortened_in_the_notice() {
    let (link, notices) = canonical(
        by_slug("encode").unwrap(),
        &format!("base={}", "9x".repeat(500_000)),
    );
    assert_eq!(link, "#/encode");
    assert!(notices[0].chars().count() < 160, "{}", notices[0]);
}

#[test]
fn a_million_settings_are_cut_with_one_notice() {
    let pairs = (0..1_000_000).map(|n| format!("&key{n}={n}"));
    let query = format!("seq_len=8{}", pairs.collect::<String>());
    let address = Address::parse(&format!("#/encode?{query}"));
    assert!(
        address.pairs.len() < 200,
        "{} are kept",
        address.pairs.len()
    );
    let (link, notices) = canonical(by_slug("encode").unwrap(), &query);
    assert_eq!(link, "#/encode?seq_len=8");
    assert_eq!(
        notices,
        ["link: “more than 128 settings” was given; allowed: up to 128; the first 128 are read."]
    );
    // What a page writes is never cut.
    for lab in ALL {
        let n_settings = (lab.inspect.controls)().len() + PageState::CONTROLS.len();
        assert!(2 * n_settings <= MOST_PAIRS, "{}", lab.slug);
    }
}

#[test]
fn sizes_that_share_a_budget_give_way_in_a_fixed_order() {
    for (query, link, notice) in [
        (
            "batch=64&seq_len=256&d_model=1024",
            "#/normalize?batch=8&seq_len=256&d_model=1024",
            "batch: “64” was given; allowed: whole numbers from 1 to 8, with batch × seq_len × d_model at most 2 097 152; 8 is used.",
        ),
        (
            "d_model=1000&seq_len=100&batch=99",
            "#/normalize?batch=20&seq_len=100&d_model=1000",
            "batch: “99” was given; allowed: whole numbers from 1 to 20, with batch × seq_len × d_model at most 2 097 152; 20 is used.",
        ),
    ] {
        let (used, notices) = canonical(by_slug("normalize").unwrap(), query);
        assert_eq!(used, link, "{query}");
        assert_eq!(notices, [notice], "{query}");
    }
}

#[test]
fn the_lab_is_what_stands_before_the_question_mark() {
    for (text, lab, n_pairs) in [
        ("", "", 0),
        ("#", "", 0),
        ("#/", "", 0),
        ("#/encode", "encode", 0),
        ("#/encode/", "encode", 0),
        ("#encode?a=1&&b", "encode", 2),
        ("#/norm%61lize?x=%zz", "normalize", 1),
        ("#/?a=b", "", 1),
    ] {
        let address = Address::parse(text);
        assert_eq!(
            (address.lab.as_str(), address.pairs.len()),
            (lab, n_pairs),
            "{text}"
        );
    }
}

/// Pages escape `&`, chat programs and forms escape whatever they like.
#[test]
fn links_are_read_as_programs_leave_them() {
    let link = "#/normalize?input=custom&values=1,2;3,4&gamma=2";
    let expected = Address::parse(link);
    for text in [
        "#/normalize?input=custom&amp;values=1,2;3,4&amp;gamma=2",
        "#/normalize?input=custom&amp;amp;values=1,2;3,4&amp;amp;gamma=2",
        "#/normalize?input=custom&values=1%2C2%3B3%2C4&gamma=2",
        "#/normalize?input%3Dcustom%26values%3D1%2C2%3B3%2C4%26gamma%3D2",
        "#/normalize?input%3dcustom%26values%3d1%252C2%3B3%2C4%26gamma%3d2",
        "#/normalize%3Finput%3Dcustom%26values%3D1%2C2%3B3%2C4%26gamma%3D2",
        "#%2Fnormalize%3Finput%3Dcustom%26values%3D1%2C2%3B3%2C4%26gamma%3D2",
        "#%2Fnormalize%3Finput=custom&values=1,2;3,4&gamma=2",
    ] {
        assert_eq!(Address::parse(text), expected, "{text}");
    }
    // What is escaped within a value is part of it.
    let text = "#/encode?text=a%3Db%26c%3Fd";
    let pairs = [("text".to_owned(), "a=b&c?d".to_owned())];
    assert_eq!(Address::parse(text).pairs, pairs);
}

/// A link may name a figure without the part that it stands in, which need not have arrived.
#[test]
fn a_figure_is_found_by_its_id() {
    for lab in ALL {
        let tabs = (lab.inspect.tabs)();
        let docs = (lab.inspect.figures)();
        for doc in &docs {
            assert_eq!(tabs.part_with(doc.id), Some(doc.part_idx), "{}", doc.id);
        }
        assert_eq!(tabs.part_with("encode-nothing"), None);
        let said = tabs.no_figure("encode-nothing").to_string();
        let expected = format!(
            "figure: “encode-nothing” was given; allowed: the id of a figure of this lab, such as {}; no figure is large.",
            docs[0].id
        );
        assert_eq!(said, expected);
    }
}

#[test]
fn a_large_figure_is_in_the_link() {
    for (given, written, n_notices) in [
        ("encode-heatmap", Some("encode-heatmap"), 0),
        ("none", None, 0),
        ("", None, 0),
        ("Encode Heatmap", None, 1),
        ("<b>", None, 1),
    ] {
        let pairs = [("figure".to_owned(), given.to_owned())];
        let (state, notices) = read_pairs::<PageState>(&pairs, None);
        let pairs = write_pairs(&state);
        let figure = pairs.iter().find(|(key, _)| *key == "figure");
        let figure = figure.map(|(_, value)| value.as_str());
        assert_eq!((figure, notices.len()), (written, n_notices), "{given:?}");
    }
}
