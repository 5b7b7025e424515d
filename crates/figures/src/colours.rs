//! Colours as a choice: which ramp a reader looks through, and from which value to which.

use pixels::finite_range;

use crate::{Colours, Figure, Form, Plot, Ramp};

/// How a reader wants a figure's colours. The default leaves them as the room has them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ColourChoice {
    /// The ramp; `None` keeps that of each panel.
    pub ramp: Option<Ramp>,
    /// The values at the ends of the ramp.
    pub range: RangeChoice,
}

/// The values at the ends of a ramp, the same for all panels of a figure.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum RangeChoice {
    /// What each panel has from its room.
    #[default]
    Usual,
    /// From the least to the largest finite value.
    Auto,
    /// As far below zero as above, to the value that is furthest from zero.
    Symmetric,
    /// As far below zero as above, to this value. One that is not above 0 and finite is as `Usual`.
    Fixed(f64),
}

impl Figure<'_> {
    /// Gives heatmaps and bars the colours that a reader chose.
    ///
    /// The values that count are those of the heatmaps, or of the bars where there are no heatmaps, as far
    /// as the figure shows them: of a cropped figure those in its window. Where they span nothing, a range
    /// from the value to zero stands for them; where there are none, or only zeros, the room's stays.
    ///
    /// `Symmetric` and `Fixed` begin at zero for a sequential ramp over data that, by the room's own range,
    /// have nothing below: half of its colours would stand for nothing.
    pub fn recolour(&mut self, choice: ColourChoice) {
        let shown = match choice.range {
            RangeChoice::Auto | RangeChoice::Symmetric => self.finite_range(),
            RangeChoice::Usual | RangeChoice::Fixed(_) => None,
        };
        for panel in &mut self.panels {
            match &mut panel.plot {
                Plot::Heatmap(heatmap) => heatmap.colours = heatmap.colours.chosen(choice, shown),
                Plot::Bars(bars) => bars.colours = bars.colours.chosen(choice, shown),
                Plot::Sketch(sketch) => {
                    for shape in &mut sketch.shapes {
                        if let Form::Cell { colours, .. } = &mut shape.form {
                            *colours = colours.chosen(choice, shown);
                        }
                    }
                }
                Plot::Lines(_) | Plot::Histogram(_) | Plot::Points(_) | Plot::Empty(_) => {}
            }
        }
    }

    /// The least and the largest finite value of the heatmaps, else of the bars.
    fn finite_range(&self) -> Option<(f32, f32)> {
        let plots = || self.panels.iter().map(|panel| &panel.plot);
        let heatmaps = plots().filter_map(|plot| match plot {
            Plot::Heatmap(heatmap) => finite_range(&heatmap.values),
            _ => None,
        });
        let bars = plots().filter_map(|plot| match plot {
            Plot::Bars(bars) => finite_range(&bars.values.insert_axis(ndarray::Axis(0))),
            _ => None,
        });
        let wider = |a: (f32, f32), b: (f32, f32)| (a.0.min(b.0), a.1.max(b.1));
        heatmaps.reduce(wider).or_else(|| bars.reduce(wider))
    }
}

impl Colours {
    fn chosen(self, choice: ColourChoice, shown: Option<(f32, f32)>) -> Self {
        let ramp = choice.ramp.unwrap_or(self.ramp);
        let has_negatives = self.min < 0.0;
        let around_zero = |reach: f32| {
            if ramp.is_diverging() || has_negatives {
                (-reach, reach)
            } else {
                (0.0, reach)
            }
        };
        let range = match choice.range {
            RangeChoice::Usual => None,
            RangeChoice::Auto => match shown {
                Some((only, max)) if only == max => Some((only.min(0.0), only.max(0.0))),
                range => range,
            },
            RangeChoice::Symmetric => shown.map(|(min, max)| around_zero(min.abs().max(max.abs()))),
            // Values are f32, and so are the ends of their colours.
            #[allow(clippy::cast_possible_truncation)]
            RangeChoice::Fixed(reach) => Some(around_zero(reach as f32)),
        };
        match range {
            Some((min, max)) if min < max && min.is_finite() && max.is_finite() => {
                Self { ramp, min, max }
            }
            _ => Self { ramp, ..self },
        }
    }
}
