//! Following a slider allocates nothing: the tables and traces keep their buffers.

#![allow(
    unsafe_code,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a global allocator cannot be written without; a test that cannot go on should stop; times are shown, not asserted"
)]

use std::alloc::{GlobalAlloc, Layout as MemoryLayout, System};
use std::cell::Cell;

use maths::added::{AddedScores, AddedSpec};
use maths::bias::{Bias, BiasSpec, BiasTable, Direction};
use maths::encode::{Layout, Sinusoidal, SinusoidalTable};
use maths::extrapolate::{Extrapolation, ExtrapolationSpec};
use maths::inputs::{Distribution, Given, InputSpec, InputTable, fill_input};
use maths::mistakes::{Mistake, MistakeTables};
use maths::normalize::{LayerNormTrace, layer_norm};
use maths::probe::{ProbeSpec, WordProbe};
use maths::rope::{Pairing, Rope, RopeScores, RopeSpec};
use maths::scaling::Scaling;
use maths::schemes::{EncodingSpec, EncodingTable, Scheme};
use maths::shift::{Shift, ShiftSpec, wave_regression};
use maths::similarity::{ByOffset, Measure, Offsets, Similarity};
use maths::statistics::{count_into, shared_bins, summarize};
use maths::transformer::{
    AttentionSpec, BlockGradients, BlockSpec, BlockTrace, BlockWeights, Placement, block,
    block_backward,
};
use maths::unique::{DistanceSpec, F32_ROUNDOFF, Nearest, OffsetDistances, SmallestTable};
use maths::words::{EmbeddingSpec, WordSum};
use ndarray::{Array2, ArrayView2};

/// Counts this thread's allocations, so that other tests do not show.
struct Counting;

thread_local! {
    static N_ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    /// How many bytes are allocated, and the most that ever were. What another thread gave back makes it negative.
    static N_BYTES: Cell<isize> = const { Cell::new(0) };
    static MOST_BYTES: Cell<isize> = const { Cell::new(0) };
}

/// Counts an allocation.
fn allocated(n_bytes: usize) {
    N_ALLOCATIONS.set(N_ALLOCATIONS.get() + 1);
    N_BYTES.set(N_BYTES.get() + n_bytes.cast_signed());
    MOST_BYTES.set(MOST_BYTES.get().max(N_BYTES.get()));
}

fn freed(n_bytes: usize) {
    N_BYTES.set(N_BYTES.get() - n_bytes.cast_signed());
}

