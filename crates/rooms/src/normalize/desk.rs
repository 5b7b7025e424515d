//! Controls that several parts have on their desks.

use super::state::NormalizeState;
use super::values_field;
use crate::desk::{Button, Item};
use crate::settings::Notice;

/// The controls of the input: the table's rows, values of one's own, a new seed.
pub const INPUT: Item<NormalizeState> = Item::Items(&[
    Item::Group("Input"),
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
]);

/// γ and β of single features.
const PER_FEATURE: Item<NormalizeState> = Item::Items(&[
    Item::Group("Per feature"),
    Item::Buttons(&[
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
    ]),
]);

/// What stands after the norm: γ and β of single features, the block, and what is read.
pub const BLOCK: Item<NormalizeState> = Item::Items(&[PER_FEATURE, INPUT, Item::Group("Reading")]);

/// The norm, the block, and what is read.
pub const NORM_AND_BLOCK: Item<NormalizeState> =
    Item::Items(&[Item::Group("Normalization"), BLOCK]);

/// The button that takes the smallest input on which n and n − 1 differ visibly.
pub const fn one_hot(take: fn(&mut NormalizeState) -> Option<Notice>) -> Button<NormalizeState> {
    Button::new(|_| "n or n − 1 on [1, 0, 0, 0]".to_owned(), take)
}
