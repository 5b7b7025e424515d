//! What moves by itself in a part.

/// A number that moves by itself, from one end of its range to the other in steps of one, and the figure that shows it.
pub struct Play<S: 'static> {
    /// The key of its setting.
    pub key: &'static str,
    /// The figure that moves.
    pub figure_id: &'static str,
    /// What the button does that begins it, as the first thing to do in the part.
    pub label: &'static str,
    /// What happens with the step that was taken last, in one sentence.
    pub says: fn(&S) -> String,
    /// The steps per second that are chosen at first.
    pub first_speed: u32,
    /// Whether it begins again after the end of its range by itself; otherwise it stops there.
    pub is_endless: bool,
    /// Shows how far the step to the present number has come, 0 to 1; `None` where steps are jumps. Who asks for
    /// less motion sees jumps.
    pub glide: Option<fn(&mut S, f64)>,
}

impl<S> Play<S> {
    /// A number that goes round and round.
    pub const fn new(
        key: &'static str,
        figure_id: &'static str,
        label: &'static str,
        says: fn(&S) -> String,
    ) -> Self {
        Self {
            key,
            figure_id,
            label,
            says,
            first_speed: 5,
            is_endless: true,
            glide: None,
        }
    }

    /// The same with so many steps per second at first.
    pub const fn speed(mut self, per_second: u32) -> Self {
        self.first_speed = per_second;
        self
    }

    /// The same, which stops at the end of its range.
    pub const fn to_the_end(mut self) -> Self {
        self.is_endless = false;
        self
    }

    /// The same, whose steps glide.
    pub const fn gliding(mut self, glide: fn(&mut S, f64)) -> Self {
        self.glide = Some(glide);
        self
    }
}
