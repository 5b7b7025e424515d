//! The way of one query: from its product with each key to what its word takes in.

use maths::transformer::AttentionTrace;
use ndarray::{Array2, ArrayView1, ArrayView2, Axis, Slice};

use super::super::model::Run;
use crate::memo::Memo;

/// What a way is made from: the version of the run, the layer, the head and the query.
pub type Kept = Memo<(u64, [usize; 3]), Way>;

/// One query of one head, step by step. NaN where the mask forbids to look.
#[derive(Default)]
pub struct Way {
    /// q, turned where the scheme turns it. (d_head)
    pub query: Vec<f32>,
    /// q · k of each key. (n)
    pub product: Vec<f32>,
    /// The same, divided by √d_head. (n)
    pub scaled: Vec<f32>,
    /// What is added for the distance. (n)
    pub bias: Vec<f32>,
    /// Their sum. (n)
    pub score: Vec<f32>,
    /// e to the power of each score less the largest one. (n)
    pub exponential: Vec<f32>,
    /// Divided by their sum. (n)
    pub weight: Vec<f32>,
    /// weight · v of each key, and below them their sum. (n + 1, d_head)
    pub mixed: Array2<f32>,
    /// v of each key. (n, d_head)
    pub value: Array2<f32>,
    /// The standard deviation of all products of the head, and of all scores without what is added; `None` for one product.
    pub spread: Option<[f64; 2]>,
    /// Grows with every change.
    pub version: u64,
}

/// The columns of one head.
fn columns_of(table: &Array2<f32>, head_idx: usize, d_head: usize) -> ArrayView2<'_, f32> {
    table.slice_axis(
        Axis(1),
        Slice::from(head_idx * d_head..(head_idx + 1) * d_head),
    )
}

fn dot(a: ArrayView1<'_, f32>, b: ArrayView1<'_, f32>) -> f64 {
    let products = a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b));
    products.sum()
}

/// The standard deviation of numbers; `None` for fewer than two.
fn std(values: impl Iterator<Item = f64> + Clone) -> Option<f64> {
    let n = values.clone().count();
    let mean = values.clone().sum::<f64>() / n as f64;
    let squares: f64 = values.map(|value| (value - mean).powi(2)).sum();
    (n > 1).then(|| (squares / n as f64).sqrt())
}

impl Way {
    /// Follows a query of a head through a layer.
    pub fn fill(&mut self, run: &Run, [layer_idx, head_idx, query_idx]: [usize; 3]) {
        let trace = run.attention(layer_idx);
        if trace.weights.is_empty() {
            let version = self.version + 1;
            *self = Self {
                version,
                ..Self::default()
            };
            return;
        }
        let d_head = trace.d_head();
        let root = (d_head as f64).sqrt();
        let AttentionTrace {
            query, key, value, ..
        } = trace;
        let [queries, keys, values] =
            [query, key, value].map(|table| columns_of(table, head_idx, d_head));
        let scores = trace.of_head(&trace.scores, head_idx);
        let weights = trace.of_head(&trace.weights, head_idx);
        let of_bias = run.bias.values();
        let is_allowed = |query: usize, key: usize| !scores[[query, key]].is_nan();
        let n = keys.nrows();
        let all = || {
            let pairs = (0..n).flat_map(|query| (0..n).map(move |key| (query, key)));
            pairs
                .filter(|&(query, key)| is_allowed(query, key))
                .map(|(query, key)| dot(queries.row(query), keys.row(key)))
        };
        self.spread = std(all()).map(|of_products| [of_products, of_products / root]);
        let query = queries.row(query_idx);
        self.query.clear();
        self.query.extend(query);
        let (score, weight) = (scores.row(query_idx), weights.row(query_idx));
        let highest = score.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        for column in [
            &mut self.product,
            &mut self.scaled,
            &mut self.bias,
            &mut self.score,
            &mut self.exponential,
            &mut self.weight,
        ] {
            column.clear();
        }
        self.mixed = Array2::zeros((n + 1, d_head));
        self.value = values.to_owned();
        for key in 0..n {
            let is_seen = is_allowed(query_idx, key);
            let seen = |value: f32| if is_seen { value } else { f32::NAN };
            let product = dot(query, keys.row(key));
            self.product.push(seen(product as f32));
            self.scaled.push(seen((product / root) as f32));
            let bias = of_bias.get([head_idx, query_idx, key]);
            let bias = bias.filter(|_| run.is_biased()).copied();
            self.bias.push(seen(bias.unwrap_or(0.0)));
            self.score.push(score[key]);
            self.exponential.push((score[key] - highest).exp());
            self.weight.push(seen(weight[key]));
            for (idx, &value) in values.row(key).iter().enumerate() {
                let taken = weight[key] * value;
                self.mixed[[key, idx]] = seen(taken);
                self.mixed[[n, idx]] += taken;
            }
        }
        self.version += 1;
    }

    /// How many words there are.
    pub fn n_words(&self) -> usize {
        self.weight.len()
    }
}

#[cfg(test)]
mod tests {
    use super::Way;
    use crate::attend::scene::AttendScene;
    use crate::attend::state::{AttendPart, AttendState, MaskName};
    use crate::encoding::Encoding;

    #[test]
    fn every_step_leads_to_what_the_model_makes() {
        for scheme in [
            Encoding::None,
            Encoding::Rope,
            Encoding::Alibi,
            Encoding::T5,
        ] {
            let state = AttendState {
                part: AttendPart::Maps,
                scheme,
                layers: 2,
                mask: MaskName::Causal,
                ..AttendState::default()
            };
            let mut scene = AttendScene::default();
            let [run, _] = scene.run(&state);
            for place in [[0, 3, 2], [1, 0, 1]] {
                let mut way = Way::default();
                way.fill(run, place);
                let [layer_idx, head_idx, query] = place;
                let trace = run.attention(layer_idx);
                let near = |a: f32, b: f32| (a - b).abs() < 1e-5 || a.is_nan() && b.is_nan();
                for key in 0..way.n_words() {
                    let (scaled, bias) = (way.scaled[key], way.bias[key]);
                    assert!(near(way.product[key], 4.0 * scaled), "{scheme:?}");
                    assert!(near(way.score[key], scaled + bias), "{scheme:?}");
                    assert_eq!(key > query, way.weight[key].is_nan());
                    let sum: f32 = way.exponential.iter().filter(|it| !it.is_nan()).sum();
                    assert!(near(way.weight[key], way.exponential[key] / sum));
                }
                let sums = way.mixed.row(way.n_words());
                let expected = trace.mixed.row(query);
                for (idx, &sum) in sums.iter().enumerate() {
                    assert!(near(sum, expected[head_idx * trace.d_head() + idx]));
                }
            }
        }
    }
}
