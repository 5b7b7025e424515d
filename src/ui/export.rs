//! What leaves the page: pictures, numbers, code.
//!
//! Fetched when it is first wanted. Everything is made from the state that the figure had when it was asked
//! for, in pieces between which the page goes on; a large table is never held twice, because its figure is
//! made anew for each piece, from buffers that the room has anyway.

use std::ops::Range;

use figures::draw::Sheet;
use figures::png_text::{self, Keyword};
use figures::{Figure, Size, Theme, csv, npy, panels, svg};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::canvas;
use crate::browser::late::{NotLoaded, late};
use crate::browser::page::{after, pause};
use crate::browser::save::{Parts, blob_file, copy};
use crate::browser::timing::now_ms;
use crate::ui::acts::{File, Language, Picture};
use crate::ui::frame::{Frame, FrameHandle};
use crate::ui::picture;
use crate::ui::source::FigureSnapshot;

/// How long a piece of work may keep the page waiting, in milliseconds: half a frame.
const PIECE_MS: f64 = 8.0;

/// How long it is shown that code was copied.
const REPORT_MS: i32 = 3000;

/// Rows or values between two looks at the clock.
const ROWS_AT_ONCE: usize = 16;
const VALUES_AT_ONCE: usize = 1 << 16;

/// Bytes that are gathered before the browser gets them.
const PART_BYTES: usize = 1 << 22;

/// Saves the figure as a file.
pub fn save(frame: FrameHandle, file: File) {
    say_if_missing(
        frame,
        async move { begin_save(frame, file).await },
        move || save(frame, file),
    );
}

/// Copies the code that makes the figure's numbers.
pub fn copy_code(frame: FrameHandle, language: Language) {
    say_if_missing(
        frame,
        async move { begin_copy(frame, language).await },
        move || copy_code(frame, language),
    );
}

/// Waits for code to be fetched and begin; where it does not arrive, says so, and asks once more when the reader does.
fn say_if_missing(
    handle: FrameHandle,
    begun: impl Future<Output = Result<(), NotLoaded>> + 'static,
    ask: impl FnOnce() + 'static,
) {
    spawn_local(async move {
        let begun = begun.await;
        handle.try_with_value(|frame| match begun {
            Ok(()) => frame.find(),
            Err(NotLoaded) => frame.miss(handle, Box::new(ask)),
        });
    });
}

late! {
    exports,
    /// Begins to save.
    fn begin_save(frame: FrameHandle, file: File) -> () {
        if let Some(job) = frame.try_with_value(Job::of) {
            spawn_local(async move { job.save(frame, file).await });
        }
    }
}

late! {
    exports,
    /// Begins to copy.
    fn begin_copy(frame: FrameHandle, language: Language) -> () {
        if let Some(job) = frame.try_with_value(Job::of) {
            let code = job.figure.code();
            let (text, name) = match language {
                Language::NumPy => (code.numpy, "NumPy"),
                Language::PyTorch => (code.pytorch, "PyTorch"),
            };
            spawn_local(async move {
                let words = if copy(text).await {
                    format!("{name} code copied.")
                } else {
                    "The browser did not let the code be copied.".to_owned()
                };
                frame.try_with_value(|frame| frame.report(&words));
                after(REPORT_MS, move || {
                    frame.try_with_value(|frame| frame.report(""));
                });
            });
        }
    }
}

