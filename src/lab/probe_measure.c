#include "lab/probe.h"

#include "nn/activation.h"

#include <math.h>

/* Means, roots of mean squares and extremes follow one another in the enumeration. */
enum { MEAN, RMS, MIN, MAX };

static const char *const names[IL_PROBE_STATISTICS] = {
    [IL_PROBE_U_MEAN] = "u_mean",
    [IL_PROBE_U_RMS] = "u_rms",
    [IL_PROBE_U_MIN] = "u_min",
    [IL_PROBE_U_MAX] = "u_max",
    [IL_PROBE_A_MEAN] = "a_mean",
    [IL_PROBE_A_RMS] = "a_rms",
    [IL_PROBE_A_MIN] = "a_min",
    [IL_PROBE_A_MAX] = "a_max",
    [IL_PROBE_WEIGHT_MEAN] = "weight_mean",
    [IL_PROBE_WEIGHT_RMS] = "weight_rms",
    [IL_PROBE_WEIGHT_MIN] = "weight_min",
    [IL_PROBE_WEIGHT_MAX] = "weight_max",
    [IL_PROBE_DELTA_MEAN] = "delta_mean",
    [IL_PROBE_DELTA_RMS] = "delta_rms",
    [IL_PROBE_DELTA_MIN] = "delta_min",
    [IL_PROBE_DELTA_MAX] = "delta_max",
    [IL_PROBE_GRADIENT_MEAN] = "gradient_mean",
    [IL_PROBE_GRADIENT_RMS] = "gradient_rms",
    [IL_PROBE_GRADIENT_MIN] = "gradient_min",
    [IL_PROBE_GRADIENT_MAX] = "gradient_max",
    [IL_PROBE_CORRELATION] = "correlation",
    [IL_PROBE_ZERO] = "zero",
    [IL_PROBE_SATURATED] = "saturated",
    [IL_PROBE_DEAD] = "dead",
    [IL_PROBE_UPDATE_RATIO] = "update_ratio",
};

const char *il_probe_statistic_name(il_probe_statistic statistic) {
    return names[statistic];
}

il_probe_kind il_probe_kind_of(il_probe_statistic statistic) {
    static const il_probe_kind kinds[] = {
        [MEAN] = IL_PROBE_MEAN, [RMS] = IL_PROBE_RMS, [MIN] = IL_PROBE_MIN, [MAX] = IL_PROBE_MAX};
    return statistic < IL_PROBE_CORRELATION ? kinds[statistic % 4] : IL_PROBE_MEAN;
}

/* Of n numbers, R apart, into four adjacent statistics; whether all are finite. Rows keep sums short. */
static bool measure(const il_real *x, size_t n, size_t R, double *out) {
    enum { ROW = 4096 };
    double sum = 0, square = 0;
    bool finite = true;
    out[MIN] = out[MAX] = (double)x[0];
    for (size_t from = 0; from < n; from += ROW) {
        double row = 0, row_square = 0;
        for (size_t i = from; i < n && i < from + ROW; i++) {
            double v = (double)x[i * R];
            finite &= isfinite(v) != 0;
            row += v;
            row_square += v * v;
            out[MIN] = v < out[MIN] ? v : out[MIN];
            out[MAX] = v > out[MAX] ? v : out[MAX];
        }
        sum += row;
        square += row_square;
    }
    out[MEAN] = sum / (double)n;
    out[RMS] = square / (double)n;
    return finite;
}

double il_probe_correlation(const il_real *x, size_t n, size_t units, size_t R, size_t r) {
    double sum = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        const il_real *u = x + i * units * R + r, *v = u + units * R;
        double product = 0, u_square = 0, v_square = 0;
        for (size_t j = 0; j < units * R; j += R) {
            product += (double)u[j] * (double)v[j];
            u_square += (double)u[j] * (double)u[j];
            v_square += (double)v[j] * (double)v[j];
        }
        sum += product / (sqrt(u_square) * sqrt(v_square));
    }
    return n > 1 ? sum / (double)(n - 1) : (double)NAN;
}

static double share_zero(const il_real *a, size_t n, size_t R) {
    size_t zero = 0;
    for (size_t i = 0; i < n; i++)
        zero += a[i * R] == 0;
    return (double)zero / (double)n;
}

