//! dist/, as any static host serves it: index.html and what it needs.
//!
//! index.html and Trunk.toml say what belongs to the page, for trunk (`cargo xtask dev`) and here alike. This does the little of trunk's
//! work that a release page needs, so that nobody has to compile trunk to see one.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::shell::{dist, root};
use crate::split::{LOADER, MODULE, SCRIPT};

/// Fills dist/ with index.html, what it names, and the folder's scripts and modules.
pub fn write(folder: &Path) -> Result<()> {
    let index =
        fs::read_to_string(root().join("index.html")).context("index.html cannot be read")?;
    let Page { html, copied } = assemble(&index, &root())?;

    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        files.push((name.into_owned(), fs::read(&path)?));
    }
    files.sort();
    let hash = hash_of(&files);
    let renamed = |text: &str| {
        files.iter().fold(text.to_owned(), |text, (name, _)| {
            text.replace(name, &hashed(name, &hash))
        })
    };

    let dist = dist();
    if dist.is_dir() {
        fs::remove_dir_all(&dist)?;
    }
    fs::create_dir_all(&dist)?;
    for file in copied {
        let name = Path::new(&file).file_name().unwrap_or_default();
        fs::copy(root().join(&file), dist.join(name))
            .with_context(|| format!("{file}, which index.html names, cannot be copied"))?;
    }
    for (name, content) in &files {
        let path = dist.join(hashed(name, &hash));
        if name.ends_with(".js") {
            fs::write(path, renamed(&String::from_utf8_lossy(content)))?;
        } else {
            fs::write(path, content)?;
        }
    }
    fs::write(dist.join("index.html"), renamed(&html))?;
    Ok(())
}

struct Page {
    html: String,
    /// Files that stand beside the page, by their paths in the project.
    copied: Vec<String>,
}

/// The page that index.html describes, its styles in it.
fn assemble(index: &str, root: &Path) -> Result<Page> {
    let mut html = String::new();
    let mut copied = Vec::new();
    for line in index.lines() {
        if !line.contains("<link data-trunk") {
            html.push_str(line);
            html.push('\n');
            continue;
        }
        let href = attribute(line, "href").unwrap_or_default();
        match attribute(line, "rel") {
            Some("inline") => {
                let style = fs::read_to_string(root.join(href))
                    .with_context(|| format!("{href}, which index.html names, cannot be read"))?;
                html.push_str(&format!("<style>\n{style}</style>\n"));
            }
            Some("copy-file") => copied.push(href.to_owned()),
            Some("rust") => html.push_str(&start()),
            _ => bail!("index.html: nobody taught cargo xtask build what this is: {line}"),
        }
    }
    Ok(Page {
        html: lean(&html),
        copied,
    })
}

/// What starts the app. All that the main module needs is asked for at once, and not each when the one before has been read.
fn start() -> String {
    format!(
        r#"<link rel="modulepreload" crossorigin href="./{SCRIPT}">
<link rel="modulepreload" crossorigin href="./{LOADER}">
<link rel="preload" as="fetch" type="application/wasm" crossorigin href="./{MODULE}">
<script type="module">
import init from "./{SCRIPT}";
await init({{ module_or_path: "./{MODULE}" }});
</script>
"#
    )
}

fn attribute<'line>(line: &'line str, name: &str) -> Option<&'line str> {
    let (_, value) = line.split_once(&format!(" {name}=\""))?;
    value.split('"').next()
}

/// The text without what only its authors read: comments and indentation. After gzip, a minifier would take off 2 % more.
fn lean(text: &str) -> String {
    let text = without(&without(text, "<!--", "-->"), "/*", "*/");
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect()
}

fn without(text: &str, open: &str, close: &str) -> String {
    text.split(open)
        .enumerate()
        .map(|(piece_idx, piece)| match piece.split_once(close) {
            Some((_, after)) if piece_idx > 0 => after,
            _ => piece,
        })
        .collect()
}

/// One for all: a browser that kept an older page's part never puts it together with a newer one's.
fn hash_of(files: &[(String, Vec<u8>)]) -> String {
    let mut hasher = DefaultHasher::new();
    for (_, content) in files {
        hasher.write(content);
    }
    format!("{:016x}", hasher.finish())
}

/// `split_tools.wasm` becomes `tools-0123456789abcdef.wasm`.
fn hashed(name: &str, hash: &str) -> String {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    format!("{}-{hash}.{ending}", stem.trim_start_matches("split_"))
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_what_index_html_says() {
        let index = fs::read_to_string(root().join("index.html")).expect("is there");
        let Page { html, copied } = assemble(&index, &root()).expect("is understood");
        assert!(!html.contains("data-trunk"), "{html}");
        assert_eq!(
            html.matches("<style>").count(),
            index.matches("rel=\"inline\"").count()
        );
        for wanted in [SCRIPT, LOADER, MODULE, "--paper:", "<h1>"] {
            assert!(html.contains(wanted), "{wanted} is missing in {html}");
        }
        assert_eq!(copied, ["style/without-script.png"]);
    }

    #[test]
    fn an_unknown_link_is_an_error() {
        assert!(
            assemble(
                r#"<link data-trunk rel="tailwind-css" href="a.css" />"#,
                &root()
            )
            .is_err()
        );
    }

    #[test]
    fn only_what_authors_read_is_taken_away() {
        let text = "  <!-- a\n b --><p>5 > 3</p>\n\n  // c\n  a { /* d */ color: red }\n";
        assert_eq!(lean(text), "<p>5 > 3</p>\na {  color: red }\n");
    }

    #[test]
    fn a_name_is_known_by_its_hash() {
        assert_eq!(hashed("split_tools.wasm", "0f"), "tools-0f.wasm");
        assert_eq!(hashed("parts.js", "0f"), "parts-0f.js");
    }
}
