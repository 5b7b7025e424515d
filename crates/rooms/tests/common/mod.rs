//! The states in which tests look at every figure of every room.

#![allow(dead_code, reason = "each test file uses a part")]

use figures::Figure;
use rooms::address::Address;
use rooms::inspect::LinkPair;
use rooms::settings::ControlDoc;
use rooms::{ALL, Entry};

/// What each lab is opened with: as it opens, the ends of its ranges, and what is hard to draw.
pub fn queries(lab: &Entry) -> Vec<&'static str> {
    match lab.slug {
        "encode" => vec![
            "",
            "seq_len=1&d_model=2",
            "seq_len=1&d_model=2&base=2&layout=concatenated&start=1000000",
            "seq_len=4096&d_model=2&dims=0,1",
            "seq_len=1&d_model=1024",
            "seq_len=300&d_model=1024&base=1000000&start=999999&dims=none",
            "scheme=learned&max_len=40&compare=sinusoidal&seed=7",
            "scheme=learned&max_len=1&start=5&seq_len=1&d_model=2",
            "scheme=rope&scaling=yarn&factor=32&trained_len=100&layout=concatenated&compare=rope",
            "scheme=alibi&compare=index&seq_len=700&d_model=2&heads=12&head=12",
            "scheme=t5&dims=none",
            "scheme=none&compare=none",
            "scheme=index&start=1000000",
            "scheme=fraction&seq_len=1&compare=binary",
            "scheme=binary&start=1000000&d_model=8",
            "scaling=ntk&d_model=2&seq_len=1",
            "scaling=interpolation&factor=1&compare=sinusoidal",
            "part=distance&measure=cosine&scheme=none&offset=4095",
            "part=distance&measure=cosine&scheme=learned&max_len=500&seq_len=600&d_model=8",
            "part=distance&scheme=binary&seq_len=3000&d_model=16&offset=0",
            "part=distance&seq_len=2&d_model=2&scaling=yarn&offset=1&base=2",
            "part=distance&scheme=fraction&measure=cosine&seq_len=5",
            "part=limits&scheme=learned&max_len=1&trained_len=2&factor=1",
            "part=limits&d_model=2&trained_len=2&factor=32&scaling=yarn",
            "part=limits&scheme=fraction&trained_len=4096&factor=32&d_model=4",
            "part=limits&trained_len=131072&factor=128&scaling=ntk&d_model=8",
            "part=limits&trained_len=131072&factor=1&base=1000000000&d_model=16&pos=131071",
            "part=limits&scheme=binary&trained_len=9000&factor=1.5&d_model=16",
            "scaling=yarn&ramp=pair&trained_len=131072&factor=128&base=2&d_model=4",
            "scheme=rope&scaling=yarn&ramp=pair&trained_len=4096&factor=32&base=150000&d_model=64",
            "axes=pos_by_dim&compare=learned&max_len=40",
            "axes=pos_by_dim&part=sum&scheme=learned&max_len=2",
            "axes=pos_by_dim&mistake=swapped&seq_len=3&d_model=6",
            "text=",
            "text=%20%21%3F%20&sqrt_d=on&emb_std=0&noise=2",
            "text=%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7%20%D7%A9%D7%9C%D7%95%D7%9D%20The%20the%20%7B%22%7D&pos=3&emb_std=0.02",
            "text=%EF%BF%BF%20%EF%BF%BE%20*%20dog%20*%20]]%3E&part=sum",
            "scheme=alibi&heads=1&seq_len=1&d_model=2",
            "scheme=alibi&direction=both&heads=16&head=16",
            "scheme=alibi&heads=128&head=128&seq_len=8",
            "scheme=t5&heads=17&direction=both&seq_len=9",
            "scheme=t5&direction=both&n_buckets=2&max_distance=2&heads=3&offset=4000",
            "scheme=rope&pairing=halves&direction=both&seq_len=1&d_model=2",
            "scheme=rope&pairing=halves&direction=both&seq_len=600&d_model=6",
            "mistake=double_exponent&seq_len=1&d_model=2",
            "mistake=base_1000&base=1000",
            "mistake=one_row&seq_len=1",
            "mistake=rotary_mixed&seq_len=512&d_model=6&offset=1",
            "mistake=rotary_mixed&seq_len=1&d_model=2&start=1000000&base=1000000000",
            "part=mistakes&quiz=5&offset=4095",
            "quiz=1",
            "quiz=6&seq_len=3&start=1000000&d_model=1024",
        ],
        "normalize" => vec![
            "",
            "batch=1&seq_len=1&d_model=2",
            "input=constant&eps=0&mean=3",
            "input=constant&eps=0&mean=100&gamma=-4&beta=4",
            "input=custom&values=1,1;1,2&eps=0",
            "input=custom",
            "input=custom&values=1;2;3",
            "input=custom&values=1;2;3&variance=unbiased&mistake=unbiased&token=1&eps=0",
            "input=custom&values=1,1;2,5;3,9;;4,4;5,8;6,7&seq_len=2",
            "input=custom&values=1,1;2,5;3,9;;4,4;5,8;6,7&seq_len=4&batch=3",
            "input=custom&values=5&padding=on&batch=2&seq_len=4&d_model=2",
            "norm=batch&d_model=1&batch=3&input=outlier",
            "norm=group&d_model=1&mode=eval&push=normalized&stage=shifted",
            "input=heavy&std=100&mean=-100&d_model=1024&seq_len=3",
            "input=outlier&batch=64&seq_len=2&gamma=0&beta=-4",
            "std=0&mean=0&eps=1",
            "input=uniform&batch=3&seq_len=5&d_model=7&token=14&feature=6",
            "variance=unbiased&shown=2&d_model=2&eps=0",
            "variance=unbiased&input=constant&eps=0&shown=3",
            "variance=unbiased&padding=on&masked=on&token=31&shown=1",
            "norm=batch&variance=unbiased&batch=1&seq_len=1&shown=2",
            "norm=rms&gamma_at=3:2.5,7:-1&input=encoded&per=token",
            "norm=batch&gamma_at=0:1,2,3,4,-4&beta_at=63:4&per=feature",
            "norm=batch&batch=1&seq_len=1&d_model=2",
            "norm=batch&mode=eval&padding=on&input=outlier",
            "norm=batch&mode=eval&batch=1&seq_len=1&d_model=3&momentum=0",
            "norm=instance&padding=on&masked=on&token=7&batch=5",
            "norm=instance&seq_len=1&eps=0",
            "norm=group&groups=16&padding=on&masked=on&batch=3&seq_len=5",
            "norm=group&d_model=7&groups=7&batch=1",
            "norm=dyt&alpha=0&affine=off",
            "norm=none&input=heavy&padding=on&token=30",
            "padding=on&masked=on&token=31&affine=off",
            "nudge=0&batch=2&seq_len=1&nudged=value",
            "nudge=-3&nudged=value&norm=group&token=9&feature=40&padding=on",
            "batch=64&seq_len=3&d_model=5&token=190&norm=instance",
            "part=batch&batch=1&mates=alike&momentum=1&eps=0",
            "part=batch&batch=64&groups=64&seed=9999&momentum=0",
            "norm=rms&push=normalized&push_size=-10&scale_a=-3&shift_c=10000&dy=one_hot",
            "norm=batch&batch=1&seq_len=1&d_model=3&scale_a=0",
            "norm=group&padding=on&masked=on&d_model=6&groups=3&token=7&push=feature&scale_a=0.0001",
            "norm=instance&padding=on&d_model=2&seq_len=3&token=5&stage=shifted&yaw=180&pitch=-90",
            "norm=dyt&alpha=10&d_model=3&stage=input&mistake=unbiased&gamma_at=0:2,1:-1",
            "norm=batch&mode=eval&mistake=batch_eval&basis=plane&scale_a=1e-4",
            "d_model=3&stage=shifted&gamma_at=0:2&beta_at=2:1&eps=1e-12",
            "quiz=1",
            "mistake=over_batch&batch=1&seq_len=1",
            "mistake=padding&eps=0&seq_len=2",
            "mistake=eps_outside&std=0.001",
            "d_model=2&stage=scaled&input=constant&eps=0",
            "norm=rms&stage=centred&d_model=5&basis=plane&shift_c=3&scale_a=-0.01",
            "norm=instance&padding=on&masked=on&stage=centred&d_model=3",
        ],
        "attend" => vec![
            "",
            "part=context&sharpness=0&query=0",
            "part=context&sharpness=32&text=bank%20bank%20mouse%20loan&other=",
            "part=context&text=BANK&other=bank%20river",
            "part=context&text=the%20the%20the&other=a%20bank",
            "part=context&text=%F0%9F%90%95%20%D7%A9%D7%9C%D7%95%D7%9D%20*cat*%20mouse&other=clicked%20mouse&feature=6",
            "part=context&text=",
            "part=built&looks_at=8&built_len=2",
            "part=built&looks_at=0&sharpness=0&query=15",
            "part=built&reads=both&emb_std=4&seed=3&d_model=8&built_len=3&looks_at=2",
            "part=built&sharpness=32&d_model=32&built_len=40&query=39&feature=31",
            "part=continue&text=",
            "part=continue&text=dog&sharpness=0",
            "part=continue&text=dog%20dog%20dog&positions=off",
            "part=continue&text=the%20dog%20bit%20the%20man%20.%20the&d_model=8&query=0",
            "part=continue&text=%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7%20%D7%A9%D7%9C%D7%95%D7%9D%20*%20The%20the%20%5B%7B%22%7D%20%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7&shuffled=on&seed=2",
            "part=heads&d_model=8&sharpness=32&text=%F0%9F%90%95",
            "part=heads&d_model=10&head_1=same&head_2=same&head_4=same&text=the%20the%20THE",
            "part=heads&head_2=previous&head_3=previous&head_4=first&sharpness=0&query=4&text=a%20b%20*c*%20%D7%A9%D7%9C%D7%95%D7%9D%20d",
            "part=maps&show=scores",
            "part=maps&show=scores&split=on&key=2",
            "part=maps&show=scores&split=on&scheme=rope&mask=causal",
            "part=maps&show=scores&split=on&scheme=t5&query=0&key=2&mask=causal",
            "part=maps&show=scores&split=on&scheme=alibi&heads=1&text=a%20b%20c%20d%20e%20f%20g&other=a%20b",
            "part=maps&scheme=none&heads=8&d_model=256&other=man%20dog%20bites",
            "part=maps&text=&other=a%20b",
            "part=maps&text=a%20b&other=",
            "part=maps&text=&other=&scheme=alibi&show=scores&split=on",
            "part=maps&text=dog&other=dog&d_model=8",
            "part=maps&text=dog%20Dog%20dog&other=dog%20dog%20dog&scheme=none&emb_std=0",
            "part=maps&text=%F0%9F%91%A9%E2%80%8D%F0%9F%91%A7%20%D7%A9%D7%9C%D7%95%D7%9D%20%7B%22%7D&mask=causal&query=0",
            "part=maps&emb_std=4&sqrt_d=on&d_model=256&heads=1",
            "part=maps&d_model=10&heads=5&layers=4&layer=2&scheme=binary",
            "part=mistakes",
            "part=mistakes&quiz=4&query=63",
            "part=mistakes&quiz=off",
            "part=mistakes&mistake=softmax_axis&seed=9999",
            "part=mistakes&mistake=mask_after&query=4",
            "part=mistakes&mistake=divided_by_d&text=%F0%9F%90%95",
            "part=mistakes&mistake=padding&query=7",
            "part=mistakes&mistake=every_layer&seed=3",
            "part=mistakes&mistake=rotary_mixed&query=63",
        ],
        // A room begins with how it opens: say here what is hard to draw of it.
        _ => vec![""],
    }
}

