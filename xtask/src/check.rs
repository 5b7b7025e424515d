//! `check`: formatting, and lints with warnings denied, for the machine and for the browser.

use anyhow::{Context, Result};

use crate::shell::{cargo, say};
use crate::tools;

/// Checks the sources without running them.
pub fn check() -> Result<()> {
    tools::cargo_component("fmt", "rustfmt")?;
    tools::cargo_component("clippy", "clippy")?;
    tools::wasm_target()?;

    say("checking the formatting");
    cargo(["fmt", "--all", "--", "--check"])
        .run()
        .context("run cargo fmt --all to put it right")?;

    say("checking for warnings, native");
    cargo([
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ])
    .run()?;

    // The app and what it is made of; xtask never runs in a browser.
    say("checking for warnings, wasm32");
    for features in ["", crate::split::FEATURE] {
        cargo([
            "clippy",
            "--locked",
            "--workspace",
            "--exclude",
            "xtask",
            "--exclude",
            "fuzz",
            "--features",
            features,
            "--target",
            "wasm32-unknown-unknown",
            "--",
            "-D",
            "warnings",
        ])
        .run()?;
    }
    Ok(())
}
