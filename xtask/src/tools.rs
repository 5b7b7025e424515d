//! Finding the tools that the tasks need, and installing the pinned ones where none fits.
//!
//! The order is always the same: the one named by an environment variable, the one on PATH, the one installed by an earlier run, and
//! only then a new installation. What is installed goes to `<target>/tools` (trunk, wasm-bindgen, a browser) and
//! `tests/web/node_modules` (wasm-opt), never into the user's own folders, so that `cargo clean` and deleting the checkout remove it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use duct::cmd;

use crate::shell::{cargo, npm, on_path, output, root, say, target, web_tests};

pub const WASM_TARGET: &str = "wasm32-unknown-unknown";
const TRUNK_VERSION: &str = "0.21.14";
/// The first binaryen that knows every WebAssembly feature which Rust turns on.
const OLDEST_BINARYEN: u32 = 123;
/// What playwright-core and binaryen ask for.
const OLDEST_NODE: u32 = 20;

/// A wasm-opt that works here.
pub struct WasmOpt {
    pub path: PathBuf,
    /// Binaryen's version, one whole number.
    pub version: u32,
}

/// Makes sure that Rust can compile for the browser.
pub fn wasm_target() -> Result<()> {
    let sysroot = output(&cmd!("rustc", "--print", "sysroot"))
        .context("rustc does not run: install Rust with rustup, https://rustup.rs")?;
    let library = Path::new(&sysroot).join("lib/rustlib").join(WASM_TARGET);
    if library.is_dir() {
        return Ok(());
    }
    if on_path("rustup").is_none() {
        bail!(
            "this Rust has no {WASM_TARGET} target and there is no rustup to add it: \
             install Rust with rustup (https://rustup.rs), or your distribution's package with the Rust standard library for wasm32"
        );
    }
    say(&format!(
        "adding Rust's {WASM_TARGET} target (a small download)"
    ));
    cmd!("rustup", "target", "add", WASM_TARGET).run().with_context(|| {
        format!("the {WASM_TARGET} target could not be added: is the network there? Then run: rustup target add {WASM_TARGET}")
    })?;
    Ok(())
}

/// Makes sure that one of cargo's own companions (`fmt`, `clippy`) is there.
pub fn cargo_component(subcommand: &str, component: &str) -> Result<()> {
    if output(&cargo([subcommand, "--version"])).is_ok() {
        return Ok(());
    }
    say(&format!(
        "adding Rust's component {component} (a small download)"
    ));
    cmd!("rustup", "component", "add", component).run().with_context(|| {
        format!("cargo {subcommand} is missing: run rustup component add {component}, or install your distribution's package of it")
    })?;
    Ok(())
}

/// wasm-opt, which shrinks the module, or none when there is neither one on PATH nor a Node to run npm's. Never a reason to stop.
pub fn wasm_opt() -> Result<Option<WasmOpt>> {
    if let Some(path) = named("WASM_OPT")? {
        let version = binaryen_version(&path).with_context(|| {
            format!(
                "WASM_OPT names {}, which does not answer to --version as wasm-opt does",
                path.display()
            )
        })?;
        if version < OLDEST_BINARYEN {
            bail!("WASM_OPT names binaryen {version}: the page needs {OLDEST_BINARYEN} or newer");
        }
        return Ok(Some(WasmOpt { path, version }));
    }
    if let Some(path) = on_path("wasm-opt") {
        match binaryen_version(&path) {
            Some(version) if version >= OLDEST_BINARYEN => {
                return Ok(Some(WasmOpt { path, version }));
            }
            version => say(&format!(
                "the wasm-opt on PATH is binaryen {}, the page needs {OLDEST_BINARYEN} or newer: using npm's instead",
                version.map_or_else(
                    || "of no known version".to_owned(),
                    |version| version.to_string()
                )
            )),
        }
    }
    if let Err(reason) = node().and_then(|_| npm_packages()) {
        say(&format!(
            "without wasm-opt the page is about a fifth larger, and works all the same ({reason:#})"
        ));
        return Ok(None);
    }
    let path = npm_program("wasm-opt");
    Ok(binaryen_version(&path).map(|version| WasmOpt { path, version }))
}

/// npm's terser, if npm's packages are there: it makes the JavaScript a fifth smaller.
pub fn terser() -> Option<PathBuf> {
    node().and_then(|_| npm_packages()).ok()?;
    Some(npm_program("terser")).filter(|path| path.is_file())
}