/// States at whose edges numbers end: each scheme or norm, with one row and with a few, with values that are equal, huge,
/// or no numbers.
pub fn odd_queries(lab: &Entry) -> Vec<String> {
    let (each, odd): (&[&str], &[&str]) = match lab.slug {
        "encode" => (
            &[
                "sinusoidal",
                "learned",
                "rope",
                "alibi",
                "t5",
                "none",
                "index",
                "fraction",
                "binary",
            ],
            &[
                "seq_len=1&d_model=2",
                "seq_len=3&d_model=4&start=1000000&measure=cosine",
                "seq_len=4&d_model=6&max_len=2&pos=3&offset=3&measure=cosine",
                "seq_len=5&d_model=8&max_len=2&start=5&compare=learned",
                "d_model=4&text=the&emb_std=0",
                "d_model=4&text=the%20the&emb_std=0&noise=0&sqrt_d=on&max_len=1",
                "d_model=2&seq_len=2&trained_len=2&factor=1&direction=both&offset=1&quiz=4",
            ],
        ),
        "normalize" => (
            &[
                "layer",
                "rms",
                "batch",
                "batch&mode=eval",
                "instance",
                "group",
                "dyt&alpha=0",
                "none",
            ],
            &[
                "batch=1&seq_len=1&d_model=2&eps=0&scale_a=0&mistake=over_batch",
                "batch=2&seq_len=1&d_model=3&input=constant&eps=0&mean=0&stage=shifted&mistake=unbiased",
                "batch=1&seq_len=5&d_model=4&std=0&gamma=0&push=normalized&mistake=eps_outside",
                "batch=2&seq_len=4&d_model=3&padding=on&masked=on&eps=0&token=7&dy=one_hot&mistake=padding",
                "input=custom&values=1,nan,inf,2;1,2,3,4&mistake=batch_eval",
                "input=custom&values=1,2;3,4&batch=2&mistake=batch_eval",
                "input=custom&values=3e38,-3e38,1&mistake=token_feature",
                "input=custom&values=0,0;1,2&eps=0&token=0&mistake=scalar_affine",
                "input=custom&values=1e-45,0;1e-38,2e-38&eps=0&scale_a=100",
                "input=custom&values=2;3;5&token=1&mistake=unbiased",
                "d_model=1&batch=2&eps=0&token=3&mistake=over_batch",
            ],
        ),
        "attend" => (
            &[
                "none",
                "sinusoidal",
                "rope",
                "alibi",
                "t5",
                "index",
                "fraction",
            ],
            &[
                "text=&d_model=8",
                "text=dog&other=&d_model=8&emb_std=0",
                "text=dog&other=dog&d_model=8",
                "text=so%20so%20so&other=so%20so&d_model=12&mask=causal",
                "text=a%20b&other=c%20d&d_model=8&emb_std=0",
                "text=%F0%9F%90%95%20%D7%A9%D7%9C%D7%95%D7%9D&other=%D7%A9%D7%9C%D7%95%D7%9D%20%F0%9F%90%95&d_model=16&sqrt_d=on",
                "emb_std=4&sqrt_d=on&d_model=256&layers=4",
            ],
        ),
        // Say here where numbers end in a new room.
        _ => return Vec::new(),
    };
    let key = if lab.slug == "normalize" {
        "norm"
    } else {
        "scheme"
    };
    let of = |it: &&str| {
        odd.iter()
            .map(|odd| format!("{key}={it}&{odd}"))
            .collect::<Vec<_>>()
    };
    each.iter().flat_map(of).collect()
}

