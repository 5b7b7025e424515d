//! Figures as SVG, and how they are compared.

use base64::Engine as _;
use figures::svg::svg;
use figures::{Figure, Scheme, Size};

use crate::panels::theme;
use crate::spy::Seen;

pub fn size(width: f64, height: f64) -> Size {
    Size {
        width,
        height,
        pixel_ratio: 1.0,
    }
}

pub fn picture(figure: &Figure, size: Size) -> String {
    svg(figure, &theme(Scheme::Light), size).unwrap()
}

/// The line with the first embedded picture.
pub fn image_of(svg: &str) -> &str {
    svg.lines().find(|line| line.contains("<image")).unwrap()
}

/// Compares the text that is made in each scheme with its snapshot.
pub fn assert_in_both_schemes(name: &str, text: impl Fn(Scheme) -> String) {
    let mut settings = insta::Settings::clone_current();
    // The name says whose it is.
    settings.set_prepend_module_to_snapshot(false);
    for (scheme, suffix) in [(Scheme::Light, "light"), (Scheme::Dark, "dark")] {
        settings.bind(|| insta::assert_snapshot!(format!("{name}-{suffix}"), text(scheme)));
    }
}

/// Rasters fit whole device pixels at every ratio.
pub fn assert_on_pixels(seen: &Seen, pixel_ratio: f64) {
    let edge = |px: f64| (px * pixel_ratio).round() as usize;
    for &(width, height, at) in &seen.blits {
        assert_eq!(width, edge(at.right()) - edge(at.x));
        assert_eq!(height, edge(at.bottom()) - edge(at.y));
    }
}

/// The SVG with each embedded picture replaced by what it shows: its size and a hash of its pixels, so
/// that a new version of the PNG encoder changes nothing.
pub fn readable(svg: &str) -> String {
    let mut parts = svg.split("base64,");
    let mut text = parts.next().unwrap().to_owned();
    for part in parts {
        let (data, rest) = part.split_once('"').unwrap();
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(data)
            .unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
            .read_info()
            .unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        let hash = pixels
            .iter()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        text += &format!("{}x{}, {hash:016x}\"{rest}", info.width, info.height);
    }
    text
}
