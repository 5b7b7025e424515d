//! The head that is read, at the offset that is read, in numbers.

use figures::number::{format_count, format_fixed, format_value};

use super::super::scene::EncodeScene;
use super::super::state::EncodeState;
use super::inside::{bucket, of_head, slope, update};
use super::kept::Kept;
use super::words::{signed, slope_text};
use crate::room::Fact;

/// Keys of which the share is told.
const NEAREST: usize = 4;

/// What can be said.
struct Numbers {
    offset: i64,
    /// The bias or the score at that offset; `None` beyond the sequence.
    value: Option<f32>,
    /// Of the head that is read; `None` for RoPE, whose one query and key have none.
    head: Option<HeadNumbers>,
}

/// What can be said of a head.
struct HeadNumbers {
    slope: f64,
    /// The bucket of the offset; `None` where there are slopes instead.
    bucket: Option<u32>,
    /// The part of the last query's attention that the nearest keys get where all contents are equal.
    nearest: f64,
}

/// `None` where nothing happens inside attention.
fn numbers(kept: &Kept, state: &EncodeState) -> Option<Numbers> {
    let values = of_head(kept, state)?;
    let zero_idx = kept.offsets.zero_idx();
    // At most 4095.
    let idx = zero_idx.checked_sub(state.offset as usize);
    let offset = -(state.offset as i64);
    // With equal content the attention of the last query is the softmax of its biases alone.
    let past = values.iter().take(zero_idx + 1);
    let weights = past.map(|&bias| f64::from(bias).exp());
    let head = || HeadNumbers {
        slope: slope(state),
        bucket: bucket(state, offset),
        nearest: weights.clone().rev().take(NEAREST).sum::<f64>() / weights.sum::<f64>(),
    };
    Some(Numbers {
        offset,
        value: idx.and_then(|idx| values.get(idx)).copied(),
        head: state.bias_spec().map(|_| head()),
    })
}

/// The numbers of the head that is read, at the offset that is read.
pub fn facts(scene: &mut EncodeScene, state: &EncodeState) -> Vec<Fact> {
    update(&mut scene.attention, state);
    words(numbers(&scene.attention, state).as_ref())
}

fn words(numbers: Option<&Numbers>) -> Vec<Fact> {
    let Some(numbers) = numbers else {
        return vec![Fact::new("inside attention", "nothing")];
    };
    let value = numbers.value.map_or_else(
        || "beyond the sequence".to_owned(),
        |value| format_value(value.into(), 4),
    );
    // The control says how far, and not to which side.
    let offset = match numbers.offset {
        0 => "0: the query itself".to_owned(),
        k => format!(
            "{}: the key stands {} before the query",
            signed(k),
            format_count(k.unsigned_abs())
        ),
    };
    let offset = Fact::new("offset", offset);
    let Some(head) = &numbers.head else {
        return vec![offset, Fact::new("score", value)];
    };
    vec![
        offset,
        match head.bucket {
            Some(bucket) => Fact::new("bucket", bucket.to_string()),
            None => Fact::new("slope", slope_text(head.slope)),
        },
        Fact::new("bias", value),
        Fact::new(
            "attention on the nearest 4 keys, if all words were alike",
            format_fixed(head.nearest, 3),
        ),
    ]
}
