//! What each scheme does, who uses it, and how to read the table.

use super::super::state::EncodeState;
use super::nothing::WAITING;
use crate::encoding::Encoding;

const SINUSOIDAL_LEAD: &str = "Each position gets a [vector|vector] that is *added to the word's [embedding|embedding]*, as in the original \
    [transformer|transformer] ([vaswani|Vaswani et al.] 2017, §3.5). Along the positions, each [feature|dimension] is a [wavelength|wave].";

/// Of the plain table; whatever else is on its way.
pub fn first_lead(state: &EncodeState) -> String {
    if state.is_plain() {
        SINUSOIDAL_LEAD.to_owned()
    } else {
        WAITING.to_owned()
    }
}

/// What the scheme does, who uses it and where it comes from.
pub fn lead(state: &EncodeState) -> String {
    let lead = match state.scheme {
        Encoding::Sinusoidal => SINUSOIDAL_LEAD,
        Encoding::Learned => {
            "Each position gets a [vector|vector] that is *added to the word's [embedding|embedding]*. [learned|Learned vectors] start \
             at random and are trained, for [max-len|max_len] positions: 512 in [bert|BERT], 1024 in GPT-2. [vaswani|Vaswani et al.] \
             2017, table 3, found nearly the same results with both kinds."
        }
        Encoding::Rope => {
            "[rope|RoPE] adds nothing. It works *inside [attention|attention]*: each [query|query] and [key|key] is turned by angles \
             that grow with its position. Llama, GPT-J and GPT-NeoX use it (Su et al. 2021). The table shows the sines and cosines of these angles."
        }
        Encoding::Alibi => {
            "[alibi|ALiBi] adds nothing to the words. It works *inside [attention|attention]*: each [score|score] is lowered for every \
             position of distance, in some [head|heads] more than in others. BLOOM and MPT use it (Press et al. 2022)."
        }
        Encoding::T5 => {
            "The [t5|T5 bias] adds nothing to the words. It works *inside [attention|attention]*: each [score|score] gets a learned number \
             that depends on the distance, another one in each [head|head] (Raffel et al. 2020)."
        }
        Encoding::None => {
            "*Nothing is added* ([nope|NoPE]). A model that reads from left to right can still work out positions. One that sees all words \
             at once cannot (Haviv et al. 2022; Kazemnejad et al. 2023)."
        }
        Encoding::Index => {
            "*For comparison*: the position itself in every [feature|dimension], the first idea that one has. In a long text it \
             becomes many times as large as any [embedding|embedding], and larger than anything in training."
        }
        Encoding::Fraction => {
            "*For comparison*: the position divided by the number of positions, so that it stays below 1. One position further is \
             then a smaller step in a longer text: change Sequence length and watch."
        }
        Encoding::Binary => {
            "*For comparison*: the position in binary digits, the lowest first. The waves of the [sinusoid|sinusoidal] table are \
             their smooth form: fast in low [feature|dimensions], slow in high ones."
        }
    };
    lead.to_owned()
}
