//! Files import downwards only: no circle of files anywhere, no arrow from a lower floor to a higher one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at what it did not expect"
)]

mod graph;
mod tree;

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use cargo_metadata::{MetadataCommand, TargetKind};
use graph::{Arrow, Graph, Start, circle_text, circles};
use tree::root;

/// The house from the top down: what a floor has, and where that stands. What is on one floor side by side does not
/// know each other. Tests, examples and tasks are outside and may look at everything.
const FLOORS: &[&[(&str, &[&str])]] = &[
    &[("app", &["src"])],
    &[("ui", &["src/ui"])],
    &[("browser", &["src/browser"])],
    &[("rooms", &["crates/rooms/src"])],
    &[
        ("figures", &["crates/figures/src"]),
        ("maths", &["crates/maths/src"]),
    ],
    &[("pixels", &["crates/pixels/src"])],
    &[("lanes", &["crates/lanes/src"])],
];

/// Where each room has a folder of its own.
const ROOMS: &str = "crates/rooms/src";

static WORKSPACE: LazyLock<Graph> = LazyLock::new(|| {
    let mut command = MetadataCommand::new();
    command.current_dir(root()).no_deps();
    command.other_options(["--offline".to_owned()]);
    let metadata = command.exec().unwrap();
    let targets = metadata.packages.iter().flat_map(|it| &it.targets);
    let starts: Vec<_> = targets
        .map(|target| {
            let is_library = target.kind.contains(&TargetKind::Lib);
            Start {
                name: is_library.then(|| target.name.replace('-', "_")),
                file: target.src_path.strip_prefix(root()).unwrap().into(),
            }
        })
        .collect();
    Graph::of(&starts, &|file| fs::read_to_string(root().join(file)).ok())
});

