/* Softmax cross-entropy from logits, shifted by the largest so that no exponential overflows:
 * log(sum exp(z)) - sum y z, mean over samples. Targets of a sample sum to 1; label smoothing mixes them with equal
 * shares of all classes, y becoming keep y + share. */
#include "base/elementary.h"
#include "nn/loss/judge.h"

IL_INLINE void find_largest(size_t K, size_t R, const il_real *restrict z,
                            il_real *restrict largest) {
    for (size_t r = 0; r < R; r++)
        largest[r] = z[r];
    for (size_t j = 1; j < K; j++)
        for (size_t r = 0; r < R; r++)
            largest[r] = z[j * R + r] > largest[r] ? z[j * R + r] : largest[r];
}

/* One output: its exponential into e, its part -y z of the loss. */
IL_INLINE void exponential(size_t R, il_real keep, il_real share, const il_real *restrict y,
                           const il_real *restrict z, const il_real *restrict largest,
                           il_real *restrict loss, il_real *restrict e) {
    for (size_t r = 0; r < R; r++) {
        il_real shifted = z[r] - largest[r];
        e[r] = IL_EXP_NONPOSITIVE(shifted);
        loss[r] -= (keep * y[r] + share) * shifted;
    }
}

/* Adds log(sum) to the loss and leaves 1/sum. */
IL_INLINE void normalizer(size_t R, il_real *restrict sum, il_real *restrict loss) {
    for (size_t r = 0; r < R; r++) {
        loss[r] += IL_LOG(sum[r]);
        sum[r] = 1 / sum[r];
    }
}

IL_INLINE void gradient(size_t R, il_real keep, il_real share, il_real scale,
                        const il_real *restrict y, const il_real *restrict inverse,
                        il_real *restrict delta) {
    for (size_t r = 0; r < R; r++)
        delta[r] = (delta[r] * inverse[r] - (keep * y[r] + share)) * scale;
}

IL_INLINE void evaluate(const double *arg, const il_loss_pass *pass) {
    size_t K = pass->outputs, R = pass->R;
    il_real keep = (il_real)(1 - arg[0]), share = (il_real)(arg[0] / (double)K);
    il_real count = (il_real)pass->n, *shared = pass->scratch;
    il_fill(R, 0, pass->loss);
    il_fill(R, 0, pass->correct);
    for (size_t i = 0; i < pass->n; i++) {
        const il_real *z = pass->z + i * K * R;
        il_real *delta = pass->delta + i * K * R;
        il_judge_argmax(pass, i);
        find_largest(K, R, z, shared);
        for (size_t j = 0; j < K; j++)
            exponential(R, keep, share, il_target(pass, i, j), z + j * R, shared, pass->loss,
                        delta + j * R);
        il_fill(R, 0, shared);
        for (size_t j = 0; j < K; j++)
            il_add(R, delta + j * R, shared);
        normalizer(R, shared, pass->loss);
        for (size_t j = 0; j < K; j++)
            gradient(R, keep, share, 1 / count, il_target(pass, i, j), shared, delta + j * R);
    }
    il_divide(R, count, pass->loss);
}

/* One replica has no loops over replicas. */
IL_CLONES static void softmax_ce_evaluate(const double *arg, const il_loss_pass *pass) {
    il_loss_pass one = *pass;
    one.R = 1;
    if (pass->R == 1)
        evaluate(arg, &one);
    else
        evaluate(arg, pass);
}

const il_loss_type il_loss_softmax_ce = {
    .desc = {.name = "softmax_ce",
             .aliases = "cross_entropy categorical_crossentropy",
             .formula = "mean over samples of log(sum exp(z)) - sum y*z",
             .source = "Szegedy et al. 2016, section 7 (label smoothing)",
             .params = {{.name = "label_smoothing",
                         .doc = "share of each target that is spread over all K classes",
                         .max = 1}},
             .n_params = 1},
    .min_outputs = 2,
    .classes = true,
    .evaluate = softmax_ce_evaluate,
};
