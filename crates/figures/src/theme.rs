//! The colours and the type of a drawing, read from the style sheet's own tokens.
//!
//! The page and its figures share one list of colours, `style/tokens.css`: a line
//! `--name: var(--light, #rrggbb) var(--dark, #rrggbb);` for each, light first. Nothing here repeats a colour.

use std::fmt;

/// A colour: red, green, blue, 0 to 255, sRGB.
pub type Rgb = [u8; 3];

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// Dark on light.
    #[default]
    Light,
    /// Light on dark.
    Dark,
}

/// Everything about a drawing that is not data: its colours, its type, its scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// Which of the two colours of each token this is.
    pub scheme: Scheme,
    /// Behind the cards.
    pub paper: Rgb,
    /// Behind a figure.
    pub card: Rgb,
    /// Text and cross lines.
    pub ink: Rgb,
    /// Tick labels, axis labels, notes, captions.
    pub quiet: Rgb,
    /// Frames, ticks and grid lines.
    pub line: Rgb,
    /// Lines that have to be seen: hatching.
    pub edge: Rgb,
    /// What the reader acts on, and histograms.
    pub accent: Rgb,
    /// The mean μ.
    pub mu: Rgb,
    /// The standard deviation σ.
    pub sigma: Rgb,
    /// The scale γ.
    pub gamma: Rgb,
    /// The shift β.
    pub beta: Rgb,
    /// Curves in the order in which they are added; repeated where it ends. Never empty.
    pub series: Vec<Rgb>,
    /// A CSS list of font families.
    pub font: String,
    /// The size of tick labels in CSS pixels; every other size and inset of a figure follows it.
    /// [`Theme::TEXT_PX`] in the page, more where a figure is projected.
    pub text_px: f64,
    /// Whether legends are part of the picture, as a file needs it. A page has legends of its own, which
    /// can be clicked.
    pub draws_legend: bool,
}

/// A token that the style sheet does not have, or not in the one form that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingToken {
    /// The token's name, such as `--card`.
    pub name: String,
}

impl fmt::Display for MissingToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the style sheet has no line `{}: var(--light, #rrggbb) var(--dark, #rrggbb);`",
            self.name
        )
    }
}

impl std::error::Error for MissingToken {}

impl Theme {
    /// The size of tick labels in the page, in CSS pixels.
    pub const TEXT_PX: f64 = 12.0;

    /// Reads the tokens of a style sheet.
    ///
    /// # Errors
    /// Names the first token that is missing or has another form than `var(--light, #rrggbb) var(--dark, #rrggbb)`
    /// (for `--font`: any value that is not empty).
    pub fn from_tokens(css: &str, scheme: Scheme) -> Result<Self, MissingToken> {
        let colour = |name: &str| {
            value_of(css, name)
                .and_then(|value| parse_colour(value, scheme))
                .ok_or_else(|| MissingToken {
                    name: name.to_owned(),
                })
        };
        // As many as there are, but at least one: a curve must have a colour.
        let mut series = vec![colour("--series-1")?];
        while let Ok(next) = colour(&format!("--series-{}", series.len() + 1)) {
            series.push(next);
        }
        Ok(Self {
            scheme,
            paper: colour("--paper")?,
            card: colour("--card")?,
            ink: colour("--ink")?,
            quiet: colour("--quiet")?,
            line: colour("--line")?,
            edge: colour("--edge")?,
            accent: colour("--accent")?,
            mu: colour("--mu")?,
            sigma: colour("--sigma")?,
            gamma: colour("--gamma")?,
            beta: colour("--beta")?,
            series,
            font: value_of(css, "--font")
                .filter(|value| !value.is_empty())
                .ok_or_else(|| MissingToken {
                    name: "--font".to_owned(),
                })?
                .to_owned(),
            text_px: Self::TEXT_PX,
            draws_legend: true,
        })
    }

    /// The colour of a role.
    pub fn role(&self, role: crate::Role) -> Rgb {
        match role {
            // A theme made by hand may have no series; accent keeps that drawable.
            crate::Role::Series(k) => {
                let n = self.series.len().max(1);
                self.series.get(k % n).copied().unwrap_or(self.accent)
            }
            crate::Role::Mu => self.mu,
            crate::Role::Sigma => self.sigma,
            crate::Role::Gamma => self.gamma,
            crate::Role::Beta => self.beta,
            crate::Role::Ink => self.ink,
            crate::Role::Quiet => self.quiet,
            crate::Role::Line => self.line,
            crate::Role::Edge => self.edge,
            crate::Role::Accent => self.accent,
            crate::Role::Card => self.card,
        }
    }
}

/// What stands between `name:` and `;` on the line that begins with `name`.
fn value_of<'a>(css: &'a str, name: &str) -> Option<&'a str> {
    css.lines().find_map(|line| {
        let value = line.trim().strip_prefix(name)?.strip_prefix(':')?;
        Some(value.split(';').next().unwrap_or(value).trim())
    })
}

fn parse_colour(value: &str, scheme: Scheme) -> Option<Rgb> {
    let (light, dark) = value
        .strip_prefix("var(--light, ")?
        .strip_suffix(')')?
        .split_once(')')?;
    let dark = dark.strip_prefix(" var(--dark, ")?;
    parse_hex(match scheme {
        Scheme::Light => light,
        Scheme::Dark => dark,
    })
}

fn parse_hex(text: &str) -> Option<Rgb> {
    let digits = text.strip_prefix('#').filter(|d| d.len() == 6)?;
    let byte = |at: usize| {
        digits
            .get(at..at + 2)
            .and_then(|pair| u8::from_str_radix(pair, 16).ok())
    };
    Some([byte(0)?, byte(2)?, byte(4)?])
}
