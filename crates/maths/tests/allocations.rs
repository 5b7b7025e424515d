//! Following a slider allocates nothing: the tables and traces keep their buffers.

#![allow(
    unsafe_code,
    clippy::unwrap_used,
    reason = "a global allocator cannot be written without; a test that cannot go on should stop"
)]

use std::alloc::{GlobalAlloc, Layout as MemoryLayout, System};
use std::cell::Cell;

use maths::encode::{Layout, Sinusoidal, SinusoidalTable};
use maths::inputs::{Distribution, InputSpec, InputTable, fill_input};
use maths::normalize::{LayerNormTrace, layer_norm};
use maths::statistics::{count_into, shared_bins, summarize};
use ndarray::Array2;

/// Counts this thread's allocations, so that other tests do not show.
struct Counting;

thread_local! {
    static N_ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: hands everything on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: MemoryLayout) -> *mut u8 {
        N_ALLOCATIONS.set(N_ALLOCATIONS.get() + 1);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: MemoryLayout) {
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: MemoryLayout, new_size: usize) -> *mut u8 {
        N_ALLOCATIONS.set(N_ALLOCATIONS.get() + 1);
        unsafe { System.realloc(memory, layout, new_size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn n_allocations(work: impl FnOnce()) -> usize {
    let before = N_ALLOCATIONS.get();
    work();
    N_ALLOCATIONS.get() - before
}

#[test]
fn the_counter_counts() {
    assert_eq!(n_allocations(|| drop(Vec::<u8>::with_capacity(16))), 1);
}

#[test]
fn following_the_encoding_controls_allocates_nothing() {
    let largest = Sinusoidal {
        seq_len: 700,
        d_model: 96,
        base: 1e4,
        start: 0,
        layout: Layout::Interleaved,
    };
    let mut table = SinusoidalTable::default();
    table.update(largest);
    let specs = [
        Sinusoidal {
            base: 100.0,
            ..largest
        },
        Sinusoidal {
            start: 1_000_000,
            ..largest
        },
        Sinusoidal {
            layout: Layout::Concatenated,
            ..largest
        },
        Sinusoidal {
            seq_len: 3,
            d_model: 2,
            ..largest
        },
        Sinusoidal {
            d_model: 64,
            ..largest
        },
        largest,
    ];
    for spec in specs {
        assert_eq!(n_allocations(|| assert!(table.update(spec))), 0, "{spec:?}");
        assert_eq!(
            n_allocations(|| assert_eq!(table.values().ncols(), spec.d_model)),
            0
        );
    }
}

#[test]
fn following_the_normalization_controls_allocates_nothing() {
    let values = [vec![1.0, 2.0, 3.0]];
    let largest = InputSpec {
        distribution: Distribution::Tokens,
        batch: 4,
        seq_len: 9,
        d_model: 70,
        mean: 0.0,
        std: 1.0,
        seed: 1,
        values: &values,
    };
    let (gamma, beta) = (vec![1.5; 70], vec![0.5; 70]);
    let mut table = InputTable::default();
    let mut direct = Array2::default((0, 0));
    let mut trace = LayerNormTrace::default();
    let (mut edges, mut counts) = (Vec::with_capacity(65), Vec::with_capacity(64));
    let mut follow = |spec: &InputSpec<'_>| {
        table.update(spec);
        fill_input(spec, &mut direct);
        layer_norm(
            table.values(),
            &gamma[..spec.d_model],
            &beta[..spec.d_model],
            1e-5,
            &mut trace,
        );
        let x = table.values().to_slice().unwrap();
        let output = trace.output.as_slice().unwrap();
        shared_bins(&[x, output], 64, &mut edges);
        assert_eq!(count_into(x, &edges, &mut counts), 0);
        assert_eq!(summarize(output).n_finite, output.len());
    };
    follow(&largest);
    let specs = [
        InputSpec {
            mean: 2.0,
            std: 3.0,
            ..largest
        },
        InputSpec { seed: 2, ..largest },
        InputSpec {
            distribution: Distribution::Heavy,
            ..largest
        },
        InputSpec {
            distribution: Distribution::Custom,
            ..largest
        },
        InputSpec {
            distribution: Distribution::Constant,
            ..largest
        },
        InputSpec {
            batch: 1,
            seq_len: 1,
            d_model: 2,
            ..largest
        },
        InputSpec {
            batch: 9,
            seq_len: 4,
            ..largest
        },
        largest,
    ];
    for spec in specs {
        assert_eq!(n_allocations(|| follow(&spec)), 0, "{spec:?}");
    }
}

#[test]
fn rows_that_are_not_side_by_side_are_copied_into_a_buffer_that_stays() {
    let x = Array2::from_shape_fn((40, 6), |(feature, row)| ((feature * 6 + row) as f32).sin());
    let mut trace = LayerNormTrace::default();
    layer_norm(x.t(), &[], &[], 1e-5, &mut trace);
    assert_eq!(
        n_allocations(|| layer_norm(x.t(), &[], &[], 1e-5, &mut trace)),
        0
    );
}
