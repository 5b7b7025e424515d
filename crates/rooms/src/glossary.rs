//! What the words of the field mean. Texts of rooms mark them as `[slug|word]` where they first stand in a part.

/// A term and what it means.
#[derive(Clone, Copy, Debug)]
pub struct Term {
    /// Its word in texts and links.
    pub slug: &'static str,
    /// Its name, as a heading.
    pub name: &'static str,
    /// How it is written in sentences, in lower case and without the s of a plural.
    pub forms: &'static [&'static str],
    /// What it means, in a few plain sentences; terms in it are marked as well.
    pub text: &'static str,
    /// The paper that it is from; empty where there is no one paper.
    pub source: &'static str,
}

/// The term with this slug.
pub fn find(slug: &str) -> Option<&'static Term> {
    TERMS.iter().find(|term| term.slug == slug)
}

const fn term(
    slug: &'static str,
    name: &'static str,
    forms: &'static [&'static str],
    text: &'static str,
    source: &'static str,
) -> Term {
    Term {
        slug,
        name,
        forms,
        text,
        source,
    }
}

const VASWANI: &str = "Vaswani et al. 2017, “Attention Is All You Need”";
const IOFFE: &str = "Ioffe and Szegedy 2015";
const BA: &str = "Ba, Kiros and Hinton 2016, “Layer Normalization”";

