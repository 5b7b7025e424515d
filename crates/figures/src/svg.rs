//! A figure as an SVG file.
//!
//! plotters writes the shapes. What it cannot do is added here: coordinates of an eighth of a pixel
//! (by the `viewBox`), rasters as embedded PNG, text sizes that mean the same as on a canvas.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pixels::Raster;
use plotters_backend::text_anchor::Pos;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    FontFamily, FontStyle, FontTransform,
};
use plotters_svg::SVGBackend;

use crate::draw::{
    DrawError, Rasters, SUBPIXELS, Sheet, Size, Surface, draw, draw_sheet, sheet_size,
};
use crate::{Dash, Figure, Rect, Theme, plain};

/// The whole figure as the text of an SVG file. `size.pixel_ratio` is how finely heatmaps are painted.
///
/// # Errors
/// If a raster cannot be encoded.
pub fn svg(figure: &Figure, theme: &Theme, size: Size) -> Result<String, DrawError> {
    let mut text = String::new();
    let surface = SvgSurface::new(&mut text, size, &figure.title);
    draw(surface, figure, theme, size, &mut Rasters::default())?;
    Ok(text)
}

/// The figure on a sheet, as a file that stands for itself: it says what it shows and which link opens it
/// again. `size` is that of the figure.
///
/// # Errors
/// If a raster cannot be encoded.
pub fn svg_sheet(
    figure: &Figure,
    theme: &Theme,
    size: Size,
    sheet: &Sheet,
) -> Result<String, DrawError> {
    let mut text = String::new();
    let mut surface = SvgSurface::new(&mut text, sheet_size(size, theme, sheet), sheet.title);
    surface.describe("desc", &plain(&figure.summary));
    surface.describe("metadata", sheet.link);
    draw_sheet(surface, figure, theme, size, &mut Rasters::default(), sheet)?;
    Ok(text)
}

/// Writes a figure into a text.
pub struct SvgSurface<'a> {
    text: &'a mut String,
    size: (u32, u32),
    /// One shape at a time, as plotters writes it: a document of its own.
    document: String,
    /// What is added to the shapes: their strokes.
    dash: String,
    is_closed: bool,
}

impl<'a> SvgSurface<'a> {
    /// Begins a file at the end of `text`; drawing's last step closes it.
    pub fn new(text: &'a mut String, size: Size, title: &str) -> Self {
        let subpixels = |px: f64| {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            {
                (px * f64::from(SUBPIXELS)).round().max(0.0) as u32
            }
        };
        let (width, height) = (subpixels(size.width), subpixels(size.height));
        // Writing into a String cannot fail.
        writeln!(
            text,
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}" viewBox="0 0 {width} {height}" stroke-linejoin="round" style="font-variant-numeric:tabular-nums">"#,
            size.width.max(0.0),
            size.height.max(0.0),
        )
        .ok();
        let mut surface = Self {
            text,
            size: (width, height),
            document: String::new(),
            dash: String::new(),
            is_closed: false,
        };
        surface.describe("title", title);
        surface
    }

    /// Words about the whole file, in an element of their own.
    fn describe(&mut self, element: &str, words: &str) {
        // Writing into a String cannot fail.
        writeln!(self.text, "<{element}>{}</{element}>", escape(words)).ok();
    }

    /// Lets plotters write one shape and takes it over, without the document around it.
    fn shape(
        &mut self,
        write: impl FnOnce(&mut SVGBackend) -> Result<(), DrawingErrorKind<io::Error>>,
    ) -> Result<(), DrawingErrorKind<io::Error>> {
        self.document.clear();
        let result = write(&mut SVGBackend::with_string(&mut self.document, self.size));
        let inside = self.document.split_once('\n').map_or("", |(_, rest)| rest);
        let inside = inside.trim_end();
        let inside = inside.strip_suffix("</svg>").unwrap_or(inside);
        if self.dash.is_empty() {
            self.text.push_str(inside);
        } else {
            // Writing into a String cannot fail.
            writeln!(self.text, r#"<g stroke-dasharray="{}">"#, self.dash).ok();
            self.text.push_str(inside);
            self.text.push_str("</g>\n");
        }
        result
    }
}

/// Text as XML.
fn escape(text: &str) -> String {
    writable(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace("]]>", "]]&gt;")
}

/// Text without what XML has no room for, however it is written.
fn writable(text: &str) -> Cow<'_, str> {
    let is_none = |c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
    if text.contains(is_none) {
        Cow::Owned(text.replace(is_none, " "))
    } else {
        Cow::Borrowed(text)
    }
}

