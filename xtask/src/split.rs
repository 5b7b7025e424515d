//! Cutting the module that cargo built into the part for the first picture and those that are fetched when they are wanted.
//!
//! `src/late.rs` marks where. wasm_split_cli_support follows the linker's relocations from there: what only a late function reaches,
//! code and data, leaves the main module. wasm-bindgen then writes the JavaScript for the main module.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli_support::{Options, transform};

use crate::imports::numbered;
use crate::merge::merge;
use crate::mute::muted;
use crate::shell::say;

/// What cargo needs for a module that can be cut: the feature that marks the places, and the linker's notes on who uses what.
pub const FEATURE: &str = "split";
pub const LINK_FLAG: &str = "-Clink-args=--emit-relocs";

/// The main module's script, module and, for the browser, the script that fetches the parts.
pub const SCRIPT: &str = "posnorm-lab.js";
pub const MODULE: &str = "posnorm-lab_bg.wasm";
pub const LOADER: &str = "parts.js";

/// What the main module calls its script in its imports, whatever the file is called.
const IMPORTED_SCRIPT: &str = "./posnorm-lab_bg.js";

/// The loader, as the splitter names it. The main module goes on to import from a module of this name; only the file has another.
const IMPORTED_LOADER: &str = "__wasm_split.js";

/// Parts smaller than this, before wasm-opt, are fetched as one. About a third of it is left when they arrive.
const SMALL_BYTES: u64 = 8 * 1024;

/// Fills a folder with the scripts and modules that a whole module becomes.
pub fn split(whole: &Path, folder: &Path) -> Result<()> {
    let whole = fs::read(whole).with_context(|| format!("cargo left no {}", whole.display()))?;
    let whole = muted(&whole)?;
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
    let (module, script) = (folder.join(MODULE), folder.join(SCRIPT));
    let text = fs::read_to_string(&script)?.replace(
        &format!("from \"./{IMPORTED_LOADER}\""),
        &format!("from \"./{LOADER}\""),
    );
    let (shorter, text) = numbered(&fs::read(&module)?, &text, IMPORTED_SCRIPT)?;
    fs::write(module, shorter)?;
    fs::write(script, text)?;

    let loader = folder.join(LOADER);
    let text = any_host(&fs::read_to_string(&loader)?)?;
    fs::write(loader, text)?;

    let n_merged = join_small(parts.clone(), folder)?;
    say(&format!(
        "{} parts of the page are fetched when they are wanted",
        parts.len() - n_merged
    ));
    Ok(())
}

/// Makes one part of all small ones and says how many went away. It is fetched with whatever needs any of them: a request costs more
/// than the few bytes that a reader might not have needed.
fn join_small(mut parts: Vec<PathBuf>, folder: &Path) -> Result<usize> {
    parts.retain(|part| fs::metadata(part).is_ok_and(|part| part.len() < SMALL_BYTES));
    // The loader defines parts in this order, and may only name what stands above.
    parts.sort_by_key(|part| number_of_chunk(part).unwrap_or(usize::MAX));
    let Some((first, others)) = parts.split_first() else {
        return Ok(0);
    };
    let Some(number) = number_of_chunk(first) else {
        return Ok(0);
    };
    let modules = parts.iter().map(fs::read).collect::<Result<Vec<_>, _>>()?;
    fs::write(first, merge(&modules)?)?;

    let loader = folder.join(LOADER);
    let mut text = fs::read_to_string(&loader)?;
    for part in others {
        fs::remove_file(part)?;
        text = fetched_with(&text, &name_of(part), number)?;
    }
    fs::write(loader, text)?;
    Ok(others.len())
}

/// What the splitter writes for each part, before and after its name.
const STREAMING: (&str, &str) = (
    r#"() => {
    const src = fetch(new URL(""#,
    r#"", import.meta.url));
    src.catch(() => {});
    return async (imports) => (WebAssembly.instantiateStreaming(src, imports));
}
"#,
);

/// What stands there instead, and what it calls. Only a host that names the type may stream; from any other the part is taken whole,
/// as wasm-bindgen takes the main module.
const FETCHING: (&str, &str) = ("fetching(\"", "\")");
const FETCH: &str = r#"function fetching(name) {
    return () => {
        const src = fetch(new URL(name, import.meta.url));
        src.catch(() => {});
        return async (imports) => {
            const part = await src;
            return part.headers.get("content-type") === "application/wasm"
                ? WebAssembly.instantiateStreaming(part, imports)
                : WebAssembly.instantiate(await part.arrayBuffer(), imports);
        };
    };
}
"#;

