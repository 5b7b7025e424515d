//! Code that arrives only when it is wanted.
//!
//! What the first picture does not need is cut off the WebAssembly module by `cargo xtask build` and fetched on first use. [`late`]
//! marks where: the functions it defines, and whatever only they reach, go into a module of that name. Without the feature `split`
//! (in tests and debug builds) everything is there from the start and they are ready at once.

use std::fmt;

/// Part of the page did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotLoaded;

impl fmt::Display for NotLoaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("This part of the page did not arrive. Is the network there?")
    }
}

impl std::error::Error for NotLoaded {}

#[cfg(all(feature = "split", target_arch = "wasm32"))]
impl From<wasm_split_helpers::SplitLoaderError> for NotLoaded {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}

/// Defines an async function whose body, with all that only such bodies reach, comes with the module named first.
///
/// It gives what its body gives, or [`NotLoaded`]; asking again tries again.
macro_rules! late {
    ($module:ident, $(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $type:ty),* $(,)?) -> $out:ty $body:block) => {
        $(#[$meta])*
        #[cfg(all(feature = "split", target_arch = "wasm32"))]
        #[wasm_split_helpers::wasm_split($module, fallible)]
        #[allow(unsafe_code)]
        $vis fn $name($($arg: $type),*) -> Result<$out, $crate::browser::late::NotLoaded> {
            Ok($body)
        }

        $(#[$meta])*
        #[cfg(not(all(feature = "split", target_arch = "wasm32")))]
        #[allow(clippy::unused_async)]
        $vis async fn $name($($arg: $type),*) -> Result<$out, $crate::browser::late::NotLoaded> {
            Ok($body)
        }
    };
}

pub(crate) use late;
