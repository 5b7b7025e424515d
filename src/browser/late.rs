//! Code that arrives only when it is wanted.
//!
//! What the first picture does not need is cut off the WebAssembly module by `cargo xtask build` and fetched on first use. [`late`]
//! marks where: the functions it defines, and whatever only they reach, go into a module of that name. Without the feature `split`
//! (in tests and debug builds) everything is there from the start and they are ready at once.

use std::cell::RefCell;

/// Part of the page did not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotLoaded;

#[cfg(all(feature = "split", target_arch = "wasm32"))]
impl From<wasm_split_helpers::SplitLoaderError> for NotLoaded {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}

/// What is done when somebody asks once more.
type Ask = Box<dyn FnOnce()>;

thread_local! {
    static MISSING: RefCell<Vec<Ask>> = const { RefCell::new(Vec::new()) };
}

/// Does this when somebody asks once more for what did not arrive, or the network is back.
pub fn when_asked_again(ask: Ask) {
    MISSING.with_borrow_mut(|asks| asks.push(ask));
}

/// Asks once more for all that did not arrive. What fails again comes back to the list.
pub fn ask_again() {
    for ask in MISSING.take() {
        ask();
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
