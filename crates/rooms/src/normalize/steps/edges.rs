//! The edges of bins as Python writes them.

use crate::python::{Library, fill, long_list};

/// The edges as multiples of their width where that gives the same 32-bit floats, else as they are.
pub fn edges_text(edges: &[f32], library: Library) -> String {
    let Some(multiples) = Multiples::of(edges) else {
        return fill(
            "{array}({edges}, dtype={lib}.float32)",
            &[
                ("array", library.pick("np.array", "torch.tensor")),
                ("lib", library.name()),
                ("edges", &long_list(edges, edges.len())),
            ],
        );
    };
    let mut scale = String::new();
    for (sign, factor) in [(" * ", multiples.count), (" / ", multiples.divisor)] {
        if factor != 1 {
            scale.push_str(sign);
            scale.push_str(&factor.to_string());
        }
    }
    fill(
        library.pick(
            "(np.arange({first}, {end}){scale}).astype(np.float32)",
            "(torch.arange({first}, {end}, dtype=torch.float64){scale}).float()",
        ),
        &[
            ("first", &multiples.first.to_string()),
            ("end", &multiples.end.to_string()),
            ("scale", &scale),
        ],
    )
}

/// Edges `multiple * count / divisor`, rounded once to 32 bits: as the bins are made.
struct Multiples {
    first: i64,
    /// One past the last.
    end: i64,
    count: i64,
    divisor: i64,
}

impl Multiples {
    /// The shortest fraction for which every edge is met exactly; none for bins narrower than a millionth.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::float_cmp
    )]
    fn of(edges: &[f32]) -> Option<Self> {
        let (&low, &high) = edges.first().zip(edges.last())?;
        let (low, high) = (f64::from(low), f64::from(high));
        let width = (high - low) / edges.len().saturating_sub(1) as f64;
        let mut divisor = 1;
        while divisor <= 1_000_000 {
            // Casts hold what is too large at the ends of i64, where no edge is met.
            let count = (width * divisor as f64).round() as i64;
            let first = (low * divisor as f64 / count as f64).round() as i64;
            let multiple = |idx: usize| first.saturating_add(idx as i64);
            let is_met = edges.iter().enumerate().all(|(idx, &edge)| {
                (multiple(idx) as f64 * count as f64 / divisor as f64) as f32 == edge
            });
            if is_met {
                return Some(
                    Self {
                        first,
                        end: multiple(edges.len()),
                        count,
                        divisor,
                    }
                    .shortened(),
                );
            }
            divisor *= 10;
        }
        None
    }

    /// 5/10 as 1/2: the quotient, and so its rounding, is the same.
    fn shortened(mut self) -> Self {
        for factor in [2, 5] {
            while self.count % factor == 0 && self.divisor % factor == 0 {
                self.count /= factor;
                self.divisor /= factor;
            }
        }
        self
    }
}
