//! The pen: from CSS pixels and theme colours to a surface's whole numbers.

use pixels::{Raster, paint_hatched};
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{Circle, Drawable, PointCollection, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    Color, FontDesc, FontFamily, FontStyle, FontTransform, RGBAColor, ShapeStyle, TextStyle,
};
use plotters_backend::{BackendCoord, DrawingErrorKind};

use super::surface::{DrawError, SUBPIXELS, Surface};
use crate::ramp::hatch;
use crate::{Anchor, Dash, Rect, Rgb, Role, Theme};

/// Text of about one pixel, which nobody reads.
const LEAST_GROW: f64 = 0.1;

/// Draws on one surface in CSS pixels. What is not finite is not drawn.
pub(crate) struct Pen<'a, S: Surface> {
    area: DrawingArea<S, Shift>,
    pub(crate) theme: &'a Theme,
    /// Device pixels per CSS pixel.
    pub(crate) pixel_ratio: f64,
    /// How much larger than in the page everything is.
    pub(crate) grow: f64,
    /// Where on the surface the point (0, 0) lies, in CSS pixels: whole device pixels, so that what is sharp
    /// stays sharp.
    pub(crate) origin: (f64, f64),
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words {
    pub(crate) colour: Rgb,
    pub(crate) anchor: Anchor,
    /// In CSS pixels.
    pub(crate) text_px: f64,
    pub(crate) bold: bool,
    /// A quarter turn to the left about the anchor.
    pub(crate) turned: bool,
}

impl<'a, S: Surface> Pen<'a, S> {
    pub(crate) fn new(surface: S, theme: &'a Theme, pixel_ratio: f64) -> Self {
        Self {
            area: surface.into_drawing_area(),
            theme,
            pixel_ratio: if pixel_ratio.is_finite() && pixel_ratio > 0.0 {
                pixel_ratio
            } else {
                1.0
            },
            // Dashes have a length in every theme, or a dashed line would have no end.
            grow: (theme.text_px / Theme::TEXT_PX).max(LEAST_GROW),
            origin: (0.0, 0.0),
        }
    }

    /// A point of the surface; `None` if it is not finite.
    fn coord(&self, x: f64, y: f64) -> Option<BackendCoord> {
        let whole = |px: f64| {
            #[allow(clippy::cast_possible_truncation)]
            px.is_finite()
                .then(|| (px * f64::from(SUBPIXELS)).round() as i32)
        };
        Some((whole(self.origin.0 + x)?, whole(self.origin.1 + y)?))
    }

    /// Tick labels and notes: quiet, at the theme's size.
    pub(crate) fn quiet(&self, anchor: Anchor) -> Words {
        Words {
            colour: self.theme.quiet,
            anchor,
            text_px: self.theme.text_px,
            bold: false,
            turned: false,
        }
    }

    /// The nearest edge of a device pixel.
    pub(crate) fn snap(&self, px: f64) -> f64 {
        (px * self.pixel_ratio).round() / self.pixel_ratio
    }

    /// How many device pixels a rectangle has: both edges are rounded, so that a raster of that size
    /// fits whole pixels at every ratio.
    pub(crate) fn device_size(&self, rect: Rect) -> (usize, usize) {
        let device = |px: f64| {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            {
                (px * self.pixel_ratio).round().max(0.0) as usize
            }
        };
        (
            device(rect.right()) - device(rect.x),
            device(rect.bottom()) - device(rect.y),
        )
    }

    pub(crate) fn fill(&self, rect: Rect, colour: Rgb, alpha: f64) -> Result<(), DrawError> {
        let from = self.coord(rect.x, rect.y);
        let to = self.coord(rect.right(), rect.bottom());
        let (Some(from), Some(to)) = (from, to) else {
            return Ok(());
        };
        self.put(&Rectangle::new([from, to], style(colour, alpha).filled()))
    }

    /// The width of a hair line: about one CSS pixel at the page's text size, and whole device pixels.
    pub(crate) fn hair_px(&self) -> f64 {
        (self.grow * self.pixel_ratio).round().max(1.0) / self.pixel_ratio
    }

