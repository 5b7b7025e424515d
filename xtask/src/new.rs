//! `new`: the files of a new room, or of a new figure in a part, and their places in the lists.
//!
//! What is written compiles, draws, has words, code and a test, and is in the registry. It shows squares until it shows something
//! better: whoever asked for it changes that file and nothing else.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use clap::Subcommand;
use duct::cmd;

use crate::shell::{root, say};

const FIGURE: &str = include_str!("../templates/figure.rs.in");
const PART: &str = include_str!("../templates/part.rs.in");
const ROOM: [(&str, &str); 4] = [
    ("mod.rs", include_str!("../templates/room.rs.in")),
    ("lab.rs", include_str!("../templates/lab.rs.in")),
    ("scene.rs", include_str!("../templates/scene.rs.in")),
    ("state.rs", include_str!("../templates/state.rs.in")),
];
const STYLE: &str = include_str!("../templates/style.css.in");

/// The part and the figure that a new room opens with.
const FIRST_PART: &str = "first";
const FIRST_FIGURE: &str = "squares";

/// What is to be new.
#[derive(Subcommand)]
pub enum What {
    /// A room with one part and one figure
    Room {
        /// Its word in links, files and modules, such as attend
        slug: String,
    },
    /// A figure of a part
    Figure {
        /// Where it stands: <room>/<part>/<figure>
        path: String,
    },
}

/// Writes what is to be new, and takes its rows of the README, its pictures and its code as they are.
pub fn new(what: &What) -> Result<()> {
    let root = root();
    let written = match what {
        What::Room { slug } => room(&root, slug)?,
        What::Figure { path } => figure(&root, path)?,
    };
    say("taking the first pictures and code of what is new");
    take_new(&root)?;
    for path in written {
        say(&path
            .strip_prefix(&root)
            .unwrap_or(&path)
            .display()
            .to_string());
    }
    say("cargo test -p rooms draws it; now make it show what it is for");
    Ok(())
}

/// Formats what was written, and takes its rows of the README, its pictures and its code as they are.
fn take_new(root: &Path) -> Result<()> {
    let cargo = || std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    cmd!(
        cargo(),
        "fmt",
        "--package",
        "rooms",
        "--package",
        "posnorm-lab"
    )
    .dir(root)
    .run()?;
    // Only what is not there yet is taken: a picture that changed is looked at.
    cmd!(
        cargo(),
        "test",
        "--quiet",
        "--package",
        "rooms",
        "--",
        "figures_look",
        "the_readme",
        "code_reads"
    )
    .dir(root)
    .env("INSTA_UPDATE", "unseen")
    .env("UPDATE_DOCS", "1")
    .stdout_null()
    .run()
    .context("what is new does not pass its tests")?;
    Ok(())
}

/// Writes a room with one part and one figure below the project's root `root`; says which files are new or changed.
pub fn room(root: &Path, slug: &str) -> Result<Vec<PathBuf>> {
    check_word(slug)?;
    let folder = root.join(ROOMS).join(slug);
    ensure!(!folder.exists(), "there is a room {slug} already");
    let lab = camel(slug);
    let fill = |template: &str| {
        let question = format!("What does {lab} show?");
        template
            .replace("@Question@", &question)
            .replace("@Lab@", &lab)
            .replace("@Part@", &camel(FIRST_PART))
            .replace("@part@", FIRST_PART)
            .replace("@figure@", FIRST_FIGURE)
            .replace("@room@", slug)
            .replace("@id@", &format!("{slug}-{FIRST_FIGURE}"))
    };
    let part = folder.join(FIRST_PART);
    fs::create_dir_all(&part)?;
    let mut written = Vec::new();
    let mut write = |path: PathBuf, text: String| -> Result<()> {
        fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
        written.push(path);
        Ok(())
    };
    for (name, template) in ROOM {
        write(folder.join(name), fill(template))?;
    }
    write(part.join("mod.rs"), fill(PART))?;
    write(part.join(format!("{FIRST_FIGURE}.rs")), fill(FIGURE))?;
    write(root.join(format!("style/{slug}.css")), fill(STYLE))?;

    let registry = root.join("crates/rooms/src/lib.rs");
    change(&registry, |text| {
        let text = after_last(&text, "pub mod ", &format!("pub mod {slug};"))?;
        in_list(
            &text,
            "ALL: &[Entry] = &[",
            "]",
            &format!("entry::<{slug}::{lab}>()"),
        )
    })?;
    let table = root.join("src/late.rs");
    change(&table, |text| {
        let text = in_list(&text, "use rooms::{", "}", slug)?;
        let row = format!("    {slug}::{lab} in {slug} {{\n        {FIRST_PART},\n    }}\n}}\n");
        let end = text.rfind("}\n").context("there is no table")?;
        Ok(format!("{}{row}", &text[..end]))
    })?;
    let index = root.join("index.html");
    change(&index, |text| {
        let line = |slug: &str| format!("href=\"style/{slug}.css\" />");
        let known = line("normalize");
        let own = format!(
            "{known}\n    <link data-trunk rel=\"inline\" type=\"css\" {}",
            line(slug)
        );
        ensure!(
            text.contains(&known),
            "there is no style sheet to stand after"
        );
        Ok(text.replacen(&known, &own, 1))
    })?;
    written.extend([registry, table, index]);
    Ok(written)
}

