//! A surface that looks at what is drawn on it.

use std::convert::Infallible;

use figures::{Figure, Raster, Rasters, Rect, SUBPIXELS, Scheme, Size, Surface, Theme};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};

use crate::panels::theme;

/// What was drawn on a [`Spy`].
#[derive(Debug, Default)]
pub struct Seen {
    pub n_shapes: usize,
    pub texts: Vec<String>,
    pub blits: Vec<(usize, usize, Rect)>,
    pub n_points: usize,
}

/// A surface that only looks: it fails the test when it is asked to measure text, and when a shape
/// leaves the surface by more than a stroke.
pub struct Spy<'s> {
    pub seen: &'s mut Seen,
    size: (u32, u32),
}

impl<'s> Spy<'s> {
    pub fn new(seen: &'s mut Seen, size: Size) -> Self {
        let scale = f64::from(SUBPIXELS);
        Self {
            seen,
            size: (
                (size.width * scale).max(0.0) as u32,
                (size.height * scale).max(0.0) as u32,
            ),
        }
    }

    fn look(&mut self, (x, y): BackendCoord) {
        let slack = 8 * SUBPIXELS;
        assert!(x >= -slack && x <= self.size.0 as i32 + slack, "x = {x}");
        assert!(y >= -slack && y <= self.size.1 as i32 + slack, "y = {y}");
        self.seen.n_points += 1;
    }
}

type Outcome = Result<(), DrawingErrorKind<Infallible>>;

impl Surface for Spy<'_> {
    fn blit(&mut self, raster: &Raster, at: Rect) -> Outcome {
        assert_eq!(raster.rgba.len(), raster.width * raster.height * 4);
        self.seen.blits.push((raster.width, raster.height, at));
        Ok(())
    }
}

impl DrawingBackend for Spy<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Outcome {
        Ok(())
    }

    fn present(&mut self) -> Outcome {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, _: BackendColor) -> Outcome {
        panic!("a single pixel at {point:?}: something fell back to plotters' rasterizer");
    }

    fn draw_line<S: BackendStyle>(&mut self, a: BackendCoord, b: BackendCoord, _: &S) -> Outcome {
        self.look(a);
        self.look(b);
        self.seen.n_shapes += 1;
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        a: BackendCoord,
        b: BackendCoord,
        _: &S,
        _: bool,
    ) -> Outcome {
        self.look(a);
        self.look(b);
        assert!(a.0 <= b.0 && a.1 <= b.1, "{a:?} {b:?}");
        self.seen.n_shapes += 1;
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        _: &S,
    ) -> Outcome {
        path.into_iter().for_each(|point| self.look(point));
        self.seen.n_shapes += 1;
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        centre: BackendCoord,
        _: u32,
        _: &S,
        _: bool,
    ) -> Outcome {
        self.look(centre);
        self.seen.n_shapes += 1;
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        _: &S,
    ) -> Outcome {
        points.into_iter().for_each(|point| self.look(point));
        self.seen.n_shapes += 1;
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, _: &T, at: BackendCoord) -> Outcome {
        self.look(at);
        self.seen.texts.push(text.to_owned());
        Ok(())
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        text: &str,
        _: &T,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        panic!("measured {text:?}");
    }
}

/// Draws on a [`Spy`] and returns what it saw.
pub fn look_at(figure: &Figure, size: Size) -> Seen {
    look_in(figure, &theme(Scheme::Light), size).0
}

/// The same in any theme, with what was painted.
pub fn look_in(figure: &Figure, theme: &Theme, size: Size) -> (Seen, Rasters) {
    let mut seen = Seen::default();
    let mut rasters = Rasters::default();
    let spy = Spy::new(&mut seen, size);
    figures::draw::draw(spy, figure, theme, size, &mut rasters).unwrap();
    (seen, rasters)
}