/// Where npm puts a package's program.
fn npm_program(name: &str) -> PathBuf {
    let ending = if cfg!(windows) { ".cmd" } else { "" };
    web_tests()
        .join("node_modules/.bin")
        .join(format!("{name}{ending}"))
}

/// Node, which runs the tests in the browser and npm's wasm-opt.
pub fn node() -> Result<PathBuf> {
    let path = on_path("node").with_context(|| {
        format!(
            "Node is not on PATH: install Node {OLDEST_NODE} or newer with npm, https://nodejs.org"
        )
    })?;
    let version = output(&cmd!(&path, "--version"))?;
    let major = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok())
        .with_context(|| format!("node --version says {version}, which is no version"))?;
    if major < OLDEST_NODE {
        bail!("this is Node {major}: install Node {OLDEST_NODE} or newer, https://nodejs.org");
    }
    if output(&npm(["--version"])).is_err() {
        bail!("Node is there but npm is not: install npm (Debian: apt-get install npm)");
    }
    Ok(path)
}

/// The npm packages of tests/web, in the versions of its package-lock.json.
pub fn npm_packages() -> Result<()> {
    let modified = |file: &str| {
        fs::metadata(web_tests().join(file))
            .and_then(|file| file.modified())
            .ok()
    };
    let installed = modified("node_modules/.package-lock.json");
    if installed.is_some() && installed >= modified("package-lock.json") {
        return Ok(());
    }
    say(
        "installing the npm packages of tests/web (wasm-opt, playwright-core, axe-core, plotly.js, ECharts: about 50 MB, a minute)",
    );
    npm(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
        .run()
        .context(
            "the npm packages could not be installed: is the network there? Then run this again",
        )?;
    Ok(())
}

/// A Chromium or Chrome for the tests in the browser.
pub fn chromium() -> Result<PathBuf> {
    if let Some(path) = named("CHROME")? {
        return Ok(path);
    }
    if let Some(path) = installed_chromium() {
        return Ok(path);
    }
    let own = target()?.join("tools").join("browsers");
    if let Some(path) = chromium_below(&own) {
        return Ok(path);
    }
    if is_debian_root() {
        say(
            "no Chromium or Chrome found: installing Debian's chromium package (about 100 MB, a minute)",
        );
        // Without fonts of its own a bare Debian draws boxes instead of Greek letters.
        if apt_install(&["chromium", "fonts-dejavu-core"]).is_ok()
            && let Some(path) = installed_chromium()
        {
            return Ok(path);
        }
    }
    say(
        "no Chromium or Chrome found: installing Playwright's Chromium (about 150 MB, a minute or two)",
    );
    npm_packages()?;
    cmd!(
        node()?,
        "node_modules/playwright-core/cli.js",
        "install",
        "chromium"
    )
    .dir(web_tests())
    .env("PLAYWRIGHT_BROWSERS_PATH", &own)
    .run()
    .ok();
    chromium_below(&own).context(
        "no Chromium could be installed: install Chromium or Chrome yourself (Debian: apt-get install chromium), \
         or name one with the environment variable CHROME",
    )
}

/// A Python with NumPy: for the code that figures offer, and the comparison in `bench`.
pub fn python_with_numpy() -> Option<PathBuf> {
    let has_numpy = |python: &PathBuf| output(&cmd!(python, "-c", "import numpy")).is_ok();
    if let Ok(Some(python)) = named("NUMPY_PYTHON") {
        return Some(python);
    }
    let pythons = || {
        on_path("python3")
            .into_iter()
            .chain(on_path("python"))
            .chain([PathBuf::from("/usr/bin/python3")])
            .filter(|python| python.is_file())
    };
    if let Some(python) = pythons().find(has_numpy) {
        return Some(python);
    }
    let venv = target().ok()?.join("tools").join("numpy");
    let own = venv.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python3"
    });
    if has_numpy(&own) {
        return Some(own);
    }
    if let Some(python) = pythons().next() {
        say("no Python with NumPy found: making one in a virtual environment (about 20 MB)");
        let made = cmd!(python, "-m", "venv", &venv)
            .run()
            .and_then(|_| cmd!(&own, "-m", "pip", "install", "--quiet", "numpy").run());
        if made.is_ok() && has_numpy(&own) {
            return Some(own);
        }
    }
    if is_debian_root() {
        say("no Python with NumPy found: installing Debian's python3-numpy (about 40 MB)");
        apt_install(&["python3-numpy"]).ok()?;
        return pythons().find(has_numpy);
    }
    None
}