/// A file that is written row after row.
struct Lines {
    /// The file's name without its end.
    name: fn(&Figure<'_>) -> String,
    write_header: fn(&Figure<'_>, &mut String),
    n_rows: fn(&Figure<'_>) -> usize,
    write: fn(&Figure<'_>, Range<usize>, &mut String),
}

// Writing into a String cannot fail.
const TABLE: Lines = Lines {
    name: |figure| figure.id.to_owned(),
    write_header: |figure, text| {
        csv::write_header(&figure.table, text).ok();
    },
    n_rows: |figure| csv::n_rows(&figure.table),
    write: |figure, rows, text| {
        csv::write_rows(&figure.table, rows, text).ok();
    },
};

const PANELS: Lines = Lines {
    name: |figure| format!("{}-panels", picture::with_shape(figure)),
    write_header: |_, text| text.push_str(panels::HEADER),
    n_rows: panels::n_rows,
    write: |figure, rows, text| {
        panels::write_rows(figure, rows, text).ok();
    },
};

/// A figure as it was when someone asked for a file.
struct Job {
    id: &'static str,
    figure: Box<dyn FigureSnapshot>,
    link: String,
}

impl Job {
    fn of(frame: &Frame) -> Self {
        Self {
            id: frame.source.id(),
            figure: frame.source.snapshot(),
            link: frame.source.link(),
        }
    }

    async fn save(&self, frame: FrameHandle, file: File) {
        let saved = match file {
            File::Png(picture) => self.save_png(frame, picture).await,
            File::Svg => self.save_svg(frame),
            File::Csv => self.save_rows(frame, &TABLE).await,
            File::Panels => self.save_rows(frame, &PANELS).await,
            File::Npy => self.save_npy(frame).await,
        };
        frame.try_with_value(|frame| {
            // Nothing to say where the browser says it itself.
            frame.report(if saved.is_some() {
                ""
            } else {
                "The file was not saved."
            });
        });
    }

    fn with<T>(&self, read: impl FnOnce(&mut Figure<'_>) -> T) -> Option<T> {
        let (mut read, mut result) = (Some(read), None);
        self.figure.with(&mut |figure| {
            result = read.take().map(|read| read(figure));
        });
        result
    }

    /// Numbers row after row, with the progress shown.
    async fn save_rows(&self, frame: FrameHandle, lines: &Lines) -> Option<()> {
        let mut parts = Parts::default();
        let mut text = String::new();
        let (n_rows, name) = self.with(|figure| {
            (lines.write_header)(figure, &mut text);
            ((lines.n_rows)(figure), (lines.name)(figure))
        })?;
        let mut row = 0;
        while row < n_rows {
            self.with(|figure| {
                let until = now_ms() + PIECE_MS;
                while row < n_rows && now_ms() < until {
                    (lines.write)(figure, row..row + ROWS_AT_ONCE, &mut text);
                    row += ROWS_AT_ONCE;
                }
            })?;
            if text.len() >= PART_BYTES {
                parts.push(text.as_bytes())?;
                text.clear();
            }
            breathe(frame, row, n_rows).await?;
        }
        parts.push(text.as_bytes())?;
        blob_file(&format!("{name}.csv"), &parts.blob("text/csv")?)
    }

    /// The numbers as they lie in memory.
    async fn save_npy(&self, frame: FrameHandle) -> Option<()> {
        let mut parts = Parts::default();
        let mut bytes = Vec::new();
        let n_values = self.with(|figure| {
            npy::write_header(&figure.table, &mut bytes);
            npy::n_values(&figure.table)
        })?;
        let mut idx = 0;
        while idx < n_values {
            self.with(|figure| {
                let until = now_ms() + PIECE_MS;
                while idx < n_values && now_ms() < until && bytes.len() < PART_BYTES {
                    npy::write_values(&figure.table, idx..idx + VALUES_AT_ONCE, &mut bytes);
                    idx += VALUES_AT_ONCE;
                }
            })?;
            if bytes.len() >= PART_BYTES {
                parts.push(&bytes)?;
                bytes.clear();
            }
            breathe(frame, idx, n_values).await?;
        }
        parts.push(&bytes)?;
        blob_file(
            &format!("{}.npy", self.id),
            &parts.blob("application/octet-stream")?,
        )
    }

    /// The picture as it is seen, on a sheet with its title and its link.
    async fn save_png(&self, frame: FrameHandle, picture: Picture) -> Option<()> {
        let drawn = frame.try_with_value(|frame| {
            self.with(|figure| {
                frame.adapt(figure);
                let sheet = Sheet {
                    title: &figure.title,
                    link: &self.link,
                };
                frame.page.with_theme(picture::scheme(frame), |theme| {
                    let theme = with_legend(theme);
                    let size = picture::size_of(picture, frame, figure, &theme, &sheet)?;
                    let canvas = canvas::sheet(figure, &theme, size, &sheet)?;
                    let name = picture::file_name(picture, figure);
                    Some((canvas, figure.title.clone().into_owned(), name))
                })
            })?
        })??;
        let (canvas, title, name) = drawn;
        let png = canvas::png(&canvas).await?;
        let mut texts = Vec::new();
        png_text::write_chunk(Keyword::Title, &title, &mut texts);
        png_text::write_chunk(Keyword::Source, &self.link, &mut texts);
        if let Some(density) = picture::density(picture) {
            png_text::write_density(density, &mut texts);
        }
        let mut parts = Parts::default();
        let (before, after) = canvas::cut(&png, png_text::AFTER_HEADER)?;
        parts.push_blob(&before);
        parts.push(&texts)?;
        parts.push_blob(&after);
        blob_file(&format!("{name}.png"), &parts.blob("image/png")?)
    }

    fn save_svg(&self, frame: FrameHandle) -> Option<()> {
        /// Heatmaps are embedded as pixels: as sharp as on a good screen.
        const PIXEL_RATIO: f64 = 2.0;
        let text = frame.try_with_value(|frame| {
            let size = Size {
                pixel_ratio: PIXEL_RATIO,
                ..frame.canvas_size()?
            };
            let scheme = picture::scheme(frame);
            self.with(|figure| {
                frame.adapt(figure);
                let title = figure.title.clone().into_owned();
                let sheet = Sheet {
                    title: &title,
                    link: &self.link,
                };
                frame.page.with_theme(scheme, |theme| {
                    svg::svg_sheet(figure, &with_legend(theme), size, &sheet).ok()
                })
            })?
        })??;
        let mut parts = Parts::default();
        parts.push(text.as_bytes())?;
        blob_file(&format!("{}.svg", self.id), &parts.blob("image/svg+xml")?)
    }
}

/// The colours of the page; in a file the legend has to be part of the picture.
fn with_legend(theme: &Theme) -> Theme {
    Theme {
        draws_legend: true,
        ..theme.clone()
    }
}

/// Shows how far a long export is and lets the page do what it has to; `None` where the reader stopped it.
#[allow(clippy::cast_precision_loss)]
async fn breathe(frame: FrameHandle, done: usize, all: usize) -> Option<()> {
    if done >= all {
        return Some(());
    }
    let is_wanted = frame.try_with_value(|frame| frame.go_on(done as f64 / all as f64))?;
    pause().await;
    is_wanted.then_some(())
}
