//! dist/third-party.txt: whose code the page holds, and on which terms.
//!
//! What is compiled from a crate is a copy of it, and nearly every licence asks that its text comes along with a copy.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use cargo_metadata::{CargoOpt, Metadata, MetadataCommand, Package};

use crate::shell::{cargo, dist, output, root};
use crate::split;
use crate::tools::WASM_TARGET;

/// How the names of files begin that say on which terms a crate may be copied.
const LICENCE_FILES: [&str; 5] = ["licen", "unlicen", "copying", "copyright", "notice"];

const OWN_MIT: &str = include_str!("../../LICENSE-MIT");

/// A browser takes a text of which no host says otherwise for Latin, but for one that begins like this.
const UTF_8: char = '\u{feff}';

const HEAD: &str = "\
PosNorm Lab's page is compiled from its own code (MIT or Apache-2.0, as you prefer) and from the crates below. Where a crate's licence is
a choice, its MIT text stands here; where a crate comes without a text, MIT's with its authors' names.
";

const STANDARD_LIBRARY: &str = "Rust's standard library, MIT OR Apache-2.0, https://github.com/rust-lang/rust; what it holds of others is \
     listed in COPYRIGHT-library.html of every Rust toolchain";

/// Writes the notices beside the page.
pub fn write() -> Result<()> {
    let metadata = metadata()?;
    let text = notices(&crates_of_page(&metadata)?)?;
    fs::write(dist().join("third-party.txt"), text)?;
    Ok(())
}

fn metadata() -> Result<Metadata> {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .features(CargoOpt::SomeFeatures(vec![split::FEATURE.to_owned()]))
        .other_options(["--locked", "--filter-platform", WASM_TARGET].map(str::to_owned))
        .exec()
        .context("cargo metadata does not work in this folder")
}

/// Other people's crates that the page is compiled from. The metadata would name more: they resolve for all tasks and tests at once.
fn crates_of_page(metadata: &Metadata) -> Result<Vec<&Package>> {
    let tree = output(&cargo([
        "tree",
        "--locked",
        "--package",
        "posnorm-lab",
        "--features",
        split::FEATURE,
        "--target",
        WASM_TARGET,
        "--edges",
        "normal,no-proc-macro",
        "--prefix",
        "none",
    ]))
    .context("cargo tree does not work in this folder")?;
    // A line reads `name v1.2.3`, and perhaps says more.
    let listed: BTreeSet<_> = tree
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?, words.next()?.strip_prefix('v')?))
        })
        .collect();
    let is_listed = |package: &&Package| {
        listed.contains(&(package.name.as_str(), &*package.version.to_string()))
    };
    let others = metadata
        .packages
        .iter()
        .filter(|package| package.source.is_some());
    Ok(others.filter(is_listed).collect())
}

/// Every text once, after the crates that it stands for.
fn notices(packages: &[&Package]) -> Result<String> {
    let mut texts = BTreeMap::<String, (String, BTreeSet<String>)>::new();
    let mut add = |text: String, title: String| {
        texts
            .entry(unwrapped(&text))
            .or_insert((text, BTreeSet::new()))
            .1
            .insert(title);
    };
    for package in packages {
        for text in texts_of(package)? {
            add(text, title(package));
        }
    }
    add(
        mit("The Rust Project Contributors"),
        STANDARD_LIBRARY.to_owned(),
    );

    let mut sections: Vec<_> = texts.into_values().collect();
    sections.sort_by(|a, b| a.1.cmp(&b.1));
    let line = "-".repeat(80);
    let mut notices = format!("{UTF_8}{HEAD}");
    for (text, titles) in sections {
        let titles = Vec::from_iter(titles).join("\n");
        notices.push_str(&format!("\n{line}\n{titles}\n\n{}\n", text.trim()));
    }
    Ok(notices)
}

