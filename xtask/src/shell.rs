//! Running other programs, and knowing where the project lies.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

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
    let metadata = output(cargo().args(["metadata", "--no-deps", "--format-version", "1"]))
        .context("cargo metadata does not work in this folder")?;
    // One field is not worth a JSON parser: paths are escaped only on Windows, by doubled backslashes.
    let start = metadata
        .split_once("\"target_directory\":\"")
        .context("cargo metadata names no target_directory")?
        .1;
    let path = start.split('"').next().unwrap_or_default();
    Ok(PathBuf::from(path.replace("\\\\", "\\")))
}

/// Cargo, the one that runs this task.
pub fn cargo() -> Command {
    in_root(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A command that starts in the project's root.
pub fn in_root(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// npm, which is a script on Windows.
pub fn npm() -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.current_dir(web_tests());
    command
}

/// Runs a command with its output shown, and fails when it fails.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("{} does not start", shown(command)))?;
    if !status.success() {
        bail!("{} failed, see above", shown(command));
    }
    Ok(())
}

/// Runs a command silently and returns what it printed.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{} does not start", shown(command)))?;
    if !output.status.success() {
        bail!(
            "{} failed: {}",
            shown(command),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The file that a program's name stands for, found as a shell would.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let endings: &[&str] = if cfg!(windows) {
        &[".exe", ".cmd", ".bat"]
    } else {
        &[""]
    };
    env::split_paths(&env::var_os("PATH")?)
        .flat_map(|folder| {
            endings
                .iter()
                .map(move |ending| folder.join(format!("{program}{ending}")))
        })
        .find(|file| file.is_file())
}

/// PATH with one folder put before all others.
pub fn path_with(folder: &Path) -> Result<std::ffi::OsString> {
    let old = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_path_buf()).chain(env::split_paths(&old));
    env::join_paths(folders).context("PATH holds a folder whose name cannot be joined")
}

/// The command as a person would type it: the program without its folder, then its arguments.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program
        .file_stem()
        .unwrap_or(command.get_program())
        .to_string_lossy()
        .into_owned();
    let arguments = command.get_args().map(OsStr::to_string_lossy);
    std::iter::once(name.into())
        .chain(arguments)
        .collect::<Vec<_>>()
        .join(" ")
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
    fn a_command_is_shown_as_typed() {
        let mut command = Command::new("/usr/bin/node");
        command.args(["--test", "tests/web"]);
        assert_eq!(shown(&command), "node --test tests/web");
    }

    #[test]
    fn a_folder_put_first_is_found_first() {
        let path = path_with(Path::new("first")).expect("joins");
        assert_eq!(env::split_paths(&path).next(), Some(PathBuf::from("first")));
    }
}
