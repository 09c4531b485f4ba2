/* Hinge losses. One output: mean over samples of max(0, margin - t z), with t = 1 for a target above 1/2, else -1.
 * K outputs, c the target's class: mean over samples of the sum over j ≠ c of max(0, margin - z_c + z_j), divided by K, as
 * PyTorch's MultiMarginLoss. Squared: of the squares. Where a term is 0 so is its derivative. */
#include "nn/loss/margin.h"

enum { MARGIN, SQUARED };

/* The loss and slope of one lack of margin, in front of the common scale. */
IL_INLINE void term(bool squared, il_real lack, il_real z, il_real *loss, il_real *slope) {
    il_real size = lack > 0 ? lack : 0 * z; /* NaN where z is not finite */
    *loss = squared ? size * size : size;
    il_real flat = lack > 0 ? (il_real)1 : 0;
    *slope = squared ? 2 * size : flat;
}

IL_INLINE void one_output(const il_loss_pass *pass, size_t i, bool squared, il_real margin,
                          il_real scale) {
    size_t R = pass->R;
    const il_real *restrict z = pass->z + i * R, *restrict y = il_target(pass, i, 0);
    il_real *restrict loss = pass->loss, *restrict delta = pass->delta + i * R;
    for (size_t r = 0; r < R; r++) {
        il_real value, slope, t = il_side(y[r]);
        term(squared, margin - t * z[r], z[r], &value, &slope);
        loss[r] += value;
        delta[r] = -t * slope * scale;
    }
}

/* What the class's own logit receives is minus the sum of what the others do. */
IL_INLINE void classes(const il_loss_pass *pass, size_t i, bool squared, il_real margin,
                       il_real scale) {
    size_t K = pass->outputs, R = pass->R;
    il_real *restrict total = pass->scratch, *restrict held = total + R, *restrict logit = held + R;
    il_real *restrict loss = pass->loss;
    il_find_class(pass, i, total, held, logit);
    il_fill(R, 0, total);
    for (size_t j = 0; j < K; j++) {
        const il_real *restrict z = pass->z + (i * K + j) * R;
        il_real *restrict delta = pass->delta + (i * K + j) * R;
        for (size_t r = 0; r < R; r++) {
            il_real value, slope;
            term(squared, margin - logit[r] + z[r], z[r], &value, &slope);
            bool other = held[r] != (il_real)j;
            loss[r] += other ? value : 0 * z[r];
            delta[r] = other ? slope * scale : 0;
            total[r] += delta[r];
        }
    }
    for (size_t j = 0; j < K; j++) {
        il_real *restrict delta = pass->delta + (i * K + j) * R;
        for (size_t r = 0; r < R; r++)
            delta[r] = held[r] == (il_real)j ? -total[r] : delta[r];
    }
}

IL_CLONES static void hinge_evaluate(const double *arg, const il_loss_pass *pass) {
    size_t K = pass->outputs, R = pass->R;
    bool squared = arg[SQUARED] != 0;
    il_real count = (il_real)(pass->n * K), margin = (il_real)arg[MARGIN];
    il_fill(R, 0, pass->loss);
    il_fill(R, 0, pass->correct);
    for (size_t i = 0; i < pass->n; i++) {
        if (K == 1)
            one_output(pass, i, squared, margin, 1 / count);
        else
            classes(pass, i, squared, margin, 1 / count);
        il_judge_outputs(pass, i, 0);
    }
    il_divide(R, count, pass->loss);
}

const il_loss_type il_loss_hinge = {
    .desc =
        {.name = "hinge",
         .aliases = "multi_margin",
         .formula = "mean of max(0, margin - t*z), t = 2y - 1; of K classes: of sum over j != c of "
                    "max(0, margin - z_c + z_j)/K",
         .source = "Cortes & Vapnik 1995; Weston & Watkins 1999",
         .params = {{.name = "margin",
                     .doc = "by which the right side must win",
                     .initial = 1,
                     .min = 0,
                     .max = 1e6,
                     .above_min = true},
                    {.name = "squared", .doc = "squares of the terms", .kind = IL_BOOL, .max = 1}},
         .n_params = 2},
    .min_outputs = 1,
    .classes = true,
    .evaluate = hinge_evaluate,
};
