//! What is made when it is first asked for.

use std::cell::OnceCell;
use std::ops::{Deref, DerefMut};

/// A value that begins as its default, made when it is first asked for.
///
/// Whoever holds one has no code of `T`, neither to make nor to drop it: what only a late part of a room keeps is no weight of
/// the first load.
pub struct Lazy<T>(OnceCell<Box<dyn Held<T>>>);

/// A value behind its address.
trait Held<T> {
    fn get(&self) -> &T;
    fn get_mut(&mut self) -> &mut T;
}

impl<T> Held<T> for T {
    fn get(&self) -> &T {
        self
    }

    fn get_mut(&mut self) -> &mut T {
        self
    }
}

impl<T> Default for Lazy<T> {
    fn default() -> Self {
        Self(OnceCell::new())
    }
}

impl<T: Default + 'static> Deref for Lazy<T> {
    type Target = T;

    fn deref(&self) -> &T {
        (**self.0.get_or_init(|| Box::new(T::default()))).get()
    }
}

impl<T: Default + 'static> DerefMut for Lazy<T> {
    fn deref_mut(&mut self) -> &mut T {
        let held = self.0.take().unwrap_or_else(|| Box::new(T::default()));
        self.0 = OnceCell::from(held);
        // Cannot fail: it was filled in the line before.
        #[allow(clippy::expect_used)]
        let held = self.0.get_mut().expect("filled");
        (**held).get_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::Lazy;

    #[test]
    fn it_begins_as_the_default_and_keeps_what_is_written() {
        let read: Lazy<Vec<u8>> = Lazy::default();
        assert!(read.is_empty());
        let mut written: Lazy<Vec<u8>> = Lazy::default();
        written.push(1);
        written.push(2);
        assert_eq!(*written, [1, 2]);
        assert_eq!(std::mem::take(&mut *written), [1, 2]);
        assert!(written.is_empty());
    }
}
