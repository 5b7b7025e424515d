//! What the part keeps from frame to frame: scores and weights of both orders, and what they are made of.

use figures::{Column, Table};
use maths::transformer::{AttentionTrace, BlockWeights, HeadScores};
use ndarray::ArrayView2;

use super::super::model::Run;
use super::super::order::kept::places;
use super::super::state::{AttendState, Show};
use crate::columns;
use crate::encoding::Encoding;
use crate::memo::Memo;
use crate::room::Cell;

/// What maps are made from: the versions of both runs, and the layer.
pub type MapsOf = ([u64; 2], usize);

/// What the part keeps.
#[derive(Default)]
pub struct Kept {
    /// Scores and weights of all heads.
    pub maps: Memo<MapsOf, Maps>,
    /// The scores of the read head in parts.
    pub parts: Memo<(MapsOf, usize), Parts>,
    /// The weights of the read head as a table.
    pub lines: Memo<(MapsOf, usize), Lines>,
    /// The way of one query.
    pub way: super::way::Kept,
}

/// Scores and weights of every head, in both orders.
#[derive(Default)]
pub struct Maps {
    /// The words n of each order.
    pub n_words: [usize; 2],
    /// Heads H.
    pub n_heads: usize,
    /// The scores, order after order, (H, n, n) each, then the weights likewise; NaN where the mask forbids to look.
    values: Vec<f32>,
    /// Order, head, query and key of each row of the table; none where they can be counted. (rows) each
    indices: [Vec<f32>; 4],
    /// The largest score, without signs.
    pub reach: f32,
    /// The largest weight.
    pub largest: f32,
    /// Grows with every change.
    pub version: u64,
}

impl Maps {
    /// Takes scores and weights from what the model makes of both orders.
    pub fn fill(&mut self, runs: [&Run; 2], layer_idx: usize) {
        let traces = runs.map(|run| run.attention(layer_idx));
        self.n_words = traces.map(|trace| trace.weights.ncols());
        self.n_heads = traces[0].n_heads;
        self.values.clear();
        for trace in traces {
            self.values.extend(&trace.scores);
        }
        for AttentionTrace {
            scores, weights, ..
        } in traces
        {
            let of_pairs = scores.iter().zip(weights);
            self.values.extend(of_pairs.map(
                |(score, &weight)| {
                    if score.is_nan() { f32::NAN } else { weight }
                },
            ));
        }
        let (scores, weights) = self.values.split_at(self.n_rows());
        let [reach, most] = [scores, weights].map(|values| largest(f32::MIN_POSITIVE, values));
        (self.reach, self.largest) = (reach, most);
        self.count();
        self.version += 1;
    }

    /// Counts the rows of the table where orders of different lengths leave no other way.
    fn count(&mut self) {
        for column in &mut self.indices {
            column.clear();
        }
        if self.is_even() {
            return;
        }
        for (order, n) in self.n_words.into_iter().enumerate() {
            for row in 0..self.n_heads * n * n {
                let places = [order, row / (n * n), row / n % n, row % n];
                for (column, place) in self.indices.iter_mut().zip(places) {
                    column.push(place as f32);
                }
            }
        }
    }

    /// Whether both orders have as many words.
    fn is_even(&self) -> bool {
        self.n_words[0] == self.n_words[1]
    }

    /// How many pairs of words both orders have in all heads.
    pub fn n_rows(&self) -> usize {
        self.n_heads * self.n_words.map(|n| n * n).iter().sum::<usize>()
    }

    /// Where the first row of a query stands in the table, in the first order.
    pub fn row_of(&self, head_idx: usize, query: usize) -> usize {
        (head_idx * self.n_words[0] + query) * self.n_words[0]
    }

