//! The project's tasks: `cargo xtask <task>`.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line program speaks to a person"
)]

mod bench;
mod build;
mod check;
mod serve;
mod shell;
mod split;
mod test;
mod tools;

use std::env;
use std::process::ExitCode;

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask <task>

  serve        build the release page and serve it, printing its address
                 --port N          another port than 8080 (0: any free one)
                 --host            let other machines in the same network open it
                 --prefix /a/b/    serve it below a folder, as a static host might
                 --no-build        serve dist/ as it is
  test         run every test: formatting, lints, native tests, the page in a browser
                 --web [FILE ...]  only the page in a browser, or only these files of tests/web
  check        formatting, and lints with warnings denied, native and wasm32
  build        build the release page into dist/
  dev          serve a debug build that reloads on every change (further arguments go to trunk)
  bench        measure sizes and times against their budgets, NumPy and plotly.js
  screenshots  pictures of every lab in tests/web/shots
                 --readme          also the pictures that README.md shows
  help         this text

Tools that fit are taken from PATH; others are installed into target/tools and tests/web/node_modules.
Environment variables that name one to use instead:
  TRUNK         trunk 0.21.14 or a later 0.21
  WASM_BINDGEN  wasm-bindgen, exactly the version in Cargo.lock
  WASM_OPT      wasm-opt of binaryen 123 or newer
  CHROME        Chromium or Chrome, for test, bench and screenshots
  NUMPY_PYTHON  a Python with NumPy, for test and bench
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<()> {
    let (task, rest) = match arguments.split_first() {
        Some((task, rest)) => (task.as_str(), rest),
        None => ("help", arguments),
    };
    match task {
        "serve" => serve::serve(rest),
        "test" => test::test(rest),
        "check" => check::check(),
        "build" => build::build(),
        "dev" => build::dev(rest),
        "bench" => bench::bench(rest),
        "screenshots" => test::screenshots(rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => bail!("there is no task {other:?}: cargo xtask help lists them"),
    }
}
