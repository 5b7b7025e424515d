//! No link takes more memory or more of a frame than a phone has.

#![allow(
    unsafe_code,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a global allocator cannot be written without; a test that cannot go on should stop; what was measured is shown"
)]

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::{Duration, Instant};

use common::ends;
use rooms::ALL;
use rooms::address::Address;
use rooms::inspect::FigureDoc;

/// Counts the bytes that this thread holds, so that other tests do not show.
struct Counting;

thread_local! {
    static LIVE: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

#[allow(clippy::cast_possible_wrap)]
fn add(n_bytes: usize) {
    LIVE.set(LIVE.get() + n_bytes as isize);
    PEAK.set(PEAK.get().max(LIVE.get()));
}

#[allow(clippy::cast_possible_wrap)]
fn take_away(n_bytes: usize) {
    LIVE.set(LIVE.get() - n_bytes as isize);
}

// SAFETY: hands everything on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        take_away(layout.size());
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // The old place and the new one are there at the same time, at worst.
        add(new_size);
        take_away(layout.size());
        unsafe { System.realloc(memory, layout, new_size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What a room may hold at any time, in bytes: in the page, with all else and what lies idle between, 256 MB.
const MOST_BYTES: isize = 200 << 20;

/// How many of the longest frames are shown.
const N_SHOWN: usize = 20;

/// What was done in one go, and how long it took.
struct Piece {
    took: Duration,
    what: String,
}

/// A walk through every part of every large state, and all that is asked for on it.
struct Walk {
    pieces: Vec<Piece>,
}

impl Walk {
    fn time<T>(&mut self, what: &dyn Fn() -> String, act: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let result = act();
        let took = started.elapsed();
        let what = what();
        self.pieces.push(Piece { took, what });
        result
    }
}

#[test]
fn no_walk_takes_more_memory_than_a_phone_has() {
    let mut walk = Walk { pieces: Vec::new() };
    for lab in ALL {
        let n_parts = (lab.inspect.parts)().len();
        let figures = (lab.inspect.figures)();
        // As in the page: what one state leaves is there in the next.
        let before = LIVE.get();
        let mut room = (lab.inspect.open)();
        let mut largest = 0;
        for query in ends(lab) {
            let at = Address::parse(&format!("#/{}?{query}", lab.slug)).pairs;
            for part_idx in 0..n_parts {
                PEAK.set(LIVE.get());
                let of_part = |(_, doc): &(usize, &FigureDoc)| doc.part_idx == part_idx;
                for (idx, doc) in figures.iter().enumerate().filter(of_part) {
                    let query = &query;
                    let of = |what| move || format!("{what} of {} at {query}", doc.id);
                    while walk.time(&of("a frame"), || room.frame(&at, idx)) {}
                    walk.time(&of("the code"), || room.code(&at, idx));
                }
                room.texts(&at, part_idx);
                let peak = PEAK.get() - before;
                largest = largest.max(peak);
                assert!(
                    peak <= MOST_BYTES,
                    "{} MB in part {part_idx} at {query}",
                    peak >> 20
                );
                room.leave();
            }
        }
        println!("{}: at most {} MB", lab.slug, largest >> 20);
    }
    walk.pieces
        .sort_by_key(|piece| std::cmp::Reverse(piece.took));
    for Piece { took, what } in walk.pieces.iter().take(N_SHOWN) {
        println!("{took:.0?}  {what}");
    }
}
