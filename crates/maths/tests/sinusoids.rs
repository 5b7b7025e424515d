//! Sinusoidal tables that several tests begin with.

use maths::encode::{Layout, Sinusoidal, SinusoidalTable};
use maths::scaling::Scaling;
use maths::schemes::Scheme;
use ndarray::Array2;

use crate::golden::Case;

/// The paper's, as a scheme.
pub const SINUSOIDAL: Scheme = Scheme::Sinusoidal {
    base: 10_000.0,
    layout: Layout::Interleaved,
    scaling: Scaling::None,
};

/// The paper's, from position 0 on.
pub fn spec(seq_len: usize, d_model: usize) -> Sinusoidal {
    Sinusoidal {
        seq_len,
        d_model,
        base: 10_000.0,
        start: 0,
        layout: Layout::Interleaved,
    }
}

/// That of a golden.
pub fn spec_of(case: &Case) -> Sinusoidal {
    Sinusoidal {
        seq_len: case.number("seq_len"),
        d_model: case.number("d_model"),
        base: case.number("base"),
        start: case.number("start"),
        layout: layout_of(case),
    }
}

pub fn layout_of(case: &Case) -> Layout {
    match case.text("layout") {
        "interleaved" => Layout::Interleaved,
        "concatenated" => Layout::Concatenated,
        other => panic!("{other} is no layout"),
    }
}

pub fn table(spec: Sinusoidal) -> Array2<f32> {
    let mut table = SinusoidalTable::default();
    assert!(table.update(spec));
    table.values().to_owned()
}