    /// Scores or weights of one head in one order. (query, key)
    pub fn of(&self, show: Show, order: usize, head_idx: usize) -> ArrayView2<'_, f32> {
        let [first, second] = self.n_words;
        let n = [first, second][order];
        let before = [0, self.n_heads * first * first][order] + head_idx * n * n;
        let begin = match show {
            Show::Scores => before,
            Show::Weights => self.n_rows() + before,
        };
        let values = self.values.get(begin..begin + n * n).unwrap_or_default();
        map_of(values, n)
    }

    /// The numbers of both orders: beside them, in the NPY, scores and weights, (2, orders, heads, queries, keys); where orders have
    /// different lengths, row after row.
    pub fn table(&self) -> Table<'_> {
        let (n_rows, n) = (self.n_rows(), self.n_words[0]);
        let names = ["order", "head", "query", "key"];
        let mut columns: Vec<Column<'_>> = if self.is_even() {
            let each = [self.n_heads * n * n, n * n, n, 1];
            let counts = [2, self.n_heads, n, n];
            let counted = names.into_iter().zip(each).zip(counts);
            counted
                .map(|((name, every), modulo)| columns::index(name, every.max(1), modulo, n_rows))
                .collect()
        } else {
            let columns = names.into_iter().zip(&self.indices);
            columns
                .map(|(name, values)| columns::numbers(name, values))
                .collect()
        };
        let (scores, weights) = self.values.split_at(n_rows);
        columns.push(columns::sparse("score", scores));
        columns.push(columns::sparse("weight", weights));
        Table::Beside {
            columns,
            shape: if self.is_even() {
                vec![2, 2, self.n_heads, n, n]
            } else {
                vec![2, n_rows]
            },
            values: &self.values,
        }
    }
}

/// The largest of these that are numbers, without signs, if it is above a floor.
pub fn largest<'a>(floor: f32, values: impl IntoIterator<Item = &'a f32>) -> f32 {
    let sizes = values.into_iter().map(|value| value.abs());
    sizes.filter(|size| size.is_finite()).fold(floor, f32::max)
}

/// Values in C order as a map of so many words.
fn map_of(values: &[f32], n: usize) -> ArrayView2<'_, f32> {
    // As many as that, but for no words at all.
    ArrayView2::from_shape((n, n), values).unwrap_or_else(|_| ArrayView2::from(&[[0.0; 0]; 0]))
}

/// What the scores of a head can be taken apart into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Split {
    /// Words and positions in one vector: four products.
    #[default]
    Added,
    /// The product of query and key, and what is added for the distance.
    Bias,
    /// The product as it would be without turning, and what turning makes of it.
    Turned,
}

impl Split {
    /// That of a scheme.
    pub fn of(scheme: Encoding) -> Self {
        match scheme {
            Encoding::Rope => Self::Turned,
            Encoding::Alibi | Encoding::T5 => Self::Bias,
            _ => Self::Added,
        }
    }

    /// What each part is called.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::Added => &["E · E", "E · P", "P · E", "P · P"],
            Self::Bias => &["q · k", "bias"],
            Self::Turned => &["unturned", "by turning"],
        }
    }
}

/// The scores of one head, in parts that add up to them.
#[derive(Default)]
pub struct Parts {
    split: Split,
    n_words: [usize; 2],
    /// Order after order, part after part, (n, n) each; NaN where the mask forbids to look.
    values: Vec<f32>,
    /// The largest of them and of the scores, without signs.
    pub reach: f32,
    /// Grows with every change.
    pub version: u64,
    head: HeadScores,
}

impl Parts {
    /// Takes the scores of a head apart, in both orders.
    pub fn fill(
        &mut self,
        split: Split,
        runs: [&Run; 2],
        weights: &[BlockWeights],
        [layer_idx, head_idx]: [usize; 2],
    ) {
        self.split = split;
        self.reach = f32::MIN_POSITIVE;
        self.values.clear();
        let Some(weights) = weights.get(layer_idx).map(|layer| &layer.attention) else {
            return;
        };
        for (n_words, run) in self.n_words.iter_mut().zip(runs) {
            let trace = run.attention(layer_idx);
            let scores = trace.of_head(&trace.scores, head_idx);
            *n_words = scores.ncols();
            self.reach = largest(self.reach, scores);
            let which = [head_idx, trace.n_heads];
            let values = &mut self.values;
            let mut push = |part: ArrayView2<'_, f32>| {
                let of_pairs = part.into_iter().zip(scores);
                values.extend(of_pairs.map(
                    |(&part, score)| {
                        if score.is_nan() { f32::NAN } else { part }
                    },
                ));
            };
            match split {
                Split::Added => {
                    let (words, positions) = (run.sum.embeddings(), run.encoding.values());
                    for (x, y) in [
                        (words, words),
                        (words, positions),
                        (positions, words),
                        (positions, positions),
                    ] {
                        push(self.head.between(x, y, weights, which));
                    }
                }
                Split::Bias | Split::Turned => {
                    let x = run.input(layer_idx);
                    let content = self.head.between(x, x, weights, which);
                    push(content);
                    // What is rounding is nothing: a word is not turned against itself.
                    let rounding = 1e-6 * self.reach;
                    let rest =
                        (&scores - &content).mapv(|x| if x.abs() < rounding { 0.0 } else { x });
                    push(rest.view());
                }
            }
        }
        self.reach = largest(self.reach, &self.values);
        self.version += 1;
    }

    /// A part in one order. (query, key)
    pub fn of(&self, order: usize, part_idx: usize) -> ArrayView2<'_, f32> {
        let [first, second] = self.n_words;
        let n = [first, second][order];
        let before = [0, self.split.names().len() * first * first][order];
        let begin = before + part_idx * n * n;
        map_of(self.values.get(begin..begin + n * n).unwrap_or_default(), n)
    }
}

