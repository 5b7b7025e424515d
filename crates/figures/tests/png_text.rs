//! Words in PNG files, read back by the png crate.

use std::io::Cursor;

use figures::Raster;
use figures::png_text::{AFTER_HEADER, Keyword, NotPng, with_texts, write_chunk, write_density};
use figures::svg::png;
use proptest::prelude::*;

fn picture() -> Vec<u8> {
    let mut raster = Raster::default();
    (raster.width, raster.height) = (2, 3);
    raster.rgba = (0..24).collect();
    png(&raster).unwrap()
}

/// The texts and the pixels of a file. The reader checks every chunk's checksum.
fn read(png: &[u8]) -> (Vec<(String, String)>, Vec<u8>) {
    let mut reader = png::Decoder::new(Cursor::new(png)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    reader.finish().unwrap();
    let texts = reader.info().utf8_text.iter().map(|chunk| {
        assert!(!chunk.compressed);
        (chunk.keyword.clone(), chunk.get_text().unwrap())
    });
    (texts.collect(), pixels)
}

#[test]
fn title_and_link_are_in_the_file_and_the_pixels_are_as_before() {
    let before = picture();
    let link = "https://example.org/#/normalize?gamma=1.5&beta=-2";
    let texts = [
        (Keyword::Title, "Token 5, x̂ = (x − μ) / √(σ² + ε)"),
        (Keyword::Source, link),
    ];
    let after = with_texts(before.clone(), &texts).unwrap();
    let (found, pixels) = read(&after);
    let expected = texts.map(|(keyword, text)| (format!("{keyword:?}"), text.to_owned()));
    assert_eq!(found, expected);
    assert_eq!(pixels, read(&before).1);

    // The same from parts.
    let mut chunks = Vec::new();
    for (keyword, text) in texts {
        write_chunk(keyword, text, &mut chunks);
    }
    let (head, tail) = before.split_at(AFTER_HEADER);
    assert_eq!([head, &chunks, tail].concat(), after);
}

#[test]
fn a_picture_says_how_large_it_is_on_paper() {
    let before = picture();
    let mut chunk = Vec::new();
    write_density(11_811, &mut chunk);
    let (head, tail) = before.split_at(AFTER_HEADER);
    let after = [head, &chunk, tail].concat();
    let reader = png::Decoder::new(Cursor::new(after)).read_info().unwrap();
    let found = reader.info().pixel_dims.unwrap();
    assert_eq!((found.xppu, found.yppu), (11_811, 11_811));
    assert_eq!(found.unit, png::Unit::Meter);
}

#[test]
fn without_texts_nothing_changes() {
    assert_eq!(with_texts(picture(), &[]).unwrap(), picture());
}

#[test]
fn what_is_no_png_comes_back() {
    let mut other = picture();
    other[12] = b'J';
    let cut = picture()[..AFTER_HEADER - 1].to_vec();
    for bytes in [Vec::new(), b"GIF89a".to_vec(), vec![0; 100], other, cut] {
        assert_eq!(
            with_texts(bytes.clone(), &[(Keyword::Title, "x")]),
            Err(NotPng(bytes))
        );
    }
}

proptest! {
    #[test]
    fn any_text_reads_back(text in any::<String>()) {
        let png = with_texts(picture(), &[(Keyword::Source, &text)]).unwrap();
        let (found, _) = read(&png);
        prop_assert_eq!(found, vec![("Source".to_owned(), text.replace('\0', ""))]);
    }

    #[test]
    fn any_bytes_give_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        prop_assert!(with_texts(bytes.clone(), &[(Keyword::Title, "x")]) == Err(NotPng(bytes)));
    }
}
