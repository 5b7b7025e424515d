//! `bench`: what the budgets are spent on, measured on this machine. It prints tables and asserts nothing.

use anyhow::Result;
use clap::Args;

use crate::build::build;
use crate::test::{name_numpy, web_node};

/// What to measure.
#[derive(Args)]
pub struct Options {
    /// Drag for longer, and measure each figure by itself: a quarter of an hour instead of five minutes
    #[arg(long)]
    long: bool,
}

/// Builds the page and measures it in every engine that is installed, beside NumPy and other libraries in the same run.
pub fn bench(options: &Options) -> Result<()> {
    build()?;
    let long = options.long.then_some("--long");
    let node = web_node(std::iter::once("bench.mjs").chain(long))?;
    name_numpy(node, "the comparison with NumPy is left out").run()?;
    Ok(())
}
