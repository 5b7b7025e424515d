//! Cutting the module that trunk built into the part for the first picture and those that are fetched when they are wanted.
//!
//! `src/late.rs` marks where. wasm_split_cli_support follows the linker's relocations from there: what only a late function reaches,
//! code and data, leaves the main module. wasm-bindgen then has to look at the main module anew, because it writes the JavaScript
//! for what it sees.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use duct::cmd;
use wasm_split_cli_support::{Options, transform};

use crate::build::{built, replace_in_pages};
use crate::shell::{dist, say, target};
use crate::tools;

/// What trunk needs for a module that can be cut: the feature that marks the places, and the linker's notes on who uses what.
pub const FEATURE: &str = "split";
pub const LINK_FLAG: &str = "-Clink-args=--emit-relocs";

/// The script that fetches the parts, as the splitter names it.
const LOADER: &str = "__wasm_split.js";

/// Puts the parts in the place of the one module in dist/. Every name has a hash of all contents in it: a browser that kept an
/// older page's part never puts it together with a newer one's.
pub fn split() -> Result<()> {
    let stem = stem_of_script()?;
    let folder = target()?.join("wasm-split");
    if folder.is_dir() {
        fs::remove_dir_all(&folder)?;
    }
    let script = format!("{stem}.js");
    let whole = fs::read(
        target()?
            .join("wasm32-unknown-unknown")
            .join("release")
            .join("posnorm-lab.wasm"),
    )
    .context("trunk left no module in the target folder")?;
    let main = folder.join("main.wasm");
    let main_module = format!("./{script}");
    let mut options = Options::new(&whole);
    options.output_dir = &folder;
    options.main_out_path = &main;
    options.main_module = &main_module;
    let parts = transform(options)
        .map_err(|why| anyhow!("the module cannot be cut into parts: {why:#}"))?
        .split_modules;

    let bound = folder.join("bound");
    cmd!(
        tools::wasm_bindgen()?,
        "--target",
        "web",
        "--no-typescript",
        "--keep-lld-exports",
        "--out-name",
        &stem,
        "--out-dir",
        &bound,
        &main
    )
    .run()?;

    let loader = folder.join(LOADER);
    let mut files = vec![
        bound.join(&script),
        bound.join(format!("{stem}_bg.wasm")),
        loader,
    ];
    files.extend(parts.iter().cloned());
    let hash = hash_of(&files)?;
    for file in &files {
        fs::copy(file, dist().join(name_of(file)?))?;
    }
    for part in &parts {
        let name = name_of(part)?;
        rename(
            &name,
            &format!(
                "{}-{hash}_bg.wasm",
                name.trim_start_matches("split_").trim_end_matches(".wasm")
            ),
        )?;
    }
    let loader = format!("parts-{hash}.js");
    fs::rename(dist().join(LOADER), dist().join(&loader))?;
    // Only where it is fetched from: the main module knows it by the name that it had when it was cut.
    replace_in_pages(
        &format!("from \"./{LOADER}\""),
        &format!("from \"./{loader}\""),
    )?;
    let new_stem = format!("posnorm-lab-{hash}");
    rename(&format!("{stem}_bg.wasm"), &format!("{new_stem}_bg.wasm"))?;
    rename(&script, &format!("{new_stem}.js"))?;
    // The main script imports it: asked for at once, it does not come a round trip later.
    replace_in_pages(
        "</head>",
        &format!("<link rel=modulepreload crossorigin href=./{loader}></head>"),
    )?;
    say(&format!(
        "{} parts of the page are fetched when they are wanted",
        parts.len()
    ));
    Ok(())
}

/// The name of the script that trunk left, without its ending.
fn stem_of_script() -> Result<String> {
    let scripts = built(".js")?;
    let [script] = scripts.as_slice() else {
        return Err(anyhow!(
            "trunk left {} scripts in dist/ instead of one",
            scripts.len()
        ));
    };
    Ok(name_of(script)?.trim_end_matches(".js").to_owned())
}

fn hash_of(files: &[PathBuf]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        hasher
            .write(&fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn name_of(file: &Path) -> Result<String> {
    let name = file.file_name().and_then(|name| name.to_str());
    Ok(name
        .with_context(|| format!("{} has no name", file.display()))?
        .to_owned())
}

/// Renames a file in dist/ and everywhere it is spoken of.
fn rename(old: &str, new: &str) -> Result<()> {
    fs::rename(dist().join(old), dist().join(new))?;
    replace_in_pages(old, new)
}