/// The ends of the ranges of what makes a room large, with each thing that makes it costly.
pub fn ends(lab: &Entry) -> Vec<String> {
    let of = |sizes: &[&str], kinds: &[&str]| {
        let pairs = sizes
            .iter()
            .flat_map(|size| kinds.iter().map(move |kind| (size, kind)));
        pairs.map(|(size, kind)| format!("{size}&{kind}")).collect()
    };
    match lab.slug {
        "encode" => of(
            &[
                "seq_len=4096&d_model=1024",
                "seq_len=4096&d_model=2",
                "seq_len=2&d_model=1024",
            ],
            &[
                "scheme=sinusoidal&compare=learned&max_len=4096&trained_len=4096&factor=32&measure=cosine&mistake=padding",
                "scheme=learned&compare=rope&max_len=4096&trained_len=4096&factor=32&pos=4095&heads=16&quiz=1",
                "scheme=rope&compare=sinusoidal&direction=both&scaling=yarn&factor=32&trained_len=4096&offset=4095&start=1000000",
                "scheme=alibi&compare=binary&direction=both&heads=16&mistake=swapped",
                "scheme=t5&compare=alibi&direction=both&heads=16&n_buckets=128&max_distance=4096&mistake=f32_angles",
                "scheme=binary&compare=fraction&start=1000000&scaling=ntk&mistake=one_row",
                "scheme=index&compare=learned&max_len=4096&mistake=double_exponent",
                "scheme=fraction&compare=index&measure=cosine&trained_len=4096&factor=32&mistake=base_1000",
                "scheme=none&compare=t5",
            ],
        ),
        "normalize" => of(
            &[
                "batch=64&seq_len=32&d_model=1024",
                "batch=8&seq_len=256&d_model=1024",
                "batch=64&seq_len=256&d_model=128",
                "batch=64&seq_len=256&d_model=2",
                "batch=1&seq_len=1&d_model=1024",
            ],
            &[
                "norm=layer&mistake=over_batch",
                "norm=rms&input=heavy&push=normalized&mistake=eps_outside",
                "norm=batch&padding=on&masked=on&mistake=padding&dy=one_hot",
                "norm=batch&mode=eval&input=encoded&mistake=batch_eval",
                "norm=batch&mode=eval&padding=on&momentum=1",
                "norm=instance&padding=on&scale_a=2&shift_c=3&mistake=token_feature&nudged=value",
                "norm=group&groups=1024&basis=plane&stage=shifted&gamma=2&mistake=scalar_affine&token=16383",
                "norm=group&groups=1&input=outlier&push=feature&mistake=unbiased",
                "norm=dyt&alpha=10&per=feature&quiz=1",
                "norm=none&per=token&mates=alike",
            ],
        ),
        "attend" => {
            let words: Vec<_> = (0..64).map(|idx| format!("w{idx}")).collect();
            let sizes = ["d_model=256&heads=8&layers=4", "d_model=8&heads=8&layers=1"];
            let sizes = sizes.map(|size| format!("{size}&text={0}&other={0}", words.join("%20")));
            let mut walk = of(
                &sizes.each_ref().map(String::as_str),
                &[
                    "scheme=none",
                    "scheme=sinusoidal&part=maps&show=scores",
                    "scheme=rope&mask=causal&part=maps&layer=1&show=scores&split=on",
                    "scheme=t5&part=maps&show=scores&split=on",
                ],
            );
            walk.push("part=built&built_len=512&d_model=256&reads=both".to_owned());
            walk
        }
        // Say here how large a new room gets.
        _ => vec![String::new()],
    }
}

