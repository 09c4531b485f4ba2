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
#include <stdbool.h>

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

/* Expectations over u ~ N(0, q) that say how far a layer of finite width strays. */
typedef struct il_higher_moments {
    double fourth;       /* E[φ(u)⁴] */
    double length_slope; /* E[u φ(u) φ'(u)]/q, the derivative of E[φ(u)²] with respect to q */
    double slope_fourth; /* E[φ'(u)⁴] */
} il_higher_moments;

/* Higher moments for q > 0. Errors: those of il_moments_of, and q = 0. */
il_status il_higher_moments_of(const il_call *activation, double q, il_higher_moments *out,
                               il_error *err);

/* Expectations over two pre-activations u, v ~ N(0, q) of correlation c. */
typedef struct il_pair_moments {
    double product;       /* E[φ(u) φ(v)] */
    double slope_product; /* E[φ'(u) φ'(v)], which is the former's derivative with respect to c q */
} il_pair_moments;

/* Pair moments for q >= 0 and -1 <= c <= 1, to about 1e-9 of E[φ²] and E[φ'²]. Errors: those of il_moments_of, and c outside its range. */
il_status il_pair_moments_of(const il_call *activation, double q, double c, il_pair_moments *out,
                             il_error *err);

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

/* One of many equal wide layers with random weights: activation, dropout, product, bias. */
typedef struct il_random_layer {
    il_call activation;
    double sigma_w2; /* fan_in times the variance of a weight */
    double sigma_b2; /* variance of a bias */
    double
        dropout; /* p: inputs are dropped with this probability, the others scaled by 1/(1 - p); below 1 */
} il_random_layer;

/* The length map with dropout: sigma_w2/(1 - p) E[φ(u)²] + sigma_b2 (Schoenholz et al. 2017, section 4). Errors
 * (IL_INVALID): those of il_moments_of, sigma_w2, sigma_b2 or dropout outside its range. */
il_status il_random_layer_length(const il_random_layer *layer, double q, double *next,
                                 il_error *err);

/* The correlation of two inputs' pre-activations after the layer, when they had correlation c and both the variance q
 * before, which the length map is taken to keep; and the map's slope there. Each input has dropout masks of its own, so
 * with dropout equal inputs do not stay equal. Errors (IL_INVALID) as above, c outside [-1, 1], q = 0. */
il_status il_correlation_map(const il_random_layer *layer, double q, double c, double *next,
                             double *slope, il_error *err);

/* What depth makes of a signal in many equal layers. Scales are in layers and INFINITY where nothing decays
 * exponentially. */
typedef struct il_mean_field {
    double
        q; /* q*, the fixed point that lengths tend to; 0: the signal dies out; INFINITY: it grows without end */
    double
        chi1; /* factor on the mean square of a gradient a layer: sigma_w2/(1 - p) E[φ'(u)²] at q* */
    double c;     /* c*, the fixed point that correlations tend to; NAN when q* is INFINITY */
    double chi_c; /* slope of the correlation map at c*: sigma_w2 E[φ'(u) φ'(v)]; NAN alike */
    double xi_q;  /* lengths approach q* as exp(-l/xi_q) */
    double xi_c;  /* correlations approach c* as exp(-l/xi_c): -1/ln(chi_c); NAN alike */
    double xi_gradient; /* gradients vanish or explode as exp(±l/xi_gradient): 1/|ln(chi1)| */
    double
        trainable; /* 6 xi_c, the depth to which such layers train (the paper's figure 5); NAN alike */
} il_mean_field;

/* The fixed point for signals whose pre-activations begin with variance `start` > 0. Where lengths die out or every
 * q is fixed, as for relu at sigma_w2 = 2, c* is 1. Dropout leaves no critical point: c* is below 1 and xi_c
 * finite for every p > 0. Source: Poole et al. 2016; Schoenholz et al. 2017, sections 3 to 5. Errors (IL_INVALID) as
 * above, `start` not positive or not finite. */
il_status il_mean_field_of(const il_random_layer *layer, double start, il_mean_field *out,
                           il_error *err);

/* A length in layers of finite width: its mean over networks, and its variance. Begin with variance 0. */
typedef struct il_length {
    double mean, variance;
} il_length;

/* The next layer's, to first order in 1/width, where `width` is the number of inputs of the product and weights are
 * Gaussian. Without biases and for a homogeneous activation such as relu or linear it is exact: at criticality
 * E[q²]/E[q]² grows by 1 + 5/n a layer for relu and by 1 + 2/n for linear. */
il_status il_length_step(const il_random_layer *layer, size_t width, const il_length *at,
                         il_length *next, il_error *err);

/* Singular values of the input-output Jacobian of `depth` equal layers at the fixed point q > 0, widths tending to
 * infinity: mean of their squares chi1^depth, and the squares' variance over the squared mean, depth*(m2/m1² - 1 + s) with
 * m_k = E[φ'^2k] and s = 1 for Gaussian, 0 for orthogonal weights. Source: Pennington, Schoenholz & Ganguli 2017,
 * section 2. Errors: those of il_moments_of. */
typedef struct il_jacobian {
    double mean_square;
    double spread;
} il_jacobian;
il_status il_jacobian_of(const il_random_layer *layer, double q, size_t depth, bool orthogonal,
                         il_jacobian *out, il_error *err);

/* One layer of a network whose widths differ: product, then activation. */
typedef struct il_jacobian_layer {
    size_t fan_in, fan_out;
    double sigma_w2; /* fan_in times the mean square of a weight; above 0 */
    bool orthogonal; /* weights that keep lengths up to a factor; else independent of each other */
    const il_call *activation; /* NULL: none */
    double q;                  /* variance of its pre-activations; above 0 */
} il_jacobian_layer;

/* Singular values of the input-output Jacobian of n layers, of the min(inputs, outputs): the root of the mean of their
 * squares, and the largest, to about 1e-5, as widths tend to infinity in these proportions and much faster than n. For n linear square
 * Gaussian layers the largest squared is (n + 1)^(n + 1)/n^n (Fuss and Catalan). Widths of N end below it, by about N^(-2/3).
 * Source: Pennington, Schoenholz & Ganguli 2017, section 2, with the rectangular products of Burda, Jarosz, Livan, Nowak &
 * Swiech 2010. Errors: IL_INVALID for values outside their ranges, fan_in that is not the fan_out before, n = 0; IL_NO_MEMORY. */
il_status il_jacobian_edge(const il_jacobian_layer *layer, size_t n, double *rms, double *largest,
                           il_error *err);

/* Learning in deep linear networks: one mode of the task, of strength s, is learned by the product u of `layers`
 * weights that began equal, u(0) = start, under gradient flow on the squared error of whitened inputs:
 * tau du/dt = layers u^(2 - 2/layers) (s - u). `layers` >= 1, 0 < start < s. Source: Saxe, McClelland & Ganguli 2013,
 * section 3, where layers is N_l - 1. */

/* t/tau until the product is `u`, start <= u < s. NAN outside. */
double il_saxe_time(size_t layers, double s, double start, double u);

/* The product after t/tau >= 0. NAN outside. */
double il_saxe_strength(size_t layers, double s, double start, double t);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
