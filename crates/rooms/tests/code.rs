//! The code that figures offer: it runs as it is, with real NumPy and PyTorch, and makes the figure's NPY.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at what it did not expect"
)]

mod common;

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use common::{pairs, queries};
use figures::npy::{npy, shape};
use figures::{Cells, Table};
use rooms::inspect::LinkPair;
use rooms::python::Code;
use rooms::{ALL, Entry};

/// States beyond those that are drawn: each choice, each way of writing the input, each odd number.
fn more_queries(lab: &Entry) -> Vec<String> {
    let texts: &[&str] = match lab.slug {
        "encode" => &[
            "layout=concatenated",
            "layout=concatenated&dims=127,0,64,63",
            "seq_len=4096&d_model=1024&pos=4095",
            "base=2&d_model=1024&seq_len=3",
            "base=2.5&d_model=16&start=1000000&pos=1000063&dims=15",
            "scaling=interpolation&factor=2.5&layout=concatenated",
            "scaling=ntk&factor=8&base=500000",
            "scaling=yarn&factor=4&trained_len=4096",
            "scheme=rope&scaling=yarn&d_model=32&trained_len=128",
            "scheme=learned&seq_len=3&d_model=4",
            "scheme=learned&seq_len=700&start=100&seed=3&pos=300",
            "scheme=fraction&start=12",
            "scheme=index&d_model=6",
            "measure=cosine&seq_len=100&offset=3&layout=concatenated",
            "measure=cosine&scheme=learned&seq_len=20&max_len=15&d_model=6",
            "scheme=index&measure=cosine&seq_len=700&d_model=4&start=1",
            "seq_len=1000&d_model=8&scaling=ntk",
            "scheme=learned&seq_len=4096&d_model=32",
            "trained_len=64&factor=3&d_model=32",
            "trained_len=100&factor=2.5&d_model=16&scheme=binary",
            "trained_len=300&scaling=yarn&factor=2",
            "text=a%20b%20A&seed=9&sqrt_d=on&d_model=30&noise=0.1&start=70",
            "scheme=learned&max_len=2&emb_std=0.3&noise=0.5&seed=3",
            "scheme=t5&seq_len=200&seed=4&direction=both&n_buckets=16",
            "scheme=t5&max_distance=3&n_buckets=8&heads=2&head=1",
            "scheme=alibi&heads=3&head=3&seq_len=300",
            "scheme=rope&seq_len=300&pairing=halves&scaling=ntk&seed=2",
            "mistake=double_exponent&layout=concatenated",
            "mistake=base_1000&start=500",
            "mistake=swapped",
            "mistake=swapped&layout=concatenated",
            "mistake=f32_angles&start=1000000&layout=concatenated",
            "mistake=one_row",
            "mistake=padding&seq_len=7",
        ],
        "normalize" => &[
            "input=normal",
            "input=uniform",
            "input=heavy",
            "input=outlier",
            "input=constant&mean=3.7&gamma=1.3&beta=-0.1",
            "std=0&mean=0.1&gamma=-2",
            // A mean that single precision could not take out, and an eps that it would not see.
            "mean=100&std=0.001&eps=1e-12",
            "gamma=-0.35&beta=0.1&seed=9999&token=31",
            "batch=64&seq_len=256&d_model=4",
            "batch=1&seq_len=1&d_model=1024",
            "batch=2&seq_len=4&d_model=8&eps=0",
            // Gradients: every norm, a moved input, padding, features of their own gamma.
            "norm=rms&scale_a=0.3&shift_c=2&dy=one_hot&d_model=70",
            "norm=batch&scale_a=3&gamma_at=3:2.5,7:-1",
            "norm=batch&batch=1&seq_len=1&dy=one_hot",
            "norm=instance&d_model=100&dy=one_hot",
            "norm=group&groups=8&padding=on&batch=3&token=8&gamma=1.5",
            "norm=group&groups=1&padding=on&masked=on&batch=3&token=9&shift_c=3",
            "norm=batch&padding=on&shift_c=3&token=9",
            "norm=layer&padding=on&masked=on&batch=2&token=15",
            "norm=rms&padding=on&batch=2&token=15",
            "norm=dyt&alpha=2&beta=1&gamma=-1",
            "norm=none&affine=off&gamma=3",
            "norm=layer&d_model=300&scale_a=0.01",
            // Mistakes, each with what it is about.
            "mistake=token_feature&gamma=2",
            "mistake=over_batch&affine=off",
            "mistake=unbiased&input=custom&values=1,0,0,0&batch=1&seq_len=1&d_model=4",
            "mistake=unbiased&norm=group&groups=4&batch=2",
            "mistake=unbiased&norm=instance&seq_len=1",
            "mistake=eps_outside&norm=rms&std=0.01",
            "mistake=eps_outside&norm=batch&mode=eval&d_model=20",
            "mistake=scalar_affine&d_model=9",
            "mistake=scalar_affine&norm=rms&gamma_at=3:2",
            "mistake=scalar_affine&norm=dyt&beta_at=3:2",
            "mistake=batch_eval&d_model=70",
            "mistake=batch_eval&batch=1&seq_len=1",
            "mistake=padding&norm=group&batch=3&seq_len=5",
            "mistake=padding&norm=instance&d_model=80",
            // Shape: large blocks, of which a part is tried; epsilon that half precision does not have.
            "batch=64&seq_len=64&d_model=20&stage=shifted&beta=2&token=4000&shift_c=-1",
            "norm=batch&mode=eval&stage=centred&eps=1e-12&d_model=100",
            // Given values: as they are, cut, missing beyond, one feature; larger and smaller than bins of round width.
            "input=custom",
            "input=custom&values=1;2;3",
            "norm=batch&input=custom&values=1;2;4",
            "norm=none&input=custom&values=0.1,0.2,0.3;4,5,nan&batch=2&seq_len=7&d_model=90&token=1",
            "input=custom&values=0.1,0.2,0.3;4,5,6&batch=2&seq_len=7&d_model=90&token=13",
            "input=custom&values=1,2,3,4,5,6,7,8,9;-1,0,1,0,1,0,1,0,1&seq_len=1&d_model=4",
            "input=custom&values=1,1;2,5;3,9;;4,4;5,8;6,7&seq_len=2",
            "input=custom&values=1,1;2,5;3,9;;4,4;5,8;6,7&seq_len=40&d_model=3&norm=batch&token=1",
            "input=custom&values=1e-30,2e-30,-1e-30&eps=0",
            "input=custom&values=3e38,-3e38,1e38",
            "input=custom&values=1,1;1,2&eps=0&d_model=100&token=1",
            "input=encoded&batch=2&seq_len=3&d_model=9",
            "gamma_at=3:2.5,7:-1&beta_at=0:1&gamma=0.5&d_model=8",
            // Every norm, with padding that counts and without, on large means too.
            "norm=rms",
            "norm=rms&padding=on&masked=on",
            "norm=batch&mean=100&std=0.001&eps=1e-12",
            "norm=batch&padding=on",
            "norm=batch&padding=on&masked=on&batch=3",
            "norm=batch&mode=eval",
            "norm=batch&mode=eval&mean=100&std=0.001&eps=1e-12&batch=2&d_model=9",
            "norm=batch&mode=eval&padding=on&masked=on&momentum=0.5&seq_len=3",
            "norm=instance&per=feature&feature=3",
            "norm=instance&padding=on",
            "norm=instance&input=constant&eps=0",
            "norm=group&per=token&token=9",
            "norm=group&groups=64",
            "norm=group&groups=1&padding=on&batch=2",
            "norm=group&groups=3&padding=on&masked=on&d_model=12&gamma_at=11:4",
            "norm=dyt&alpha=2&gamma=2",
            "norm=none&affine=off",
        ],
        "attend" => &[
            // A word in two sentences: without sharpness, without features, without neighbours, in one sentence only.
            "part=context&sharpness=0",
            "part=context&sharpness=32&text=mouse%20cat%20bank%20screen&other=the%20mouse",
            "part=context&query=0",
            "part=context&text=bank&other=cat",
            "part=context&text=%7B%22%7D%20%C3%A9t%C3%A9&other=",
            "part=context&text=",
            "part=built&looks_at=3&built_len=40&d_model=10&sharpness=1.5",
            "part=built&reads=both&emb_std=0.1&seed=7&d_model=32",
            "part=continue&positions=off&shuffled=on&seed=5",
            "part=continue&text=a%20b%20A%20c%20b&d_model=16&sharpness=2",
            // Heads: the widest and the narrowest, all of one role, too few words to ask.
            "part=heads&d_model=8&sharpness=1",
            "part=heads&d_model=10&seed=7&head_1=first&head_4=first",
            "part=heads&d_model=128&text=the%20the%20the",
            "part=heads&head_1=same&head_2=same&head_4=same&sharpness=0",
            "part=heads&text=one%20two",
            "part=maps&scheme=rope&layers=2&layer=1&head=2&d_model=24&heads=3",
            "part=maps&scheme=alibi&mask=causal&show=scores&split=on&seed=3",
            "part=maps&scheme=t5&layers=3&text=a%20b%20a%20c&other=a%20b%20c",
            "part=maps&scheme=t5&mask=causal&text=&other=a%20b",
            "part=maps&scheme=learned&heads=1&sqrt_d=on&emb_std=0.1&query=2&key=1",
            "part=maps&scheme=fraction&d_model=8&heads=8&head=8",
            "part=maps&scheme=none&emb_std=0",
            "part=order&scheme=none&mask=causal",
            "part=order&scheme=learned&layers=2&heads=2&d_model=16",
            "part=order&scheme=rope&layers=3&d_model=24",
            "part=order&scheme=alibi&heads=8",
            "part=order&scheme=t5&mask=causal&heads=2",
            "part=order&scheme=fraction&other=man%20dog",
            "part=order&scheme=none&emb_std=0",
            "part=order&scheme=binary&sqrt_d=on&d_model=32&seed=7",
            "part=order&text=a%20%C3%84%20a%2C%20%F0%9F%90%95&other=%F0%9F%90%95%20a%20b&d_model=8",
            "part=order&text=&d_model=8",
            "part=order&text=a&other=b&d_model=8",
            "part=order&text=la%20la%20la&other=la%20la&d_model=16",
        ],
        // A room begins with the states that are drawn: say here what its code has to say beyond them.
        _ => &[],
    };
    let mut queries: Vec<String> = texts.iter().map(ToString::to_string).collect();
    if lab.slug == "normalize" {
        let numbers: Vec<_> = (0..200).map(|n| (n * n % 97).to_string()).collect();
        let values = numbers.join(",");
        queries.push(format!("input=custom&values={values}&d_model=300"));
    }
    queries
}

