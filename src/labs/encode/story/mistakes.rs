//! The words about real bugs. What must not be given away before an answer is said only by [`lead`], [`formula`] and
//! [`explanation`].

use figures::number::{format_count, format_value};
use maths::mistakes::WRONG_BASE;

use super::super::scene::mistakes::{MOVES, Symptom};
use super::super::state::{Bug, EncodeState, SHOWN_SAMPLE};
use crate::labs::{Fact, Question};
use crate::settings::number_text;

/// The heading of the figure, whatever the bug.
pub const TITLE: &str = "The table as it should be, and as it is";

/// Said where there is nothing to show.
pub const NONE_CHOSEN: &str =
    "No mistake chosen: choose one, follow a question below, or turn on the quiz.";

/// The mistakes, by what one asks before one knows them.
pub const QUESTIONS: &[Question] = &[
    Question {
        asked: "What if i steps by two and the exponent doubles it again?",
        answer: "Waves slow down twice as fast, and the two columns of a pair turn at different speeds: pairs leave the unit circle.",
        settings: "mistake=double_exponent",
        figure_id: "encode-mistake",
    },
    Question {
        asked: "What if the base loses a zero?",
        answer: "The longest wave is shorter. It trains all the same: only weights that were trained with the other base notice.",
        settings: "mistake=base_1000",
        figure_id: "encode-mistake",
    },
    Question {
        asked: "Does it matter whether sine or cosine comes first?",
        answer: "Not to the dot products of positions, only to weights that were trained in the other order.",
        settings: "mistake=swapped",
        figure_id: "encode-mistake",
    },
    Question {
        asked: "Are 32-bit angles exact enough?",
        answer: "Near the start, yes. Far out neighbouring numbers lie so far apart that fast waves lose their place. Move First position.",
        settings: "mistake=f32_angles&start=900000",
        figure_id: "encode-mistake",
    },
    Question {
        asked: "What if x.size(0) is the batch and not the sequence?",
        answer: "Every token of a sample gets the same row, and broadcasting raises no error.",
        settings: "mistake=one_row",
        figure_id: "encode-mistake",
    },
    Question {
        asked: "Do positions belong on padding?",
        answer: "Its rows of zeros are no zeros any more: code that looks for them to mask them finds none.",
        settings: "mistake=padding",
        figure_id: "encode-mistake",
    },
];

/// What the quiz asks.
pub const QUIZ: &str = "Which line makes the table on the right of the first?";

/// The line as it was found.
pub fn wrong_line(bug: Bug) -> &'static str {
    match bug {
        Bug::DoubleExponent => {
            "for i in range(0, d, 2): pe[pos, i] = sin(pos / 10000 ** (2 * i / d))"
        }
        Bug::Base1000 => "pe[:, 2 * i] = sin(pos / 1000 ** (2 * i / d))",
        Bug::Swapped => "pe[:, 0::2], pe[:, 1::2] = cos(angle), sin(angle)",
        Bug::F32Angles => "angle = position.float() * omega.float()",
        Bug::OneRow => "x = x + pe[torch.arange(x.size(0))].unsqueeze(1)  # x: (batch, seq_len, d)",
        Bug::Padding => "x = embedding(tokens) + pe  # 0 is padding, embedded as zeros",
    }
}

/// The line as it should be.
fn right_line(bug: Bug) -> &'static str {
    match bug {
        Bug::DoubleExponent => "for i in range(0, d, 2): pe[pos, i] = sin(pos / 10000 ** (i / d))",
        Bug::Base1000 => "pe[:, 2 * i] = sin(pos / 10000 ** (2 * i / d))",
        Bug::Swapped => "pe[:, 0::2], pe[:, 1::2] = sin(angle), cos(angle)",
        Bug::F32Angles => "angle = position.double() * omega.double()",
        Bug::OneRow => "x = x + pe[torch.arange(x.size(1))]  # x: (batch, seq_len, d)",
        Bug::Padding => "x = embedding(tokens) + pe * (tokens != 0).unsqueeze(-1)",
    }
}

/// Where it was found: repository and number of the thread.
fn thread(bug: Bug) -> (&'static str, u32) {
    match bug {
        Bug::DoubleExponent => ("SamLynnEvans/Transformer", 25),
        Bug::Base1000 => ("maxjcohen/transformer", 62),
        Bug::Swapped => ("Open-Deep-ML/DML-OpenProblem", 595),
        Bug::F32Angles => ("NVIDIA/TensorRT-LLM", 18774),
        Bug::OneRow => ("cmu-l3/anlp-fall2025-code", 1),
        Bug::Padding => ("Kyubyong/transformer", 3),
    }
}

