//! `bench`: what the budgets are spent on, measured on this machine. It prints a table and asserts nothing.

use anyhow::Result;

use crate::build::build;
use crate::shell::run;
use crate::test::{name_numpy, web_node};

/// Builds the page and measures it in every engine that is installed, beside NumPy and plotly.js in the same run.
pub fn bench(arguments: &[String]) -> Result<()> {
    build()?;
    let mut node = web_node()?;
    name_numpy(&mut node, "the comparison with NumPy is left out");
    run(node.arg("bench.mjs").args(arguments))
}
