/* The two dropouts, which differ in what they put for a dropped unit and how they scale. */
#include "nn/dropout.h"

#include "base/clones.h"
#include "base/lanes.h"

#define CHUNK (4 * (size_t)IL_MASK_BLOCKS)

/* Keeps a unit where its word is at least `threshold`; both with the sign bit flipped, because vectors compare signed
 * numbers only. */
IL_CLONES static void dropout_apply(size_t n, int32_t threshold, il_real scale, il_real kept,
                                    il_real dropped, const uint32_t *restrict words,
                                    const il_real *restrict a, il_real *restrict mask,
                                    il_real *restrict out) {
    for (size_t i = 0; i < n; i++) {
        int32_t word = (int32_t)(words[i] ^ 0x80000000u);
        mask[i] = word >= threshold ? scale : 0;
        out[i] = a[i] * mask[i] + (word >= threshold ? kept : dropped);
    }
}

void il_dropout_forward(const il_call *dropout, const il_dropout_pass *x) {
    double p = dropout->arg[0];
    const il_dropout_law law = il_dropout_of(dropout)->law(p);
    uint32_t threshold = (uint32_t)(p * 0x1p32);
    size_t units = x->n * x->units;
    for (size_t r = 0; r < x->R; r++)
        x->block[r] = x->draws->step[r] << 32;
    for (size_t done = 0; done < units; done += CHUNK) {
        size_t n = units - done < CHUNK ? units - done : CHUNK, at = done * x->R;
        il_words_lanes(x->R, x->draws->seed, x->block, IL_PURPOSE_DROPOUT, (uint32_t)x->layer,
                       (n + 3) / 4, x->words);
        dropout_apply(n * x->R, (int32_t)(threshold ^ 0x80000000u), (il_real)law.scale,
                      (il_real)law.kept, (il_real)law.dropped, x->words, x->a + at, x->mask + at,
                      x->out + at);
        for (size_t r = 0; r < x->R; r++)
            x->block[r] += IL_MASK_BLOCKS;
    }
}

static il_dropout_law inverted(double p) {
    return (il_dropout_law){.scale = 1 / (1 - p)};
}

/* Dropped units become -lambda alpha of SELU; then an affine map restores mean 0 and variance 1. */
static il_dropout_law alpha(double p) {
    const double saturated = -1.0507009873554804934193349852946 * 1.6732632423543772848170429916717;
    double scale = 1 / __builtin_sqrt((1 - p) * (1 + p * saturated * saturated));
    double shift = -scale * p * saturated;
    return (il_dropout_law){.scale = scale, .kept = shift, .dropped = scale * saturated + shift};
}

#define PARAMETERS                                                                                 \
    .params = {{.name = "p",                                                                       \
                .doc = "probability that a unit is dropped",                                       \
                .initial = 0.5,                                                                    \
                .max = 0.999999,                                                                   \
                .bare = true}},                                                                    \
    .n_params = 1

const il_dropout_type il_dropout_inverted = {
    .desc = {.name = "dropout",
             .formula = "a/(1 - p) with probability 1 - p, else 0",
             .source = "Srivastava et al. 2014, section 10 (inverted scaling)",
             PARAMETERS},
    .law = inverted,
};

const il_dropout_type il_dropout_alpha = {
    .desc = {.name = "alpha_dropout",
             .formula = "s*a + t with probability 1 - p, else s*(-1.7581) + t; s and t keep mean 0 "
                        "and variance 1",
             .source = "Klambauer et al. 2017, section 3",
             PARAMETERS},
    .law = alpha,
};