/// Writes a figure, `<room>/<part>/<figure>`, of a part that is there; says which files are new or changed.
pub fn figure(root: &Path, path: &str) -> Result<Vec<PathBuf>> {
    let words: Vec<_> = path.split('/').collect();
    let [room, part, figure] = words[..] else {
        bail!("{path:?} is no <room>/<part>/<figure>, such as encode/distance/offsets");
    };
    for word in [room, part, figure] {
        check_word(word)?;
    }
    let folder = root.join(ROOMS).join(room).join(part);
    let part_file = folder.join("mod.rs");
    ensure!(part_file.is_file(), "there is no part {room}/{part}");
    let file = folder.join(format!("{figure}.rs"));
    ensure!(!file.exists(), "there is a file {} already", file.display());
    let id = format!("{room}-{}", figure.replace('_', "-"));
    let text = FIGURE.replace("@Lab@", &camel(room)).replace("@id@", &id);
    fs::write(&file, text).with_context(|| format!("{} cannot be written", file.display()))?;
    change(&part_file, |text| {
        let text = after_last(&text, "mod ", &format!("mod {figure};"))?;
        // A part may have a first form before it: the whole one stands last.
        let at = text
            .rfind(".figures(&[")
            .context("the part has no figures")?;
        let (before, list) = text.split_at(at);
        let list = in_list(list, ".figures(&[", "]", &format!("{figure}::FIGURE"))?;
        Ok(format!("{before}{list}"))
    })?;
    Ok(vec![file, part_file])
}

/// Where the rooms are.
const ROOMS: &str = "crates/rooms/src";

/// A word of links, files and modules.
fn check_word(word: &str) -> Result<()> {
    let is_letter = |c: char| c.is_ascii_lowercase();
    let is_word = word.starts_with(is_letter)
        && word
            .chars()
            .all(|c| is_letter(c) || c.is_ascii_digit() || c == '_');
    ensure!(
        is_word,
        "{word:?} is no word for a room, a part or a figure: small letters, digits and _"
    );
    Ok(())
}

/// `bias_offsets` as the name of a type: `BiasOffsets`.
fn camel(word: &str) -> String {
    word.split('_')
        .map(|part| {
            let (first, rest) = part.split_at(part.len().min(1));
            first.to_uppercase() + rest
        })
        .collect()
}

/// Rewrites a file by what `new` makes of it.
fn change(path: &Path, new: impl FnOnce(String) -> Result<String>) -> Result<()> {
    let text =
        fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let text = new(text).with_context(|| format!("{} has no place for it", path.display()))?;
    fs::write(path, text).with_context(|| format!("{} cannot be written", path.display()))
}

/// The text with a line after the last of those that begin like `like` at the left margin.
fn after_last(text: &str, like: &str, line: &str) -> Result<String> {
    let last = text
        .lines()
        .rfind(|it| it.starts_with(like) && it.ends_with(';'));
    let last = last.with_context(|| format!("no line begins with {like:?}"))?;
    Ok(text.replacen(&format!("{last}\n"), &format!("{last}\n{line}\n"), 1))
}

