/* Rosenblatt's criterion: how far a misclassified sample is on the wrong side. Descent with learning rate 1, sample by
 * sample and without a hidden layer, is the perceptron rule: w += t x wherever t z <= 0, so also at z = 0.
 *
 * One output: max(0, -t z), t = 1 for a target above 1/2, else -1. K outputs, c the target's class: the largest of the
 * other logits (the first of equals) less z_c, where that is not negative. Means over samples. */
#include "nn/loss/margin.h"

IL_INLINE void one_output(const il_loss_pass *pass, size_t i, il_real scale) {
    size_t R = pass->R;
    const il_real *restrict z = pass->z + i * R, *restrict y = il_target(pass, i, 0);
    il_real *restrict loss = pass->loss, *restrict delta = pass->delta + i * R;
    for (size_t r = 0; r < R; r++) {
        il_real t = il_side(y[r]), wrong = -t * z[r];
        loss[r] += wrong >= 0 ? wrong : 0 * z[r];
        delta[r] = wrong >= 0 ? -t * scale : 0;
    }
}

/* Where the best of the others reaches the class, it is pushed down and the class up. */
IL_INLINE void classes(const il_loss_pass *pass, size_t i, il_real scale) {
    size_t K = pass->outputs, R = pass->R;
    il_real *restrict best = pass->scratch, *restrict held = best + R, *restrict push = held + R;
    il_real *restrict loss = pass->loss;
    il_find_class(pass, i, best, held, push);
    il_fill(R, -IL_INFINITY, best);
    for (size_t j = 0; j < K; j++) {
        const il_real *restrict z = pass->z + (i * K + j) * R;
        for (size_t r = 0; r < R; r++) {
            il_real other = held[r] == (il_real)j ? -IL_INFINITY : z[r];
            best[r] = other > best[r] ? other : best[r];
            loss[r] += 0 * z[r];
        }
    }
    for (size_t r = 0; r < R; r++) {
        il_real wrong = best[r] - push[r];
        loss[r] += wrong >= 0 ? wrong : 0;
        push[r] = wrong >= 0 ? scale : 0;
    }
    for (size_t j = 0; j < K; j++) {
        const il_real *restrict z = pass->z + (i * K + j) * R;
        il_real *restrict delta = pass->delta + (i * K + j) * R;
        for (size_t r = 0; r < R; r++) {
            il_real rival = z[r] == best[r] ? push[r] : 0;
            il_real used = z[r] == best[r] ? IL_INFINITY : best[r]; /* only the first of equals */
            bool own = held[r] == (il_real)j;
            delta[r] = own ? -push[r] : rival;
            best[r] = own ? best[r] : used;
        }
    }
}

IL_CLONES static void perceptron_evaluate(const double *arg, const il_loss_pass *pass) {
    (void)arg;
    size_t K = pass->outputs, R = pass->R;
    il_real count = (il_real)pass->n;
    il_fill(R, 0, pass->loss);
    il_fill(R, 0, pass->correct);
    for (size_t i = 0; i < pass->n; i++) {
        if (K == 1)
            one_output(pass, i, 1 / count);
        else
            classes(pass, i, 1 / count);
        il_judge_outputs(pass, i, 0);
    }
    il_divide(R, count, pass->loss);
}

const il_loss_type il_loss_perceptron = {
    .desc = {.name = "perceptron",
             .formula =
                 "mean of max(0, -t*z), t = 2y - 1; of K classes: of max(0, max of z_j - z_c), "
                 "j != c",
             .source = "Rosenblatt 1958; Duda, Hart & Stork 2001, sections 5.5 and 5.12"},
    .min_outputs = 1,
    .classes = true,
    .evaluate = perceptron_evaluate,
};
