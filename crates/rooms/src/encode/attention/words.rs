//! Words that several figures of the part say.

use figures::number::{MINUS, format_count, format_value};

/// Why there is nothing to draw.
pub const NOTHING_INSIDE: &str =
    "Nothing happens inside attention. Choose RoPE, ALiBi or T5 bias as the scheme.";

/// An offset, key − query.
pub fn signed(offset: i64) -> String {
    let size = format_count(offset.unsigned_abs());
    if offset < 0 {
        format!("{MINUS}{size}")
    } else {
        size
    }
}

/// Said of an offset that is none of those on the axis.
pub fn not_shown(offset: i64) -> String {
    format!("offset {}: not shown", signed(offset))
}

/// A slope of ALiBi.
pub fn slope_text(slope: f64) -> String {
    format_value(slope, 4)
}

/// Which bucket an offset is in, where there are buckets.
pub fn bucket_text(bucket: Option<u32>) -> String {
    bucket.map_or_else(String::new, |bucket| format!(", bucket {bucket}"))
}

/// Heads at an offset: `(number from 1 on, bias)` each; of RoPE, which has no heads here, the score.
pub fn offset_text(offset: i64, bucket: Option<u32>, values: &[(Option<usize>, f32)]) -> String {
    let mut text = format!("offset {}{}", signed(offset), bucket_text(bucket));
    for &(head, value) in values {
        let value = format_value(value.into(), 4);
        text.push_str(&match head {
            Some(head) => format!(" · head {head}: {value}"),
            None => format!(" · score {value}"),
        });
    }
    text
}
