/* Theory: what a random layer does to a Gaussian signal, computed for any activation.
 *
 * In a wide layer with weights of variance sigma_w2/fan_in and biases of variance sigma_b2 the
 * pre-activations u are N(0, q). Expectations are integrated piecewise between the activation's
 * kinks, to about 1e-13 of their size, and have the same bits on every machine. Slopes that are learned are those
 * before training.
 *
 *     #include <initlab.h>
 *     #include <stdio.h>
 *     int main(void) {
 *         il_error err;
 *         il_call tanh;
 *         double sigma_w2, q;
 *         if (il_call_parse(&il_activations, "tanh", NULL, &tanh, &err) != IL_OK ||
 *             il_critical(&tanh, 0.05, &sigma_w2, &q, &err) != IL_OK)
 *             return 1;
 *         return printf("%.4f at q = %.3f\n", sigma_w2, q) < 0; // 1.7610 at q = 0.570
 *     }
 */
#ifndef INITLAB_THEORY_H
#define INITLAB_THEORY_H

#include "network.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* Expectations over u ~ N(0, q) of an activation φ. */
typedef struct il_moments {
    double mean;         /* E[φ(u)] */
    double square;       /* E[φ(u)²] */
    double slope_square; /* E[φ'(u)²] */
} il_moments;

/* Moments for q >= 0; at q = 0 they are the limits from above. Errors (IL_INVALID): q negative or not finite,
 * an expectation that is not finite. Here and below `activation` is a call of il_activations. */
il_status il_moments_of(const il_call *activation, double q, il_moments *out, il_error *err);

/* Factors on a standard deviation of 1/sqrt(fan) with which a layer keeps unit second moment: of the signal,
 * 1/sqrt(E[φ(z)²]), and of the gradient, 1/sqrt(E[φ'(z)²]), z ~ N(0, 1). tanh: 1.5925 and 1.4674. Error
 * (IL_INVALID): the expectation is 0 or not finite. Source: He et al. 2015, section 2.2, for any activation. */
il_status il_gain_forward(const il_call *activation, double *gain, il_error *err);
il_status il_gain_backward(const il_call *activation, double *gain, il_error *err);

/* Variance of the next layer's pre-activations, sigma_w2 E[φ(u)²] + sigma_b2 (Poole et al. 2016). */
il_status il_length_map(const il_call *activation, double sigma_w2, double sigma_b2, double q,
                        double *next, il_error *err);

/* Factor on the mean square of a gradient, layer by layer: χ₁ = sigma_w2 E[φ'(u)²] at the fixed point q
 * (Schoenholz et al. 2017). Below 1 gradients vanish with depth and different inputs become alike;
 * above 1 gradients explode and similar inputs become different. */
il_status il_chi1(const il_call *activation, double sigma_w2, double q, double *chi1,
                  il_error *err);

/* The edge of chaos: sigma_w2 with χ₁ = 1 at the smallest fixed point q of its own length map that the map
 * does not leave again (Schoenholz et al. 2017; Hayou, Doucet & Rousseau 2019). The map's
 * residual and χ₁ - 1 are below 1e-12. When every q is fixed, as for relu at sigma_b2 = 0, *q is 1.
 *
 * Errors (IL_INVALID): sigma_b2 negative or not finite; there is no such point. That is so for linear, relu,
 * leaky_relu, prelu and abs at every sigma_b2 > 0, for softplus at every sigma_b2, and for silu, gelu, gelu_tanh and mish
 * below sigma_b2 of about 0.555, 0.173, 0.173 and 0.095: there q would grow without end. */
il_status il_critical(const il_call *activation, double sigma_b2, double *sigma_w2, double *q,
                      il_error *err);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
