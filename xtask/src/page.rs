//! dist/, as any static host serves it: index.html and what it needs.
//!
//! index.html and Trunk.toml say what belongs to the page, for trunk (`cargo xtask dev`) and here alike. This does the little of trunk's
//! work that a release page needs, so that nobody has to compile trunk to see one.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
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
    let (files, names) = with_hashes(files);

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
    for (name, content) in files {
        fs::write(dist.join(name), content)?;
    }
    fs::write(dist.join("index.html"), renamed(&html, &names))?;
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

/// What starts the app. All that the main module needs is asked for at once, and not each when the one before has been read. That it
/// fails is reported by hand: WebKit fires no event where a module's own `await` does.
fn start() -> String {
    format!(
        r#"<link rel="modulepreload" crossorigin href="./{SCRIPT}">
<link rel="modulepreload" crossorigin href="./{LOADER}">
<link rel="preload" as="fetch" type="application/wasm" crossorigin href="./{MODULE}">
<script type="module">
import init from "./{SCRIPT}";
init({{ module_or_path: "./{MODULE}" }}).catch(reportError);
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

/// A file's name, and what is in it.
type File = (String, Vec<u8>);

/// The files under names that a host may let browsers keep for ever, and each name with its new one.
///
/// The hash is of all of them: a browser that kept an older page's part never puts it together with a newer one's. Each for itself
/// would spare nobody a request, because parts know where things stand in the main module, and it would make the loader longer.
fn with_hashes(files: Vec<File>) -> (Vec<File>, Vec<[String; 2]>) {
    let hash = hash_of(&files);
    let names: Vec<_> = files
        .iter()
        .map(|(name, _)| [name.clone(), hashed(name, hash)])
        .collect();
    let rename = |(name, mut content): File| {
        if name.ends_with(".js") {
            content = renamed(&String::from_utf8_lossy(&content), &names).into();
        }
        (hashed(&name, hash), content)
    };
    (files.into_iter().map(rename).collect(), names)
}

fn renamed(text: &str, names: &[[String; 2]]) -> String {
    names
        .iter()
        .fold(text.to_owned(), |text, [old, new]| text.replace(old, new))
}

fn hash_of(content: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    hasher.finish()
}

/// `split_tools.wasm` becomes `tools-0123456789abcdef.wasm`.
fn hashed(name: &str, hash: u64) -> String {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    format!("{}-{hash:016x}.{ending}", stem.trim_start_matches("split_"))
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
    fn a_name_has_the_hash_in_it() {
        assert_eq!(
            hashed("split_tools.wasm", 15),
            "tools-000000000000000f.wasm"
        );
        assert_eq!(hashed("parts.js", 15), "parts-000000000000000f.js");
    }

    /// Whatever is different of a page, and whoever made it so: the splitter, wasm-opt, terser or the author.
    #[test]
    fn what_has_the_same_name_is_the_same() {
        let page = [
            ("main.wasm", "main"),
            ("split_part.wasm", "part"),
            (SCRIPT, r#"from "./parts.js"; fetch("./main.wasm")"#),
            (
                LOADER,
                r#"from "./posnorm-lab.js"; fetch("./split_part.wasm")"#,
            ),
        ];
        let files = |page: &[(&str, &str)]| {
            page.iter()
                .map(|(name, content)| ((*name).to_owned(), (*content).into()))
                .collect()
        };
        let (before, names) = with_hashes(files(&page));
        assert_eq!(before.len(), page.len());
        let find = |name: &str| before.iter().find(|(other, _)| other == name);
        for [old, new] in &names {
            assert!(find(old).is_none() && find(new).is_some(), "{new}");
            let naming = before.iter().filter(|(_, content)| {
                String::from_utf8_lossy(content).contains(&format!("./{new}\""))
            });
            assert_eq!(naming.count(), 1, "{new} is what the scripts ask for");
        }
        for changed_idx in 0..page.len() {
            let mut page = page;
            page[changed_idx].1 = r#"other, with "./main.wasm""#;
            let (after, _) = with_hashes(files(&page));
            assert_ne!(after, before);
            for (name, content) in &after {
                assert!(find(name).is_none_or(|(_, old)| old == content), "{name}");
            }
        }
    }
}
