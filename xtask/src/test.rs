//! `test`: everything that says whether the project is sound, and the pictures that a person looks at.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::build::build;
use crate::check::check;
use crate::shell::{cargo, output, run, say, web_tests};
use crate::tools;

/// Every test: the checks, the native tests, then the built page in real browsers. With `--web` only the last, optionally of the
/// named files.
pub fn test(arguments: &[String]) -> Result<()> {
    let web_only = arguments.first().is_some_and(|first| first == "--web");
    if !web_only && !arguments.is_empty() {
        bail!("cargo xtask test takes no arguments, or --web and names of files in tests/web");
    }
    // First, so that a machine without Node learns it now and not after ten minutes of compiling.
    tools::node()?;
    if !web_only {
        check()?;
        say("running the native tests");
        let mut tests = cargo();
        tests.args(["test", "--workspace"]);
        name_numpy(&mut tests, "the code that figures offer is not run");
        run(&mut tests)?;
    }
    build()?;
    say("running the tests in the browser");
    let mut files: Vec<&str> = arguments.iter().skip(1).map(String::as_str).collect();
    if files.is_empty() {
        files = vec!["*.test.mjs"];
    }
    let files = expand(&files)?;
    forget_failures()?;
    // One file at a time: a browser that competes for the machine is a browser that misses frames.
    run(web_node()?
        .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .args(&files))?;
    if files.iter().any(|file| file == "walk.test.mjs") {
        for engine in output(web_node()?.arg("engines.mjs"))?.lines() {
            say(engine);
        }
    }
    say("all tests passed");
    Ok(())
}

/// Tells a command where a Python with NumPy is, or a person what is left out without one.
pub fn name_numpy(command: &mut Command, left_out: &str) {
    match tools::python_with_numpy() {
        Some(python) => {
            command.env("NUMPY_PYTHON", python);
        }
        None => say(&format!(
            "no Python with NumPy, and none could be made: {left_out}"
        )),
    }
}

/// Pictures of every lab, for a person to look at.
pub fn screenshots(arguments: &[String]) -> Result<()> {
    build()?;
    run(web_node()?.arg("screenshots.mjs").args(arguments))
}

/// Node in tests/web, with everything that the harness needs to know.
pub fn web_node() -> Result<Command> {
    let node = tools::node()?;
    tools::npm_packages()?;
    let mut command = Command::new(node);
    command
        .current_dir(web_tests())
        .env("CHROME", tools::chromium()?)
        .env(
            "XTASK",
            env::current_exe().context("this program does not know its own file")?,
        );
    Ok(command)
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

/// The test files that a list of names stands for: `links`, `links.test.mjs`, `tests/web/links.test.mjs` or `*.test.mjs`.
fn expand(names: &[&str]) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for name in names {
        if *name == "*.test.mjs" {
            for entry in web_tests().read_dir()? {
                let name = entry?.file_name().to_string_lossy().into_owned();
                if name.ends_with(".test.mjs") {
                    files.push(name);
                }
            }
            files.sort();
        } else {
            let name = Path::new(name)
                .file_name()
                .map(|name| name.to_string_lossy())
                .unwrap_or_default();
            let name = name.trim_end_matches(".test.mjs");
            files.push(format!("{name}.test.mjs"));
        }
    }
    Ok(files)
}
