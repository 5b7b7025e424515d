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
use crate::browser::page::{PIECE_MS, after, pause};
use crate::browser::save::{Parts, blob_file, copy};
use crate::browser::timing::now_ms;
use crate::ui::acts::{File, Language, Picture};
use crate::ui::frame::{Frame, FrameHandle, Going};
use crate::ui::page::with_theme;
use crate::ui::picture;
use crate::ui::source::FigureSnapshot;
use crate::ui::text::push_escaped;

/// Said in place of a picture that would be none.
const NOISE: &str =
    "This browser hides what is on a canvas, so a PNG would be noise. SVG has the same picture.";

/// How long it is shown that code was copied.
const REPORT_MS: i32 = 3000;

/// Rows or values between two looks at the clock.
const ROWS_AT_ONCE: usize = 16;
const VALUES_AT_ONCE: usize = 1 << 16;

/// How many frames are waited for what a figure computes in steps. Where another state is shown meanwhile, which computes the
/// same things for itself, the rest is made at once.
const MOST_FRAMES: usize = 1000;

/// What a press on the button that stops an export says, before its number.
const STOP: &str = "stop ";

/// The number of the export that a press stops.
pub fn number_of_word(word: &str) -> Option<u32> {
    word.strip_prefix(STOP)?.parse().ok()
}

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

/// Fetches what makes files and code before either is asked for: a browser takes nothing for its clipboard that comes
/// long after the click.
pub fn prepare() {
    spawn_local(async {
        // Who asks for something is told where it does not arrive.
        arrive().await.ok();
    });
}

late! {
    exports,
    /// Is there.
    fn arrive() -> () {}
}

late! {
    exports,
    /// Begins to save.
    fn begin_save(frame: FrameHandle, file: File) -> () {
        if let Some(job) = frame.try_with_value(|it| Job::of(it, name_of(file))) {
            spawn_local(async move { job.save(frame, file).await });
        }
    }
}

