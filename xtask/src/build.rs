//! `build`: the release page in dist/, ready for any static host; and `dev`: trunk with live reload.
//!
//! A release needs neither trunk nor the wasm-bindgen program, which would take longer to compile than everything else: cargo compiles,
//! libraries cut and bind the module, and `page` puts the files together.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use duct::{Expression, cmd};

use crate::notices;
use crate::order::alike_together;
use crate::page;
use crate::shell::{cargo, path_with, root, say, target};
use crate::split;
use crate::tools::{self, RustTool, WasmOpt};

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
    tools::wasm_target()?;
    let wasm_opt = tools::wasm_opt()?;
    let terser = tools::terser();
    say(
        "building the page (the first time takes a few minutes: everything is compiled for WebAssembly)",
    );
    compile()?;
    let folder = target()?.join("page");
    if folder.is_dir() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let release = target()?.join(tools::WASM_TARGET).join("release");
    split::split(&release.join("posnorm-lab.wasm"), &folder)?;
    if let Some(wasm_opt) = wasm_opt {
        shrink(&wasm_opt, &folder)?;
    }
    for module in files(&folder, "wasm")? {
        let ordered = alike_together(&fs::read(&module)?)?;
        fs::write(module, ordered)?;
    }
    if let Some(terser) = terser {
        shorten_scripts(&terser, &folder)?;
    }
    page::write(&folder)?;
    notices::write()?;
    say("the page is in dist/: copy that folder to any static host");
    Ok(())
}

/// Compiles the app as one module that can be cut.
fn compile() -> Result<()> {
    mind_rustflags();
    cargo([
        "build",
        "--locked",
        "--release",
        "--bin",
        "posnorm-lab",
        "--target",
        tools::WASM_TARGET,
        "--features",
        split::FEATURE,
    ])
    // Cargo adds these to the flags of .cargo/config.toml.
    .env(
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
        release_flags(),
    )
    .run()?;
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
    tools::wasm_target()?;
    mind_rustflags();
    // The development server has one address, so nothing needs to be relative.
    let own = ["serve", "--locked", "--public-url", "/"];
    let given = arguments.iter().map(String::as_str);
    trunk(
        &RustTool::trunk().get()?,
        &RustTool::wasm_bindgen()?.get()?,
        own.into_iter().chain(given),
    )?
    .dir(root())
    .run()?;
    Ok(())
}

/// A trunk command that finds the right wasm-bindgen and asks the network for nothing.
fn trunk<'a>(
    program: &Path,
    wasm_bindgen: &Path,
    arguments: impl IntoIterator<Item = &'a str>,
) -> Result<Expression> {
    let mut command = cmd(program, arguments)
        .env(
            "PATH",
            path_with(&link_named("wasm-bindgen", wasm_bindgen)?)?,
        )
        .env("TRUNK_SKIP_VERSION_CHECK", "true");
    if env::var_os("NO_COLOR").is_some() {
        // trunk 0.21 stops at the usual value 1.
        command = command.env("NO_COLOR", "true");
    }
    Ok(command)
}

fn mind_rustflags() {
    if env::var_os("RUSTFLAGS").is_some() {
        say(
            "RUSTFLAGS is set, which replaces the SIMD flag of .cargo/config.toml: the page will compute more slowly",
        );
    }
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

/// Shrinks each module in a folder.
fn shrink(wasm_opt: &WasmOpt, folder: &Path) -> Result<()> {
    let WasmOpt { path, version } = wasm_opt;
    let cache = target()?
        .join("wasm-opt")
        .join(format!("{version}{LEVEL}{}", SMALLER.concat()));
    fs::create_dir_all(&cache)?;
    let mut modules = Vec::new();
    for module in files(folder, "wasm")? {
        let mut hasher = DefaultHasher::new();
        hasher.write(&fs::read(&module)?);
        let small = cache.join(format!("{:016x}.wasm", hasher.finish()));
        modules.push((module, small));
    }
    if modules.iter().any(|(_, small)| !small.is_file()) {
        say("shrinking the WebAssembly with wasm-opt (up to a minute)");
    }
    for (module, small) in modules {
        if !small.is_file() {
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
        fs::copy(&small, &module)?;
    }
    Ok(())
}

/// Shortens the JavaScript that wasm-bindgen and the splitter wrote.
fn shorten_scripts(terser: &Path, folder: &Path) -> Result<()> {
    for script in files(folder, "js")? {
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

fn files(folder: &Path, ending: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|own| own == ending) {
            files.push(path);
        }
    }
    Ok(files)
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    /// What `cargo xtask build` reads, trunk still understands: whoever has it may use it by hand, and `cargo xtask dev` does. An app
    /// that does nothing is enough for that, and compiled in seconds.
    #[test]
    fn trunk_builds_the_same_page() {
        let tool = RustTool::wasm_bindgen().expect("is in Cargo.lock");
        let (Ok(Some(program)), Ok(Some(wasm_bindgen))) = (RustTool::trunk().find(), tool.find())
        else {
            eprintln!("left out: no trunk, or no wasm-bindgen program for it");
            return;
        };
        let project = tempfile::tempdir().expect("there is room");
        let project = project.path();
        fs::create_dir_all(project.join("src")).expect("there is room");
        fs::create_dir_all(project.join("style")).expect("there is room");
        for file in ["index.html", "Trunk.toml", "Cargo.lock"] {
            fs::copy(root().join(file), project.join(file)).expect("can be copied");
        }
        for style in fs::read_dir(root().join("style")).expect("is there") {
            let style = style.expect("is there");
            fs::copy(style.path(), project.join("style").join(style.file_name()))
                .expect("can be copied");
        }
        let version = &tool.pinned;
        let manifest = format!(
            "[package]\nname = \"posnorm-lab\"\nedition = \"2024\"\n[dependencies]\nwasm-bindgen = \"={version}\"\n"
        );
        fs::write(project.join("Cargo.toml"), manifest).expect("can be written");
        fs::write(
            project.join("src/main.rs"),
            "use wasm_bindgen as _;\nfn main() {}\n",
        )
        .expect("can be written");

        trunk(&program, &wasm_bindgen, ["build", "--offline"])
            .expect("can be called")
            .dir(project)
            .env(
                "CARGO_TARGET_DIR",
                target().expect("is known").join("trunk"),
            )
            .run()
            .expect("trunk builds the page");
        let dist = project.join("dist");
        let page = fs::read_to_string(dist.join("index.html")).expect("is a page");
        for file in files(&dist, "js").expect("can be listed") {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            assert!(page.contains(&format!("./{name}")), "{name} in {page}");
        }
        assert_eq!(files(&dist, "wasm").expect("can be listed").len(), 1);
        assert!(page.contains("--paper:"), "the styles are in {page}");
        assert!(dist.join("without-script.png").is_file());
    }
}