    /// The middle of a hair line at `at`, moved to where both of its edges are those of device pixels.
    #[inline(never)]
    pub(crate) fn sharp(&self, at: f64) -> f64 {
        self.snap(at.floor()) + self.hair_px() * 0.5
    }

    /// A hair line; `at` is moved to where it is sharp.
    pub(crate) fn hair_across(
        &self,
        (from, to): (f64, f64),
        at: f64,
        colour: Rgb,
    ) -> Result<(), DrawError> {
        let y = self.sharp(at);
        self.path(&[(from, y), (to, y)], self.hair_px(), colour, 1.0)
    }

    /// The same downwards.
    pub(crate) fn hair_down(
        &self,
        at: f64,
        (from, to): (f64, f64),
        colour: Rgb,
    ) -> Result<(), DrawError> {
        let x = self.sharp(at);
        self.path(&[(x, from), (x, to)], self.hair_px(), colour, 1.0)
    }

    /// A hair line around a rectangle, just outside of it.
    pub(crate) fn outline(&self, rect: Rect, colour: Rgb) -> Result<(), DrawError> {
        let half = self.hair_px() * 0.5;
        let (x0, y0) = (self.snap(rect.x) - half, self.snap(rect.y) - half);
        let (x1, y1) = (
            self.snap(rect.right()) + half,
            self.snap(rect.bottom()) + half,
        );
        // Not a rectangle: plotters' SVG gives an unfilled one no stroke width. Closed half a side
        // further, so that the first corner is a join too.
        self.path(
            &[(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0), (x1, y0)],
            2.0 * half,
            colour,
            1.0,
        )
    }

    /// Points on the surface, each once where several fall together.
    fn coords(&self, points: &[(f64, f64)]) -> Vec<BackendCoord> {
        let mut coords: Vec<_> = points
            .iter()
            .filter_map(|&(x, y)| self.coord(x, y))
            .collect();
        coords.dedup();
        coords
    }

    /// A path through points, all of them finite.
    pub(crate) fn path(
        &self,
        points: &[(f64, f64)],
        width: f64,
        colour: Rgb,
        alpha: f64,
    ) -> Result<(), DrawError> {
        self.stroke(points, width, (colour, alpha), &[])
    }

    /// A curve through points in the colour and, where these are to be seen, the strokes of its role.
    pub(crate) fn curve(
        &self,
        points: &[(f64, f64)],
        width: f64,
        role: Role,
        is_dashed: bool,
    ) -> Result<(), DrawError> {
        let dash = if is_dashed { role.dash() } else { &[] };
        self.stroke(points, width, (self.theme.role(role), 1.0), dash)
    }

    #[inline(never)]
    fn stroke(
        &self,
        points: &[(f64, f64)],
        width: f64,
        (colour, alpha): (Rgb, f64),
        dash: Dash,
    ) -> Result<(), DrawError> {
        let coords = self.coords(points);
        if coords.len() < 2 {
            return Ok(());
        }
        self.put(&Stroke {
            coords,
            style: style(colour, alpha).stroke_width(subpixels(width)),
            dash,
            unit: self.grow * f64::from(SUBPIXELS),
        })
    }

    /// A filled polygon through points, all of them finite.
    pub(crate) fn polygon(
        &self,
        points: &[(f64, f64)],
        colour: Rgb,
        alpha: f64,
    ) -> Result<(), DrawError> {
        let coords = self.coords(points);
        if coords.len() < 3 {
            return Ok(());
        }
        self.put(&Polygon::new(coords, style(colour, alpha)))
    }

    pub(crate) fn dot(
        &self,
        (x, y): (f64, f64),
        radius: f64,
        colour: Rgb,
        alpha: f64,
    ) -> Result<(), DrawError> {
        match self.coord(x, y) {
            Some(centre) => self.put(&Circle::new(
                centre,
                subpixels(radius),
                style(colour, alpha).filled(),
            )),
            None => Ok(()),
        }
    }

    /// The outline of a circle.
    pub(crate) fn ring(
        &self,
        (x, y): (f64, f64),
        radius: f64,
        width: f64,
        colour: Rgb,
    ) -> Result<(), DrawError> {
        let style = style(colour, 1.0).stroke_width(subpixels(width));
        match self.coord(x, y) {
            Some(centre) => self.put(&Circle::new(centre, subpixels(radius), style)),
            None => Ok(()),
        }
    }

