//! Which models use a norm and why.

use super::super::state::NormName;

/// Which models use a norm and why, with the source; where the reasons are disputed, both sides.
pub fn who_uses(norm: NormName) -> &'static str {
    match norm {
        NormName::Layer => {
            "*LayerNorm* (Ba et al. 2016) takes each token by itself: transformers have it since Vaswani et al. 2017, BERT and GPT-2 too, because it needs neither a batch nor a fixed length. Why it helps is disputed: less internal covariate shift was the first reason given; Xu et al. 2019 find that the gradients through mean and variance matter more."
        }
        NormName::Rms => {
            "*RMSNorm* (Zhang & Sennrich 2019) leaves the mean in and has no β: Llama (Touvron et al. 2023) uses it. Its authors hold that rescaling is what helps and that it costs less time; the mean that stays in is a direction that LayerNorm would take away."
        }
        NormName::Batch => {
            "*Batch norm* (Ioffe & Szegedy 2015) takes each feature over all tokens of the batch: convolutional networks such as ResNet (He et al. 2016). Its authors name less internal covariate shift; Santurkar et al. 2018 find a smoother loss instead. Its dependence on the batch is noise, which may regularise; in a transformer it also means that a token's output depends on other people's sentences."
        }
        NormName::Instance => {
            "*Instance norm* (Ulyanov et al. 2016) takes each feature of each sample over its tokens: made for style transfer, where the contrast of an image is to go. In a sequence it lets tokens see each other, later ones too."
        }
        NormName::Group => {
            "*Group norm* (Wu & He 2018) takes some features of a sample together over its tokens: detection and segmentation of images, where batches are too small for batch norm. With one group it is what their picture calls layer norm, which is not the LayerNorm of transformers."
        }
        NormName::DyT => {
            "*Dynamic tanh* (Zhu et al. 2025) has no statistics: γ tanh(αx) + β, with one learned α. Its authors report about the quality of LayerNorm and RMSNorm in transformers, and that large language models need α chosen with care."
        }
        NormName::None => {
            "*No norm*: γ and β alone. Deep networks can be trained without one if they begin carefully, such as with Fixup (Zhang et al. 2019)."
        }
    }
}