/// A figure in a state, with its code.
struct Case {
    lab: &'static Entry,
    pairs: Vec<LinkPair>,
    idx: usize,
    name: String,
    code: Code,
}

impl Case {
    fn with_table(&self, idx: usize, read: &mut dyn FnMut(&Table<'_>)) {
        (self.lab.inspect.with_figure)(&self.pairs, idx, &mut |figure| read(&figure.table));
    }

    /// The file that `name` would be if it were saved in the same state.
    fn file(&self, name: &str) -> Vec<u8> {
        let id = name.strip_suffix(".npy").expect("only NPY is loaded");
        let figures = (self.lab.inspect.figures)();
        let idx = figures.iter().position(|figure| figure.id == id);
        let idx = idx.unwrap_or_else(|| panic!("{} has no figure {id}", self.lab.slug));
        // The width may follow the part: the code says which one the file is to have.
        let mut pairs = self.pairs.clone();
        if let Some((_, width)) = self.code.numpy.split_once("with d_model ") {
            let width = width.split(':').next().unwrap().to_owned();
            pairs.retain(|(key, _)| key != "d_model");
            pairs.push(("d_model".to_owned(), width));
        }
        let mut bytes = Vec::new();
        (self.lab.inspect.with_figure)(&pairs, idx, &mut |figure| bytes = npy(&figure.table));
        bytes
    }
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for lab in ALL {
        let drawn = queries(lab).into_iter().map(str::to_owned);
        for query in drawn.chain(more_queries(lab)) {
            let pairs = pairs(lab, &query);
            // A state of one part is tried with that part's figures, any other one with all.
            let part = query.contains("part=").then(|| (lab.inspect.part)(&pairs));
            let figures = (lab.inspect.figures)().into_iter().enumerate();
            for (idx, figure) in
                figures.filter(|(_, it)| part.is_none_or(|part| part == it.part_idx))
            {
                cases.push(Case {
                    lab,
                    pairs: pairs.clone(),
                    idx,
                    name: format!("{} at {query:.80}", figure.id),
                    code: (lab.inspect.code)(&pairs, idx),
                });
            }
        }
    }
    cases
}

/// The names of the files that code loads.
fn loaded(code: &Code) -> Vec<&str> {
    let texts = [code.numpy.as_str(), code.pytorch.as_str()];
    let after = texts
        .into_iter()
        .flat_map(|text| text.split("np.load(\"").skip(1));
    after.map(|rest| rest.split('"').next().unwrap()).collect()
}

/// How many quantities of scales of their own stand one after the other in the array.
fn n_quantities(table: &Table) -> usize {
    match table {
        Table::Matrix { .. } | Table::Beside { .. } => 1,
        Table::Columns(columns) => columns
            .iter()
            .filter(|column| !matches!(column.cells, Cells::Index { .. } | Cells::Words(_)))
            .count(),
    }
}

/// Writes every case into a folder of its own.
fn write_cases(cases: &[Case], root: &Path) {
    fs::remove_dir_all(root).ok();
    let mut list = String::new();
    for (number, case) in cases.iter().enumerate() {
        let folder = root.join(number.to_string());
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("numpy.py"), &case.code.numpy).unwrap();
        fs::write(folder.join("pytorch.py"), &case.code.pytorch).unwrap();
        for name in loaded(&case.code) {
            fs::write(folder.join(name), case.file(name)).unwrap();
        }
        case.with_table(case.idx, &mut |table| {
            fs::write(folder.join("expected.npy"), npy(table)).unwrap();
            let n_quantities = n_quantities(table);
            writeln!(list, "{number}\t{n_quantities}\t{}", case.name).unwrap();
        });
    }
    fs::write(root.join("cases.tsv"), list).unwrap();
}