late! {
    exports,
    /// Begins to copy.
    fn begin_copy(frame: FrameHandle, language: Language) -> () {
        if let Some(job) = frame.try_with_value(|it| Job::of(it, "Code")) {
            spawn_local(async move { job.copy(frame, language).await });
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

/// What a file is called while it is written.
fn name_of(file: File) -> &'static str {
    match file {
        File::Png(_) => "PNG",
        File::Svg => "SVG",
        File::Csv | File::Panels => "CSV",
        File::Npy => "NPY",
    }
}

/// Says what became of an export until it has been read, or until there is something else to say.
fn report_for_a_while(frame: FrameHandle, words: &str) {
    let nth = frame.try_with_value(|frame| {
        frame.report(words);
        frame.n_reports()
    });
    after(REPORT_MS, move || {
        frame.try_with_value(|frame| {
            if Some(frame.n_reports()) == nth {
                frame.report("");
            }
        });
    });
}

/// A figure as it was when someone asked for a file.
struct Job {
    /// Which of the figure's exports.
    number: u32,
    /// What it makes.
    name: &'static str,
    id: &'static str,
    figure: Box<dyn FigureSnapshot>,
    link: String,
}

impl Job {
    fn of(frame: &Frame, name: &'static str) -> Self {
        let mut exports = frame.exports.borrow_mut();
        exports.n_begun += 1;
        Self {
            number: exports.n_begun,
            name,
            id: frame.source.id(),
            figure: frame.source.snapshot(),
            link: frame.source.link(),
        }
    }

    async fn save(&self, frame: FrameHandle, file: File) {
        if matches!(file, File::Png(_)) && !canvas::can_be_read() {
            frame.try_with_value(|frame| frame.report(NOISE));
            return;
        }
        let saved = self.write(frame, file).await;
        frame.try_with_value(|frame| {
            let was_stopped = frame.end_export(self.number);
            // Nothing to say where the browser says it itself, or who stopped it knows.
            frame.report(if saved.is_some() || was_stopped {
                ""
            } else {
                "The file was not saved."
            });
        });
    }

    async fn write(&self, frame: FrameHandle, file: File) -> Option<()> {
        self.finish(frame).await?;
        match file {
            File::Png(picture) => self.save_png(frame, picture).await,
            File::Svg => self.save_svg(frame),
            File::Csv => self.save_rows(frame, &TABLE).await,
            File::Panels => self.save_rows(frame, &PANELS).await,
            File::Npy => self.save_npy(frame).await,
        }
    }

    async fn copy(&self, frame: FrameHandle, language: Language) {
        let finished = self.finish(frame).await;
        let was_stopped = frame.try_with_value(|frame| frame.end_export(self.number));
        if finished.is_none() || was_stopped != Some(false) {
            return;
        }
        let code = self.figure.code();
        let (text, name) = match language {
            Language::NumPy => (code.numpy, "NumPy"),
            Language::PyTorch => (code.pytorch, "PyTorch"),
        };
        let words = if copy(text).await {
            format!("{name} code copied.")
        } else {
            "The browser did not let the code be copied.".to_owned()
        };
        report_for_a_while(frame, &words);
    }

    /// Waits for what the figure computes in steps.
    async fn finish(&self, frame: FrameHandle) -> Option<()> {
        for _ in 0..MOST_FRAMES {
            if !self.figure.go_on() {
                break;
            }
            self.breathe(frame, 0, 1).await?;
        }
        Some(())
    }

    /// Shows how far a long export is and lets the page do what it has to; `None` where the reader stopped it.
    #[allow(clippy::cast_precision_loss)]
    async fn breathe(&self, frame: FrameHandle, done: usize, all: usize) -> Option<()> {
        if done >= all {
            return Some(());
        }
        let progress = done as f64 / all as f64;
        let is_wanted =
            frame.try_with_value(|frame| frame.go_on(self.number, self.name, progress))?;
        pause().await;
        is_wanted.then_some(())
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
            self.breathe(frame, row, n_rows).await?;
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
            self.breathe(frame, idx, n_values).await?;
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
                let text_px = picture::text_px(picture, frame);
                with_theme(picture::scheme(frame), text_px, |theme| {
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
                with_theme(scheme, frame.text_px(), |theme| {
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

impl Frame {
    /// Notes how far an export is; false where the reader has stopped it.
    fn go_on(&self, number: u32, file: &'static str, progress: f64) -> bool {
        let mut exports = self.exports.borrow_mut();
        let is_new = exports.going.iter().all(|it| it.number != number);
        if is_new {
            exports.going.push(Going {
                number,
                file,
                progress,
                is_stopped: false,
            });
        }
        let going = exports.going.iter_mut().find(|it| it.number == number);
        let is_wanted = going.is_some_and(|it| {
            it.progress = progress;
            !it.is_stopped
        });
        drop(exports);
        self.show_exports();
        is_wanted
    }

    /// The reader does not want this export any more.
    pub fn stop_export(&self, number: u32) {
        for going in &mut self.exports.borrow_mut().going {
            going.is_stopped |= going.number == number;
        }
    }

    /// An export is over; says whether the reader has stopped it.
    fn end_export(&self, number: u32) -> bool {
        let mut exports = self.exports.borrow_mut();
        let idx = exports.going.iter().position(|it| it.number == number);
        idx.is_some_and(|idx| exports.going.remove(idx).is_stopped)
    }

    /// How often something was said.
    fn n_reports(&self) -> u32 {
        self.exports.borrow().n_reports
    }

    /// Says what became of an export, to be seen and heard for a while; nothing where there is nothing to say.
    pub fn report(&self, words: &str) {
        self.exports.borrow_mut().n_reports += 1;
        words.clone_into(&mut self.exports.borrow_mut().words);
        self.show_exports();
        if !words.is_empty() {
            self.page.said.set(words.to_owned());
        }
    }

    /// Shows the exports that are going on. While these are the same, so are their elements: the button must stay under the
    /// pointer.
    fn show_exports(&self) {
        let exports = self.exports.borrow();
        let mut html = String::new();
        for Going { number, file, .. } in &exports.going {
            html.push_str(&format!(
                "<div>{file} <progress max=\"100\" data-export=\"{number}\" aria-label=\"Making {file}\"></progress>\
                 <button type=\"button\" class=\"link\" data-do=\"{STOP}{number}\" aria-label=\"Stop {file}\">Stop</button></div>"
            ));
        }
        push_escaped(&mut html, &exports.words);
        let part = &self.parts.export.part;
        self.parts.export.html_or_hide(html);
        for Going {
            number, progress, ..
        } in &exports.going
        {
            if let Some(bar) = part.find(&format!("[data-export=\"{number}\"]")) {
                bar.set("value", &(progress * 100.0).floor().to_string());
            }
        }
    }
}
