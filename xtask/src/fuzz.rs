//! `fuzz`: looks for links and files with which the page would stop or show something wrong.

use std::env;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use cargo_metadata::MetadataCommand;
use clap::Args;
use duct::cmd;

use crate::shell::{cargo, output, root, say, target};

/// The package with the fuzzer's targets and their corpus.
const PACKAGE: &str = "fuzz";

/// What makes the fuzzer see which ways through the code an input took: what cargo-fuzz passes on, which itself would only add
/// sanitizers, for unsafe code of which there is none here, and those need a nightly compiler.
const COVERAGE: &str = "--cfg fuzzing -Cpasses=sancov-module -Ccodegen-units=1 \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// An input that takes longer than this many seconds is a find.
const MOST_SECONDS: u32 = 10;

/// An input that takes more memory than this, in MB, is a find.
const MOST_MEMORY: u32 = 400;

/// What to look at, and for how long.
#[derive(Args)]
pub struct Options {
    /// Seconds for each target
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Only these targets
    targets: Vec<String>,
}

/// Runs each target for a bounded time. Fails with the first find, and says where it lies.
pub fn fuzz(options: &Options) -> Result<()> {
    let known = targets()?;
    if let Some(other) = options.targets.iter().find(|it| !known.contains(it)) {
        bail!("there is no target {other}; there are {}", known.join(", "));
    }
    let triple = host()?;
    let folder = target()?.join(PACKAGE);
    say("building the fuzzer, which needs a C++ compiler");
    let build = [
        "build",
        "--locked",
        "--package",
        PACKAGE,
        "--bins",
        "--features",
        "libfuzzer",
        "--profile",
        "fuzz",
        "--target",
        &triple,
    ];
    cargo(build)
        .env("RUSTFLAGS", COVERAGE)
        .env("CARGO_TARGET_DIR", &folder)
        .run()
        .context("the fuzzer does not build")?;
    for name in known {
        if options.targets.is_empty() || options.targets.contains(&name) {
            let program = folder.join(&triple).join("fuzz").join(&name);
            run(&name, &program, &folder, options.seconds)?;
        }
    }
    say("nothing was found");
    Ok(())
}

/// Runs a target. What it learns on the way stays in the target folder for the next time.
fn run(name: &str, program: &Path, folder: &Path, seconds: u32) -> Result<()> {
    let learned = folder.join("corpus").join(name);
    let finds = folder.join("finds").join(name);
    for folder in [&learned, &finds] {
        fs::create_dir_all(folder)?;
    }
    let source = root().join(PACKAGE);
    let corpus = source.join("corpus").join(name);
    let mut arguments = vec![
        format!("-max_total_time={seconds}"),
        format!("-timeout={MOST_SECONDS}"),
        format!("-rss_limit_mb={MOST_MEMORY}"),
        format!("-artifact_prefix={}/", finds.display()),
        "-print_final_stats=1".to_owned(),
        "-verbosity=0".to_owned(),
    ];
    let dictionary = source.join(format!("{name}.dict"));
    if dictionary.is_file() {
        arguments.push(format!("-dict={}", dictionary.display()));
    }
    arguments.extend([learned, corpus].map(|folder| folder.display().to_string()));
    say(&format!("{name}: {seconds} seconds"));
    cmd(program, arguments).run().with_context(|| {
        format!(
            "{name} found something: it lies in {}. Mend it, and put it into {PACKAGE}/corpus/{name}",
            finds.display()
        )
    })?;
    Ok(())
}

/// The targets, from the package's own list.
fn targets() -> Result<Vec<String>> {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join(PACKAGE).join("Cargo.toml"))
        .no_deps()
        .exec()?;
    let packages = metadata.packages.iter().filter(|it| it.name == PACKAGE);
    let targets = packages.flat_map(|it| &it.targets).filter(|it| it.is_bin());
    Ok(targets.map(|it| it.name.clone()).collect())
}

/// The triple of this machine: flags that are given for a target are not given for build scripts.
fn host() -> Result<String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let about = output(&cmd(rustc, ["--version", "--verbose"]))?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc does not say its host")?.to_owned())
}
