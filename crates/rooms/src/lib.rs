//! The rooms of the page, as data: settings, figures, words and code, without a browser and without views.
//!
//! A room is a folder: `mod.rs` names its parts, `state.rs` is its table of settings. A part is a folder in it: `mod.rs` has its
//! question, lead, formula, desk and figures. A figure is a file in that, always in the same order: `FIGURE` (its spec), `numbers`
//! (what can be said of it), `scene` (the data that are drawn), `words` (numbers to sentences), `code` (NumPy and PyTorch), and
//! how it is read. The page shows what the registry [`ALL`] has.

#![allow(
    clippy::needless_pass_by_value,
    reason = "a view is taken by value, like a slice"
)]

pub mod address;
pub mod attend;
pub mod columns;
pub mod desk;
pub mod encode;
pub mod encoding;
pub mod glossary;
#[cfg(not(target_arch = "wasm32"))]
pub mod inspect;
mod lazy;
mod mathml;
mod memo;
pub mod normalize;
mod offsets;
pub mod page;
pub mod per_figure;
pub mod platform;
pub mod play;
pub mod python;
pub mod quiz;
pub mod rich;
pub mod room;
mod rotary_mix;
mod sentence;
pub mod settings;
#[cfg(not(target_arch = "wasm32"))]
pub mod trouble;
mod value_axis;

#[cfg(not(target_arch = "wasm32"))]
use inspect::Inspection;
#[cfg(not(target_arch = "wasm32"))]
use room::Lab;

/// Every room, in the order of the navigation, without its types: what tests and documentation loop over. The page opens with the
/// first one.
#[cfg(not(target_arch = "wasm32"))]
pub const ALL: &[Entry] = &[
    entry::<encode::Encode>(),
    entry::<normalize::Normalize>(),
    entry::<attend::Attend>(),
];

/// A room without its types.
#[cfg(not(target_arch = "wasm32"))]
pub struct Entry {
    /// Its word in links.
    pub slug: &'static str,
    /// Its name in the navigation.
    pub title: &'static str,
    /// What there is to see of it.
    pub inspect: Inspection,
}

#[cfg(not(target_arch = "wasm32"))]
const fn entry<L: Lab>() -> Entry {
    Entry {
        slug: L::SLUG,
        title: L::TITLE,
        inspect: Inspection::of::<L>(),
    }
}

/// The room with this slug.
#[cfg(not(target_arch = "wasm32"))]
pub fn by_slug(slug: &str) -> Option<&'static Entry> {
    ALL.iter().find(|lab| lab.slug == slug)
}
