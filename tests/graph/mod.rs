//! Which file uses what another one defines, read from the code.
//!
//! An arrow goes from a file to the one that defines what it names, in a `use` line or anywhere in its code, calls
//! of macros included. A `pub use` is a name and no arrow: whoever uses it is led on to the file behind it, so that
//! a file that only gathers others is not in their way. Nor is `mod child;` an arrow. Modules for tests alone
//! (`#[cfg(test)]`) are left out. Methods are not looked for: who calls one has named its type or was handed the value.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::fmt;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{Attribute, Ident, Item, ItemMod, ItemUse, Macro, UseTree, Visibility};

/// A crate: what code calls it, `None` where no code can, and the file in which it begins.
pub struct Start {
    pub name: Option<String>,
    pub file: PathBuf,
}

/// A file names what another one defines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrow {
    pub from: PathBuf,
    pub to: PathBuf,
    pub line: usize,
    /// What is named, as it is written.
    pub path: String,
}

impl fmt::Display for Arrow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            from,
            to,
            line,
            path,
        } = self;
        write!(f, "{}:{line} → {} ({path})", from.display(), to.display())
    }
}

/// All files that the crates are made of, and the arrows between them.
pub struct Graph {
    pub files: BTreeSet<PathBuf>,
    pub arrows: BTreeSet<Arrow>,
}

impl Graph {
    /// `read` gives the text of a file, `None` where there is none.
    pub fn of(starts: &[Start], read: &dyn Fn(&Path) -> Option<String>) -> Self {
        let mut house = House {
            read,
            modules: Vec::new(),
            crates: HashMap::new(),
            code: Vec::new(),
        };
        for start in starts {
            let root = house.add(start.file.clone(), None);
            house.read_file(root, folder(&start.file));
            if let Some(name) = &start.name {
                house.crates.insert(name.clone(), root);
            }
        }
        let mut arrows = BTreeSet::new();
        let code = house.code.iter();
        for (module, file) in code.filter(|(module, _)| !house.modules[*module].is_for_tests) {
            let mut walk = Walk {
                house: &house,
                module: *module,
                arrows: &mut arrows,
            };
            walk.visit_file(file);
        }
        let files = house.modules.into_iter().map(|it| it.file).collect();
        Self { files, arrows }
    }
}

/// One circle, as short as there is, for each knot of files that are led back to themselves.
pub fn circles<'a>(arrows: impl IntoIterator<Item = &'a Arrow>) -> Vec<Vec<&'a Arrow>> {
    let mut from: BTreeMap<&Path, Vec<&Arrow>> = BTreeMap::new();
    for arrow in arrows {
        from.entry(&arrow.from).or_default().push(arrow);
    }
    // By which arrow each file is reached first.
    let reached = |start: &'a Path| {
        let mut by: BTreeMap<&Path, &Arrow> = BTreeMap::new();
        let mut next = VecDeque::from([start]);
        while let Some(file) = next.pop_front() {
            for &arrow in from.get(file).into_iter().flatten() {
                by.entry(&arrow.to).or_insert_with(|| {
                    next.push_back(&arrow.to);
                    arrow
                });
            }
        }
        by
    };
    let starts = from.keys().map(|&start| (start, reached(start)));
    let led_back: BTreeMap<_, _> = starts
        .filter(|(start, by)| by.contains_key(start))
        .collect();
    let mut knots: BTreeMap<Vec<&Path>, Vec<&Arrow>> = BTreeMap::new();
    for (start, by) in &led_back {
        let others = led_back
            .iter()
            .filter(|(other, back)| by.contains_key(*other) && back.contains_key(start));
        let knot = others.map(|(other, _)| *other).collect();
        let mut circle = vec![by[start]];
        while circle[0].from != *start {
            circle.insert(0, by[circle[0].from.as_path()]);
        }
        let shortest = knots.entry(knot).or_insert_with(|| circle.clone());
        if circle.len() < shortest.len() {
            *shortest = circle;
        }
    }
    knots.into_values().collect()
}

