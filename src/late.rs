//! Which module a room and each of its parts arrive with: the only place of the page that names rooms.
//!
//! A row is a room and the module that it arrives with, then its parts in the order of their tabs, each with its module; one without
//! is there when its room is. `main` is what is fetched first. `first` is what the first picture needs of a part.

use std::pin::Pin;

use rooms::room::Lab;
use rooms::{attend, encode, normalize};

use crate::browser::late::{NotLoaded, late};
use crate::ui::controls::front_view;
use crate::ui::desk::{desk_view, first_desk_view};
use crate::ui::page::Page;
use crate::ui::room::{AnyRoom, Arrival, Content, More, Room};

/// How a room is opened.
#[derive(Clone, Copy)]
pub enum Open {
    /// Its code is there from the start.
    AtOnce(fn(Page) -> Box<dyn AnyRoom>),
    /// Its code is fetched first.
    Late(fn(Page) -> Opening),
}

/// A room on its way.
pub type Opening = Pin<Box<dyn Future<Output = Result<Box<dyn AnyRoom>, NotLoaded>>>>;

/// A room of the page.
pub struct Entry {
    /// Its word in links.
    pub slug: &'static str,
    /// Its name in the navigation.
    pub title: &'static str,
    /// The room itself, with its state, ready to be shown.
    pub open: Open,
}

/// The room with this slug.
pub fn by_slug(slug: &str) -> Option<&'static Entry> {
    ROOMS.iter().find(|room| room.slug == slug)
}

/// Writes [`ROOMS`] from the table.
macro_rules! rooms {
    ($($room:ident::$Lab:ident in $module:ident { $($part:ident $(in $later:ident $(first $FIRST:ident)?)?,)+ })+) => {
        /// Every room, in the order of the navigation; the first one is where the page opens.
        pub const ROOMS: &[Entry] = &[$(Entry {
            slug: $room::$Lab::SLUG,
            title: $room::$Lab::TITLE,
            open: rooms!(@open $module $room $Lab, &[$(
                rooms!(@arrival $room $Lab $part $($later $($FIRST)?)?),
            )+]),
        },)+];
    };
    (@open main $room:ident $Lab:ident, $arrivals:expr) => {
        Open::AtOnce(|page| {
            const ARRIVALS: &[Arrival<$room::$Lab>] = $arrivals;
            Box::new(Room::new(page, ARRIVALS))
        })
    };
    (@open $module:ident $room:ident $Lab:ident, $arrivals:expr) => {
        Open::Late(|page| {
            late! {
                $module,
                /// The room, open.
                fn $room(page: Page) -> Box<dyn AnyRoom> {
                    const ARRIVALS: &[Arrival<$room::$Lab>] = $arrivals;
                    Box::new(Room::new(page, ARRIVALS))
                }
            }
            Box::pin($room(page))
        })
    };
    (@arrival $room:ident $Lab:ident $part:ident) => {
        Arrival::AtOnce(Content {
            part: &$room::$part::PART,
            front: front_view::<$room::$Lab>,
            desk: desk_view::<$room::$Lab>,
            more: Some(&More::ALL),
        })
    };
    (@arrival $room:ident $Lab:ident $part:ident $later:ident) => {
        Arrival::Late(rooms!(@load $room $Lab $part $later))
    };
    (@arrival $room:ident $Lab:ident $part:ident $later:ident $FIRST:ident) => {
        Arrival::InTwoSteps {
            first: Content {
                part: &$room::$part::$FIRST,
                front: front_view::<$room::$Lab>,
                desk: first_desk_view::<$room::$Lab>,
                more: None,
            },
            whole: rooms!(@load $room $Lab $part $later),
        }
    };
    (@load $room:ident $Lab:ident $part:ident $later:ident) => {
        || {
            late! {
                $later,
                /// The part.
                fn $part() -> Content<$room::$Lab> {
                    Content {
                        part: &$room::$part::PART,
                        front: front_view::<$room::$Lab>,
                        desk: desk_view::<$room::$Lab>,
                        more: Some(&More::ALL),
                    }
                }
            }
            Box::pin($part())
        }
    };
}

rooms! {
    encode::Encode in main {
        table in encode_more first FIRST,
        distance in encode_more,
        sum in encode_more,
        attention in encode_more,
        limits in encode_more,
        mistakes in encode_more,
    }
    normalize::Normalize in normalize {
        steps,
        axes in normalize_more,
        batch in normalize_more,
        gradient in normalize_more,
        shape in normalize_more,
        mistakes in normalize_more,
    }
    attend::Attend in attend {
        order,
        maps in attend_more,
        built in attend_more,
        continuing in attend_more,
        heads in attend_more,
        context in attend_more,
        mistakes in attend_more,
    }
}
