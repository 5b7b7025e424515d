//! `build`: the release page in dist/, ready for any static host; and `dev`: trunk with live reload.
//!
//! wasm-opt runs here and not inside trunk: trunk would download one wherever the version on PATH is not the one it expects.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use duct::{Expression, cmd};

use crate::dist::{built, replace_in_pages};
use crate::notices;
use crate::shell::{dist, in_root, path_with, root, say, target};
use crate::split;
use crate::tools::{self, WasmOpt};

/// Size first: the page has to arrive before it can be fast, and the hot loops keep their shape under -Oz.
const LEVEL: &str = "-Oz";

/// Nothing lives in the first kilobyte: data begin after the stack, which would have overflowed before it came down there. And
/// nobody reads which compilers made the module.
const SMALLER: [&str; 3] = [
    "--low-memory-unused",
    "--strip-producers",
    "--strip-target-features",
];

/// What Rust emits for wasm32 besides the SIMD that .cargo/config.toml turns on. wasm-bindgen drops the section that would tell.
const FEATURES: [&str; 9] = [
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Builds the release page into dist/.
pub fn build() -> Result<()> {
    check_index()?;
    tools::wasm_target()?;
    let trunk = trunk(["build", "--release", "--features", split::FEATURE])?;
    let wasm_opt = tools::wasm_opt()?;
    say(
        "building the page (the first time takes a few minutes: everything is compiled for WebAssembly)",
    );
    // Cargo adds these to the flags of .cargo/config.toml.
    trunk
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
            release_flags(),
        )
        .run()?;
    split::split()?;
    if let Some(wasm_opt) = wasm_opt {
        shrink(&wasm_opt)?;
    }
    if let Some(terser) = tools::terser() {
        shorten_scripts(&terser)?;
    }
    notices::write()?;
    say("the page is in dist/: copy that folder to any static host");
    Ok(())
}

/// The flags of a release build on top of those the user gives.
fn release_flags() -> String {
    let given = env::var("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS").unwrap_or_default();
    let home = without_home_folder().unwrap_or_default();
    format!("{given} {} {home}", split::LINK_FLAG)
        .trim()
        .to_owned()
}

/// The flag that keeps the builder's home folder out of the panic messages in a published page. None where the folder's name has
/// spaces, which these flags cannot carry.
fn without_home_folder() -> Option<String> {
    let cargo_home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(env::home_dir()?.join(".cargo")))?;
    let sources = cargo_home.join("registry").join("src");
    let flag = format!("--remap-path-prefix={}=crates", sources.to_str()?);
    (!flag.contains(char::is_whitespace)).then_some(flag)
}

/// Serves a debug build that rebuilds and reloads itself on every change.
pub fn dev(arguments: &[String]) -> Result<()> {
    check_index()?;
    tools::wasm_target()?;
    // The development server has one address, so nothing needs to be relative.
    let own = ["serve", "--public-url", "/"];
    let given = arguments.iter().map(String::as_str);
    trunk(own.into_iter().chain(given))?.run()?;
    Ok(())
}

/// A trunk command that finds the right wasm-bindgen and asks the network for nothing.
fn trunk<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Result<Expression> {
    let program = tools::trunk()?;
    let wasm_bindgen = link_named("wasm-bindgen", &tools::wasm_bindgen()?)?;
    if env::var_os("RUSTFLAGS").is_some() {
        say(
            "RUSTFLAGS is set, which replaces the SIMD flag of .cargo/config.toml: the page will compute more slowly",
        );
    }
    let mut command = in_root(program, arguments)
        .env("PATH", path_with(&wasm_bindgen)?)
        .env("TRUNK_SKIP_VERSION_CHECK", "true");
    if env::var_os("RUST_LOG").is_none() {
        // Its minifier warns that it cannot read wasm-bindgen's JavaScript, which terser shortens afterwards.
        command = command.env("RUST_LOG", "info,trunk::processing=error");
    }
    if env::var_os("NO_COLOR").is_some() {
        // trunk 0.21 stops at the usual value 1.
        command = command.env("NO_COLOR", "true");
    }
    Ok(command)
}

/// A folder in which the program has the name by which trunk looks for it. Whoever names a tool by an environment variable may have
/// called the file anything.
fn link_named(name: &str, program: &Path) -> Result<PathBuf> {
    let file_name = format!("{name}{}", env::consts::EXE_SUFFIX);
    if program
        .file_name()
        .is_some_and(|own| own == file_name.as_str())
    {
        return Ok(program.parent().map(Path::to_path_buf).unwrap_or_default());
    }
    let folder = target()?.join("tools").join("named");
    fs::create_dir_all(&folder)?;
    fs::copy(program, folder.join(file_name))
        .with_context(|| format!("{} cannot be copied", program.display()))?;
    Ok(folder)
}

/// index.html has to turn trunk's own wasm-opt off, which is on in release builds unless told otherwise.
fn check_index() -> Result<()> {
    let index =
        fs::read_to_string(root().join("index.html")).context("index.html cannot be read")?;
    if index.contains(r#"data-wasm-opt="0""#) {
        return Ok(());
    }
    bail!(
        r#"index.html: add data-wasm-opt="0" to <link data-trunk rel="rust">, since xtask runs wasm-opt after trunk"#
    )
}

/// Shrinks each module in dist/ and renames it, so that a name never stands for two different contents in a browser's cache.
fn shrink(wasm_opt: &WasmOpt) -> Result<()> {
    let WasmOpt { path, version } = wasm_opt;
    let cache = target()?
        .join("wasm-opt")
        .join(format!("{version}{LEVEL}{}", SMALLER.concat()));
    fs::create_dir_all(&cache)?;
    for module in built("_bg.wasm")? {
        let name = module
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default()
            .to_owned();
        let small_name = name.replace("_bg.wasm", &format!("-opt{version}_bg.wasm"));
        let small = cache.join(&small_name);
        // The name holds a hash of the content, so a file of that name is that file.
        if !small.is_file() {
            say("shrinking the WebAssembly with wasm-opt (up to a minute)");
            let part = cache.join("part.wasm");
            let how = [LEVEL]
                .into_iter()
                .chain(SMALLER)
                .chain(FEATURES)
                .chain(["-o"]);
            let files = [part.as_os_str(), module.as_os_str()];
            cmd(path, how.map(OsStr::new).chain(files)).run()?;
            fs::rename(&part, &small)?;
        }
        fs::copy(&small, dist().join(&small_name))?;
        fs::remove_file(&module)?;
        replace_in_pages(&name, &small_name)?;
    }
    Ok(())
}

/// Shortens the JavaScript that wasm-bindgen wrote, where it stands.
fn shorten_scripts(terser: &Path) -> Result<()> {
    for script in built(".js")? {
        cmd!(
            terser,
            &script,
            "--module",
            "--compress",
            "passes=2",
            "--mangle",
            "--output",
            &script
        )
        .run()?;
    }
    Ok(())
}