/// Every term, by its name.
pub const TERMS: &[Term] = &[
    term(
        "absolute",
        "Absolute positional encoding",
        &["absolute position"],
        "A [vector|vector] for each place in the text, counted from its start: one for position 0, one for position 1, and so on. It is \
         added to the word's [embedding|embedding]. Relative schemes use only how far apart two words are.",
        VASWANI,
    ),
    term(
        "activation",
        "Activation",
        &["activation"],
        "A number that a network computes on its way from input to output. In a [transformer|transformer] each [token|token] has one \
         activation for each [feature|feature].",
        "",
    ),
    term(
        "alibi",
        "ALiBi",
        &["alibi"],
        "Attention with linear biases. Each [score|score] is lowered in proportion to the distance between the two words. Nothing about \
         positions is learned.",
        "Press et al. 2022",
    ),
    term(
        "paper",
        "Attention Is All You Need",
        &["attention is all you need"],
        "The paper of 2017 that introduced the [transformer|transformer]. The sinusoidal [encoding|encoding] is from its section 3.5, and it \
         normalises after each sub-layer, not before it as [pre-norm|pre-norm] does.",
        VASWANI,
    ),
    term(
        "base",
        "Base",
        &["base"],
        "The number, usually 10000, that sets how slow the slowest [wavelength|wave] is. A larger base makes longer waves. It is not a maximum \
         length of the text.",
        VASWANI,
    ),
    term(
        "batch",
        "Batch",
        &["batch", "mate"],
        "Several [sample|samples] that a network works on at the same time. The other samples of a batch are called its mates here.",
        "",
    ),
    term(
        "batch-norm",
        "Batch normalization",
        &["batch norm", "batch normalization"],
        "A norm with one mean and one [variance|variance] for each [feature|feature], taken over all [token|tokens] of the [batch|batch]. So what \
         comes out for one sample depends on the others.",
        IOFFE,
    ),
    term(
        "bert",
        "BERT",
        &["bert"],
        "A [transformer|transformer] of 2018 that reads a whole text at once. It has [learned|learned positions] for 512 places and normalises \
         after each sub-layer.",
        "Devlin et al. 2018",
    ),
    term(
        "beta",
        "Shift β",
        &["β"],
        "A number that is added to each [x-hat|normalised value] at the end. A trained layer has learned one for each [feature|feature].",
        BA,
    ),
    term(
        "bfloat16",
        "bfloat16",
        &["bfloat16"],
        "A way to store a number in 16 bits. It keeps only two or three digits, so near numbers become the same.",
        "",
    ),
    term(
        "biased",
        "Biased and unbiased variance",
        &["biased", "unbiased"],
        "The biased [variance|variance] divides by n, the number of values. The unbiased one divides by n − 1: a better guess at the variance \
         of a large group from a small sample of it. [layer-norm|LayerNorm] divides by n.",
        "",
    ),
    term(
        "bucket",
        "Bucket",
        &["bucket"],
        "A group of distances that share one learned number. Small distances have a bucket each; large ones share one.",
        "Raffel et al. 2020",
    ),
    term(
        "causal",
        "Causal attention",
        &["causal"],
        "[attention|Attention] in which a word looks at itself and at earlier words only. Models that write text work this way.",
        VASWANI,
    ),
    term(
        "convergence",
        "Convergence rate",
        &["convergence rate", "convergence"],
        "How quickly training brings the error down. [layer-norm|Norms] are used because deep networks often train faster and more steadily \
         with them; why they help is disputed.",
        "Santurkar et al. 2018",
    ),
    term(
        "context",
        "Improved context understanding",
        &["context understanding"],
        "Telling apart sentences with the same words in another order, such as “dog bites man” and “man bites dog”. For that, a model has to know \
         the [order|order].",
        "",
    ),
    term(
        "cosine",
        "Cosine similarity",
        &["cosine similarity"],
        "How alike the directions of two [vector|vectors] are: 1 for the same direction, 0 at a right angle, −1 for opposite ones. It is their \
         [dot|dot product] divided by both [norm|norms].",
        "",
    ),
    term(
        "dot",
        "Dot product",
        &["dot product"],
        "Two [vector|vectors] multiplied number by number, and all of that added up. It is large where both point the same way.",
        "",
    ),
    term(
        "dyt",
        "DyT, dynamic tanh",
        &["dyt", "dynamic tanh"],
        "A replacement for a norm: each value goes through the curve tanh(αx), which flattens large values. It needs neither a mean nor a [variance|variance].",
        "Zhu et al. 2025",
    ),
    term(
        "embedding",
        "Embedding",
        &["embedding"],
        "The list of numbers that stands for a word inside a model. The same word has the same embedding wherever it stands.",
        "",
    ),
    term(
        "encoding",
        "Positional encoding (PE)",
        &["positional encoding", "pe"],
        "A list of numbers that says where a word stands in the text. It is added to the word's [embedding|embedding], so that the model can use \
         the order of the words.",
        VASWANI,
    ),
    term(
        "epsilon",
        "ε (epsilon)",
        &["ε", "epsilon"],
        "A tiny number, often 0.00001, that is added to the [variance|variance] before the root is taken. It prevents a division by zero.",
        BA,
    ),
    term(
        "evaluation",
        "Evaluation",
        &["evaluation"],
        "Using a model after its training, or testing it. [batch-norm|Batch norm] then uses means and variances that it remembered during training.",
        IOFFE,
    ),
    term(
        "extrapolate",
        "Extrapolate",
        &["extrapolate", "extrapolation"],
        "To work beyond what was seen in training: here, on texts longer than any in the training.",
        "",
    ),
    term(
        "f32",
        "f32 and f64",
        &["f32", "f64", "32-bit"],
        "Ways to store a number in 32 or 64 bits. f32 keeps about seven digits, f64 about sixteen.",
        "",
    ),
    term(
        "feature",
        "Feature, or dimension",
        &["feature", "dimension"],
        "One of the numbers of a [vector|vector]. How many there are is the [width|width].",
        "",
    ),
    term(
        "frequency",
        "Frequency ω",
        &["frequency", "frequencies"],
        "How fast a wave turns: by how large an angle from one position to the next. Fast waves have short [wavelength|wavelengths].",
        "",
    ),
    term(
        "gamma",
        "Scale γ",
        &["γ"],
        "A number that each [x-hat|normalised value] is multiplied by. A trained layer has learned one for each [feature|feature].",
        BA,
    ),
    term(
        "gradient",
        "Gradient",
        &["gradient"],
        "For each number: how much the error grows when that number grows a little. Training uses it to decide which way to change a model.",
        "",
    ),
    term(
        "gradient-stability",
        "Gradient stability",
        &["gradient stability"],
        "[gradient|Gradients] that neither vanish nor explode on their way back through many layers. Norms keep the numbers in each layer at a usual size.",
        "Xiong et al. 2020",
    ),
    term(
        "group-norm",
        "Group normalization",
        &["group norm", "group normalization"],
        "A norm that splits the [feature|features] into groups. Each group of a [sample|sample] has one mean and one [variance|variance].",
        "Wu and He 2018",
    ),
    term(
        "head",
        "Multi-head attention",
        &["head", "multi-head attention"],
        "[attention|Attention] done several times side by side, each time with its own weights. Each of these is a head and can look for something else.",
        VASWANI,
    ),
    term(
        "instance-norm",
        "Instance normalization",
        &["instance norm", "instance normalization"],
        "A norm with one mean and one [variance|variance] for each [feature|feature] of each [sample|sample], taken over its [token|tokens].",
        "Ulyanov et al. 2016",
    ),
    term(
        "interpolation",
        "Position interpolation",
        &["interpolation", "position interpolation"],
        "Dividing all positions by the same number, so that a longer text fits into the trained range. Neighbours then come closer to each other.",
        "Chen et al. 2023",
    ),
    term(
        "jacobian",
        "Jacobian",
        &["jacobian"],
        "A table of slopes: how much each output changes when each input is changed a little.",
        "",
    ),
    term(
        "key",
        "Key",
        &["key"],
        "A [vector|vector] that each word offers to the others: what it can be found by. A [query|query] is compared with all keys.",
        VASWANI,
    ),
    term(
        "kurtosis",
        "Excess kurtosis",
        &["kurtosis", "kurt"],
        "How often values lie far from the mean. A bell curve has 0; more far-off values give a positive number.",
        "",
    ),
    term(
        "layer-norm",
        "Layer normalization",
        &["layernorm", "layer normalization", "layer norm"],
        "A norm that works on each [token|token] by itself. It takes off the mean of the token's [feature|features] and divides by their \
         [std|standard deviation]. Then it scales by [gamma|γ] and shifts by [beta|β].",
        BA,
    ),
    term(
        "layer-batch",
        "Layer against batch normalization",
        &["layer against batch normalization"],
        "[layer-norm|LayerNorm] takes its mean over the [feature|features] of one [token|token], [batch-norm|batch norm] over all tokens for one \
         feature. So only batch norm depends on the other [sample|samples] and needs [running|running averages].",
        BA,
    ),
    term(
        "layout",
        "Interleaved and concatenated layout",
        &["interleaved", "concatenated", "layout"],
        "The order of the [feature|dimensions]. Interleaved has each wave's sine and cosine side by side; concatenated has all sines first, then all cosines.",
        "",
    ),
    term(
        "learned",
        "Learned positions (learned embeddings)",
        &[
            "learned position",
            "learned embedding",
            "learned table",
            "learned vector",
        ],
        "A table with one [vector|vector] for each position. It starts with random numbers, and training changes them. Positions after its end have no vector.",
        "Devlin et al. 2018",
    ),
    term(
        "least-squares",
        "Least squares",
        &["least squares"],
        "The usual way to fit a straight rule to data: the sum of the squared errors is made as small as possible.",
        "",
    ),
    term(
        "max-len",
        "max_len",
        &["max_len"],
        "How many positions a [learned|learned table] has a [vector|vector] for. They are numbered from 0 to max_len − 1.",
        "",
    ),
    term(
        "momentum",
        "Momentum",
        &["momentum"],
        "How much each new [batch|batch] counts in the [running|running averages] of batch norm: 0.1 in PyTorch.",
        IOFFE,
    ),
    term(
        "mu",
        "Mean μ",
        &["μ"],
        "The average: all values added up and divided by how many there are.",
        "",
    ),
    term(
        "nope",
        "No positional encoding (NoPE)",
        &["nope"],
        "Telling the model nothing about positions. A model that reads from left to right can still work out the order; one that sees all words at once cannot.",
        "Haviv et al. 2022, Kazemnejad et al. 2023",
    ),
    term(
        "norm",
        "Norm ‖x‖ of a vector",
        &["‖"],
        "How long a [vector|vector] is as an arrow: the root of the sum of its squared numbers. Written ‖x‖.",
        "",
    ),
    term(
        "ntk",
        "NTK-aware scaling",
        &["ntk-aware"],
        "A way to use longer texts: a larger [base|base] slows the slow waves and leaves the fastest as it is.",
        "bloc97 2023",
    ),
    term(
        "offset",
        "Offset",
        &["offset"],
        "How far apart two positions are: 3 from position 5 to position 8.",
        "",
    ),
    term(
        "order",
        "Sequence order representation",
        &["sequence order"],
        "What tells a model in which order the words stand. Without it, [attention|attention] sees a bag of words.",
        VASWANI,
    ),
    term(
        "padding",
        "Padding",
        &["padding", "padded"],
        "Empty [token|tokens] that make all [sample|samples] of a [batch|batch] equally long. They should not count.",
        "",
    ),
    term(
        "pair",
        "Pair",
        &["pair"],
        "The sine and the cosine of one wave: two [feature|dimensions] that turn together.",
        VASWANI,
    ),
    term(
        "pre-norm",
        "Pre-norm",
        &["pre-norm"],
        "A [transformer|transformer] that normalises before [attention|attention] and before each of its other sub-layers, as GPT-2 does. The original \
         normalises after them.",
        "Xiong et al. 2020",
    ),
    term(
        "query",
        "Query",
        &["query", "queries"],
        "A [vector|vector] in which a word says what it looks for. It is compared with the [key|keys] of the other words.",
        VASWANI,
    ),
    term(
        "r2",
        "R²",
        &["r²"],
        "How well a fitted rule predicts: 1 is perfect, 0 is no better than always guessing the mean.",
        "",
    ),
    term(
        "readout",
        "Linear readout",
        &["readout", "linear readout"],
        "A simple rule, a weighted sum, that tries to get a word or its position back from a [vector|vector].",
        "",
    ),
    term(
        "rms-norm",
        "RMSNorm",
        &["rmsnorm", "rms norm"],
        "[layer-norm|LayerNorm] without the mean: each [token|token] is divided by the root of the mean of its squares. Llama uses it.",
        "Zhang and Sennrich 2019",
    ),
    term(
        "rope",
        "RoPE",
        &["rope"],
        "Rotary position embedding. [query|Query] and [key|key] are turned by angles that grow with their positions. Their [score|score] then \
         depends only on how far apart they are.",
        "Su et al. 2021",
    ),
    term(
        "running",
        "Running averages",
        &["running average", "running statistic"],
        "Means and variances that [batch-norm|batch norm] remembers: a mixture of many earlier [batch|batches]. [momentum|Momentum] says how much the latest one counts. They are used in \
         [evaluation|evaluation].",
        IOFFE,
    ),
    term(
        "sample",
        "Sample",
        &["sample"],
        "One text of a [batch|batch]: a list of [token|tokens].",
        "",
    ),
    term(
        "score",
        "Attention score",
        &["score"],
        "How well a [query|query] and a [key|key] fit: their [dot|dot product]. The higher it is, the more one word listens to the other.",
        VASWANI,
    ),
    term(
        "attention",
        "Self-attention",
        &["attention", "self-attention"],
        "The step in which each word of a text looks at the others and takes from them what fits. By itself it does not know their order.",
        VASWANI,
    ),
    term(
        "singular",
        "Singular value",
        &["singular value"],
        "How much a linear step stretches in one of its directions. Where it is 0, a change in that direction is lost.",
        "",
    ),
    term(
        "sinusoid",
        "Sinusoidal functions",
        &["sinusoidal", "sinusoid"],
        "Sine and cosine: smooth waves that repeat. The original [transformer|transformer] builds its position vectors from many of them, from fast to slow.",
        VASWANI,
    ),
    term(
        "skewness",
        "Skewness",
        &["skewness", "skew"],
        "Whether values reach further to one side of the mean: 0 for a symmetric shape, positive for a long tail to the right.",
        "",
    ),
    term(
        "slope",
        "Slope of a head",
        &["slope"],
        "How much [alibi|ALiBi] lowers the [score|score] for each step of distance. Each [head|head] has its own.",
        "Press et al. 2022",
    ),
    term(
        "softmax",
        "Softmax",
        &["softmax"],
        "Turns [score|scores] into weights between 0 and 1 that add up to 1: e to the power of each score, divided by the sum of all of \
         them. The largest score gets the largest weight.",
        "",
    ),
    term(
        "std",
        "Standard deviation σ",
        &["standard deviation", "std", "σ"],
        "How far values usually lie from their mean: the root of the [variance|variance].",
        "",
    ),
    term(
        "t5",
        "T5 bias",
        &["t5", "t5 bias"],
        "T5 is a [transformer|transformer] of 2020. It adds to each [score|score] a learned number that depends on the distance between the two words.",
        "Raffel et al. 2020",
    ),
    term(
        "token",
        "Token",
        &["token"],
        "A piece of text that a model reads as one unit: a word or part of a word. Inside the model it is a list of numbers.",
        "",
    ),
    term(
        "transformer",
        "Transformer",
        &["transformer"],
        "The kind of network behind today's language models. It reads all words at the same time, so it has to be told their order.",
        VASWANI,
    ),
    term(
        "variance",
        "Variance σ²",
        &["variance", "σ²"],
        "How widely values are spread: the mean of their squared distances from the mean.",
        "",
    ),
    term(
        "vaswani",
        "Vaswani et al.",
        &["vaswani et al"],
        "The eight authors of “[paper|Attention Is All You Need]”, 2017. They introduced the [transformer|transformer] and its sinusoidal [encoding|encoding].",
        VASWANI,
    ),
    term(
        "vector",
        "Vector",
        &["vector"],
        "A list of numbers. It can be pictured as an arrow: each number says how far it goes in one direction.",
        "",
    ),
    term(
        "wavelength",
        "Wavelength",
        &["wavelength", "wave"],
        "How many positions a wave needs for one full turn, before it repeats.",
        "",
    ),
    term(
        "width",
        "Width (d_model)",
        &["width", "d_model"],
        "How many numbers each [vector|vector] of a model has. The code calls it d_model, formulas d.",
        "",
    ),
    term(
        "x-hat",
        "Normalised value x̂",
        &["x̂"],
        "A value after the mean was taken off and after the division by the [std|standard deviation], before [gamma|γ] and [beta|β].",
        BA,
    ),
    term(
        "yarn",
        "YaRN",
        &["yarn"],
        "A way to use longer texts: slow waves are slowed down further, fast ones stay as they are, and those between are mixed.",
        "Peng et al. 2023",
    ),
];
