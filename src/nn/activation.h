/* Activation descriptors: elementwise, so one loop serves every R and both engines.
 * An activation is one file in nn/activation and one line in its registry. */
#ifndef IL_NN_ACTIVATION_H
#define IL_NN_ACTIVATION_H

#include "initlab/network.h"

typedef struct il_activation_type {
    il_desc desc;
    /* a = φ(z), n elements. NaN in gives NaN out, so that a diverged replica shows. */
    void (*forward)(const double *arg, size_t n, const il_real *z, il_real *a);
    /* delta *= φ'(z), where a = φ(z) is at hand. */
    void (*backward)(const double *arg, size_t n, const il_real *z, const il_real *a,
                     il_real *delta);

    /* In place of the two above for an activation with a slope that is learned: p [slopes][R], where `slopes` is 1 or
     * the number of units, and n is in samples. gp receives the gradient. */
    size_t (*slopes)(const double *arg, size_t units);
    double (*slope_start)(const double *arg);
    void (*forward_learned)(size_t n, size_t units, size_t R, size_t slopes, const il_real *p,
                            const il_real *z, il_real *a);
    void (*backward_learned)(size_t n, size_t units, size_t R, size_t slopes, const il_real *p,
                             const il_real *z, il_real *delta, il_real *gp);

    /* The same function and its derivative at one point, in double, for the theory of signal propagation; a learned
     * slope is at its start. Between the kinks (points where φ or φ' jumps) both are smooth. */
    double (*value)(const double *arg, double z);
    double (*slope)(const double *arg, double z);
    size_t n_kinks;
    double kink[2];
} il_activation_type;

extern const il_activation_type il_activation_abs, il_activation_elu, il_activation_gelu,
    il_activation_gelu_tanh, il_activation_hard_tanh, il_activation_leaky_relu,
    il_activation_linear, il_activation_mish, il_activation_prelu, il_activation_relu,
    il_activation_selu, il_activation_sigmoid, il_activation_silu, il_activation_sine,
    il_activation_softplus, il_activation_softsign, il_activation_tanh;

static inline const il_activation_type *il_activation_of(const il_call *call) {
    return (const il_activation_type *)(const void *)call->desc;
}

#endif