/// The loader for hosts that do not say what a WebAssembly file is.
fn any_host(loader: &str) -> Result<String> {
    let mut pieces = loader.split(STREAMING.0);
    let mut text = format!("{}{}", FETCH, pieces.next().unwrap_or_default());
    for piece in pieces {
        let (name, after) = piece
            .split_once(STREAMING.1)
            .context("the splitter's loader does not fetch parts as it used to")?;
        text.extend([FETCHING.0, name, FETCHING.1, after]);
    }
    if text.matches("instantiateStreaming").count() != 1 {
        bail!("the splitter's loader fetches parts in another way than it used to");
    }
    Ok(text)
}

/// The loader in which a part has nothing of its own any more and needs a chunk instead.
fn fetched_with(loader: &str, part: &str, chunk: usize) -> Result<String> {
    let (before, after) = loader
        .split_once(&format!("{}./{part}{}, [", FETCHING.0, FETCHING.1))
        .with_context(|| format!("the splitter's loader does not fetch {part} as it used to"))?;
    Ok(format!(
        "{before}() => async () => ({{}}), [__chunk_{chunk}, {after}"
    ))
}

/// The 7 of `chunk_7.wasm`: what several parts share.
fn number_of_chunk(part: &Path) -> Option<usize> {
    part.file_stem()?
        .to_str()?
        .strip_prefix("chunk_")?
        .parse()
        .ok()
}

fn name_of(part: &Path) -> String {
    part.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    /// As the splitter defines it.
    fn streamed(chunk: usize) -> String {
        let (before, after) = STREAMING;
        format!("const __chunk_{chunk} = makeLoad({before}./chunk_{chunk}.wasm{after}, []);\n")
    }

    /// As it is defined for any host.
    fn definition(chunk: usize) -> String {
        format!("const __chunk_{chunk} = makeLoad(fetching(\"./chunk_{chunk}.wasm\"), []);\n")
    }

    #[test]
    fn every_part_is_fetched_from_any_host() {
        let loader = [8, 9].map(streamed).concat();
        assert_eq!(
            any_host(&loader).expect("is understood"),
            [FETCH.to_owned(), definition(8), definition(9)].concat()
        );
    }

    #[test]
    fn what_is_small_is_fetched_as_one() {
        let folder = tempfile::tempdir().expect("there is room");
        let part = |chunk: usize, module: &[u8]| {
            let path = folder.path().join(format!("chunk_{chunk}.wasm"));
            fs::write(&path, module).expect("can be written");
            path
        };
        let small = wasm_encoder::Module::new().finish();
        let large = vec![0; 8 * 1024];
        let parts = vec![part(10, &small), part(9, &small), part(8, &large)];
        let loader = folder.path().join(LOADER);
        fs::write(&loader, [8, 9, 10].map(definition).concat()).expect("can be written");

        assert_eq!(join_small(parts.clone(), folder.path()).expect("joins"), 1);
        let left: Vec<bool> = parts.iter().map(|part| part.is_file()).collect();
        assert_eq!(left, [false, true, true]);
        let waiting = "const __chunk_10 = makeLoad(() => async () => ({}), [__chunk_9, ]);\n";
        assert_eq!(
            fs::read_to_string(loader).expect("is there"),
            [definition(8), definition(9), waiting.to_owned()].concat()
        );
    }

    #[test]
    fn a_loader_that_looks_otherwise_is_an_error() {
        let other = streamed(9).replace("src, imports", "src, other");
        assert!(any_host(&other).is_err());
        assert!(any_host(&other.replace("fetch(", "load(")).is_err());
        assert!(fetched_with(&definition(9), "chunk_9.wasm", 7).is_ok());
        assert!(fetched_with(&definition(9), "chunk_8.wasm", 7).is_err());
    }
}