/// A tool that is a Rust program: for `dev`, nothing else waits for one.
pub struct RustTool {
    /// The environment variable that names one.
    variable: &'static str,
    program: &'static str,
    package: &'static str,
    /// The version that is installed where none fits.
    pub pinned: String,
    /// Whether a version does, given the pinned one.
    fits: fn(&str, &str) -> bool,
}

impl RustTool {
    /// trunk, which rebuilds and reloads the page on every change.
    pub fn trunk() -> Self {
        Self {
            variable: "TRUNK",
            program: "trunk",
            package: "trunk",
            pinned: TRUNK_VERSION.to_owned(),
            fits: is_later_patch,
        }
    }

    /// wasm-bindgen, which writes the JavaScript between the browser and the module. It must have exactly the version of the library.
    pub fn wasm_bindgen() -> Result<Self> {
        let lock =
            fs::read_to_string(root().join("Cargo.lock")).context("Cargo.lock cannot be read")?;
        let pinned =
            locked_version(&lock, "wasm-bindgen").context("Cargo.lock names no wasm-bindgen")?;
        Ok(Self {
            variable: "WASM_BINDGEN",
            program: "wasm-bindgen",
            package: "wasm-bindgen-cli",
            pinned: pinned.to_owned(),
            fits: |version, pinned| version == pinned,
        })
    }

    /// The tool, installed by cargo where it is not found.
    pub fn get(&self) -> Result<PathBuf> {
        if let Some(path) = self.find()? {
            return Ok(path);
        }
        self.install()?;
        self.own()
    }

    /// The tool, if it is there.
    pub fn find(&self) -> Result<Option<PathBuf>> {
        let Self {
            variable,
            program,
            pinned,
            ..
        } = self;
        let fits =
            |path: &Path| tool_version(path).is_some_and(|version| (self.fits)(&version, pinned));
        if let Some(path) = named(variable)? {
            if !fits(&path) {
                bail!(
                    "{variable} names {}, which is not {program} {pinned}",
                    path.display()
                );
            }
            return Ok(Some(path));
        }
        let mut candidates = on_path(program).into_iter().chain([self.own()?]);
        Ok(candidates.find(|path| fits(path)))
    }

    /// Where an earlier run installed it. A folder for each version: going back to an older commit finds its tool still there.
    fn own(&self) -> Result<PathBuf> {
        let file = format!("{}{}", self.program, env::consts::EXE_SUFFIX);
        Ok(self.folder()?.join("bin").join(file))
    }

    fn folder(&self) -> Result<PathBuf> {
        let name = format!("{}-{}", self.program, self.pinned);
        Ok(target()?.join("tools").join(name))
    }

    fn install(&self) -> Result<()> {
        let Self {
            program,
            package,
            pinned,
            ..
        } = self;
        let folder = self.folder()?;
        let what = format!(
            "{program} {pinned} is not on PATH: installing it into {}",
            folder.display()
        );
        if on_path("cargo-binstall").is_some() {
            say(&format!("{what} with cargo-binstall (a download)"));
            let done = cargo([
                "binstall",
                "--no-confirm",
                "--force",
                &format!("{package}@{pinned}"),
            ])
            .env("CARGO_INSTALL_ROOT", &folder)
            .run();
            if done.is_ok() {
                return Ok(());
            }
        }
        say(&format!(
            "{what} with cargo install, once. It is compiled here: 2 to 10 minutes"
        ));
        // trunk is never asked to download anything, so it needs neither TLS nor a look for newer versions.
        let without = (*program == "trunk").then_some("--no-default-features");
        let install = [
            "install",
            "--locked",
            "--force",
            "--version",
            pinned,
            package,
        ];
        cargo(install.into_iter().chain(without))
            .env("CARGO_INSTALL_ROOT", &folder)
            // Both tools only wait for other programs or for one file: cheap compilation matters more than their speed.
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .run()
            .with_context(|| {
                format!(
                    "{program} {pinned} could not be installed: is the network there? Otherwise install it yourself with \
                     cargo install --locked {package}@{pinned}"
                )
            })?;
        Ok(())
    }
}

/// Whether a version is the pinned one or a later patch of it.
fn is_later_patch(version: &str, pinned: &str) -> bool {
    let patch = |version: &str| version.rsplit_once('.')?.1.parse::<u32>().ok();
    let line = |version: &str| version.rsplit_once('.').map(|(line, _)| line.to_owned());
    line(version) == line(pinned) && patch(version) >= patch(pinned)
}