/// `a → b → a`, then each arrow with its line.
pub fn circle_text(circle: &[&Arrow]) -> String {
    let mut text: String = circle
        .iter()
        .map(|arrow| format!("{} → ", arrow.from.display()))
        .collect();
    if let Some(first) = circle.first() {
        text += &first.from.display().to_string();
    }
    for arrow in circle {
        text += &format!("\n    {arrow}");
    }
    text
}

struct Module {
    file: PathBuf,
    root: usize,
    up: usize,
    is_for_tests: bool,
    names: HashMap<String, Vec<Named>>,
    globs: Vec<Vec<String>>,
}

/// What a module calls by a name of its own.
enum Named {
    Is(Found),
    Alias(Vec<String>),
}

#[derive(Clone, Copy, PartialEq)]
enum Found {
    Module(usize),
    /// Something in this module.
    Item(usize),
}

/// All crates, as trees of modules.
struct House<'a> {
    read: &'a dyn Fn(&Path) -> Option<String>,
    modules: Vec<Module>,
    crates: HashMap<String, usize>,
    code: Vec<(usize, syn::File)>,
}

impl House<'_> {
    fn add(&mut self, file: PathBuf, up: Option<usize>) -> usize {
        let id = self.modules.len();
        self.modules.push(Module {
            file,
            root: up.map_or(id, |up| self.modules[up].root),
            up: up.unwrap_or(id),
            is_for_tests: up.is_some_and(|up| self.modules[up].is_for_tests),
            names: HashMap::new(),
            globs: Vec::new(),
        });
        id
    }

    fn add_below(&mut self, up: usize, item: &ItemMod, file: PathBuf) -> usize {
        let id = self.add(file, Some(up));
        self.modules[id].is_for_tests |= is_for_tests(&item.attrs);
        self.call(up, plain(&item.ident), Named::Is(Found::Module(id)));
        id
    }

    /// Takes in what a file declares, and the files below it. `folder` has those of its child modules.
    fn read_file(&mut self, module: usize, folder: PathBuf) {
        let file = &self.modules[module].file;
        let text = (self.read)(file).unwrap_or_else(|| panic!("{} is not there", file.display()));
        let code =
            syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        Declare {
            house: self,
            module,
            folder,
        }
        .visit_file(&code);
        self.code.push((module, code));
    }

    fn call(&mut self, module: usize, name: String, named: Named) {
        let names = &mut self.modules[module].names;
        names.entry(name).or_default().push(named);
    }

    /// What a path means in a module.
    fn find(&self, module: usize, path: &[String], depth: usize) -> Vec<Found> {
        let Some((first, rest)) = path.split_first().filter(|_| depth < 32) else {
            return Vec::new();
        };
        let mut found = self.step(Found::Module(module), first, depth);
        if found.is_empty() {
            found.extend(self.crates.get(first).copied().map(Found::Module));
        }
        for name in rest {
            // A macro or a function may have the module's name.
            if found.iter().any(|it| matches!(it, Found::Module(_))) {
                found.retain(|it| matches!(it, Found::Module(_)));
            }
            let next = found.iter().flat_map(|&from| {
                let found = self.step(from, name, depth);
                match from {
                    // What a macro writes is seen by nobody.
                    Found::Module(id) if found.is_empty() => vec![Found::Item(id)],
                    _ => found,
                }
            });
            found = next.collect();
        }
        found
    }

    fn step(&self, from: Found, name: &str, depth: usize) -> Vec<Found> {
        let Found::Module(id) = from else {
            // A variant, or a function of a type.
            return vec![from];
        };
        let module = &self.modules[id];
        match name {
            "crate" => return vec![Found::Module(module.root)],
            "super" => return vec![Found::Module(module.up)],
            "self" => return vec![from],
            _ => {}
        }
        let named = module.names.get(name).into_iter().flatten();
        let mut found: Vec<_> = named
            .flat_map(|named| match named {
                Named::Is(found) => vec![*found],
                Named::Alias(path) => self.find(id, path, depth + 1),
            })
            .collect();
        if found.is_empty() {
            for glob in &module.globs {
                for behind in self.find(id, glob, depth + 1) {
                    if behind != from {
                        found.extend(self.step(behind, name, depth + 1));
                    }
                }
            }
        }
        found.dedup();
        found
    }
}

