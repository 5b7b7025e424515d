//! The canvas: figures drawn on it, and pictures saved from it.

use crate::browser::late::late;
use figures::draw::{All, Common, Kinds, Sheet, draw_kinds, draw_sheet, sheet_size};
use figures::layout::Layout;
use figures::{Dash, Figure, Raster, Rasters, Rect, SUBPIXELS, Size, Surface, Theme};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};
use plotters_canvas::CanvasBackend;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{Clamped, JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// A canvas as a surface for figures: coordinates in subpixels, rasters in device pixels.
///
/// Everything but the three differences is the plotters canvas backend's.
struct CanvasSurface {
    backend: CanvasBackend,
    context: CanvasRenderingContext2d,
    size: Size,
}

impl CanvasSurface {
    fn new(canvas: &HtmlCanvasElement, size: Size) -> Option<Self> {
        let context = context_of(canvas)?;
        let scale = size.pixel_ratio / f64::from(SUBPIXELS);
        context
            .set_transform(scale, 0.0, 0.0, scale, 0.0, 0.0)
            .ok()?;
        context.set_line_join("round");
        let backend = CanvasBackend::with_canvas_object(canvas.clone())?;
        Some(Self {
            backend,
            context,
            size,
        })
    }
}

impl DrawingBackend for CanvasSurface {
    type ErrorType = <CanvasBackend as DrawingBackend>::ErrorType;

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn get_size(&self) -> (u32, u32) {
        let subpixels = f64::from(SUBPIXELS);
        (
            (self.size.width * subpixels) as u32,
            (self.size.height * subpixels) as u32,
        )
    }

    fn ensure_prepared(&mut self) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.backend.ensure_prepared()
    }

    fn present(&mut self) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.backend.present()
    }

    fn draw_pixel(
        &mut self,
        point: BackendCoord,
        color: BackendColor,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.backend.draw_pixel(point, color)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        // As a path, because the backend moves single lines by half of what it takes for a pixel.
        self.backend.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.backend
            .draw_rect(upper_left, bottom_right, style, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.backend.draw_path(path, style)
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.backend.draw_circle(center, radius, style, fill)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.backend.fill_polygon(vert, style)
    }

    fn draw_text<TStyle: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &TStyle,
        pos: BackendCoord,
    ) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        self.backend.draw_text(text, style, pos)
    }
}

impl Surface for CanvasSurface {
    const HAS_CURVES_PAINTED: bool = true;

    fn set_dash(&mut self, dash: Dash, unit: f64) {
        let lengths = js_sys::Array::new();
        for &length in dash {
            lengths.push(&JsValue::from_f64(f64::from(length) * unit));
        }
        // Refused only for lengths below zero.
        self.context.set_line_dash(&lengths).ok();
    }

    fn blit(&mut self, raster: &Raster, at: Rect) -> Result<(), DrawingErrorKind<Self::ErrorType>> {
        let (Ok(width), Ok(height)) = (u32::try_from(raster.width), u32::try_from(raster.height))
        else {
            return Ok(());
        };
        if width == 0 || height == 0 {
            return Ok(());
        }
        // Neither can fail: the bytes are as many as the size says, and the context has a canvas.
        let pixels = Clamped(raster.rgba.as_slice());
        if let Ok(image) = ImageData::new_with_u8_clamped_array_and_sh(pixels, width, height) {
            let ratio = self.size.pixel_ratio;
            self.context
                .put_image_data(&image, (at.x * ratio).round(), (at.y * ratio).round())
                .ok();
        }
        Ok(())
    }
}

/// How large the canvas is on the page.
pub fn size(canvas: &HtmlCanvasElement) -> Size {
    Size {
        width: f64::from(canvas.client_width()),
        height: f64::from(canvas.client_height()),
        pixel_ratio: pixel_ratio(),
    }
}

/// What a canvas is drawn for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Medium {
    /// The screen, where the style sheet gives it its width; where that is known, the browser need not lay out the page to
    /// tell it.
    Screen(Option<f64>),
    /// Paper, where it is as wide as the sheet.
    Paper,
}

/// Gives the canvas the height that `height_from_width` says and as many pixels as there are on its medium.
pub fn fit(
    canvas: &HtmlCanvasElement,
    medium: Medium,
    height_from_width: impl FnOnce(f64) -> f64,
) -> Size {
    /// A little more than the width of A4 and of Letter between their margins: words a little smaller than those around them.
    const PAPER_WIDTH: f64 = 800.0;
    /// As sharp as printers show it.
    const PAPER_RATIO: f64 = 3.0;
    let (width, pixel_ratio) = match medium {
        Medium::Screen(known) => (
            known.unwrap_or_else(|| f64::from(canvas.client_width())),
            pixel_ratio(),
        ),
        Medium::Paper => (PAPER_WIDTH, PAPER_RATIO),
    };
    let size = Size {
        width,
        height: height_from_width(width),
        pixel_ratio,
    };
    let height_text = format!("{}px", size.height);
    let style = canvas.style();
    if style.get_property_value("height").ok().as_ref() != Some(&height_text) {
        style.set_property("height", &height_text).ok();
    }
    set_pixels(canvas, size);
    size
}

