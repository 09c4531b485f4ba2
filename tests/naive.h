/* A network and its training written as in a textbook: one replica, double, nested loops, nothing
 * shared with the library. The library is held against it.
 */
#ifndef NAIVE_H
#define NAIVE_H

#include <math.h>
#include <stddef.h>
#include <string.h>

#define NAIVE_MOST 16
#define NAIVE_LAYERS 4

typedef enum naive_hidden {
    NAIVE_LINEAR,
    NAIVE_RELU,
    NAIVE_LEAKY,
    NAIVE_TANH,
    NAIVE_SIGMOID
} naive_hidden;
typedef enum naive_loss { NAIVE_BCE, NAIVE_SOFTMAX_CE, NAIVE_MSE } naive_loss;

typedef struct naive {
    size_t layers, width[NAIVE_LAYERS + 1];
    naive_hidden hidden;
    naive_loss loss;
    double W[NAIVE_LAYERS][NAIVE_MOST][NAIVE_MOST], b[NAIVE_LAYERS][NAIVE_MOST];
    double gW[NAIVE_LAYERS][NAIVE_MOST][NAIVE_MOST], gb[NAIVE_LAYERS][NAIVE_MOST];
} naive;

static inline double naive_phi(naive_hidden hidden, double z) {
    switch (hidden) {
    case NAIVE_RELU:
        return z > 0 ? z : 0;
    case NAIVE_LEAKY:
        return z > 0 ? z : 0.01 * z;
    case NAIVE_TANH:
        return tanh(z);
    case NAIVE_SIGMOID:
        return 1 / (1 + exp(-z));
    default:
        return z;
    }
}

static inline double naive_slope(naive_hidden hidden, double z) {
    switch (hidden) {
    case NAIVE_RELU:
        return z > 0;
    case NAIVE_LEAKY:
        return z > 0 ? 1 : 0.01;
    case NAIVE_TANH:
        return 1 - tanh(z) * tanh(z);
    case NAIVE_SIGMOID:
        return exp(-z) / (1 + exp(-z)) / (1 + exp(-z));
    default:
        return 1;
    }
}

/* Loss of one sample's K logits and its gradient d; both are then divided by the number of terms.
 */
static inline double naive_sample_loss(naive_loss loss, size_t K, const double *z, const double *y,
                                       double *d) {
    double total = 0, sum = 0;
    for (size_t j = 0; j < K; j++)
        sum += exp(z[j]);
    for (size_t j = 0; j < K; j++) {
        double s = 1 / (1 + exp(-z[j]));
        if (loss == NAIVE_BCE) {
            total += log1p(exp(-z[j])) + (1 - y[j]) * z[j]; /* -y log s - (1 - y) log(1 - s) */
            d[j] = s - y[j];
        } else if (loss == NAIVE_MSE) {
            total += (z[j] - y[j]) * (z[j] - y[j]);
            d[j] = 2 * (z[j] - y[j]);
        } else {
            total += -y[j] * log(exp(z[j]) / sum);
            d[j] = exp(z[j]) / sum - y[j];
        }
    }
    return total;
}

/* Mean loss over n samples and, in gW and gb, its gradient. */
static inline double naive_pass(naive *net, size_t n, const double *X, const double *Y) {
    size_t L = net->layers, K = net->width[L];
    double total = 0, terms = net->loss == NAIVE_SOFTMAX_CE ? (double)n : (double)(n * K);
    memset(net->gW, 0, sizeof net->gW);
    memset(net->gb, 0, sizeof net->gb);
    for (size_t i = 0; i < n; i++) {
        double a[NAIVE_LAYERS + 1][NAIVE_MOST] = {{0}}, z[NAIVE_LAYERS + 1][NAIVE_MOST] = {{0}};
        double d[NAIVE_LAYERS + 1][NAIVE_MOST] = {{0}};
        for (size_t p = 0; p < net->width[0]; p++)
            a[0][p] = X[i * net->width[0] + p];
        for (size_t k = 0; k < L; k++)
            for (size_t j = 0; j < net->width[k + 1]; j++) {
                z[k + 1][j] = net->b[k][j];
                for (size_t p = 0; p < net->width[k]; p++)
                    z[k + 1][j] += a[k][p] * net->W[k][p][j];
                a[k + 1][j] = k + 1 == L ? z[k + 1][j] : naive_phi(net->hidden, z[k + 1][j]);
            }
        total += naive_sample_loss(net->loss, K, z[L], Y + i * K, d[L]);
        for (size_t k = L; k-- > 0;)
            for (size_t j = 0; j < net->width[k + 1]; j++) {
                net->gb[k][j] += d[k + 1][j] / terms;
                for (size_t p = 0; p < net->width[k]; p++) {
                    net->gW[k][p][j] += a[k][p] * d[k + 1][j] / terms;
                    if (k > 0)
                        d[k][p] +=
                            d[k + 1][j] * net->W[k][p][j] * naive_slope(net->hidden, z[k][p]);
                }
            }
    }
    return total / terms;
}

#endif
