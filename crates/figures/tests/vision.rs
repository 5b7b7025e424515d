//! What people see who see colours otherwise.

use figures::Rgb;
use figures::ramp::oklab_from_rgb;

/// A colour as seen through a matrix over linear light.
pub fn seen_by(matrix: [[f64; 3]; 3], colour: Rgb) -> Rgb {
    let linear = colour.map(|byte| {
        let c = f64::from(byte) / 255.0;
        if c <= 0.04045 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    });
    matrix.map(|row| {
        let c: f64 = row.iter().zip(linear).map(|(m, c)| m * c).sum();
        let c = c.clamp(0.0, 1.0);
        let c = if c <= 0.0031308 {
            12.92 * c
        } else {
            1.055 * c.powf(1.0 / 2.4) - 0.055
        };
        (c * 255.0).round() as u8
    })
}

/// Dichromats (Machado, Oliveira and Fernandes 2009, severity 1), and a print in grey (luminance of BT.709).
pub const VISIONS: [(&str, [[f64; 3]; 3]); 4] = [
    (
        "protanopia",
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ],
    ),
    (
        "deuteranopia",
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ],
    ),
    (
        "tritanopia",
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ],
    ),
    ("grey", [[0.2126, 0.7152, 0.0722]; 3]),
];

/// How far apart two colours are to the eye: a just noticeable difference is about 0.02.
pub fn distance(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (oklab_from_rgb(a), oklab_from_rgb(b));
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b).powi(2))
        .sum::<f64>()
        .sqrt()
}