fn pixel_ratio() -> f64 {
    web_sys::window().map_or(1.0, |window| window.device_pixel_ratio())
}

/// Setting a canvas's size clears it, even to the size it has: only what differs is set.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn set_pixels(canvas: &HtmlCanvasElement, size: Size) {
    let width = (size.width * size.pixel_ratio).round() as u32;
    let height = (size.height * size.pixel_ratio).round() as u32;
    if canvas.width() != width {
        canvas.set_width(width);
    }
    if canvas.height() != height {
        canvas.set_height(height);
    }
}

/// Draws a figure and says where everything stands. `None` where the browser gives no context to draw with.
pub type Painter =
    fn(&HtmlCanvasElement, &Figure<'_>, &Theme, Size, &mut Rasters) -> Option<Layout>;

/// What draws heatmaps, curves and bars.
pub const COMMON: Painter = draw::<Common>;

late! {
    kinds,
    /// What draws every kind of plot.
    pub fn painter_of_all() -> Painter {
        draw::<All>
    }
}

fn draw<K: Kinds>(
    canvas: &HtmlCanvasElement,
    figure: &Figure<'_>,
    theme: &Theme,
    size: Size,
    rasters: &mut Rasters,
) -> Option<Layout> {
    let surface = CanvasSurface::new(canvas, size)?;
    draw_kinds::<K, _>(surface, figure, theme, size, rasters).ok()?;
    Some(Layout::in_theme(figure, size.width, size.height, theme))
}

/// The figure, of that size, on a sheet that nobody sees yet.
pub fn sheet(
    figure: &Figure<'_>,
    theme: &Theme,
    size: Size,
    sheet: &Sheet<'_>,
) -> Option<HtmlCanvasElement> {
    let canvas = new_canvas()?;
    let whole = sheet_size(size, theme, sheet);
    set_pixels(&canvas, whole);
    let surface = CanvasSurface::new(&canvas, whole)?;
    draw_sheet(surface, figure, theme, size, &mut Rasters::default(), sheet).ok()?;
    Some(canvas)
}

/// Whether the browser tells what is on a canvas. Some tell noise, so that nobody can be known by how their letters are drawn.
pub fn can_be_read() -> bool {
    const SIDE: u32 = 8;
    /// Some change the last bits, which nobody sees.
    const TOLERANCE: u8 = 8;
    let known: Vec<u8> = (0..=u8::MAX)
        .map(|n| if n % 4 == 3 { u8::MAX } else { n })
        .collect();
    let read = || {
        let canvas = new_canvas()?;
        canvas.set_width(SIDE);
        canvas.set_height(SIDE);
        let context = context_of(&canvas)?;
        let image =
            ImageData::new_with_u8_clamped_array_and_sh(Clamped(&known), SIDE, SIDE).ok()?;
        context.put_image_data(&image, 0.0, 0.0).ok()?;
        let [x, y, width, height] = [0.0, 0.0, f64::from(SIDE), f64::from(SIDE)];
        Some(context.get_image_data(x, y, width, height).ok()?.data())
    };
    read().is_some_and(|read| {
        let mut pairs = read.iter().zip(&known);
        pairs.all(|(read, known)| read.abs_diff(*known) <= TOLERANCE)
    })
}

fn new_canvas() -> Option<HtmlCanvasElement> {
    let document = web_sys::window()?.document()?;
    document.create_element("canvas").ok()?.dyn_into().ok()
}

fn context_of(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

/// A canvas as the bytes of a PNG file.
pub async fn png(canvas: &HtmlCanvasElement) -> Option<Blob> {
    let canvas = canvas.clone();
    let blob = js_sys::Promise::new(&mut |resolve, _| {
        let on_blob = Closure::once_into_js(move |blob: JsValue| {
            // Nothing waits on the result of a resolving function.
            resolve.call1(&JsValue::NULL, &blob).ok();
        });
        canvas.to_blob(on_blob.unchecked_ref()).ok();
    });
    JsFuture::from(blob).await.ok()?.dyn_into().ok()
}

/// A blob in two: its first bytes, and the others.
#[allow(clippy::cast_precision_loss)]
pub fn cut(blob: &Blob, at: usize) -> Option<(Blob, Blob)> {
    Some((
        blob.slice_with_f64_and_f64(0.0, at as f64).ok()?,
        blob.slice_with_f64(at as f64).ok()?,
    ))
}