fn can_import(python: &OsString, modules: &str) -> bool {
    let import = Command::new(python)
        .arg("-c")
        .arg(format!("import {modules}"))
        .output();
    import.is_ok_and(|output| output.status.success())
}

/// A Python that can import these: the one that is named, or the first of the usual places.
fn python_with(modules: &str) -> Option<OsString> {
    let named = env::var_os("NUMPY_PYTHON").filter(|name| !name.is_empty());
    if let Some(python) = &named {
        assert!(
            can_import(python, "numpy"),
            "NUMPY_PYTHON names {}, which cannot import numpy",
            python.display()
        );
    }
    let usual = ["python3", "python", "/usr/bin/python3"].map(OsString::from);
    let mut candidates = named.into_iter().chain(usual);
    candidates.find(|python| can_import(python, modules))
}

/// Said past the harness, which shows nothing of tests that pass.
fn say(sentence: &str) {
    io::stderr().write_all(sentence.as_bytes()).unwrap();
}

#[test]
fn copied_code_makes_the_array_of_the_npy() {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("code");
    let cases = cases();
    write_cases(&cases, &root);
    for (library, modules) in [("numpy", "numpy"), ("pytorch", "torch, numpy")] {
        let Some(python) = python_with(modules) else {
            let n = cases.len();
            say(&format!(
                "SKIPPED: {n} snippets for {library} were not run, because no Python here can import {modules}\n"
            ));
            continue;
        };
        let output = Command::new(python)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/code.py"))
            .arg(&root)
            .arg(library)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "\n{said}{errors}");
        say(&said);
    }
    // Kept after a failure, to be run by hand.
    fs::remove_dir_all(&root).ok();
}

