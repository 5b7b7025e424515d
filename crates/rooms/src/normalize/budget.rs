//! How large a block may be: its sizes share a budget of values.

/// The most values of a block. More would take a phone's memory, and more than a frame.
pub const MOST_VALUES: usize = 1 << 21;

/// The same, as it is said.
pub const ALLOWED: &str = "batch × seq_len × d_model at most 2 097 152";

/// What the sizes of a block are wanted to be: samples, tokens, features.
///
/// Where all together are more than the budget, the one that was set longest ago gives way, and comes back as far as there is
/// room again. One is always enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What is wanted, where less is used.
    more: [Option<usize>; 3],
    /// Which of them was set when: the one longest ago first.
    order: [usize; 3],
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            more: [None; 3],
            order: [0, 1, 2],
        }
    }
}

impl Wanted {
    /// Takes another size; gives what is used of all.
    pub fn set(&mut self, used: [usize; 3], idx: usize, size: usize) -> [usize; 3] {
        let mut wanted = used;
        for (size, more) in wanted.iter_mut().zip(self.more) {
            *size = more.unwrap_or(*size);
        }
        wanted[idx] = size;
        self.order.sort_by_key(|&it| it == idx);
        let used = within_budget(wanted, self.order[0]);
        self.more = [0, 1, 2].map(|idx| (used[idx] < wanted[idx]).then_some(wanted[idx]));
        used
    }

    /// What a size is wanted to be, where less is used.
    pub fn more(&self, idx: usize) -> Option<usize> {
        self.more[idx]
    }
}

/// Sizes within their ranges, of which one gives way to the others.
fn within_budget(mut sizes: [usize; 3], giving_way: usize) -> [usize; 3] {
    let n_values: usize = sizes.iter().product();
    let size = &mut sizes[giving_way];
    // A size of nothing leaves no values.
    if let Some(n_others) = n_values.checked_div(*size) {
        *size = MOST_VALUES
            .checked_div(n_others)
            .map_or(*size, |most| most.min(*size));
    }
    sizes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::values::{LARGEST, Values};
    use super::*;

    #[test]
    fn what_was_set_last_stays_and_what_was_set_first_gives_way() {
        let mut wanted = Wanted::default();
        let mut used = [4, 8, 64];
        for (idx, size, expected) in [
            (0, 64, [64, 8, 64]),
            (1, 256, [64, 256, 64]),
            (2, 1024, [8, 256, 1024]),
            // To the end and back leaves the others where they were.
            (2, 64, [64, 256, 64]),
            (2, 1024, [8, 256, 1024]),
            (0, 64, [64, 32, 1024]),
            (2, 512, [64, 64, 512]),
            (1, 256, [16, 256, 512]),
        ] {
            used = wanted.set(used, idx, size);
            assert_eq!(used, expected, "after {idx} = {size}");
        }
    }

    #[test]
    fn values_of_ones_own_are_as_many_at_most() {
        let given = [64, 256, 256];
        let values = Values::cut(given, &vec![1.0; given.iter().product()], MOST_VALUES);
        assert_eq!(values.block(), [32, 256, 256]);
    }

    proptest! {
        #[test]
        fn any_walk_stays_within_the_budget(steps in prop::collection::vec((0..3_usize, 0.0..=1.0), 1..40)) {
            let mut wanted = Wanted::default();
            let mut used = [4, 8, 64];
            for (idx, fraction) in steps {
                #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]
                let size = ((LARGEST[idx] as f64 * fraction) as usize).max(2);
                used = wanted.set(used, idx, size);
                prop_assert_eq!(used[idx], size);
                prop_assert!(used.iter().product::<usize>() <= MOST_VALUES);
                prop_assert!(used.iter().all(|&size| size > 0));
                let n_narrowed = (0..3).filter(|&idx| wanted.more(idx).is_some()).count();
                prop_assert!(n_narrowed <= 1);
            }
        }
    }
}