/* The value that φ tends to at one end. */
static bool find_limit(const il_call *activation, double end, double *limit) {
    const il_activation_type *type = il_activation_of(activation);
    *limit = type->value(activation->arg, end);
    return fabs(*limit) < 1e6 && fabs(type->slope(activation->arg, end)) < 1e-20;
}

static double share_saturated(const il_call *activation, const il_real *a, size_t n, size_t R) {
    double low, high;
    size_t near = 0;
    if (!find_limit(activation, -1e30, &low) || !find_limit(activation, 1e30, &high))
        return (double)NAN;
    for (size_t i = 0; i < n; i++) {
        double v = (double)a[i * R];
        near += fabs(v - low) < 0.01 || fabs(v - high) < 0.01;
    }
    return (double)near / (double)n;
}

/* The slopes are what the backward pass makes of ones. */
void il_probe_slopes(const il_network *net, size_t k, size_t n) {
    const il_layer *y = il_network_layer(net, k);
    size_t values = n * y->fan_out * il_network_replicas(net);
    if (y->slopes)
        return;
    for (size_t i = 0; i < values; i++)
        y->delta[i] = 1;
    il_activation_of(&y->activation)->backward(y->activation.arg, values, y->u, y->a, y->delta);
}

static double share_dead(const il_layer *y, size_t n, size_t R, size_t r) {
    size_t row = y->fan_out * R, dead = 0;
    if (y->slopes)
        return (double)NAN;
    for (size_t j = r; j < row; j += R) {
        bool alive = false;
        for (size_t i = 0; i < n && !alive; i++)
            alive = y->delta[i * row + j] != 0;
        dead += !alive;
    }
    return (double)dead / (double)y->fan_out;
}

void il_probe_forward(const il_network *net, size_t k, size_t r, size_t n, il_probe_sample *out) {
    const il_layer *y = il_network_layer(net, k);
    size_t R = il_network_replicas(net), values = n * y->fan_out;
    double bias[4], *s = out->statistic;
    out->finite_u = measure(y->u + r, values, R, s + IL_PROBE_U_MEAN);
    measure(y->a + r, values, R, s + IL_PROBE_A_MEAN);
    measure(y->W + r, y->fan_in * y->fan_out, R, s + IL_PROBE_WEIGHT_MEAN);
    measure(y->b + r, y->fan_out, R, bias);
    out->bias_mean = bias[MEAN];
    out->bias_square = bias[RMS];
    s[IL_PROBE_CORRELATION] = il_probe_correlation(y->u, n, y->fan_out, R, r);
    s[IL_PROBE_ZERO] = share_zero(y->a + r, values, R);
    s[IL_PROBE_SATURATED] = share_saturated(&y->activation, y->a + r, values, R);
    s[IL_PROBE_DEAD] = share_dead(y, n, R, r);
}

void il_probe_backward(const il_network *net, size_t k, size_t r, size_t n, il_probe_sample *out) {
    const il_layer *y = il_network_layer(net, k);
    size_t R = il_network_replicas(net);
    double *s = out->statistic;
    out->finite_delta = measure(y->delta + r, n * y->fan_out, R, s + IL_PROBE_DELTA_MEAN);
    measure(y->gW + r, y->fan_in * y->fan_out, R, s + IL_PROBE_GRADIENT_MEAN);
    double ratio = sqrt(s[IL_PROBE_GRADIENT_RMS] / s[IL_PROBE_WEIGHT_RMS]);
    s[IL_PROBE_UPDATE_RATIO] = isfinite(ratio) ? ratio : (double)NAN;
}

/* Table up to 10, then Cornish & Fisher's expansion, within 1e-4 there (Abramowitz & Stegun 26.7.5). */
double il_student(size_t freedom) {
    static const double t[] = {12.7062047, 4.3026527, 3.1824463, 2.7764451, 2.5705818,
                               2.4469119,  2.3646243, 2.3060041, 2.2621572, 2.2281389};
    if (freedom <= sizeof t / sizeof *t)
        return t[freedom - 1];
    double x = 1.959963984540054, x3 = x * x * x, x5 = x3 * x * x, v = (double)freedom;
    return x + (x3 + x) / (4 * v) + (5 * x5 + 16 * x3 + 3 * x) / (96 * v * v);
}