/// The file that an environment variable names, if it is set.
fn named(variable: &str) -> Result<Option<PathBuf>> {
    let Some(value) = env::var_os(variable).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let path = PathBuf::from(&value);
    if path.is_file() {
        return Ok(Some(path));
    }
    let found = value.to_str().and_then(on_path);
    found.map(Some).with_context(|| {
        format!("{variable} names {}, and there is no such program: correct it, or unset it to have one found", path.display())
    })
}

/// The second word of `<tool> --version`, as in `trunk 0.21.14`.
fn tool_version(path: &Path) -> Option<String> {
    let text = output(&cmd!(path, "--version")).ok()?;
    text.split_whitespace().nth(1).map(str::to_owned)
}

fn binaryen_version(path: &Path) -> Option<u32> {
    let text = output(&cmd!(path, "--version")).ok()?;
    parse_binaryen_version(&text)
}

/// `wasm-opt version 132 (version_132)` is 132.
fn parse_binaryen_version(text: &str) -> Option<u32> {
    text.trim()
        .strip_prefix("wasm-opt version ")?
        .split(|sign: char| !sign.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

/// The version of a package in a Cargo.lock.
fn locked_version<'lock>(lock: &'lock str, package: &str) -> Option<&'lock str> {
    let entry = lock
        .split_once(&format!("name = \"{package}\"\nversion = \""))?
        .1;
    entry.split('"').next()
}

fn installed_chromium() -> Option<PathBuf> {
    let names = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "chrome",
    ];
    let elsewhere = [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    ];
    names.into_iter().find_map(on_path).or_else(|| {
        elsewhere
            .map(PathBuf::from)
            .into_iter()
            .find(|path| path.is_file())
    })
}

/// The browser somewhere below the folder that Playwright filled: its sub-folders have other names in every version and system.
fn chromium_below(folder: &Path) -> Option<PathBuf> {
    let names = [
        "chrome",
        "chrome.exe",
        "Chromium",
        "Google Chrome for Testing",
    ];
    let entries: Vec<PathBuf> = fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    let here = entries.iter().find(|path| {
        path.is_file()
            && path
                .file_name()
                .is_some_and(|name| names.iter().any(|known| name == *known))
    });
    here.cloned().or_else(|| {
        entries
            .iter()
            .filter(|path| path.is_dir())
            .find_map(|path| chromium_below(path))
    })
}

fn apt_install(packages: &[&str]) -> Result<()> {
    cmd!("apt-get", "update").run()?;
    let install = ["install", "--yes", "--no-install-recommends"];
    cmd("apt-get", install.iter().chain(packages))
        .env("DEBIAN_FRONTEND", "noninteractive")
        .run()?;
    Ok(())
}

fn is_debian_root() -> bool {
    let is_debian = fs::read_to_string("/etc/os-release")
        .is_ok_and(|release| release.lines().any(|line| line == "ID=debian"));
    let is_root = output(&cmd!("id", "-u")).is_ok_and(|id| id == "0");
    is_debian && is_root
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn binaryen_tells_its_version() {
        assert_eq!(
            parse_binaryen_version("wasm-opt version 132 (version_132)\n"),
            Some(132)
        );
        assert_eq!(parse_binaryen_version("wasm-opt version 108\n"), Some(108));
        assert_eq!(parse_binaryen_version("something else"), None);
    }

    #[test]
    fn only_later_patches_stand_in_for_a_pinned_version() {
        for (version, fits) in [
            ("0.21.14", true),
            ("0.21.20", true),
            ("0.21.13", false),
            ("0.22.14", false),
            ("0.21.15-beta.1", false),
            ("trunk", false),
        ] {
            assert_eq!(is_later_patch(version, "0.21.14"), fits, "{version}");
        }
    }

    /// xtask writes the JavaScript for what the app calls.
    #[test]
    fn both_halves_of_wasm_bindgen_have_one_version() {
        let lock = fs::read_to_string(root().join("Cargo.lock")).expect("is there");
        let app = locked_version(&lock, "wasm-bindgen");
        assert!(app.is_some());
        assert_eq!(app, locked_version(&lock, "wasm-bindgen-cli-support"));
    }

    #[test]
    fn the_lock_file_tells_a_version() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.126\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.126"));
        assert_eq!(locked_version(lock, "nothing"), None);
    }
}