/// The names of a module, and the modules below it.
struct Declare<'h, 'a> {
    house: &'h mut House<'a>,
    module: usize,
    folder: PathBuf,
}

impl Visit<'_> for Declare<'_, '_> {
    fn visit_item(&mut self, item: &Item) {
        let name = match item {
            Item::Const(it) => Some(&it.ident),
            Item::Enum(it) => Some(&it.ident),
            Item::Fn(it) => Some(&it.sig.ident),
            Item::Macro(it) => it.ident.as_ref(),
            Item::Static(it) => Some(&it.ident),
            Item::Struct(it) => Some(&it.ident),
            Item::Trait(it) => Some(&it.ident),
            Item::Type(it) => Some(&it.ident),
            Item::Union(it) => Some(&it.ident),
            _ => None,
        };
        if let Some(name) = name {
            let named = || Named::Is(Found::Item(self.module));
            self.house.call(self.module, plain(name), named());
            if let Item::Macro(it) = item
                && it.attrs.iter().any(|it| it.path().is_ident("macro_export"))
            {
                let root = self.house.modules[self.module].root;
                self.house.call(root, plain(name), named());
            }
        }
        visit::visit_item(self, item);
    }

    fn visit_item_mod(&mut self, item: &ItemMod) {
        let file = self.house.modules[self.module].file.clone();
        let name = plain(&item.ident);
        if item.content.is_some() {
            let below = self.house.add_below(self.module, item, file);
            let outside = (self.module, self.folder.clone());
            (self.module, self.folder) = (below, self.folder.join(name));
            visit::visit_item_mod(self, item);
            (self.module, self.folder) = outside;
            return;
        }
        let said = said_paths(&item.attrs);
        let mut files: Vec<_> = said.iter().map(|path| folder(&file).join(path)).collect();
        if files.is_empty() {
            files = [format!("{name}.rs"), format!("{name}/mod.rs")]
                .map(|it| self.folder.join(it))
                .into();
            files.retain(|it| (self.house.read)(it).is_some());
        }
        for file in files {
            let folder = if file.ends_with("mod.rs") {
                folder(&file)
            } else {
                file.with_extension("")
            };
            let below = self.house.add_below(self.module, item, file);
            self.house.read_file(below, folder);
        }
    }

    fn visit_item_use(&mut self, item: &ItemUse) {
        for leaf in leaves(&item.tree, Vec::new()) {
            match leaf.name {
                Some(name) => self.house.call(self.module, name, Named::Alias(leaf.path)),
                None => self.house.modules[self.module].globs.push(leaf.path),
            }
        }
    }
}

/// What a file names.
struct Walk<'h, 'a> {
    house: &'h House<'a>,
    module: usize,
    arrows: &'h mut BTreeSet<Arrow>,
}

impl Walk<'_, '_> {
    fn draw(&mut self, path: &[String], line: usize, may_be_module: bool) {
        let found = self.house.find(self.module, path, 0);
        let has_item = found.iter().any(|it| matches!(it, Found::Item(_)));
        for found in found {
            let to = match found {
                Found::Item(id) => id,
                // A name may be a module's and a function's at once.
                Found::Module(id) if may_be_module && !has_item => id,
                Found::Module(_) => continue,
            };
            let from = &self.house.modules[self.module].file;
            let to = &self.house.modules[to].file;
            if from != to {
                self.arrows.insert(Arrow {
                    from: from.clone(),
                    to: to.clone(),
                    line,
                    path: path.join("::"),
                });
            }
        }
    }