#[test]
fn no_files_import_in_a_circle() {
    let circles: Vec<_> = circles(&WORKSPACE.arrows)
        .iter()
        .map(|it| circle_text(it))
        .collect();
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

#[test]
fn files_import_downwards_only() {
    for arrow in &WORKSPACE.arrows {
        assert!(!is_upward(arrow), "upwards: {arrow}");
    }
}

#[test]
fn rooms_do_not_know_each_other() {
    for arrow in &WORKSPACE.arrows {
        assert!(!is_between_rooms(&WORKSPACE, arrow), "{arrow}");
    }
}

/// Otherwise the others would prove nothing.
#[test]
fn every_file_is_looked_at_and_has_its_floor() {
    for folder in ["src", "crates", "fuzz", "xtask", "tests", "examples"] {
        for (path, _) in tree::files(folder, "rs") {
            let path = path.strip_prefix(root()).unwrap();
            let is_known = WORKSPACE.files.contains(path);
            assert!(is_known, "{} is in no crate", path.display());
            let mut folders = path.iter().filter_map(|it| it.to_str());
            let is_outside = folders.any(|it| ["fuzz", "xtask", "tests", "examples"].contains(&it));
            let has_floor = floor_of(path).is_some();
            assert!(
                is_outside != has_floor,
                "which floor is {} on?",
                path.display()
            );
        }
    }
    for (from, to) in [
        ("src/app.rs", "src/ui/room.rs"),
        ("src/ui/figure.rs", "src/browser/canvas.rs"),
        ("crates/rooms/src/room.rs", "crates/figures/src/figure.rs"),
        ("crates/maths/src/sum.rs", "crates/lanes/src/lib.rs"),
    ] {
        let is_it = |arrow: &Arrow| arrow.from == Path::new(from) && arrow.to == Path::new(to);
        assert!(WORKSPACE.arrows.iter().any(is_it), "no {from} → {to}");
    }
}

/// The number of a file's floor, from above, and its part of it: the narrowest place that it stands in.
fn floor_of(file: &Path) -> Option<(usize, &'static str)> {
    let parts = FLOORS.iter().enumerate().flat_map(|(floor, parts)| {
        let parts = parts.iter();
        parts.map(move |(part, places)| ((floor, *part), *places))
    });
    let places = parts.flat_map(|(part, places)| places.iter().map(move |it| (it.len(), part, it)));
    let holds = places.filter(|(_, _, place)| file.starts_with(place));
    holds.max().map(|(_, part, _)| part)
}

fn is_upward(arrow: &Arrow) -> bool {
    match (floor_of(&arrow.from), floor_of(&arrow.to)) {
        (Some(from), Some(to)) => from != to && from.0 >= to.0,
        _ => false,
    }
}

fn is_between_rooms(graph: &Graph, arrow: &Arrow) -> bool {
    // A folder with settings is a room's.
    let room_of = |file: &Path| {
        let mut folders = file.ancestors().filter(|folder| {
            folder.parent() == Some(Path::new(ROOMS))
                && graph.files.contains(&folder.join("state.rs"))
        });
        folders.next().map(Path::to_owned)
    };
    let (from, to) = (room_of(&arrow.from), room_of(&arrow.to));
    from.is_some() && to.is_some() && from != to
}

/// The graph of a made-up workspace: crates begin in `lib.rs` and are called as their folder below `crates/`, or `app`.
fn made_up(files: &[(&str, &str)]) -> Graph {
    let starts = files.iter().filter(|(file, _)| file.ends_with("/lib.rs"));
    let starts: Vec<_> = starts
        .map(|(file, _)| {
            let below = file
                .strip_prefix("crates/")
                .and_then(|it| it.split('/').next());
            Start {
                name: Some(below.unwrap_or("app").to_owned()),
                file: file.into(),
            }
        })
        .collect();
    Graph::of(&starts, &|wanted| {
        let (_, text) = files.iter().find(|(file, _)| Path::new(file) == wanted)?;
        Some((*text).to_owned())
    })
}

/// Which file leads to which.
fn drawn(graph: &Graph) -> Vec<String> {
    let drawn = graph
        .arrows
        .iter()
        .map(|it| format!("{} → {}", it.from.display(), it.to.display()));
    let mut drawn: Vec<_> = drawn.collect();
    drawn.dedup();
    drawn
}

#[test]
fn a_circle_is_told_with_its_lines() {
    let graph = made_up(&[
        ("src/lib.rs", "mod a; mod b; mod c; mod d;"),
        ("src/a.rs", "//! One.\nuse crate::b::B;\npub struct A(B);"),
        ("src/b.rs", "pub struct B;\nfn f() {\n    super::c::f();\n}"),
        ("src/c.rs", "use super::{a::A, d::D};\npub fn f() {}"),
        ("src/d.rs", "pub struct D;"),
    ]);
    let circles = circles(&graph.arrows);
    assert_eq!(circles.len(), 1);
    assert_eq!(
        circle_text(&circles[0]),
        "src/a.rs → src/b.rs → src/c.rs → src/a.rs\n    \
         src/a.rs:2 → src/b.rs (crate::b::B)\n    \
         src/b.rs:3 → src/c.rs (super::c::f)\n    \
         src/c.rs:1 → src/a.rs (super::a::A)"
    );
}

#[test]
fn the_shortest_circle_of_a_knot_is_told() {
    let graph = made_up(&[
        ("src/lib.rs", "mod a; mod b; mod c;"),
        ("src/a.rs", "use crate::b::B;\npub struct A;"),
        ("src/b.rs", "use crate::c::C;\npub struct B;"),
        ("src/c.rs", "use crate::{a::A, b::B};\npub struct C;"),
    ]);
    let circles = circles(&graph.arrows);
    assert_eq!(circles.len(), 1);
    assert!(circle_text(&circles[0]).starts_with("src/b.rs → src/c.rs → src/b.rs\n"));
}

#[test]
fn re_exports_lead_to_the_file_behind_them() {
    let graph = made_up(&[
        (
            "src/lib.rs",
            "mod a; mod b; pub mod c; pub use a::*; pub use b::{B, f as g};",
        ),
        (
            "src/a.rs",
            "pub struct A; #[macro_export] macro_rules! b { () => {} }",
        ),
        ("src/b.rs", "pub struct B; pub fn f() {}"),
        ("src/c.rs", "use crate::g; crate::b!(); use crate::b::B;"),
        (
            "crates/other/src/lib.rs",
            "use app::c; fn f() -> app::B { c::made_by_a_macro() }",
        ),
    ]);
    let arrows = ["src/c.rs → src/a.rs", "src/c.rs → src/b.rs"];
    let others = ["src/b.rs", "src/c.rs"].map(|to| format!("crates/other/src/lib.rs → {to}"));
    assert_eq!(
        drawn(&graph),
        [&others[..], &arrows.map(str::to_owned)].concat()
    );
}

#[test]
fn what_code_names_without_a_use_line_counts() {
    let graph = made_up(&[
        ("src/lib.rs", "mod a; mod b; mod c; mod d; mod e;"),
        (
            "src/a.rs",
            "use super::e; fn f(b: crate::b::B) { println!(\"{} {}\", b.c, crate::c::N); e::f::<u8>(); let d = 1; d }",
        ),
        ("src/b.rs", "pub struct B { pub c: u8 }"),
        ("src/c.rs", "pub const N: u8 = 1;"),
        ("src/d.rs", ""),
        ("src/e.rs", "pub fn f<T>() {}"),
    ]);
    let to = ["b", "c", "e"].map(|to| format!("src/a.rs → src/{to}.rs"));
    assert_eq!(drawn(&graph), to);
}

#[test]
fn a_parent_is_not_led_to_its_children_by_naming_them() {
    let graph = made_up(&[
        ("src/lib.rs", "pub mod a;"),
        (
            "src/a.rs",
            "mod b; mod c { mod d; } #[cfg(test)] mod tests; pub use b::B; pub struct A;",
        ),
        ("src/a/b.rs", "use super::A; pub struct B(A);"),
        (
            "src/a/c/d.rs",
            "#[cfg(test)] mod tests { use crate::a::B; }",
        ),
        ("src/a/tests.rs", "use super::b::B;"),
    ]);
    assert_eq!(drawn(&graph), ["src/a/b.rs → src/a.rs"]);
    assert!(graph.files.contains(Path::new("src/a/c/d.rs")));
}

#[test]
fn a_module_may_be_one_of_several_files() {
    let graph = made_up(&[
        (
            "src/lib.rs",
            "#[cfg_attr(a, path = \"x.rs\")] #[cfg_attr(not(a), path = \"y.rs\")] mod z; use z::Z;",
        ),
        ("src/x.rs", "pub struct Z;"),
        ("src/y.rs", "pub struct Z;"),
    ]);
    assert_eq!(
        drawn(&graph),
        ["src/lib.rs → src/x.rs", "src/lib.rs → src/y.rs"]
    );
}

#[test]
fn upward_and_sideways_arrows_are_seen() {
    let arrow = |from: &str, to: &str| Arrow {
        from: from.into(),
        to: to.into(),
        line: 1,
        path: String::new(),
    };
    for (from, to, is_up) in [
        ("src/app.rs", "src/ui/figure.rs", false),
        ("src/ui/figure.rs", "src/app.rs", true),
        ("src/browser/canvas.rs", "src/ui/figure.rs", true),
        ("src/ui/figure.rs", "src/ui/frame.rs", false),
        ("src/ui/figure.rs", "crates/rooms/src/room.rs", false),
        ("crates/rooms/src/room.rs", "src/ui/figure.rs", true),
        ("crates/figures/src/csv.rs", "crates/maths/src/sum.rs", true),
        ("crates/maths/src/sum.rs", "crates/lanes/src/lib.rs", false),
        (
            "crates/maths/tests/sum.rs",
            "crates/figures/src/csv.rs",
            false,
        ),
    ] {
        assert_eq!(is_upward(&arrow(from, to)), is_up, "{from} → {to}");
    }
}

#[test]
fn rooms_that_know_each_other_are_seen() {
    let graph = made_up(&[
        (
            "crates/rooms/src/lib.rs",
            "mod room; mod attend; mod encode;",
        ),
        ("crates/rooms/src/room.rs", "pub struct Room;"),
        (
            "crates/rooms/src/attend/mod.rs",
            "pub mod part; mod state; use crate::room::Room;",
        ),
        (
            "crates/rooms/src/attend/part.rs",
            "use super::state::S; use crate::encode::state::S as T;",
        ),
        ("crates/rooms/src/attend/state.rs", "pub struct S;"),
        ("crates/rooms/src/encode/mod.rs", "pub mod state;"),
        ("crates/rooms/src/encode/state.rs", "pub struct S;"),
    ]);
    let between = graph
        .arrows
        .iter()
        .filter(|it| is_between_rooms(&graph, it));
    let told: Vec<_> = between.map(Arrow::to_string).collect();
    let rooms = "crates/rooms/src";
    assert_eq!(
        told,
        [format!(
            "{rooms}/attend/part.rs:1 → {rooms}/encode/state.rs (crate::encode::state::S)"
        )]
    );
}
