//! The invariants of ARCHITECTURE.md that a compiler does not hold by itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at what it did not expect"
)]

mod tree;

use std::fs;
use std::process::Command;

use posnorm_lab::late::ROOMS;
use tree::{files, root};

/// Only these may stand in the tree of a crate that knows no browser. plotters brings its own web types
/// for wasm; nothing of ours calls them.
const MATHS_MAY_USE: &[&str] = &[
    "bytemuck",
    "lanes",
    "libm",
    "maths",
    "matrixmultiply",
    "ndarray",
    "num-complex",
    "num-integer",
    "num-traits",
    "rand_core",
    "rand_pcg",
    "rawpointer",
    "autocfg",
];
const FIGURES_MAY_USE: &[&str] = &[
    "figures",
    "pixels",
    "plotters",
    "plotters-backend",
    "plotters-svg",
    "png",
    "base64",
    "adler2",
    "bitflags",
    "crc32fast",
    "fdeflate",
    "flate2",
    "miniz_oxide",
    "simd-adler32",
];
const ROOMS_MAY_USE: &[&str] = &["percent-encoding", "rooms", "strsim"];
const PLOTTERS_BRINGS: &[&str] = &[
    "bumpalo",
    "cfg-if",
    "futures-core",
    "futures-task",
    "futures-util",
    "js-sys",
    "once_cell",
    "pin-project-lite",
    "proc-macro2",
    "quote",
    "slab",
    "syn",
    "unicode-ident",
    "wasm-bindgen",
    "wasm-bindgen-macro",
    "wasm-bindgen-macro-support",
    "wasm-bindgen-shared",
    "web-sys",
    "rustversion",
];

#[test]
fn crates_know_no_browser() {
    for (package, allowed) in [
        ("maths", MATHS_MAY_USE.to_vec()),
        (
            "figures",
            [MATHS_MAY_USE, FIGURES_MAY_USE, PLOTTERS_BRINGS].concat(),
        ),
        (
            "rooms",
            [
                MATHS_MAY_USE,
                FIGURES_MAY_USE,
                PLOTTERS_BRINGS,
                ROOMS_MAY_USE,
            ]
            .concat(),
        ),
    ] {
        let tree = Command::new(env!("CARGO"))
            .args([
                "tree",
                "--offline",
                "-p",
                package,
                "-e",
                "normal",
                "--prefix",
                "none",
            ])
            .args(["--target", "wasm32-unknown-unknown"])
            .current_dir(root())
            .output()
            .unwrap();
        let tree = String::from_utf8(tree.stdout).unwrap();
        let used: Vec<_> = tree
            .lines()
            .filter_map(|line| line.split(' ').next())
            .collect();
        assert!(
            used.contains(&package),
            "cargo tree says nothing of {package}"
        );
        for name in used {
            assert!(
                name.is_empty() || allowed.contains(&name),
                "{package} must not depend on {name}"
            );
        }
    }
}

/// The page opens the rooms that there are, in their order, and each has its files.
#[test]
fn every_room_is_opened_and_has_the_same_files() {
    let slugs: Vec<_> = rooms::ALL.iter().map(|lab| lab.slug).collect();
    let opened: Vec<_> = ROOMS.iter().map(|room| room.slug).collect();
    assert_eq!(slugs, opened);
    for slug in slugs {
        for file in ["mod.rs", "lab.rs", "state.rs", "scene.rs"] {
            let path = root().join("crates/rooms/src").join(slug).join(file);
            assert!(path.is_file(), "{slug}/{file}");
        }
        assert!(root().join(format!("style/{slug}.css")).is_file());
    }
}

/// Only the table of what arrives when names a room.
#[test]
fn the_page_names_rooms_in_one_table() {
    for (path, text) in files("src", "rs") {
        for lab in rooms::ALL.iter().filter(|_| !path.ends_with("src/late.rs")) {
            let names = [format!("rooms::{}", lab.slug), format!("\"{}\"", lab.slug)];
            for name in names {
                assert!(!text.contains(&name), "{} names {name}", path.display());
            }
        }
    }
}

#[test]
fn only_the_browser_folder_names_web_sys() {
    for (path, text) in files("src", "rs") {
        if !path.to_str().unwrap().contains("src/browser/") {
            assert!(
                !text.contains("web_sys"),
                "{} names web_sys",
                path.display()
            );
        }
    }
}

