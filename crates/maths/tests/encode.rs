//! The sinusoidal table.
#![allow(clippy::unwrap_used, reason = "a test that fails may stop")]
use maths::encode::{Layout, Sinusoidal, SinusoidalTable, sinusoidal_reference};

fn max_error(spec: Sinusoidal) -> f64 {
    let mut t = SinusoidalTable::default();
    t.update(spec);
    let v = t.values();
    let r = sinusoidal_reference(spec);
    assert_eq!(v.dim(), r.dim());
    v.iter().zip(&r).map(|(&a, b)| (f64::from(a) - b).abs()).fold(0.0, f64::max)
}

#[test]
fn the_fast_table_is_close_to_the_slow_one() {
    for layout in [Layout::Interleaved, Layout::Concatenated] {
        for (seq_len, d_model, base, start) in [(70, 6, 1e4, 0), (700, 10, 1e4, 77), (4096, 1024, 1e4, 0), (4096, 64, 1e4, 1_000_000), (4096, 1024, 2.0, 1_000_000), (1000, 1024, 1e6, 999_999)] {
            let e = max_error(Sinusoidal { seq_len, d_model, base, start, layout });
            eprintln!("{e:e}");
            assert!(e < 3e-7);
        }
    }
}
