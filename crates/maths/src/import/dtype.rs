//! How values are stored in files of arrays.

use super::held::Held;
use crate::half::f64_from_f16_bits;

/// How a value is stored.
#[derive(Clone, Copy)]
pub(super) struct Dtype {
    pub(super) kind: Kind,
    pub(super) n_bytes: usize,
    pub(super) is_big_endian: bool,
}

/// What a value is.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Float,
    /// bfloat16: the first half of an f32.
    Brain,
    Signed,
    Unsigned,
    Bool,
}

impl Dtype {
    /// The kind of NumPy's words for it, without byte order: `f4`. NumPy knows no bfloat16 and saves it
    /// as two bytes of anything.
    pub(super) fn of_numpy(word: &str) -> Option<Self> {
        let kind = match word.as_bytes().first()? {
            b'f' => Kind::Float,
            b'i' => Kind::Signed,
            b'u' => Kind::Unsigned,
            b'b' => Kind::Bool,
            b'V' => Kind::Brain,
            _ => return None,
        };
        let n_bytes = match word {
            "bfloat16" => return Self::little(Kind::Brain, 2),
            "i1" | "u1" | "b1" => 1,
            "f2" | "i2" | "u2" | "V2" => 2,
            "f4" | "i4" | "u4" => 4,
            "f8" | "i8" | "u8" => 8,
            _ => return None,
        };
        Self::little(kind, n_bytes)
    }

    /// The kind of safetensors' words for it: `BF16`.
    pub(super) fn of_safetensors(word: &str) -> Option<Self> {
        match word {
            "F16" => Self::little(Kind::Float, 2),
            "BF16" => Self::little(Kind::Brain, 2),
            "F32" => Self::little(Kind::Float, 4),
            "F64" => Self::little(Kind::Float, 8),
            _ => None,
        }
    }

    fn little(kind: Kind, n_bytes: usize) -> Option<Self> {
        Some(Self {
            kind,
            n_bytes,
            is_big_endian: false,
        })
    }

    /// The values that bytes hold, one after another.
    pub(super) fn values(self, bytes: &[u8]) -> Held {
        let mut held = Held::default();
        held.values.reserve_exact(bytes.len() / self.n_bytes);
        for value in bytes.chunks_exact(self.n_bytes) {
            self.push(value, &mut held);
        }
        held
    }

    fn push(self, bytes: &[u8], held: &mut Held) {
        let push = |bits: u64, &byte: &u8| bits << 8 | u64::from(byte);
        let bits = if self.is_big_endian {
            bytes.iter().fold(0, push)
        } else {
            bytes.iter().rev().fold(0, push)
        };
        match (self.kind, self.n_bytes) {
            (Kind::Float, 2) => held.values.push(f64_from_f16_bits(bits as u16) as f32),
            (Kind::Float, 4) => held.values.push(f32::from_bits(bits as u32)),
            (Kind::Float, _) => held.push_double(f64::from_bits(bits)),
            (Kind::Brain, _) => held.values.push(f32::from_bits((bits as u32) << 16)),
            (Kind::Bool, _) => held.values.push(f32::from(u8::from(bits != 0))),
            (Kind::Unsigned, _) => held.push_whole(false, bits),
            (Kind::Signed, n_bytes) => {
                // To the top and back, which brings the sign along.
                let unused = 64 - 8 * n_bytes;
                let value = (bits << unused) as i64 >> unused;
                held.push_whole(value < 0, value.unsigned_abs());
            }
        }
    }
}