/// What the bug is and does.
pub fn explanation(state: &EncodeState, bug: Bug) -> String {
    match bug {
        Bug::DoubleExponent => {
            "i steps by two already, so the exponent is *twice what it should be*: waves slow down twice as fast, sine and cosine \
             of a pair turn at different speeds, and pairs leave the unit circle."
                .to_owned()
        }
        Bug::Base1000 => format!(
            "A zero is lost: *the base is {}*, and the longest wave a tenth of what it should be. It trains all the same; only \
             weights that were trained with the other base notice.",
            number_text(WRONG_BASE)
        ),
        Bug::Swapped => {
            "The columns of each pair *changed places*. The picture changes, the dot products of positions do not: only weights \
             that were trained in the other order notice, as with halves against interleaving."
                .to_owned()
        }
        Bug::F32Angles => format!(
            "Frequency and angle are *rounded to 32 bits*. At position {} such numbers are {} apart, and the fastest wave turns by \
             one radian per position: go far out with First position and watch the error grow.",
            format_count(state.last()),
            format_value(spacing(state.last()), 2)
        ),
        Bug::OneRow => format!(
            "x.size(0) is the batch, not the sequence. Broadcasting raises no error, and *every token of sample {SHOWN_SAMPLE} gets \
             row {SHOWN_SAMPLE}*: nothing in it says in which order they stand."
        ),
        Bug::Padding => format!(
            "The last {} of {} tokens are padding. *Code that looks for rows of zeros to mask them finds none* once positions are \
             added. Where the mask is made from the tokens themselves, as in most code today, it does no harm.",
            format_count((state.seq_len - state.n_tokens()) as u64),
            format_count(state.seq_len as u64)
        ),
    }
}

/// How far apart neighbouring `f32` are at a whole number.
#[allow(clippy::cast_possible_wrap, reason = "an exponent below 64")]
fn spacing(number: u64) -> f64 {
    2_f64.powi(number.max(1).ilog2() as i32 - 23)
}

/// What the part is about; of a bug that may be named, what it is.
pub fn lead(state: &EncodeState) -> String {
    match state.bug() {
        Some(bug) if state.is_revealed() => explanation(state, bug),
        Some(_) => {
            "One line is wrong. Nothing fails and no shape is wrong: *only the numbers are*. Look at what it does, then answer."
                .to_owned()
        }
        None => {
            "Real bugs of positional encoding raise no error and no shape is wrong: *only the numbers are*. Choose one, or let the \
             quiz ask."
                .to_owned()
        }
    }
}

/// The wrong line beside the right one, and where it was found.
pub fn formula(state: &EncodeState) -> String {
    let Some(bug) = state.bug().filter(|_| state.is_revealed()) else {
        return String::new();
    };
    let (repository, number) = thread(bug);
    format!(
        "<dl class=\"lines\"><div><dt>wrong</dt><dd><code>{}</code></dd></div><div><dt>right</dt><dd><code>{}</code></dd></div>\
         <div><dt>found in</dt><dd><a rel=\"noreferrer\" target=\"_blank\" \
         href=\"https://github.com/{repository}/issues/{number}\">{repository} #{number}</a></dd></div></dl>",
        wrong_line(bug),
        right_line(bug),
    )
}

fn percent(part: f64) -> String {
    format!("{} %", format_value((part * 100.0).round(), 3))
}

fn length_text([least, most]: [f32; 2]) -> String {
    let (least, most) = (format_value(least.into(), 3), format_value(most.into(), 3));
    if least == most {
        least
    } else {
        format!("{least} to {most}")
    }
}

/// What can be seen in the numbers, for any bug by the same rules: it must not be told which one it is.
pub fn symptom(state: &EncodeState, symptom: &Symptom) -> String {
    let Symptom {
        most,
        changed,
        still,
        n_looked_at,
        lengths,
        products,
        n_steps,
    } = *symptom;
    if most == 0.0 {
        return "Here the two tables are equal: nothing can be seen of the mistake in this state."
            .to_owned();
    }
    let mut text = format!(
        "{} of the values differ, by up to *{}*.",
        percent(changed),
        format_value(most.into(), 2)
    );
    let mut say = |words: String| {
        text.push(' ');
        text.push_str(&words);
    };
    if (still[0] - still[1]).abs() > 0.005 {
        say(format!(
            "*{} of the columns* move less than {} in {n_looked_at} positions; right: {}.",
            percent(still[1]),
            number_text(MOVES),
            percent(still[0])
        ));
    }
    if n_steps[0] != n_steps[1] {
        let n = state.seq_len - 1;
        say(format!(
            "{} of {n} rows differ from the one before; right: {}.",
            n_steps[1], n_steps[0]
        ));
    }
    let [right, wrong] = lengths.map(length_text);
    if right != wrong {
        say(format!("Rows are {wrong} long; right: {right}."));
    }
    // Rounding of sums of d products of numbers up to 1.
    #[allow(clippy::cast_precision_loss, reason = "at most 1024")]
    if products < 1e-5 * state.d_model as f32 {
        say("*Dot products of positions are as they were.*".to_owned());
    }
    text
}

/// A cell of the tables.
pub fn tip(position: u64, dim: u64, right: f32, wrong: f32) -> String {
    let text = |value: f32| format_value(value.into(), 4);
    format!(
        "row {}, dimension {dim}: right {}, wrong {}",
        format_count(position),
        text(right),
        text(wrong)
    )
}

/// The symptom in numbers.
pub fn reading(symptom: &Symptom) -> Vec<Fact> {
    let [right, wrong] = symptom.still.map(percent);
    let [right_length, wrong_length] = symptom.lengths.map(length_text);
    vec![
        Fact::new("largest difference", format_value(symptom.most.into(), 3)),
        Fact::new(
            "columns that hardly move",
            format!("{wrong}, right: {right}"),
        ),
        Fact::new(
            "length of a row",
            format!("{wrong_length}, right: {right_length}"),
        ),
        Fact::new(
            "largest change of a dot product",
            format_value(symptom.products.into(), 2),
        ),
    ]
}