fn title(package: &Package) -> String {
    let Package { name, version, .. } = package;
    let licence = package.license.as_deref().unwrap_or_default();
    let repository = package.repository.as_deref().unwrap_or_default();
    [&format!("{name} {version}"), licence, repository]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

/// The texts under which a crate is in the page.
fn texts_of(package: &Package) -> Result<Vec<String>> {
    let Package { name, authors, .. } = package;
    let licence = package.license.as_deref().unwrap_or_default();
    let may_be_mit = licence.contains("MIT") && !licence.contains(" AND ");
    let texts = match package.manifest_path.parent() {
        Some(folder) => licence_files(folder.as_std_path())
            .with_context(|| format!("{folder} cannot be read"))?,
        None => Vec::new(),
    };
    if may_be_mit && let Some(mit) = texts.iter().find(|text| is_mit(text)) {
        return Ok(vec![mit.clone()]);
    }
    if !texts.is_empty() {
        return Ok(texts);
    }
    if !may_be_mit {
        bail!(
            "{name} is in the page under {licence:?} and comes without that text: say in xtask/src/notices.rs where it is from"
        );
    }
    Ok(vec![if authors.is_empty() {
        mit(&format!("the authors of {name}"))
    } else {
        mit(&authors.join(", "))
    }])
}

fn licence_files(folder: &Path) -> Result<Vec<String>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        let name = name.to_string_lossy().to_lowercase();
        if path.is_file() && LICENCE_FILES.iter().any(|start| name.starts_with(start)) {
            files.insert(name, fs::read_to_string(&path)?);
        }
    }
    // A link out of the package was packed as a file with one line.
    Ok(files
        .into_values()
        .filter(|text| text.trim().lines().count() > 1)
        .collect())
}

fn is_mit(text: &str) -> bool {
    unwrapped(text).contains("to any person obtaining a copy of this software and associated")
}

/// Licences are wrapped in many ways and say the same.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// MIT's text for somebody else's code.
fn mit(authors: &str) -> String {
    let lines = OWN_MIT.lines().map(|line| {
        if line.starts_with("Copyright") {
            format!("Copyright (c) {authors}")
        } else {
            line.to_owned()
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use cargo_metadata::{DependencyKind, Node, NodeDep, PackageId, TargetKind};

    use super::*;

    /// The crates that are reached from the app over the edges that fit, without those that only run in the compiler.
    fn reached(
        metadata: &Metadata,
        fits: impl Fn(&Package, &Package) -> bool,
    ) -> BTreeSet<&PackageId> {
        let nodes = &metadata.resolve.as_ref().expect("is resolved").nodes;
        let node = |id: &PackageId| nodes.iter().find(|node| node.id == *id);
        let is_normal = |dep: &NodeDep| {
            dep.dep_kinds
                .iter()
                .any(|it| it.kind == DependencyKind::Normal)
        };
        let mut reached = BTreeSet::new();
        let mut next = vec![&metadata.root_package().expect("is the app").id];
        while let Some(id) = next.pop() {
            if reached.insert(id) {
                let Node { deps, .. } = node(id).expect("is resolved");
                next.extend(
                    deps.iter()
                        .filter(|dep| is_normal(dep))
                        .map(|dep| &dep.pkg)
                        .filter(|to| {
                            let to = &metadata[to];
                            let is_macro = to
                                .targets
                                .iter()
                                .any(|it| it.kind.contains(&TargetKind::ProcMacro));
                            !is_macro && fits(&metadata[id], to)
                        }),
                );
            }
        }
        reached
    }

    /// Cargo's other account of the same crates. Without what features of others' crates bring, all are named; with what any feature
    /// anywhere in the workspace brings, no others are.
    #[test]
    fn the_notices_name_every_crate_of_the_page_and_no_other() {
        let metadata = metadata().expect("is there");
        let named = crates_of_page(&metadata).expect("is there");
        let text = notices(&named).expect("all have texts");

        let always = |from: &Package, to: &Package| {
            let is_optional = from
                .dependencies
                .iter()
                .filter(|it| it.name == *to.name && it.kind == DependencyKind::Normal)
                .all(|it| it.optional);
            from.source.is_none() || !is_optional
        };
        for id in reached(&metadata, always) {
            let package = &metadata[id];
            let is_named = text.contains(&format!("\n{}\n", title(package)));
            assert_eq!(is_named, package.source.is_some(), "{id}");
        }
        let may_be = reached(&metadata, |_, _| true);
        for package in named {
            assert!(may_be.contains(&package.id), "{}", package.id);
        }
    }

    #[test]
    fn a_choice_is_mit_and_equal_texts_stand_once() {
        let metadata = metadata().expect("is there");
        let crates = crates_of_page(&metadata).expect("is there");
        let text = notices(&crates).expect("all have texts");
        // Leptos comes without texts, in more than ten crates by one author.
        assert_eq!(text.matches("Copyright (c) Greg Johnston\n").count(), 1);
        assert!(!text.contains("PosNorm Lab authors"));

        let texts = |name: &str| {
            let package = crates.iter().find(|package| package.name == name);
            texts_of(package.expect("is in the page")).expect("has texts")
        };
        // MIT or Apache-2.0, and both of them are there.
        assert_eq!(
            texts("serde")
                .iter()
                .map(|text| is_mit(text))
                .collect::<Vec<_>>(),
            [true]
        );
        // Either of these, and Unicode's in any case.
        assert_eq!(texts("unicode-ident").len(), 3);
    }
}
