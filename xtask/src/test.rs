//! `test`: everything that says whether the project is sound, and the pictures that a person looks at.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use clap::Args;
use duct::{Expression, cmd};

use crate::build::build;
use crate::check::check;
use crate::shell::{cargo, output, say, web_tests};
use crate::tools;

/// What to test.
#[derive(Args)]
pub struct Options {
    /// Only the page in a browser, or only these files of tests/web
    #[arg(long, value_name = "FILE", num_args = 0..)]
    web: Option<Vec<String>>,
}

/// Every test: the checks, the native tests, then the built page in real browsers. With `--web` only the last, optionally of the
/// named files.
pub fn test(options: &Options) -> Result<()> {
    // First, so that a machine without Node learns it now and not after ten minutes of compiling.
    tools::node()?;
    if options.web.is_none() {
        check()?;
        say("running the native tests");
        let tests = cargo(["test", "--locked", "--workspace"]);
        name_numpy(tests, "the code that figures offer is not run").run()?;
    }
    build()?;
    say("running the tests in the browser");
    let named = options.web.as_deref().unwrap_or_default();
    let files = if named.is_empty() {
        all_files()?
    } else {
        named.iter().map(|name| file_named(name)).collect()
    };
    forget_failures()?;
    let (timed, others): (Vec<_>, Vec<_>) = files
        .iter()
        .cloned()
        .partition(|file| TIMED.contains(&file.as_str()));
    let others_pass = run_files(&others, AT_ONCE)?;
    let timed_pass = run_files(&timed, 1)?;
    ensure!(others_pass && timed_pass, "tests in the browser failed");
    if files.iter().any(|file| file == "walk.test.mjs") {
        for engine in output(&web_node(["engines.mjs"])?)?.lines() {
            say(engine);
        }
    }
    say("all tests passed");
    Ok(())
}

/// Files that measure time, one after the other: a browser that competes for the machine is a browser that misses frames.
const TIMED: [&str; 1] = ["timing.test.mjs"];

/// How many of the other files run at once: a browser waits for frames half of the time.
const AT_ONCE: usize = 2;

/// Runs test files and returns whether all passed.
fn run_files(files: &[String], at_once: usize) -> Result<bool> {
    if files.is_empty() {
        return Ok(true);
    }
    let at_once = format!("--test-concurrency={at_once}");
    let how = ["--test", &at_once, "--test-reporter=spec"].map(str::to_owned);
    let ended = web_node(how.into_iter().chain(files.iter().cloned()))?
        .unchecked()
        .run()?;
    Ok(ended.status.success())
}

/// Tells a command where a Python with NumPy is, or a person what is left out without one.
pub fn name_numpy(command: Expression, left_out: &str) -> Expression {
    if let Some(python) = tools::python_with_numpy() {
        return command.env("NUMPY_PYTHON", python);
    }
    say(&format!(
        "no Python with NumPy, and none could be made: {left_out}"
    ));
    command
}

/// Pictures of every lab, for a person to look at.
pub fn screenshots(also_readme: bool) -> Result<()> {
    build()?;
    let readme = also_readme.then_some("--readme");
    web_node(std::iter::once("screenshots.mjs").chain(readme))?.run()?;
    Ok(())
}

/// Node in tests/web, with everything that the harness needs to know.
pub fn web_node<Argument: Into<OsString>>(
    arguments: impl IntoIterator<Item = Argument>,
) -> Result<Expression> {
    let node = tools::node()?;
    tools::npm_packages()?;
    Ok(cmd(node, arguments)
        .dir(web_tests())
        .env("CHROME", tools::chromium()?)
        .env(
            "XTASK",
            env::current_exe().context("this program does not know its own file")?,
        ))
}

/// Removes the pictures that failing tests of an earlier run left: whatever is there afterwards failed in this one.
fn forget_failures() -> Result<()> {
    let Ok(shots) = web_tests().join("shots").read_dir() else {
        return Ok(());
    };
    for shot in shots {
        let path = shot?.path();
        if path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("failed-"))
        {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// All test files, in the order of their names.
fn all_files() -> Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in web_tests().read_dir()? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.mjs") {
            files.push(name);
        }
    }
    files.sort();
    Ok(files)
}

/// The test file that `links`, `links.test.mjs` or `tests/web/links.test.mjs` stands for.
fn file_named(name: &str) -> String {
    let name = Path::new(name)
        .file_name()
        .map(|name| name.to_string_lossy())
        .unwrap_or_default();
    format!("{}.test.mjs", name.trim_end_matches(".test.mjs"))
}
