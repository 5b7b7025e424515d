//! What a bug does to the numbers, against one measure after the other.

use maths::symptom::measure;
use ndarray::Array2;
use proptest::prelude::*;

/// Two tables of one shape of up to 12 rows and columns, often with equal values and equal rows.
fn any_tables() -> impl Strategy<Value = [Array2<f32>; 2]> {
    let value = prop_oneof![Just(0.5_f32), Just(0.504), -3.0..3.0_f32];
    (1_usize..12, 1_usize..12).prop_flat_map(move |(n, d)| {
        prop::collection::vec(value.clone(), 2 * n * d).prop_map(move |values| {
            let table = |part: &[f32]| Array2::from_shape_vec((n, d), part.to_vec()).unwrap();
            [table(&values[..n * d]), table(&values[n * d..])]
        })
    })
}

proptest! {
    #[test]
    fn one_pass_finds_what_many_find(tables in any_tables(), read_idx in 0_usize..12) {
        let read_idx = read_idx % tables[0].nrows();
        // What stood there before makes no difference.
        let mut difference = Array2::from_elem((3, 5), f32::NAN);
        let symptom = measure([tables[0].view(), tables[1].view()], read_idx, &mut difference);
        let [right, wrong] = &tables;
        prop_assert_eq!(&difference, &(wrong - right));
        let sizes = difference.mapv(f32::abs);
        prop_assert_eq!(symptom.shape, right.dim());
        prop_assert_eq!(symptom.most, sizes.iter().fold(0.0, |most: f32, &it| most.max(it)));
        let n_changed = sizes.iter().filter(|&&it| it != 0.0).count();
        prop_assert_eq!(symptom.changed, n_changed as f64 / sizes.len() as f64);
        let products = tables.each_ref().map(|table| table.dot(&table.row(read_idx)));
        let apart = (&products[0] - &products[1]).mapv(f32::abs);
        let most_apart = apart.iter().fold(0.0_f32, |most, &it| most.max(it));
        prop_assert!((symptom.products - most_apart).abs() < 1e-4);
        for (k, table) in tables.iter().enumerate() {
            let lengths = table.outer_iter().map(|row| row.dot(&row).sqrt());
            let ends = lengths.fold([f32::INFINITY, 0.0_f32], |[least, most], it| [least.min(it), most.max(it)]);
            for (found, expected) in symptom.lengths[k].into_iter().zip(ends) {
                prop_assert!((found - expected).abs() < 1e-4);
            }
            let rows = table.outer_iter().zip(table.outer_iter().skip(1));
            prop_assert_eq!(symptom.n_steps[k], rows.filter(|(a, b)| a != b).count());
            let is_still = |column: &ndarray::ArrayView1<'_, f32>| {
                column.iter().all(|a| column.iter().all(|b| (a - b).abs() < 0.01))
            };
            let n_still = table.columns().into_iter().filter(is_still).count();
            prop_assert_eq!(symptom.still[k], n_still as f64 / table.ncols() as f64);
        }
    }
}

#[test]
fn empty_tables_have_no_symptom() {
    let none = Array2::zeros((0, 0));
    let symptom = measure([none.view(), none.view()], 0, &mut Array2::zeros((0, 0)));
    assert_eq!(
        (symptom.most, symptom.changed, symptom.n_steps),
        (0.0, 0.0, [0, 0])
    );
}
