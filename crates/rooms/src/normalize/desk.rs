//! Controls that several parts have on their desks.

use figures::number::format_count;

use super::state::NormalizeState;
use super::values_field;
use crate::desk::{Button, Group, Item, group};
use crate::settings::Notice;

/// The controls of the input: the table's rows, values of one's own, a new seed.
pub const INPUT: Item<NormalizeState> = Item::Group(
    Group::new("Input")
        .saying(&["batch", "seq_len", "d_model"], shape)
        .with(&[
            Item::Values(values_field::FIELD),
            Item::Buttons(&[
                Button::new(
                    |_| "Other noise".to_owned(),
                    |state: &mut NormalizeState| {
                        state.take_next_seed();
                        None
                    },
                )
                .when(|state| state.has_noise() && state.shows_anything()),
                Button::new(
                    |_| "Shape of the values".to_owned(),
                    |state: &mut NormalizeState| {
                        state.take_usual_block();
                        None
                    },
                )
                .when(|state| state.has_other_shape() && state.has_block()),
            ]),
        ]),
);

/// The block's shape in words.
fn shape(state: &NormalizeState) -> String {
    let [batch, seq_len, d_model] =
        [state.batch, state.seq_len, state.d_model].map(|size| format_count(size as u64));
    let samples = if state.batch == 1 {
        String::new()
    } else {
        format!("{batch} × ")
    };
    format!("{samples}{seq_len} tokens × {d_model} features")
}

/// γ and β of single features.
const PER_FEATURE: Item<NormalizeState> = Item::Group(
    Group::new("Per feature").with(&[Item::Buttons(&[
        Button::new(
            |_| "By the seed".to_owned(),
            |state: &mut NormalizeState| {
                state.randomise_affine();
                None
            },
        )
        .when(NormalizeState::shows_gamma),
        Button::new(
            |_| "All the same".to_owned(),
            |state: &mut NormalizeState| {
                state.reset_affine();
                None
            },
        )
        .when(NormalizeState::shows_gamma),
    ])]),
);

/// What stands after the norm: γ and β of single features, the block, and what is read.
pub const BLOCK: Item<NormalizeState> = Item::Items(&[PER_FEATURE, INPUT, group("Reading")]);

/// The norm, the block, and what is read.
pub const NORM_AND_BLOCK: Item<NormalizeState> = Item::Items(&[group("Normalization"), BLOCK]);

/// The button that takes the smallest input on which n and n − 1 differ visibly.
pub const fn one_hot(take: fn(&mut NormalizeState) -> Option<Notice>) -> Button<NormalizeState> {
    Button::new(|_| "n or n − 1 on [1, 0, 0, 0]".to_owned(), take)
}
