//! Bytes as text. Excel saves "Unicode text" as UTF-16 and, in western countries, CSV as Windows-1252.
//!
//! The three are written out here: the standard library does the work of two, the third is a table of 27
//! characters, and a browser's decoder could not be asked in tests nor go on in steps.

use super::files::FileKind;

/// What Windows-1252 has in place of the control characters from 0x80; the other characters are those of
/// Unicode (WHATWG Encoding Standard, index-windows-1252).
const WINDOWS_1252: [u16; 32] = [
    0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039,
    0x0152, 0x8d, 0x017d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
    0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d, 0x017e, 0x0178,
];

/// How many bytes tell which encoding it is.
const N_LOOKED_AT: usize = 1024;

/// The text that bytes are.
pub(super) fn text_of(bytes: Vec<u8>) -> Result<String, FileKind> {
    if let Some(is_big_endian) = utf16_order(&bytes) {
        return Ok(from_utf16(&bytes, is_big_endian));
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Ok(text),
        Err(error) => error.into_bytes(),
    };
    let start = &bytes[..bytes.len().min(N_LOOKED_AT)];
    let is_control = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c);
    if start.iter().any(is_control) {
        return Err(FileKind::Unknown);
    }
    let char_of = |byte: u8| match byte {
        0x80..0xa0 => WINDOWS_1252[usize::from(byte - 0x80)],
        _ => u16::from(byte),
    };
    let chars = || char::decode_utf16(bytes.iter().map(|&byte| char_of(byte))).flatten();
    // Exactly as long as it will be: a text that grows is there twice.
    let mut text = String::with_capacity(chars().map(char::len_utf8).sum());
    text.extend(chars());
    Ok(text)
}

/// Whether bytes are UTF-16 with the larger byte first; `None` if they are no UTF-16. Without a mark it
/// is known by the zeros in every second byte of digits and blanks.
fn utf16_order(bytes: &[u8]) -> Option<bool> {
    match bytes {
        [0xff, 0xfe, ..] => return Some(false),
        [0xfe, 0xff, ..] => return Some(true),
        _ if bytes.len() % 2 == 1 => return None,
        _ => {}
    }
    let pairs = || bytes.chunks_exact(2).take(N_LOOKED_AT / 2);
    let n_zeros = |half: usize| pairs().filter(|pair| pair[half] == 0).count();
    let (n_pairs, n_first, n_second) = (pairs().count(), n_zeros(0), n_zeros(1));
    // Characters beyond Latin have none.
    let is_text = |n_zeros: usize, n_others: usize| n_others == 0 && 2 * n_zeros > n_pairs;
    if is_text(n_second, n_first) {
        Some(false)
    } else {
        is_text(n_first, n_second).then_some(true)
    }
}

/// Text of UTF-16; what is none becomes U+FFFD, which no number has.
fn from_utf16(bytes: &[u8], is_big_endian: bool) -> String {
    let unit = |pair: &[u8]| {
        let pair = [pair[0], pair[1]];
        if is_big_endian {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        }
    };
    // Two bytes become three at most.
    let mut text = String::with_capacity(bytes.len() / 2 * 3);
    let chars = char::decode_utf16(bytes.chunks_exact(2).map(unit));
    text.extend(chars.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
    text
}
