//! The files of the built page.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::shell::dist;

/// The files in dist/ whose names end like this.
pub fn built(ending: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dist()).context("trunk left no dist/")? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(ending) {
            files.push(path);
        }
    }
    Ok(files)
}

/// Replaces a text in every page and script of dist/.
pub fn replace_in_pages(old: &str, new: &str) -> Result<()> {
    for entry in fs::read_dir(dist())? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|ending| ending == "html" || ending == "js")
        {
            let text = fs::read_to_string(&path)?;
            if text.contains(old) {
                fs::write(&path, text.replace(old, new))?;
            }
        }
    }
    Ok(())
}