#[test]
fn code_needs_nothing_else() {
    for Case { name, code, .. } in cases() {
        let Code { numpy, pytorch } = &code;
        for text in [numpy, pytorch] {
            assert!(text.is_ascii(), "{name}");
            assert!(!text.contains(['{', '}']), "{name}: {text}");
            assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{name}");
            assert!(
                text.contains("\nresult ") || text.contains("\nresult["),
                "{name}"
            );
            // But for rows of numbers, which are as long as they are.
            let is_number = |c: char| c.is_ascii_digit() || "[-".contains(c);
            let words = |line: &&str| !line.trim_start().starts_with(is_number);
            let lines = text.lines().filter(|line| !line.starts_with("given = ["));
            for line in lines.filter(words) {
                assert!(line.len() <= 120, "{name}: {line}");
            }
        }
        assert!(!numpy.contains("torch"), "{name}: {numpy}");
        assert_eq!(
            pytorch.contains("import numpy"),
            pytorch.contains("np."),
            "{name}: {pytorch}"
        );
        assert_eq!(loaded(&code).is_empty(), !pytorch.contains("np."), "{name}");
    }
}

/// As it opens. Changed code is read and taken with `cargo insta review`.
#[test]
fn code_reads_as_it_did() {
    for lab in ALL {
        for (idx, figure) in (lab.inspect.figures)().into_iter().enumerate() {
            let Code { numpy, pytorch } = (lab.inspect.code)(&[], idx);
            let mut shapes = String::new();
            (lab.inspect.with_figure)(&[], idx, &mut |figure| {
                shapes = format!("{:?}", shape(&figure.table));
            });
            let text = format!("{shapes}\n\n{numpy}\n{pytorch}");
            insta::assert_snapshot!(format!("{}-code", figure.id), text);
        }
    }
}