/// The weights of one head in both orders, as a table.
#[derive(Default)]
pub struct Lines {
    n_words: [usize; 2],
    /// Order after order, (n, n) each.
    weights: Vec<f32>,
    /// Order, query and key of each row. (rows) each
    indices: [Vec<f32>; 3],
}

impl Lines {
    /// Lists the weights of a head.
    pub fn fill(&mut self, maps: &Maps, head_idx: usize) {
        self.n_words = maps.n_words;
        self.weights.clear();
        for column in &mut self.indices {
            column.clear();
        }
        for order in 0..2 {
            for ((query, key), &weight) in maps.of(Show::Weights, order, head_idx).indexed_iter() {
                self.weights.push(weight);
                for (column, place) in self.indices.iter_mut().zip([order, query, key]) {
                    column.push(place as f32);
                }
            }
        }
    }

    /// The numbers of both orders; the NPY has the weights, (order, query, key) or, where orders have different lengths, row after row.
    pub fn table(&self) -> Table<'_> {
        let [n, other] = self.n_words;
        let names = ["order", "query", "key"];
        let columns = names.into_iter().zip(&self.indices);
        let mut columns: Vec<_> = columns
            .map(|(name, values)| columns::numbers(name, values))
            .collect();
        columns.push(columns::sparse("weight", &self.weights));
        Table::Beside {
            columns,
            shape: if n == other {
                vec![2, n, n]
            } else {
                vec![self.weights.len()]
            },
            values: &self.weights,
        }
    }
}

/// Where a word of the first sentence stands in the second one, and the other way round.
pub struct Partners(Vec<[usize; 2]>);

impl Partners {
    /// Of both sentences of a state.
    pub fn of(state: &AttendState) -> Self {
        Self(places(&[0, 1].map(|order| state.sentence(order))))
    }

    /// Where the word at a place of the first sentence stands in one of the orders.
    pub fn place(&self, first: usize, order: usize) -> Option<usize> {
        if order == 0 {
            return Some(first);
        }
        let found = self.0.iter().find(|places| places[0] == first);
        found.map(|places| places[1])
    }

    /// Where the word at a place of one of the orders stands in the first sentence.
    pub fn first(&self, place: usize, order: usize) -> Option<usize> {
        if order == 0 {
            return Some(place);
        }
        let found = self.0.iter().find(|places| places[1] == place);
        found.map(|places| places[0])
    }

    /// How far apart what two words have of each other is in the two orders, at most.
    pub fn largest_difference(&self, maps: &Maps, show: Show) -> f32 {
        let mut largest = 0.0_f32;
        for head_idx in 0..maps.n_heads {
            let [first, second] = [0, 1].map(|order| maps.of(show, order, head_idx));
            for query in &self.0 {
                for key in &self.0 {
                    let values = [
                        first.get([query[0], key[0]]),
                        second.get([query[1], key[1]]),
                    ];
                    if let [Some(a), Some(b)] = values {
                        // Where a mask hides one of them there is nothing to compare.
                        largest = largest.max((a - b).abs());
                    }
                }
            }
        }
        largest
    }

    /// Reads a query (y) and a key (x) by their places in one of the orders, as the first order has them.
    pub fn read(&self, state: &mut AttendState, cell: Cell, order: usize) {
        let first = |place: Option<u64>| self.first(usize::try_from(place?).ok()?, order);
        let last = state.last_word();
        if let Some(query) = first(cell.y) {
            state.query = Some(query.min(last));
        }
        if let Some(key) = first(cell.x) {
            state.key = key.min(last);
        }
    }

    /// How many words both have.
    pub fn n_shared(&self) -> usize {
        self.0.len()
    }

    /// Whether all of them stand where they stood.
    pub fn is_same_order(&self) -> bool {
        self.0.iter().all(|[first, second]| first == second)
    }
}

/// Whether scores are shown in parts.
pub fn is_split(state: &AttendState) -> bool {
    state.split && state.can_split()
}