/// The text with an entry at the end of the list that begins with `begin` and ends with `end`.
fn in_list(text: &str, begin: &str, end: &str, entry: &str) -> Result<String> {
    let place = || {
        let from = text.find(begin)? + begin.len();
        let to = from + text[from..].find(end)?;
        Some((from, to))
    };
    let (from, to) = place().with_context(|| format!("there is no list {begin}"))?;
    let list = text[from..to].trim_end().trim_end_matches(',');
    let comma = if list.trim().is_empty() { "" } else { ", " };
    Ok(format!(
        "{}{list}{comma}{entry}{}",
        &text[..from],
        &text[to..]
    ))
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        reason = "a test may stop at what it did not expect"
    )]

    use std::fs;
    use std::path::Path;
    use std::process::Command;

    use super::{after_last, camel, figure, in_list, room};
    use crate::shell;

    #[test]
    fn lists_grow_at_their_end() {
        assert_eq!(
            in_list("a: [b, c,\n]", "a: [", "]", "d").unwrap(),
            "a: [b, c, d]"
        );
        assert_eq!(in_list("a: []", "a: [", "]", "d").unwrap(), "a: [d]");
        assert!(in_list("b: []", "a: [", "]", "d").is_err());
        assert_eq!(
            after_last("mod a;\nmod b;\n\nuse c;\n", "mod ", "mod d;").unwrap(),
            "mod a;\nmod b;\nmod d;\n\nuse c;\n"
        );
        assert_eq!(camel("bias_offsets"), "BiasOffsets");
    }

    #[test]
    fn what_is_no_word_or_stands_already_is_refused() {
        let root = shell::root();
        for path in [
            "",
            "encode",
            "encode/distance",
            "encode/distance/a/b",
            "encode/distance/Big",
            "encode/none/a",
        ] {
            assert!(figure(&root, path).is_err(), "{path}");
        }
        assert!(figure(&root, "encode/distance/offsets").is_err());
        assert!(room(&root, "encode").is_err());
        assert!(room(&root, "2nd").is_err());
    }

    /// In a copy of the tree, so that this one stays as it is.
    #[test]
    fn a_new_room_and_a_new_figure_compile_draw_and_pass_the_tests() {
        let copy = shell::target().unwrap().join("new-in-a-copy");
        if copy.exists() {
            fs::remove_dir_all(&copy).unwrap();
        }
        copy_tree(&shell::root(), &copy);
        room(&copy, "probe").unwrap();
        figure(&copy, "probe/first/cubes").unwrap();
        figure(&copy, "encode/distance/squares").unwrap();
        // The pages' tables and pictures of what is new are taken as they are; then everything is compared again.
        super::take_new(&copy).unwrap();
        let cargo = |arguments: &[&str]| {
            let status = Command::new(env!("CARGO"))
                .args(["--offline", "--locked"])
                .args(arguments)
                .current_dir(&copy)
                .env("CARGO_TARGET_DIR", shell::target().unwrap())
                .env_remove("INSTA_UPDATE")
                .status();
            assert!(status.unwrap().success(), "cargo {arguments:?}");
        };
        // Those that look at each figure once: others draw all of them in every odd state.
        let once = [
            "first::",
            "squares::",
            "figures_look",
            "code_reads",
            "every_part",
            "slugs",
            "the_readme",
            "links",
        ];
        cargo(&[&["test", "-p", "rooms", "--"], &once[..]].concat());
        cargo(&["check", "-p", "posnorm-lab"]);
        for id in ["probe-squares", "probe-cubes", "encode-squares"] {
            let snapshot = format!("crates/rooms/tests/snapshots/registry__{id}-light.snap");
            assert!(copy.join(&snapshot).is_file(), "{snapshot}");
        }
        fs::remove_dir_all(&copy).unwrap();
    }

    fn copy_tree(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name();
            let is_made = ["target", "dist", "node_modules", ".git"]
                .iter()
                .any(|made| name == *made);
            if entry.file_type().unwrap().is_dir() {
                if !is_made {
                    copy_tree(&entry.path(), &to.join(name));
                }
            } else {
                fs::copy(entry.path(), to.join(name)).unwrap();
            }
        }
    }
}
