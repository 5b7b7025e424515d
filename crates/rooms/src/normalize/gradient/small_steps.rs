//! dx once more, without any formula for it: every feature a little up and down.

use maths::normalize::Direction;

use super::super::sizes::largest;
use super::kept::Kept;

/// Features up to which each is moved by a small step in a frame.
pub const MOST_SMALL_STEPS: usize = 256;

impl Kept {
    /// Central differences of the loss, where the Jacobian is exact and there are few enough features.
    #[allow(clippy::cast_possible_truncation)]
    pub fn update_small_steps(&mut self) {
        let n = self.input.ncols();
        self.by_steps.clear();
        self.step_error = 0.0;
        if !self.is_exact || n > MOST_SMALL_STEPS {
            return;
        }
        let token = self.row_of(&self.input).iter();
        let reach = largest(token.map(|&x| f64::from(x))) * self.exact.rstd;
        // Balances what the differences leave out and the rounding of y.
        let step = (f64::EPSILON * reach.max(1.0)).cbrt() / self.exact.rstd;
        let dy = self.row_of(&self.dy).iter();
        let dy: Vec<_> = dy.map(|&dy| f64::from(dy)).collect();
        let mut direction = vec![0.0; n];
        for feature in 0..n {
            direction[feature] = 1.0;
            let [up, down] = [step, -step].map(|step| {
                let push = self.exact.push(Direction::Given(&direction), step);
                let along = push.change.iter().zip(&dy);
                along.map(|(change, dy)| change * dy).sum::<f64>()
            });
            direction[feature] = 0.0;
            let by_steps = (up - down) / (2.0 * step);
            let by_formula = (0..n).map(|output| dy[output] * self.exact.entry(output, feature));
            let error = by_steps - by_formula.sum::<f64>();
            self.step_error = largest([self.step_error, error].into_iter());
            self.by_steps.push(by_steps as f32);
        }
    }
}
