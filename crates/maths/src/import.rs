//! Activations that people bring along: text that is typed, pasted or in a link, and files.
//!
//! There is one reader for all, [`Reader`]; it goes in steps. What comes out is a shape, its values and
//! what has to be said about them ([`Imported`]), or one error that says where reading stopped, what was
//! there and what would have been read ([`ReadError`]). Values are kept as `f32`: what is beyond its range
//! becomes infinite, and is remarked. NaN and infinities are values like others.
//!
//! Numbers beyond 19 digits, and the few that are rounded in doubt, are read by a function that is given,
//! because the page leaves that to the browser: the standard library's would take a fifteenth of the first
//! load.
//!
//! # Text
//!
//! - Nested lists, as in JSON, of one to three dimensions, and what NumPy, PyTorch, TensorFlow, JAX and
//!   MLX print: names and options around a list belong to it, other words are left out and remarked.
//!   Lists one after another are rows. `[1 2; 3 4]` is Matlab's and Julia's.
//! - Rows of numbers, one a line: CSV and its relatives, tables in Markdown, LaTeX and HTML, tables that
//!   pandas, polars, R, Matlab and databases print. Lines that begin with `#` or `%` are passed over.
//!   Of a text in HTML the cells of its tables are read. A factor above a block, as Matlab's `1.0e+03 *`,
//!   multiplies it.
//!
//! `nan`, `inf`, `infinity`, `true`, `false`, in any letters, are values. A print with `...` is refused.
//!
//! # Labels
//!
//! Lines without a number before the first row are heads. Words before the numbers of every row are their
//! names. A first column of numbers is an index if its head is empty (or there is none for it, in a
//! printed table) and they are whole, or if its head is a word for it (`index`, `id`, `position`, …) and
//! they count up by one; two such heads are places in a block, which are values.
//!
//! # Commas
//!
//! - With a tab, a frame or `&` between numbers, a comma is within a number: `1,5⇥2,5`. With two commas in
//!   one, or with a point after it, it groups digits: `1,234.5⇥2`.
//! - On one line, semicolons end rows and commas are between numbers: `1,2;3,4`, as links and the field
//!   write it. On several lines a semicolon between numbers makes the comma a decimal one: `1,5;2,5⏎3,5;4,5`;
//!   unless some number would have two commas: `1,2,3;4,5,6⏎…`.
//! - With spaces between numbers a comma within each is a decimal one: `1,5 2,5`.
//! - Alone, commas are between numbers: `1,2⏎3,4`. With one on every line they are decimal if a zero
//!   follows one (`1,05`), if all are after a zero (`0,5⏎0,25`), or if rows had different lengths
//!   otherwise (`1,5⏎3`).
//! - Whatever can be read both ways gets a [`Remark::Commas`]; [`Reading::commas`] decides it.
//! - Spaces that do not break, spaces in cells, apostrophes and underscores group digits. Beside decimal
//!   commas points do.
//!
//! # Files
//!
//! NPY (versions 1 to 3), one tensor of safetensors, and text in UTF-8, UTF-16 or Windows-1252, told by
//! their bytes. Other kinds are named, with what converts them ([`FileKind`]).

mod around;
mod brackets;
mod cells;
mod decode;
mod delimited;
mod dtype;
mod error;
mod files;
mod find;
mod held;
mod html;
mod imported;
mod labels;
mod latex;
mod npy;
mod number;
mod reader;
mod reading;
mod safetensors;
mod survey;
mod text;

pub use error::ReadError;
pub use files::FileKind;
pub use imported::{Imported, LeftOut, MOST_BYTES, MOST_DIMENSIONS, MOST_VALUES, Remark};
pub use npy::{NpyError, NpyProblem};
pub use reader::Reader;
pub use reading::{Commas, ParseNumber, Reading};
pub use text::{TextError, TextProblem};
