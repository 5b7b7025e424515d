//! Words in a PNG file: the title of a picture and the link that opens it again.
//!
//! Browsers encode a canvas as PNG and give no way to add a word. So chunks of text are put into the finished
//! file, where programs for pictures show them: `iTXt`, which is UTF-8, uncompressed (PNG specification,
//! third edition, §11.3.3.4).

/// Where chunks may be put in: behind the signature and the header, which are always this long.
pub const AFTER_HEADER: usize = SIGNATURE.len() + HEADER_CHUNK_LEN;

const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";
/// Length, type, 13 bytes, checksum.
const HEADER_CHUNK_LEN: usize = 4 + 4 + 13 + 4;

/// What a text is: one of the specification's own keywords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyword {
    /// The title of the picture.
    Title,
    /// What made the picture; here the link of its state.
    Source,
}

/// What was given is no PNG file; here it is again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotPng(pub Vec<u8>);

/// The file with these texts in front of its pixels.
///
/// # Errors
/// Bytes that do not begin with a PNG's signature and header come back as they were.
pub fn with_texts(mut png: Vec<u8>, texts: &[(Keyword, &str)]) -> Result<Vec<u8>, NotPng> {
    let header = png.strip_prefix(SIGNATURE);
    if png.len() < AFTER_HEADER || header.is_none_or(|h| !h.starts_with(b"\0\0\0\x0dIHDR")) {
        return Err(NotPng(png));
    }
    let mut chunks = Vec::new();
    for &(keyword, text) in texts {
        write_chunk(keyword, text, &mut chunks);
    }
    png.splice(AFTER_HEADER..AFTER_HEADER, chunks);
    Ok(png)
}

/// Appends one chunk of text. It may stand at [`AFTER_HEADER`] of a file that is put together from parts
/// and never held as a whole. NUL characters, which a text may not have, are left out.
pub fn write_chunk(keyword: Keyword, text: &str, out: &mut Vec<u8>) {
    write_with(*b"iTXt", out, |out| {
        out.extend_from_slice(match keyword {
            Keyword::Title => b"Title",
            Keyword::Source => b"Source",
        });
        // The end of the keyword; not compressed, by no method; no language, no translated keyword.
        out.extend_from_slice(&[0, 0, 0, 0, 0]);
        out.extend(text.bytes().filter(|&byte| byte != 0));
    });
}

/// Appends the chunk that says how large the picture is on paper (`pHYs`, §11.3.4.3): so many pixels to a metre. It may stand where
/// a text may.
pub fn write_density(pixels_per_metre: u32, out: &mut Vec<u8>) {
    const IN_METRES: u8 = 1;
    write_with(*b"pHYs", out, |out| {
        out.extend_from_slice(&pixels_per_metre.to_be_bytes());
        out.extend_from_slice(&pixels_per_metre.to_be_bytes());
        out.push(IN_METRES);
    });
}

/// Appends a chunk: length, type, what `content` writes, checksum.
fn write_with(kind: [u8; 4], out: &mut Vec<u8>, content: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&kind);
    content(out);
    let length = u32::try_from(out.len() - start - 8).unwrap_or(u32::MAX);
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
    let checksum = crc32(&out[start + 4..]);
    out.extend_from_slice(&checksum.to_be_bytes());
}

/// The checksum of PNG (and gzip), bit by bit: the tables of a fast one are 16 KB, a link has 300 bytes.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::crc32;

    /// The check value that every catalogue of checksums lists.
    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }
}
