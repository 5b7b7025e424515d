//! Running other programs, and knowing where the project lies.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cargo_metadata::MetadataCommand;
use duct::{Expression, cmd};

/// Says what is being done. Everything the tasks tell a person goes through here and is recognisable among the tools' own lines.
pub fn say(sentence: &str) {
    println!("xtask: {sentence}");
}

/// The folder with the root Cargo.toml.
pub fn root() -> PathBuf {
    // Cargo sets the variable when it runs the task; it is right even when two checkouts share one target folder.
    let xtask = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    xtask.parent().map(Path::to_path_buf).unwrap_or(xtask)
}

/// The folder of the Node tests, which is also where npm puts binaryen and playwright-core.
pub fn web_tests() -> PathBuf {
    root().join("tests").join("web")
}

/// The folder that trunk fills.
pub fn dist() -> PathBuf {
    root().join("dist")
}

/// The user's target folder, wherever their cargo settings put it.
pub fn target() -> Result<PathBuf> {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .context("cargo metadata does not work in this folder")?;
    Ok(metadata.target_directory.into())
}

/// Cargo, the one that runs this task.
pub fn cargo<Argument: Into<OsString>>(
    arguments: impl IntoIterator<Item = Argument>,
) -> Expression {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    cmd(cargo, arguments).dir(root())
}

/// npm, which is a script on Windows.
pub fn npm<const N: usize>(arguments: [&str; N]) -> Expression {
    cmd(if cfg!(windows) { "npm.cmd" } else { "npm" }, arguments).dir(web_tests())
}

/// The file that a program's name stands for.
pub fn on_path(program: &str) -> Option<PathBuf> {
    which::which(program).ok()
}

/// Runs a command silently and returns what it printed.
pub fn output(command: &Expression) -> io::Result<String> {
    command.stdin_null().stderr_null().read()
}

/// PATH with one folder put before all others.
pub fn path_with(folder: &Path) -> Result<OsString> {
    let old = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_path_buf()).chain(env::split_paths(&old));
    env::join_paths(folders).context("PATH holds a folder whose name cannot be joined")
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_root_holds_the_workspace() {
        assert!(root().join("Cargo.lock").is_file());
    }

    #[test]
    fn a_folder_put_first_is_found_first() {
        let path = path_with(Path::new("first")).expect("joins");
        assert_eq!(env::split_paths(&path).next(), Some(PathBuf::from("first")));
    }
}
