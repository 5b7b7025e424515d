//! The project's tasks: `cargo xtask <task>`.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line program speaks to a person"
)]

mod bench;
mod build;
mod check;
mod files;
mod fuzz;
mod imports;
mod merge;
mod mute;
mod new;
mod notices;
mod order;
mod page;
mod serve;
mod shell;
mod split;
mod test;
mod tools;

use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory, Parser, Subcommand};

/// The project's tasks
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", after_help = TOOLS, flatten_help = true)]
struct Arguments {
    #[command(subcommand)]
    task: Option<Task>,
}

#[derive(Subcommand)]
enum Task {
    /// Build the release page and serve it, printing its address
    Serve(serve::Options),
    /// Run every test: formatting, lints, native tests, the page in a browser
    Test(test::Options),
    /// Check the formatting, and lints with warnings denied, native and wasm32
    Check,
    /// Build the release page into dist/
    Build,
    /// Serve a debug build that reloads on every change
    Dev {
        /// Further arguments for trunk
        #[arg(allow_hyphen_values = true, trailing_var_arg = true)]
        trunk: Vec<String>,
    },
    /// Measure frames, start and functions against their budgets, NumPy and other libraries
    Bench(bench::Options),
    /// Look for links and files with which the page would stop or show something wrong
    Fuzz(fuzz::Options),
    /// Write the files of a new room or figure, and put it in its lists
    #[command(subcommand)]
    New(new::What),
    /// Make pictures of every lab in tests/web/shots
    Screenshots {
        /// Also the pictures that README.md shows
        #[arg(long)]
        readme: bool,
    },
}

const TOOLS: &str = "\
Tools that fit are taken from PATH; others are installed into target/tools and tests/web/node_modules.
Environment variables that name one to use instead:
  TRUNK         trunk 0.21.14 or a later 0.21, for dev
  WASM_BINDGEN  wasm-bindgen, exactly the version in Cargo.lock, for dev
  WASM_OPT      wasm-opt of binaryen 123 or newer
  CHROME        Chromium or Chrome, for test, bench and screenshots
  NUMPY_PYTHON  a Python with NumPy, for test and bench";

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Option<Task>) -> Result<()> {
    match task {
        Some(Task::Serve(options)) => serve::serve(&options),
        Some(Task::Test(options)) => test::test(&options),
        Some(Task::Check) => check::check(),
        Some(Task::Build) => build::build(),
        Some(Task::Dev { trunk }) => build::dev(&trunk),
        Some(Task::Bench(options)) => bench::bench(&options),
        Some(Task::Fuzz(options)) => fuzz::fuzz(&options),
        Some(Task::New(what)) => new::new(&what),
        Some(Task::Screenshots { readme }) => test::screenshots(readme),
        None => Ok(Arguments::command().print_help()?),
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Option<Task>, clap::Error> {
        let words = std::iter::once("xtask").chain(line.split_whitespace());
        Arguments::try_parse_from(words).map(|arguments| arguments.task)
    }

    #[test]
    fn tasks_and_their_options_are_understood() {
        Arguments::command().debug_assert();
        for line in [
            "",
            "serve --port 0 --host --prefix /a/b/ --no-build",
            "test",
            "test --web",
            "test --web links tests/web/parts.test.mjs",
            "check",
            "build",
            "bench",
            "bench --long",
            "fuzz --seconds 5 link text",
            "new room attend",
            "new figure encode/distance/ripples",
            "screenshots --readme",
        ] {
            assert!(parsed(line).is_ok(), "{line}");
        }
        assert!(matches!(
            parsed("dev --port 9000 --open"),
            Ok(Some(Task::Dev { trunk })) if trunk == ["--port", "9000", "--open"]
        ));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (line, word) in [
            ("serve --port seventy", "seventy"),
            ("serve --hots", "--hots"),
            ("fuzz --seconds long", "long"),
            ("serv", "serv"),
            ("test links", "links"),
        ] {
            let message = parsed(line).err().expect("fails").to_string();
            assert!(message.contains(word), "{message}");
        }
    }
}