impl Surface for SvgSurface<'_> {
    fn blit(&mut self, raster: &Raster, at: Rect) -> Result<(), DrawingErrorKind<io::Error>> {
        let png = png(raster).map_err(|e| DrawingErrorKind::DrawingError(io::Error::other(e)))?;
        let scale = f64::from(SUBPIXELS);
        // Both names of the link: some programs that read SVG know only the older one.
        write!(
            self.text,
            r#"<image x="{}" y="{}" width="{}" height="{}" preserveAspectRatio="none" style="image-rendering:pixelated" href="data:image/png;base64,"#,
            at.x * scale,
            at.y * scale,
            at.width * scale,
            at.height * scale,
        )
        .ok();
        STANDARD.encode_string(png, self.text);
        self.text.push_str("\"/>\n");
        Ok(())
    }

    fn set_dash(&mut self, dash: Dash, unit: f64) {
        let lengths = dash.iter().map(|&length| f64::from(length) * unit);
        let dash: Vec<_> = lengths.map(|length| length.to_string()).collect();
        self.dash = dash.join(" ");
    }
}

/// A raster as the bytes of a PNG file, without transparency.
///
/// # Errors
/// If the raster is empty or larger than a PNG can be.
pub fn png(raster: &Raster) -> Result<Vec<u8>, png::EncodingError> {
    let side = |px: usize| u32::try_from(px).unwrap_or(u32::MAX);
    let rgb: Vec<u8> = raster
        .rgba
        .as_chunks::<4>()
        .0
        .iter()
        .flat_map(|&[r, g, b, _]| [r, g, b])
        .collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side(raster.width), side(raster.height));
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&rgb)?;
    writer.finish()?;
    Ok(bytes)
}

impl DrawingBackend for SvgSurface<'_> {
    type ErrorType = io::Error;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Result<(), DrawingErrorKind<io::Error>> {
        Ok(())
    }

    fn present(&mut self) -> Result<(), DrawingErrorKind<io::Error>> {
        if !self.is_closed {
            self.text.push_str("</svg>\n");
            self.is_closed = true;
        }
        Ok(())
    }

    fn draw_pixel(
        &mut self,
        point: BackendCoord,
        color: BackendColor,
    ) -> Result<(), DrawingErrorKind<io::Error>> {
        self.shape(|svg| svg.draw_pixel(point, color))
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Result<(), DrawingErrorKind<io::Error>> {
        self.shape(|svg| svg.draw_line(from, to, style))
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Result<(), DrawingErrorKind<io::Error>> {
        self.shape(|svg| svg.draw_rect(upper_left, bottom_right, style, fill))
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<io::Error>> {
        self.shape(|svg| svg.draw_path(path, style))
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Result<(), DrawingErrorKind<io::Error>> {
        self.shape(|svg| svg.draw_circle(center, radius, style, fill))
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<io::Error>> {
        self.shape(|svg| svg.fill_polygon(vert, style))
    }

    fn draw_text<T: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &T,
        (x, y): BackendCoord,
    ) -> Result<(), DrawingErrorKind<io::Error>> {
        // plotters' SVG puts the middle of small letters at the anchor; a canvas, and the eye, that of
        // digits and capitals.
        #[allow(clippy::cast_possible_truncation)]
        let lower = (style.size() * 0.08).round() as i32;
        let at = match style.transform() {
            FontTransform::Rotate270 => (x + lower, y),
            _ => (x, y + lower),
        };
        self.shape(|svg| svg.draw_text(&writable(text), &CanvasSized(style), at))
    }
}

/// A text style whose size means on an SVG what it means on a canvas: plotters divides by this when it
/// writes `font-size`.
struct CanvasSized<'a, T>(&'a T);

impl<T: BackendTextStyle> BackendTextStyle for CanvasSized<'_, T> {
    type FontError = T::FontError;

    fn color(&self) -> BackendColor {
        self.0.color()
    }

    fn size(&self) -> f64 {
        self.0.size() * 1.24
    }

    fn transform(&self) -> FontTransform {
        self.0.transform()
    }

    fn style(&self) -> FontStyle {
        self.0.style()
    }

    fn anchor(&self) -> Pos {
        self.0.anchor()
    }

    fn family(&self) -> FontFamily<'_> {
        self.0.family()
    }

    fn layout_box(&self, text: &str) -> Result<((i32, i32), (i32, i32)), Self::FontError> {
        self.0.layout_box(text)
    }

    fn draw<E, F: FnMut(i32, i32, BackendColor) -> Result<(), E>>(
        &self,
        text: &str,
        pos: BackendCoord,
        draw: F,
    ) -> Result<Result<(), E>, Self::FontError> {
        self.0.draw(text, pos, draw)
    }
}
