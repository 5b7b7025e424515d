//! What people copy from a notebook, a terminal or a program.

use maths::import::{LeftOut, Remark, TextProblem};

use crate::reading::{assert_read, read};

#[test]
fn everyday_prints_of_lists_are_read() {
    assert_read(&[
        ("[np.float64(1.0), np.float64(2.0)]", &[2], &[1.0, 2.0]),
        ("[np.float32(0.5), np.float32(-1e-3)]", &[2], &[0.5, -1e-3]),
        (
            "[[np.float64(1.0)], [np.float64(nan)]]",
            &[2, 1],
            &[1.0, f32::NAN],
        ),
        (
            "Parameter containing:\ntensor([1., 2.], requires_grad=True)",
            &[2],
            &[1.0, 2.0],
        ),
        (
            "Parameter containing: tensor([[1., 2.]], device='cuda:0', requires_grad=True)",
            &[1, 2],
            &[1.0, 2.0],
        ),
        (
            "<tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>",
            &[2],
            &[1.0, 2.0],
        ),
        (
            "<tf.Tensor: shape=(2, 2), dtype=float32, numpy=\narray([[1., 2.],\n       [3., 4.]], dtype=float32)>",
            &[2, 2],
            &[1.0, 2.0, 3.0, 4.0],
        ),
        (
            "tf.Tensor([1. 2.], shape=(2,), dtype=float32)",
            &[2],
            &[1.0, 2.0],
        ),
        (
            "<tf.Variable 'Variable:0' shape=(2,) dtype=float32, numpy=array([1., 2.], dtype=float32)>",
            &[2],
            &[1.0, 2.0],
        ),
        ("Out[1]: array([1., 2.])", &[2], &[1.0, 2.0]),
        (
            "Out[12]: \narray([[1., 2.],\n       [3., 4.]])",
            &[2, 2],
            &[1.0, 2.0, 3.0, 4.0],
        ),
        (
            "In [3]: np.array([5, 6])\nOut[3]: array([1, 2])",
            &[2],
            &[1.0, 2.0],
        ),
        (
            ">>> torch.ones(2) * torch.tensor([1, 2])\ntensor([1., 2.])",
            &[2],
            &[1.0, 2.0],
        ),
        (">>> x = np.array([1, 2])", &[2], &[1.0, 2.0]),
        ("x = torch.tensor([1., 2.])", &[2], &[1.0, 2.0]),
        (
            "x = np.array([[1, 2],\n              [3, 4]])  # two tokens",
            &[2, 2],
            &[1.0, 2.0, 3.0, 4.0],
        ),
        ("Array([1., 2.], dtype=float32)", &[2], &[1.0, 2.0]),
        (
            "Array([[1, 2]], dtype=int32, weak_type=True)",
            &[1, 2],
            &[1.0, 2.0],
        ),
        ("array([1, 2], dtype=float32)", &[2], &[1.0, 2.0]),
        (" [ True False]", &[2], &[1.0, 0.0]),
        ("tensor([[ True, False]])", &[1, 2], &[1.0, 0.0]),
        ("[true, false]", &[2], &[1.0, 0.0]),
        ("[1 2; 3 4]", &[2, 2], &[1.0, 2.0, 3.0, 4.0]),
        ("A = [1, 2; 3, 4];", &[2, 2], &[1.0, 2.0, 3.0, 4.0]),
        ("A = [1.5 2\n;3 4;\n];\n", &[2, 2], &[1.5, 2.0, 3.0, 4.0]),
        ("[1; 2; 3]", &[3, 1], &[1.0, 2.0, 3.0]),
        ("[[1, 2],\n [3, 4]]", &[2, 2], &[1.0, 2.0, 3.0, 4.0]),
        ("[1, 2]\n[3, 4]\n", &[2, 2], &[1.0, 2.0, 3.0, 4.0]),
        ("[1, 2], [3, 4],", &[2, 2], &[1.0, 2.0, 3.0, 4.0]),
        ("[[1], [2]] [[3], [4]]", &[2, 2, 1], &[1.0, 2.0, 3.0, 4.0]),
        ("[(1, 2), (3, 4)]", &[2, 2], &[1.0, 2.0, 3.0, 4.0]),
        (
            "[array([1., 2.]), array([3., 4.])]",
            &[2, 2],
            &[1.0, 2.0, 3.0, 4.0],
        ),
        (
            "[array([1., 2.], dtype=float32), array([3., 4.], dtype=float32)]",
            &[2, 2],
            &[1.0, 2.0, 3.0, 4.0],
        ),
        (
            "[tensor(0.5000, device='cuda:0'), tensor(0.2500, grad_fn=<MeanBackward0>)]",
            &[2],
            &[0.5, 0.25],
        ),
        (
            "torch.Size([2, 2])\ntensor([[1, 2],\n        [3, 4]])",
            &[2, 2],
            &[1.0, 2.0, 3.0, 4.0],
        ),
        ("tensor([1, 2])\ntorch.Size([2])", &[2], &[1.0, 2.0]),
        (
            "The norm of each row:\n\n[0.5 0.25 2. ]\n\nwhich is what we want.",
            &[3],
            &[0.5, 0.25, 2.0],
        ),
        ("loss: 0.3, x: [1, 2].", &[2], &[1.0, 2.0]),
        (
            "{\"values\": [[1, 2], [3, 4]]}",
            &[2, 2],
            &[1.0, 2.0, 3.0, 4.0],
        ),
        ("[1_000, 2_000.5]", &[2], &[1000.0, 2000.5]),
    ]);
}