    /// One line of text, its vertical middle at `y`.
    pub(crate) fn text(
        &self,
        text: &str,
        (x, y): (f64, f64),
        words: Words,
    ) -> Result<(), DrawError> {
        let Some(at) = self.coord(x, y).filter(|_| !text.is_empty()) else {
            return Ok(());
        };
        let weight = if words.bold {
            FontStyle::Bold
        } else {
            FontStyle::Normal
        };
        let mut font = FontDesc::new(
            FontFamily::Name(&self.theme.font),
            words.text_px * f64::from(SUBPIXELS),
            weight,
        );
        if words.turned {
            font = font.transform(FontTransform::Rotate270);
        }
        let anchor = match words.anchor {
            Anchor::Left => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::Right => HPos::Right,
        };
        let colour = style(words.colour, 1.0);
        let style = TextStyle::from(font)
            .color(&colour)
            .pos(Pos::new(anchor, VPos::Center));
        self.put(&Text::new(text, at, style))
    }

    pub(crate) fn blit(&self, raster: &Raster, at: Rect) -> Result<(), DrawError> {
        let at = Rect {
            x: self.origin.0 + at.x,
            y: self.origin.1 + at.y,
            ..at
        };
        if raster.rgba.is_empty() || !(at.x.is_finite() && at.y.is_finite()) {
            return Ok(());
        }
        self.put(&Blit { raster, at })
    }

    /// Hatches a rectangle, as a heatmap's cells are that are not numbers.
    pub(crate) fn hatch(&self, rect: Rect, raster: &mut Raster) -> Result<(), DrawError> {
        let (width, height) = self.device_size(rect);
        paint_hatched(hatch(self.theme.scheme), width, height, raster);
        self.blit(raster, rect)
    }

    pub(crate) fn finish(&self) -> Result<(), DrawError> {
        self.area.present().map_err(|e| draw_error(&e))
    }

    fn put<'e, E>(&self, element: &'e E) -> Result<(), DrawError>
    where
        &'e E: PointCollection<'e, BackendCoord>,
        E: Drawable<S>,
    {
        self.area.draw(element).map_err(|e| draw_error(&e))
    }
}

fn draw_error<E: std::error::Error + Send + Sync>(error: &DrawingAreaErrorKind<E>) -> DrawError {
    DrawError(error.to_string())
}

fn style([r, g, b]: Rgb, alpha: f64) -> RGBAColor {
    RGBAColor(r, g, b, alpha)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn subpixels(px: f64) -> u32 {
    (px * f64::from(SUBPIXELS)).round().max(1.0) as u32
}

/// A path as a plotters element, broken or not.
struct Stroke {
    coords: Vec<BackendCoord>,
    style: ShapeStyle,
    dash: Dash,
    /// That of the dash, in surface coordinates.
    unit: f64,
}

impl<'e> PointCollection<'e, BackendCoord> for &'e Stroke {
    type Point = &'e BackendCoord;
    type IntoIter = &'e [BackendCoord];

    fn point_iter(self) -> Self::IntoIter {
        &self.coords
    }
}

impl<S: Surface> Drawable<S> for Stroke {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        points: I,
        surface: &mut S,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<S::ErrorType>> {
        if self.dash.is_empty() {
            return surface.draw_path(points, &self.style);
        }
        surface.set_dash(self.dash, self.unit);
        let drawn = surface.draw_path(points, &self.style);
        surface.set_dash(&[], self.unit);
        drawn
    }
}

/// A raster as a plotters element.
struct Blit<'r> {
    raster: &'r Raster,
    at: Rect,
}

impl<'e> PointCollection<'e, BackendCoord> for &'e Blit<'_> {
    type Point = BackendCoord;
    type IntoIter = std::iter::Empty<BackendCoord>;

    fn point_iter(self) -> Self::IntoIter {
        // The place is kept in CSS pixels, as the surface wants it.
        std::iter::empty()
    }
}

impl<S: Surface> Drawable<S> for Blit<'_> {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        _: I,
        surface: &mut S,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<S::ErrorType>> {
        surface.blit(self.raster, self.at)
    }
}
