//! What each scheme does, who uses it, and how to read the table.

use super::super::state::{EncodeState, Encoding};
use super::nothing::WAITING;

const SINUSOIDAL_LEAD: &str = "*Added to the embedding*: the sines and cosines of d/2 waves, as in the original transformer \
    (Vaswani et al. 2017, §3.5). A position has a vector, one number in each dimension; along the positions each dimension \
    is a wave.";

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
            "*Added to the embedding*: a vector of its own for each position, trained like any other weight, up to max_len of them. \
             BERT (512, Devlin et al. 2019) and GPT-2 (1024, Radford et al. 2019) do so; Vaswani et al. 2017, table 3, \
             found nearly identical results."
        }
        Encoding::Rope => {
            "*Inside attention*: nothing is added; queries and keys are rotated by pos · ω, so that a score depends on their \
             distance only. Llama, GPT-J and GPT-NeoX use it (Su et al. 2021). Below are the sines and cosines of its angles."
        }
        Encoding::Alibi => {
            "*Inside attention*: nothing is added; each score loses a little for each position of distance, more in some heads \
             than in others. BLOOM and MPT use it (Press et al. 2022)."
        }
        Encoding::T5 => {
            "*Inside attention*: nothing is added; each score gets a learned number for its bucket of distances, one for each \
             head. T5 uses it (Raffel et al. 2020)."
        }
        Encoding::None => {
            "*Nothing is added.* A causal decoder can still infer positions from what it may see, an encoder without a mask \
             cannot (Haviv et al. 2022; Kazemnejad et al. 2023)."
        }
        Encoding::Index => {
            "*For comparison*: the plain index in every dimension, the first idea that one has. Far along it is many times as \
             large as any embedding, and beyond the trained length larger than anything seen."
        }
        Encoding::Fraction => {
            "*For comparison*: the index divided by the length, so that it stays below 1. The same step then means another \
             distance in each length: change it and watch."
        }
        Encoding::Binary => {
            "*For comparison*: the index in binary digits, the lowest first. Sinusoids are its smooth form: low dimensions \
             change fast, high ones slowly, but none of them jumps."
        }
    };
    lead.to_owned()
}