#[test]
fn text_around_a_list_is_named_where_it_may_matter() {
    let around = |text: &str| match read(text).unwrap().remarks.first() {
        Some(Remark::LeftOut {
            what: LeftOut::Around,
            first,
        }) => Some(first.clone()),
        None => None,
        other => panic!("{other:?}"),
    };
    for text in [
        "Out[1]: array([1., 2.])",
        "x = torch.tensor([1., 2.], requires_grad=True)",
        "Parameter containing:\ntensor([1., 2.])",
        "<tf.Tensor: shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>",
        ">>> x\narray([1, 2])",
        "# a comment\n[1, 2]  # another one",
        "[1, 2];",
    ] {
        assert_eq!(around(text), None, "{text:?}");
    }
    for (text, first) in [
        ("2 * np.array([1, 2])", "2 *"),
        ("np.exp([1, 2])", "np.exp("),
        ("before training\n[1, 2]", "before training"),
        ("[1, 2]\nafter training", "after training"),
        ("[1, 2] and more", "and more"),
    ] {
        // What begins with a number is rows.
        if text.starts_with('2') {
            assert!(read(text).is_err());
            continue;
        }
        assert_eq!(around(text).as_deref(), Some(first), "{text:?}");
    }
}

#[test]
fn prints_that_leave_values_out_say_how_all_are_printed() {
    for text in [
        "[1. 2. ... 3.]",
        "[[1. 2. ... 3.]\n ...\n [4. 5. ... 6.]]",
        "tensor([[0.1, 0.2,  ..., 0.3],\n        ...,\n        [0.4, 0.5,  ..., 0.6]])",
        "[1, 2, …]",
        "     a    b\n0   1.0  2.0\n..  ...  ...\n9   3.0  4.0\n\n[10 rows x 2 columns]",
        "     a  ...    z\n0  1.0  ...  2.0\n\n[1 rows x 26 columns]",
        "1 2 ... 9",
        "1 & 2 & \\dots & 9 \\\\",
        "┌─────┐\n│ a   │\n│ --- │\n│ f64 │\n╞═════╡\n│ 0.5 │\n│ …   │\n│ 0.7 │\n└─────┘",
    ] {
        let error = read(text).unwrap_err();
        let words = format!("{} {}", error.given(), error.allowed());
        assert!(
            words.contains("np.set_printoptions(threshold=np.inf)"),
            "{text:?}: {words}"
        );
        assert!(
            words.contains("torch.set_printoptions(profile=\"full\")"),
            "{text:?}: {words}"
        );
    }
}

#[test]
fn errors_say_what_was_given_and_never_nothing() {
    for (text, given) in [
        ("", "a text without numbers"),
        ("1,,3", "an empty cell"),
        ("1;2\n;4", "an empty cell"),
        ("[1,,2]", "no number before “,”"),
        ("1,2\n3,four", "“four”"),
        ("1,2\n3,4,5", "a row of length 3 after one of length 2"),
        ("[[[[1, 2]]]]", "an array of 4 dimensions"),
        ("[[[[[1]]]]]", "an array of 5 dimensions"),
        ("[1, [2]]", "“[” beside something else"),
        ("[1", "a list without its end"),
        ("[1] or [2]", "“[2” after a list"),
        ("1 ... 2", "“...” in place of values"),
    ] {
        assert_eq!(read(text).unwrap_err().given(), given, "{text:?}");
    }
    let error = read("1,2\n3,four").unwrap_err();
    assert_eq!(error.place(), Some([2, 3]));
    assert_eq!(error.allowed(), TextProblem::NotANumber.allowed());
}