// SAFETY: hands everything on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: MemoryLayout) -> *mut u8 {
        allocated(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: MemoryLayout) {
        freed(layout.size());
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: MemoryLayout, new_size: usize) -> *mut u8 {
        // While it is copied, both are there.
        allocated(new_size);
        freed(layout.size());
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

/// The most bytes that were allocated at one time beside those that were there before.
fn most_bytes(work: impl FnOnce()) -> usize {
    let before = N_BYTES.get();
    MOST_BYTES.set(before);
    work();
    (MOST_BYTES.get() - before).cast_unsigned()
}

#[test]
fn the_counter_counts() {
    assert_eq!(n_allocations(|| drop(Vec::<u8>::with_capacity(16))), 1);
    let two = || {
        drop(Vec::<u8>::with_capacity(16));
        drop((Vec::<u8>::with_capacity(20), Vec::<u8>::with_capacity(30)));
    };
    assert_eq!(most_bytes(two), 50);
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
    let values: Vec<f32> = (0..4 * 9 * 70_u16).map(f32::from).collect();
    let largest = InputSpec {
        distribution: Distribution::Tokens,
        batch: 4,
        seq_len: 9,
        d_model: 70,
        mean: 0.0,
        std: 1.0,
        seed: 1,
        given: Given {
            block: [4, 9, 70],
            values: &values,
        },
        words: &[],
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
        shared_bins(&[summarize(x), summarize(output)], 64, &mut edges);
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

/// What people give.
mod imports {
    use maths::import::{Reader, Reading};

    use super::*;

    /// A file of a size, made of the same bytes again and again.
    fn repeated(bytes: &[u8], n_bytes: usize) -> Vec<u8> {
        bytes.iter().copied().cycle().take(n_bytes).collect()
    }

    #[test]
    fn reading_takes_a_few_times_the_memory_of_what_is_read() {
        // Files may have 33 MB and take 200.
        const N_BYTES: usize = 4 << 20;
        const MOST_TIMES: usize = 6;
        let parse = |text: &str| text.parse::<f64>().ok();
        for piece in [
            &b"1 "[..],
            b"1,2;",
            b"1\n",
            b"1,5;2,5\n",
            b"0,5\n",
            b" ",
            b"\n",
            b"x,",
            b"x\n",
            b"\"",
            b"7",
            b"1e5 ",
            b"0.1234567890123456789,",
            b"[",
            b"]",
            b"[[",
            b"[1,",
            b"[[1],[2]],",
            b"[a(",
            b"[(1,",
            b"a(",
            b"[x[",
            b"[1]: ",
            b"[1 ",
            b"[ rows",
            b"# [1\n",
            b"#[",
            b"|1",
            b"| |",
            b"&\\",
            b"\\begin{",
            b"1 & 2 \\\\ ",
            b"---\n",
            b"\x801 ",
            b"\x80",
            b"1\0",
            b"\0\xd8",
            b"1\xa0234 ",
            "1\u{a0}234 ".as_bytes(),
            "\u{2502}1".as_bytes(),
            b"\x93NUMPY\x01\0",
            b"\x93NUMPY\x02\0\xff\xff\x1f\0{'descr': '<f4', 'fortran_order': False, 'shape': (1,",
            b"{\"a\":1,",
            b"PK\x03\x04",
            b"\x80\x02",
        ] {
            let file = repeated(piece, N_BYTES);
            let n_bytes = most_bytes(|| {
                Reader::file(file.clone(), Reading::default(), parse)
                    .finish()
                    .ok();
            });
            assert!(
                n_bytes <= MOST_TIMES * N_BYTES,
                "{} MB: {piece:?}",
                n_bytes >> 20
            );
        }
    }
}

/// Normalize's figures.
mod norms {
    use maths::normalize::{
        Basis, BatchExperiment, BatchMode, BatchSpec, Direction, GeometryTrace, GroupMoments,
        InvarianceTrace, JacobianTrace, Mistake, MistakeTrace, Norm, NormGradients, NormSpec,
        NormTrace, Padding, RunningSpec, RunningTable, Undo, normalize, normalize_backward,
    };

    use super::*;

    /// Everything that follows the controls of Normalize, for one norm and one input.
    #[derive(Default)]
    struct Followers {
        trace: NormTrace,
        gradients: NormGradients,
        moments: GroupMoments,
        invariance: InvarianceTrace,
        mistakes: MistakeTrace,
        undo: Undo,
        geometry: GeometryTrace,
        jacobian: JacobianTrace,
    }

    impl Followers {
        fn follow(&mut self, x: &Array2<f32>, seq_len: usize, spec: &NormSpec<'_>) {
            let x = x.view();
            // Too few values for batch norm are a state like others.
            normalize(x, seq_len, spec, &mut self.trace).ok();
            normalize_backward(x, spec, &self.trace, x, &mut self.gradients);
            self.moments
                .update(self.trace.output.view(), self.trace.groups, spec.padding);
            self.invariance
                .scale_and_shift(x, seq_len, spec, &self.trace, [0.1, 2.0])
                .ok();
            self.invariance.gradient_sizes(x, spec, &self.trace, x);
            self.invariance.twice(seq_len, spec, &self.trace).ok();
            for mistake in Mistake::ALL {
                self.mistakes.update(mistake, x, seq_len, *spec).ok();
                self.mistakes
                    .moved_by_others(mistake, x, seq_len, *spec, (1, 1.5));
            }
            self.undo.update(&self.trace, 0);
            self.undo.residual(x, &self.trace, 0);
            for basis in [Basis::Principal, Basis::PlaneAndOnes] {
                self.geometry.choose_axes(x, 3, basis);
                self.geometry.update(x, 0..x.nrows(), spec, &self.trace);
            }
            self.jacobian.update(x.row(0).to_slice().unwrap(), spec);
            self.jacobian.singular_values();
            self.jacobian.push(Direction::Normalized, 0.5);
            self.jacobian.finite_differences();
        }
    }

    #[test]
    fn following_every_norm_allocates_nothing() {
        let waves = |n_rows, n_features| {
            Array2::from_shape_fn((n_rows, n_features), |(row, feature)| {
                ((row * 7 + feature * feature) as f32).sin()
            })
        };
        let padding = Padding {
            real_lens: &[3, 4],
            counted: false,
        };
        let counted = Padding {
            counted: true,
            ..padding
        };
        let (largest, turned) = (
            waves(12, 21),
            waves(21, 12)
                .reversed_axes()
                .as_standard_layout()
                .into_owned(),
        );
        let (small, three, two) = (waves(1, 5), waves(8, 3), waves(6, 2));
        let mut followers = Followers::default();
        followers.follow(&largest, 4, &NormSpec::default());
        // Outlines have more points than these inputs.
        followers.follow(&three, 4, &NormSpec::default());
        for norm in [
            Norm::Layer,
            Norm::Rms,
            Norm::Batch(BatchMode::Train),
            Norm::Batch(BatchMode::Eval),
            Norm::Instance,
            Norm::Group { n_groups: 3 },
            Norm::DyT { alpha: 0.5 },
            Norm::None,
        ] {
            // As many groups as there will be.
            followers.follow(
                &largest,
                4,
                &NormSpec {
                    norm,
                    ..NormSpec::default()
                },
            );
            for (x, padding) in [
                (&largest, Padding::default()),
                (&turned, padding),
                (&largest, counted),
                (&small, padding),
                (&three, padding),
                (&two, counted),
                (&largest, padding),
            ] {
                let spec = NormSpec {
                    norm,
                    gamma: &[1.5; 21],
                    beta: &[0.5; 21],
                    padding,
                    ..NormSpec::default()
                };
                let n = n_allocations(|| followers.follow(x, 4, &spec));
                assert_eq!(n, 0, "{norm:?} {:?}", x.dim());
            }
        }
    }

    #[test]
    fn steps_between_frames_allocate_nothing() {
        let spec = RunningSpec {
            input: InputSpec {
                distribution: Distribution::Normal,
                batch: 3,
                seq_len: 4,
                d_model: 9,
                mean: 0.0,
                std: 1.0,
                seed: 1,
                given: Given::default(),
                words: &[],
            },
            padding: Padding::default(),
            n_batches: 20,
            momentum: 0.1,
        };
        let mut table = RunningTable::default();
        table.restart(spec.input.d_model);
        table.step(&spec, 1).unwrap();
        let n = n_allocations(|| {
            table.restart(spec.input.d_model);
            while table.step(&spec, 3) == Ok(false) {}
        });
        assert_eq!(n, 0);

        let mut experiment = BatchExperiment::default();
        experiment.restart(BatchSpec::default());
        assert_eq!(n_allocations(|| while !experiment.step(7) {}), 0);
        assert_eq!(
            n_allocations(|| experiment.restart(BatchSpec::default())),
            0
        );
        let (mut block, mut real_lens) = (Array2::default((0, 0)), Vec::new());
        experiment.fill_batch(0, 8, &mut block, &mut real_lens);
        assert_eq!(
            n_allocations(|| experiment.fill_batch(3, 8, &mut block, &mut real_lens)),
            0
        );
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

/// Sinusoids of a base.
fn sinusoidal(base: f64, scaling: Scaling) -> Scheme {
    Scheme::Sinusoidal {
        base,
        layout: Layout::Interleaved,
        scaling,
    }
}

#[test]
fn following_the_scheme_and_what_is_measured_of_it_allocates_nothing() {
    let largest = EncodingSpec {
        scheme: sinusoidal(1e4, Scaling::None),
        seq_len: 90,
        d_model: 40,
        start: 0,
    };
    let words: Vec<u64> = (0..90).collect();
    let mut table = EncodingTable::default();
    let (mut similarity, mut offsets) = (Similarity::default(), Offsets::default());
    let mut map = Array2::default((0, 0));
    let mut by_offset = ByOffset::default();
    let mut nearest = Nearest::default();
    let mut sum = WordSum::default();
    let mut follow = |spec: EncodingSpec, measure| {
        table.update(spec);
        by_offset.measure(table.values(), measure);
        by_offset.matrix_into(30, &mut map);
        // All rows first, then means, so that the memory has been as large.
        for n_most in [usize::MAX, 30] {
            similarity.prepare(table.values(), measure, n_most);
            similarity.matrix_into(&mut map);
            offsets.measure(&similarity);
        }
        nearest.update(table.values(), 90 * 90 * 20);
        let embedding = EmbeddingSpec {
            d_model: spec.d_model,
            std: 1.0,
            seed: 1,
            scaled: true,
        };
        sum.update(&words[..spec.seq_len], embedding, &table);
    };
    let learned = Scheme::Learned {
        seed: 1,
        max_len: 80,
    };
    for scheme in [largest.scheme, learned] {
        follow(EncodingSpec { scheme, ..largest }, Measure::Dot);
    }
    for (scheme, seq_len, d_model) in [
        (sinusoidal(50.0, Scaling::Ntk { factor: 2.0 }), 90, 40),
        (learned, 90, 37),
        (Scheme::None, 7, 40),
        (Scheme::Index, 90, 40),
        (Scheme::Fraction { length: 9 }, 1, 1),
        (Scheme::Binary, 0, 40),
        (largest.scheme, 90, 40),
    ] {
        let spec = EncodingSpec {
            scheme,
            seq_len,
            d_model,
            start: 3,
        };
        assert_eq!(
            n_allocations(|| follow(spec, Measure::Cosine)),
            0,
            "{spec:?}"
        );
    }
}

#[test]
fn following_a_sinusoids_figures_allocates_nothing() {
    let largest = Sinusoidal {
        seq_len: 90,
        d_model: 40,
        base: 1e4,
        start: 0,
        layout: Layout::Interleaved,
    };
    let mut mistakes = MistakeTables::default();
    let mut shift = Shift::default();
    let mut distances = OffsetDistances::default();
    let mut smallest = SmallestTable::default();
    let mut follow = |table: Sinusoidal| {
        for mistake in [
            Mistake::DoubledExponent,
            Mistake::WrongBase,
            Mistake::SwappedWaves,
            Mistake::F32Angles,
            Mistake::OneRowPerSample { sample: 3 },
            Mistake::EncodedPadding { n_tokens: 9 },
        ] {
            mistakes.update(table, mistake);
        }
        let spec = ShiftSpec {
            table,
            scaling: Scaling::None,
            offset: 5,
        };
        shift.update(spec);
        assert!(wave_regression(spec, 0).on_pair > 0.99);
        distances.update(DistanceSpec {
            seq_len: table.seq_len,
            d_model: table.d_model,
            base: table.base,
            scaling: Scaling::None,
        });
        smallest.update(2, table.seq_len, table.base, F32_ROUNDOFF);
        smallest.update(2, table.seq_len, table.base, 0.1);
    };
    follow(largest);
    for table in [
        Sinusoidal {
            base: 50.0,
            ..largest
        },
        Sinusoidal {
            start: 9,
            layout: Layout::Concatenated,
            ..largest
        },
        Sinusoidal {
            seq_len: 5,
            d_model: 7,
            ..largest
        },
        largest,
    ] {
        assert_eq!(n_allocations(|| follow(table)), 0, "{table:?}");
    }
}

#[test]
fn following_attention_controls_allocates_nothing() {
    let rope = Rope {
        base: 1e4,
        pairing: Pairing::Adjacent,
        scaling: Scaling::None,
    };
    let largest = RopeSpec {
        rope,
        d_model: 32,
        seed: 1,
        first_offset: -20,
        n_offsets: 40,
    };
    let (mut scores, mut biases) = (RopeScores::default(), BiasTable::default());
    let mut added = AddedScores::default();
    let mut follow = |spec: RopeSpec, n_heads, direction| {
        scores.update(spec, &[0, 10, 1000]);
        let added_spec = AddedSpec {
            scheme: sinusoidal(spec.rope.base, spec.rope.scaling),
            d_model: spec.d_model,
            seed: spec.seed,
            first_offset: spec.first_offset,
            n_offsets: spec.n_offsets,
            divisor: 1.0,
        };
        added.update(added_spec, &[0, 10, 1000]);
        for bias in [
            Bias::Alibi,
            Bias::T5 {
                n_buckets: 32,
                max_distance: 128,
                seed: 1,
            },
        ] {
            biases.update(BiasSpec {
                bias,
                n_heads,
                seq_len: spec.n_offsets,
                direction,
            });
            assert_eq!(biases.values().dim().0, n_heads);
        }
    };
    follow(largest, 8, Direction::Causal);
    for (spec, n_heads) in [
        (RopeSpec { seed: 2, ..largest }, 8),
        (
            RopeSpec {
                rope: Rope {
                    pairing: Pairing::Halves,
                    scaling: Scaling::Interpolation { factor: 2.0 },
                    ..rope
                },
                ..largest
            },
            6,
        ),
        (
            RopeSpec {
                d_model: 5,
                n_offsets: 3,
                ..largest
            },
            1,
        ),
        (largest, 8),
    ] {
        let allocations = n_allocations(|| follow(spec, n_heads, Direction::Both));
        assert_eq!(allocations, 0, "{spec:?}");
    }
}

/// A block at several shapes, forward and backward, once it has had its largest.
#[test]
fn blocks_allocate_nothing() {
    let mut weights = BlockWeights::default();
    let (mut trace, mut gradients) = <(BlockTrace, BlockGradients)>::default();
    let rope = Rope {
        base: 1e4,
        pairing: Pairing::Halves,
        scaling: Scaling::None,
    };
    let activations: Vec<f32> = (0..16 * 32).map(|idx| (idx as f32).sin()).collect();
    let mut walk = || {
        for (n_tokens, d_model, n_heads) in [(16, 32, 4), (5, 12, 3), (1, 8, 1), (16, 32, 8)] {
            let x = ArrayView2::from_shape((n_tokens, d_model), &activations[..n_tokens * d_model])
                .unwrap();
            for placement in [Placement::Post, Placement::Pre, Placement::Peri] {
                let spec = BlockSpec {
                    attention: AttentionSpec {
                        n_heads,
                        rope: Some(rope),
                        ..AttentionSpec::default()
                    },
                    placement,
                    ..BlockSpec::default()
                };
                weights.draw(1, 0, d_model, [1.0, 1.0]);
                block(x, &weights, &spec, &mut trace);
                block_backward(x, &weights, &spec, &trace, x, &mut gradients);
            }
        }
    };
    walk();
    assert_eq!(n_allocations(walk), 0);
}

#[test]
fn following_the_probes_controls_allocates_nothing() {
    let scheme = sinusoidal(1e4, Scaling::None);
    let largest = ProbeSpec {
        scheme,
        d_model: 24,
        std: 1.0,
        noise: 0.1,
        seed: 1,
    };
    let longest = ExtrapolationSpec {
        trained: scheme,
        asked: scheme,
        d_model: 24,
        trained_len: 40,
        asked_len: 80,
        stride: 1,
    };
    let (mut probe, mut extrapolation) = (WordProbe::default(), Extrapolation::default());
    // Fewer rows than features, and more.
    probe.update(largest);
    for trained_len in [20, 40] {
        extrapolation.update(ExtrapolationSpec {
            trained_len,
            ..longest
        });
    }
    // Places that do not follow each other have room of their own.
    extrapolation.update(ExtrapolationSpec {
        stride: 2,
        ..longest
    });
    for spec in [
        ProbeSpec { seed: 2, ..largest },
        ProbeSpec {
            noise: 0.0,
            std: 0.02,
            ..largest
        },
        ProbeSpec {
            d_model: 7,
            ..largest
        },
        largest,
    ] {
        let allocations = n_allocations(|| assert!(probe.update(spec)));
        assert_eq!(allocations, 0, "{spec:?}");
    }
    for spec in [
        ExtrapolationSpec {
            asked: sinusoidal(1e4, Scaling::Interpolation { factor: 2.0 }),
            ..longest
        },
        ExtrapolationSpec {
            trained_len: 9,
            asked_len: 20,
            stride: 3,
            ..longest
        },
        ExtrapolationSpec {
            d_model: 5,
            ..longest
        },
        longest,
    ] {
        let allocations = n_allocations(|| assert!(extrapolation.update(spec)));
        assert_eq!(allocations, 0, "{spec:?}");
    }
}
