//! The table of any scheme that is added to the token embeddings, shape (seq_len, d_model): one row per
//! position.
//!
//! | scheme | row of position pos | source |
//! |---|---|---|
//! | sinusoidal | see [`crate::encode`] | Vaswani et al. 2017, §3.5 |
//! | learned | before training: N(0, 0.02²), no row beyond max_len | Devlin et al. 2019 (BERT, 512 rows), Radford et al. 2019 (GPT-2, 1024 rows) |
//! | none | 0 | Haviv et al. 2022 (a causal decoder still infers positions) |
//! | index | pos in every column | for comparison: unbounded |
//! | fraction | pos/L in every column | for comparison: the step depends on the length L |
//! | binary | bit j of pos in column j, the lowest first | for comparison: jumps, where sinusoids turn |
//!
//! Schemes inside attention have no table: [`crate::rope`] and [`crate::bias`].

use ndarray::ArrayView2;

use crate::encode::{Layout, Sinusoidal, SinusoidalTable, Wave, pair_of};
use crate::normal::Normals;
use crate::random::{Kind, fill_normal, row_of};
use crate::scaling::{Scaling, scaled_frequency};
use crate::shape::matrix_view;
use crate::trig::sin_cos;

/// The std of learned positions before training, as in BERT and GPT-2 (`initializer_range`).
pub const LEARNED_STD: f64 = 0.02;

/// What the rows are made by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scheme {
    /// Sines and cosines of pos · ω′_i.
    Sinusoidal {
        /// See [`Sinusoidal::base`].
        base: f64,
        /// The order of the columns.
        layout: Layout,
        /// How the frequencies are scaled for longer contexts.
        scaling: Scaling,
    },
    /// A row of its own for each position, N(0, 0.02²), as before training. A position has the same row
    /// whatever is shown around it; more columns leave those that were there.
    Learned {
        /// Another seed, other rows.
        seed: u64,
        /// How many rows there are: positions from here on are NaN, "no row".
        max_len: u64,
    },
    /// Nothing is added: zeros.
    None,
    /// The plain index.
    Index,
    /// The index divided by a length.
    Fraction {
        /// L. With 0, position 0 is NaN and the others are infinite.
        length: u64,
    },
    /// The index's binary digits.
    Binary,
}

/// Which table: everything its values depend on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EncodingSpec {
    /// What the rows are made by.
    pub scheme: Scheme,
    /// Rows T: how many positions are shown.
    pub seq_len: usize,
    /// Columns d.
    pub d_model: usize,
    /// The first position shown: row r holds position start + r.
    pub start: u64,
}

impl EncodingSpec {
    /// The encoding of any real `position` (absolute: `start` is not added) in column `dim`: for curves
    /// between whole positions, and the slow form of [`EncodingTable`]. Learned rows exist at whole
    /// positions only, in the table: NaN here. Binary digits are those of the whole part.
    pub fn at(&self, position: f64, dim: usize) -> f64 {
        match self.scheme {
            Scheme::Sinusoidal {
                base,
                layout,
                scaling,
            } => {
                let pair = pair_of(dim, self.d_model, layout);
                let omega = scaled_frequency(pair.idx, self.d_model, base, scaling);
                let (sin, cos) = sin_cos(position * omega);
                match pair.wave {
                    Wave::Sin => sin,
                    Wave::Cos => cos,
                }
            }
            Scheme::Learned { .. } => f64::NAN,
            Scheme::None => 0.0,
            Scheme::Index => position,
            Scheme::Fraction { length } => position / length as f64,
            Scheme::Binary => f64::from(digit(position as u64, dim)),
        }
    }
}

/// Bit `dim` of `position`, as 0 or 1; columns beyond the digits hold 0.
fn digit(position: u64, dim: usize) -> f32 {
    if dim < 64 && position >> dim & 1 == 1 {
        1.0
    } else {
        0.0
    }
}

/// A table that follows a changing [`EncodingSpec`] and computes only what changed. Sinusoids go through
/// [`SinusoidalTable`]; both it and the rows of the last other scheme are kept, so that switching between
/// two of them computes nothing.
#[derive(Clone, Debug, Default)]
pub struct EncodingTable {
    spec: Option<EncodingSpec>,
    version: u64,
    sinusoidal: SinusoidalTable,
    /// What `values` are made for, but for the length.
    rows_of: Option<EncodingSpec>,
    /// How many rows of `values` are made; may be more than are shown.
    n_rows: usize,
    /// The rows of a scheme other than sinusoidal. (at least n_rows, d); never shrinks.
    values: Vec<f32>,
}

impl EncodingTable {
    /// Makes the table what `spec` says and returns whether its values or shape changed.
    ///
    /// Another length computes only rows that were not there. Nothing is allocated once the table has had
    /// its largest shape. A learned value costs some 6 ns, one of the comparisons less than 1.
    pub fn update(&mut self, spec: EncodingSpec) -> bool {
        if self.spec == Some(spec) {
            return false;
        }
        let EncodingSpec {
            scheme,
            seq_len,
            d_model,
            start,
        } = spec;
        if let Scheme::Sinusoidal {
            base,
            layout,
            scaling,
        } = scheme
        {
            let sinusoidal = Sinusoidal {
                seq_len,
                d_model,
                base,
                start,
                layout,
            };
            self.sinusoidal.update_scaled(sinusoidal, scaling);
        } else {
            let rows_of = EncodingSpec { seq_len: 0, ..spec };
            if self.rows_of != Some(rows_of) {
                self.rows_of = Some(rows_of);
                self.n_rows = 0;
            }
            if self.n_rows < seq_len {
                self.fill_rows(spec);
            }
        }
        self.spec = Some(spec);
        self.version += 1;
        true
    }

    /// The table, shape (seq_len, d_model); empty before the first update.
    pub fn values(&self) -> ArrayView2<'_, f32> {
        match self.spec {
            Some(EncodingSpec {
                scheme: Scheme::Sinusoidal { .. },
                ..
            }) => self.sinusoidal.values(),
            Some(spec) => matrix_view(&self.values, spec.seq_len, spec.d_model),
            None => matrix_view(&[], 0, 0),
        }
    }

    /// Grows with every change of the values or the shape.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// What the table holds; none before the first update.
    pub fn spec(&self) -> Option<EncodingSpec> {
        self.spec
    }

    /// The rows from `n_rows` to the end.
    fn fill_rows(&mut self, spec: EncodingSpec) {
        let d_model = spec.d_model;
        let n_values = spec.seq_len * d_model;
        if self.values.len() < n_values {
            self.values.resize(n_values, 0.0);
        }
        let new_values = &mut self.values[self.n_rows * d_model..n_values];
        let mut normals = Normals::default();
        let rows = new_values.chunks_exact_mut(d_model.max(1));
        for (row, position) in rows.zip(spec.start + self.n_rows as u64..) {
            match spec.scheme {
                Scheme::Learned { seed, max_len } if position < max_len => {
                    let number = row_of(Kind::Position, position);
                    fill_normal(seed, number, LEARNED_STD, row, &mut normals);
                }
                Scheme::Learned { .. } => row.fill(f32::NAN),
                Scheme::Index => row.fill(position as f32),
                Scheme::Fraction { length } => {
                    row.fill((position as f64 / length as f64) as f32);
                }
                Scheme::Binary => {
                    for (dim, value) in row.iter_mut().enumerate() {
                        *value = digit(position, dim);
                    }
                }
                // Sinusoids have a table of their own.
                Scheme::None | Scheme::Sinusoidal { .. } => row.fill(0.0),
            }
        }
        self.n_rows = spec.seq_len;
    }
}