/// No number is further than this from the end of its range, so that figures are made quickly.
const MOST: f64 = 16.0;

/// What a setting may be, as in a link: some numbers of a range, all words of a list, and what other tests say.
pub fn values(lab: &Entry, row: &ControlDoc) -> Vec<String> {
    let range = row.allowed.split_once("numbers from ");
    let ends = range.and_then(|(_, range)| {
        let (min, max) = range.split(';').next()?.split_once(" to ")?;
        Some((min.parse::<f64>().ok()?, max.parse::<f64>().ok()?))
    });
    if let Some((min, max)) = ends {
        let reach = (max - min).min(MOST);
        let fractions = [0.0, 0.1, 0.3, 0.7, 1.0];
        return fractions
            .map(|fraction| (min + fraction * reach).to_string())
            .to_vec();
    }
    let drawn = queries(lab).into_iter().map(str::to_owned);
    let links = drawn.chain(odd_queries(lab));
    let pairs = links.flat_map(|query| Address::parse(&format!("#/{}?{query}", lab.slug)).pairs);
    let given = pairs.filter(|(key, _)| key == row.key);
    let words = row.allowed.split(", ").map(str::to_owned);
    given.map(|(_, text)| text).chain(words).collect()
}

/// The settings of a link, all of which must be usable as they are.
pub fn pairs(lab: &Entry, query: &str) -> Vec<LinkPair> {
    let pairs = Address::parse(&format!("#/{}?{query}", lab.slug)).pairs;
    let (_, notices) = (lab.inspect.canonical)(&pairs);
    assert!(notices.is_empty(), "{query}: {notices:?}");
    pairs
}

/// Every figure in every state of [`queries`].
pub fn for_each_figure(act: &dyn Fn(&str, &Figure<'_>)) {
    for lab in ALL {
        for query in queries(lab) {
            let pairs = pairs(lab, query);
            for (idx, doc) in (lab.inspect.figures)().into_iter().enumerate() {
                (lab.inspect.with_figure)(&pairs, idx, &mut |figure| {
                    assert_eq!(figure.id, doc.id);
                    act(query, figure);
                });
            }
        }
    }
}