    /// Paths among tokens that only a macro understands.
    fn draw_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<Ident> = Vec::new();
        let mut before = String::new();
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    if before != "::" {
                        self.draw_idents(&path);
                        path.clear();
                    }
                    // Behind a dot stands a field or a method.
                    if before != "." {
                        path.push(ident);
                    }
                    before.clear();
                }
                TokenTree::Punct(punct) => before.push(punct.as_char()),
                TokenTree::Group(group) => {
                    self.draw_tokens(group.stream());
                    before = "()".to_owned();
                }
                TokenTree::Literal(_) => before = "0".to_owned(),
            }
        }
        self.draw_idents(&path);
    }

    fn draw_idents(&mut self, path: &[Ident]) {
        if let Some(first) = path.first() {
            let names: Vec<_> = path.iter().map(plain).collect();
            self.draw(&names, first.span().start().line, false);
        }
    }
}

impl Visit<'_> for Walk<'_, '_> {
    fn visit_item_mod(&mut self, item: &ItemMod) {
        if item.content.is_none() || is_for_tests(&item.attrs) {
            return;
        }
        let below = self.house.find(self.module, &[plain(&item.ident)], 0);
        let outside = self.module;
        for found in below {
            if let Found::Module(id) = found {
                self.module = id;
                visit::visit_item_mod(self, item);
            }
        }
        self.module = outside;
    }

    fn visit_item_use(&mut self, item: &ItemUse) {
        if matches!(item.vis, Visibility::Inherited) {
            for leaf in leaves(&item.tree, Vec::new()) {
                self.draw(&leaf.path, leaf.line, true);
            }
        }
    }

    fn visit_path(&mut self, path: &syn::Path) {
        let names: Vec<_> = path.segments.iter().map(|it| plain(&it.ident)).collect();
        self.draw(&names, path.span().start().line, false);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &Macro) {
        visit::visit_macro(self, call);
        self.draw_tokens(call.tokens.clone());
    }

    fn visit_attribute(&mut self, _: &Attribute) {}
}

/// One name that a `use` line brings; `None` where it brings all there are.
struct Leaf {
    path: Vec<String>,
    name: Option<String>,
    line: usize,
}

fn leaves(tree: &UseTree, mut path: Vec<String>) -> Vec<Leaf> {
    let (last, name) = match tree {
        UseTree::Path(it) => {
            path.push(plain(&it.ident));
            return leaves(&it.tree, path);
        }
        UseTree::Group(it) => {
            let trees = it.items.iter();
            return trees.flat_map(|it| leaves(it, path.clone())).collect();
        }
        UseTree::Name(it) => (Some(&it.ident), Some(&it.ident)),
        UseTree::Rename(it) => (Some(&it.ident), Some(&it.rename)),
        UseTree::Glob(_) => (None, None),
    };
    path.extend(last.filter(|it| *it != "self").map(plain));
    let name = name.map(|name| match path.last() {
        Some(last) if name == "self" => last.clone(),
        _ => plain(name),
    });
    let line = tree.span().start().line;
    vec![Leaf { path, name, line }]
}

/// A name without what marks a reserved word.
fn plain(ident: &Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}

fn folder(file: &Path) -> PathBuf {
    file.parent().unwrap_or(Path::new("")).to_owned()
}

fn is_for_tests(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        let is_test = |path: syn::Path| path.is_ident("test");
        attr.path().is_ident("cfg") && attr.parse_args().is_ok_and(is_test)
    })
}

/// The files that `path = "…"` names, each under its own condition.
fn said_paths(attrs: &[Attribute]) -> Vec<String> {
    let attrs = attrs.iter().filter(|attr| {
        let is_one_of = |names: [&str; 2]| names.iter().any(|it| attr.path().is_ident(it));
        is_one_of(["path", "cfg_attr"])
    });
    let texts = attrs.filter_map(|attr| attr.span().source_text());
    let words = texts.flat_map(|text| text.split('"').map(str::to_owned).collect::<Vec<_>>());
    words.filter(|word| word.ends_with(".rs")).collect()
}
