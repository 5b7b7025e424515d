//! What is made once and taken again.

use std::ops::Deref;

/// What was made last, and all that it was made from.
///
/// The input is whole: what `make` reads stands in it, a large array as its version. Where only a part of a state is read, the
/// rest is forgotten by name, so that a setting that is new counts until somebody says that it does not.
pub struct Memo<I, T> {
    of: Option<I>,
    made: T,
}

impl<I: PartialEq, T> Memo<I, T> {
    /// What this input gives; nothing is made where it is the one of last time.
    pub fn get(&mut self, input: I, make: impl FnOnce(&mut T)) -> &T {
        if self.of.as_ref() != Some(&input) {
            make(&mut self.made);
            self.of = Some(input);
        }
        &self.made
    }
}

impl<I, T: Default> Default for Memo<I, T> {
    fn default() -> Self {
        Self {
            of: None,
            made: T::default(),
        }
    }
}

/// What was made last.
impl<I, T> Deref for Memo<I, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.made
    }
}

#[cfg(test)]
mod tests {
    use super::Memo;

    #[test]
    fn it_makes_anew_only_what_is_of_another_input() {
        let mut memo = Memo::<u8, u32>::default();
        for (input, n_made) in [(1, 1), (1, 1), (2, 2), (1, 3)] {
            assert_eq!(*memo.get(input, |n| *n += 1), n_made);
            assert_eq!(*memo, n_made);
        }
    }
}
