/* The parts of a probe: measuring one replica, theory beside it. */
#ifndef IL_LAB_PROBE_H
#define IL_LAB_PROBE_H

#include "initlab/probe.h"

/* il_probe_new, with or without the theory, whose double integrals take longer than small networks. */
il_status il_probe_measure(const il_probe_config *config, const il_call *init, bool theory,
                           il_probe **out, il_error *err);

/* One layer of one network. An rms is held as its square, so that it can be averaged. */
typedef struct il_probe_sample {
    double statistic[IL_PROBE_STATISTICS];
    double bias_mean, bias_square;
    bool finite_u, finite_delta;
} il_probe_sample;

/* Puts the slopes φ' of layer k into its deltas, for il_probe_forward to see which units are dead. */
void il_probe_slopes(const il_network *net, size_t k, size_t n);

/* Of replica r of layer k, after a forward pass of n samples and il_probe_slopes. */
void il_probe_forward(const il_network *net, size_t k, size_t r, size_t n, il_probe_sample *out);

/* After the backward pass. */
void il_probe_backward(const il_network *net, size_t k, size_t r, size_t n, il_probe_sample *out);

/* How a statistic becomes one number over seeds. */
typedef enum il_probe_kind {
    IL_PROBE_MEAN,
    IL_PROBE_RMS,
    IL_PROBE_MIN,
    IL_PROBE_MAX
} il_probe_kind;
il_probe_kind il_probe_kind_of(il_probe_statistic statistic);

/* u·v/(|u| |v|), mean over neighbouring samples of x [n][units][R]; NAN for one sample, or where one is 0. */
double il_probe_correlation(const il_real *x, size_t n, size_t units, size_t R, size_t r);

/* The half-width of the two-sided 95 % interval of a mean, in standard errors, with `freedom` >= 1. */
double il_student(size_t freedom);

/* Fills theory from the measurements of a probe and the inputs' mean squares, length[n_lengths], which are put in order.
 * mean[k] and bias_mean[k] are the means of layer k's weights and biases over all seeds. */
il_status il_probe_theory(const il_probe_config *config, const il_initializer *initializer,
                          const double *mean, const double *bias_mean, double *length,
                          size_t n_lengths, il_probe *probe, il_error *err);

#endif
