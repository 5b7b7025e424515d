//! Which models use a norm and why.

use super::super::state::NormName;

/// Which models use a norm and why, with the source; where the reasons are disputed, both sides.
pub fn who_uses(norm: NormName) -> &'static str {
    match norm {
        NormName::Layer => {
            "*[layer-norm|LayerNorm]* takes each token by itself; [transformer|transformers] have used it since 2017. Why it helps is disputed: steadier inputs for the next layer was the first reason (Ba et al. 2016), better [gradient|gradients] a later one (Xu et al. 2019)."
        }
        NormName::Rms => {
            "*[rms-norm|RMSNorm]* (Zhang & Sennrich 2019) keeps the mean and leaves out [beta|β]; Llama uses it. Its authors say that only the division helps, and that it takes less time."
        }
        NormName::Batch => {
            "*[batch-norm|Batch norm]* (Ioffe & Szegedy 2015) takes each [feature|feature] over all tokens of the [batch|batch]. Image networks such as ResNet use it. In a [transformer|transformer], a token's output would depend on other people's sentences. Why it helps is disputed: its authors say steadier inputs, Santurkar et al. 2018 found a smoother error."
        }
        NormName::Instance => {
            "*[instance-norm|Instance norm]* (Ulyanov et al. 2016) takes each [feature|feature] of each sample over its tokens. It was made to remove the contrast of images. In a text, each token then depends on the others, later ones too."
        }
        NormName::Group => {
            "*[group-norm|Group norm]* (Wu & He 2018) takes some [feature|features] of a sample together, over all its tokens. It was made for images, where batches can be too small for batch norm. With one group it is what its authors call layer norm, which is another one than the transformer's."
        }
        NormName::DyT => {
            "*[dyt|Dynamic tanh]* (Zhu et al. 2025) needs neither a mean nor a [variance|variance]: it is γ tanh(αx) + β with one learned α. Its authors report results as good as LayerNorm's, with α chosen carefully in large language models."
        }
        NormName::None => {
            "*No norm*: only γ and β. Deep networks can be trained that way if they begin carefully, such as with Fixup (Zhang et al. 2019)."
        }
    }
}
