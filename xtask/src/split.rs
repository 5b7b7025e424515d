//! Cutting the module that cargo built into the part for the first picture and those that are fetched when they are wanted.
//!
//! `src/late.rs` marks where. wasm_split_cli_support follows the linker's relocations from there: what only a late function reaches,
//! code and data, leaves the main module. wasm-bindgen then writes the JavaScript for the main module.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli_support::{Options, transform};

use crate::shell::say;

/// What cargo needs for a module that can be cut: the feature that marks the places, and the linker's notes on who uses what.
pub const FEATURE: &str = "split";
pub const LINK_FLAG: &str = "-Clink-args=--emit-relocs";

/// The main module's script, module and, for the browser, the script that fetches the parts.
pub const SCRIPT: &str = "posnorm-lab.js";
pub const MODULE: &str = "posnorm-lab_bg.wasm";
pub const LOADER: &str = "parts.js";

/// The loader, as the splitter names it. The main module goes on to import from a module of this name; only the file has another.
const IMPORTED_LOADER: &str = "__wasm_split.js";

/// Fills a folder with the scripts and modules that a whole module becomes.
pub fn split(whole: &Path, folder: &Path) -> Result<()> {
    let whole = fs::read(whole).with_context(|| format!("cargo left no {}", whole.display()))?;
    let main = folder.join("main.wasm");
    let mut options = Options::new(&whole);
    options.output_dir = folder;
    options.main_out_path = &main;
    let main_module = format!("./{SCRIPT}");
    options.main_module = &main_module;
    let parts = transform(options)
        .map_err(|why| anyhow!("the module cannot be cut into parts: {why:#}"))?
        .split_modules;

    Bindgen::new()
        .web(true)?
        .typescript(false)
        .keep_lld_exports(true)
        .input_path(&main)
        .out_name(SCRIPT.trim_end_matches(".js"))
        .generate(folder)
        .context("wasm-bindgen cannot read the main module")?;
    fs::remove_file(main)?;
    fs::rename(folder.join(IMPORTED_LOADER), folder.join(LOADER))?;
    let script = folder.join(SCRIPT);
    let text = fs::read_to_string(&script)?.replace(
        &format!("from \"./{IMPORTED_LOADER}\""),
        &format!("from \"./{LOADER}\""),
    );
    fs::write(script, text)?;

    say(&format!(
        "{} parts of the page are fetched when they are wanted",
        parts.len()
    ));
    Ok(())
}
