//! `bench`: what the budgets are spent on, measured on this machine. It prints a table and asserts nothing.

use anyhow::Result;

use crate::build::build;
use crate::shell::{run, say};
use crate::test::web_node;
use crate::tools;

/// Builds the page and measures it in a browser, beside NumPy and plotly.js in the same run.
pub fn bench(arguments: &[String]) -> Result<()> {
    build()?;
    let mut node = web_node()?;
    match tools::python_with_numpy() {
        Some(python) => {
            node.env("NUMPY_PYTHON", python);
        }
        None => say(
            "no Python with NumPy, and none could be made: the comparison with NumPy is left out",
        ),
    }
    run(node.arg("bench.mjs").args(arguments))
}