/// What a strict Content-Security-Policy asks for: HTML is written by one function, and no `style` attribute is.
#[test]
fn one_place_writes_html_and_none_a_style_attribute() {
    let mut sources = [files("src", "rs"), files("crates/rooms/src", "rs")].concat();
    let index = root().join("index.html");
    sources.push((index.clone(), fs::read_to_string(index).unwrap()));
    for (word, places) in [
        ("innerHTML", &["index.html"][..]),
        ("writeHtml", &["index.html", "dom.rs"]),
        ("inner_html", &[]),
        ("outer_html", &[]),
        ("insert_adjacent_html", &[]),
        ("contextual_fragment", &[]),
        ("DomParser", &[]),
        ("document.write", &[]),
        ("style=", &[]),
        ("\"style\"", &[]),
    ] {
        let mut n_found = 0;
        for (path, text) in &sources {
            let is_place = places.iter().any(|place| path.ends_with(place));
            let found = text.matches(word).count();
            assert!(
                found <= usize::from(is_place),
                "{} has {word}",
                path.display()
            );
            n_found += found;
        }
        assert_eq!(n_found, places.len(), "{word} is where it was");
    }
}

#[test]
fn only_address_knows_how_a_link_is_written() {
    for (path, text) in [files("src", "rs"), files("crates/rooms/src", "rs")].concat() {
        if !path.ends_with("crates/rooms/src/address.rs") {
            assert!(!text.contains("\"#/"), "{} writes a link", path.display());
        }
    }
}

#[test]
fn colours_stand_in_the_tokens_only() {
    for (path, text) in files("style", "css") {
        if !path.ends_with("tokens.css") {
            let has_hex = text.split('#').skip(1).any(|after| {
                after.len() >= 3 && after.bytes().take(3).all(|byte| byte.is_ascii_hexdigit())
            });
            assert!(!has_hex, "{} has a colour of its own", path.display());
        }
    }
    for (path, text) in [files("src", "rs"), files("crates/rooms/src", "rs")].concat() {
        assert!(
            !text.contains("rgb("),
            "{} has a colour of its own",
            path.display()
        );
    }
}

/// What every browser knows that has WebAssembly with SIMD: Chrome 91, Firefox 89 and Safari 16.4. Who adds a younger function writes
/// before it what the others take. They do without `has`: then one formula is shorter on a phone, a large
/// figure hides the controls, and their sentences are seen where all are explained.
const CSS_FUNCTIONS: &[&str] = &[
    "attr",
    "calc",
    "clamp",
    "has",
    "inset",
    "is",
    "linear-gradient",
    "max",
    "min",
    "minmax",
    "not",
    "repeat",
    "rgb",
    "rotate",
    "translate",
    "translateY",
    "var",
];

#[test]
fn styles_call_what_every_browser_knows_that_runs_the_page() {
    for (path, text) in files("style", "css") {
        for (before, _) in text.match_indices('(').map(|(at, _)| text.split_at(at)) {
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
            let start = before.trim_end_matches(is_name).len();
            let name = &before[start..];
            assert!(
                name.is_empty() || CSS_FUNCTIONS.contains(&name),
                "{} calls {name}()",
                path.display()
            );
        }
    }
}

#[test]
fn every_source_file_says_what_it_is_for() {
    for folder in ["src", "crates", "xtask", "tests"] {
        for (path, text) in files(folder, "rs") {
            assert!(
                text.starts_with("//!"),
                "{} does not start with //!",
                path.display()
            );
        }
    }
}

/// The map names every folder of the code, and none that is gone.
#[test]
fn the_map_is_true() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for folder in ["src/browser", "src/ui", "style", "xtask", "tests/web"] {
        assert!(
            map.contains(&format!("`{folder}/`")),
            "ARCHITECTURE.md does not name {folder}"
        );
    }
    for entry in fs::read_dir(root().join("crates")).unwrap() {
        let name = format!("`crates/{}/`", entry.unwrap().file_name().to_str().unwrap());
        assert!(map.contains(&name), "ARCHITECTURE.md does not name {name}");
    }
    for place in map
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| word.ends_with('/') && !word.contains('<'))
    {
        assert!(
            root().join(place).is_dir(),
            "ARCHITECTURE.md names {place}, which is not there"
        );
    }
}

/// Nobody else is asked for anything: no address of another place in what the page is made of.
#[test]
fn the_page_names_no_other_origin() {
    let sources = [
        files("style", "css"),
        files("src", "rs"),
        files("crates/rooms/src", "rs"),
    ];
    for (path, text) in sources.concat() {
        // What a reader may go to is asked for by the reader: the threads in which bugs were found.
        let text = text.replace("href=\\\"https://github.com/", "");
        for word in ["http://", "https://", "//cdn"] {
            assert!(!text.contains(word), "{} names {word}", path.display());
        }
    }
    let index = fs::read_to_string(root().join("index.html")).unwrap();
    for after in index.split("http").skip(1) {
        // The name space of the icon's SVG is a name, nothing that is fetched.
        assert!(
            after.starts_with("://www.w3.org/"),
            "index.html names http{}",
            &after[..30]
        );
    }
}
