/* Learning curves of deep linear networks (Saxe, McClelland & Ganguli 2013). With u = s/(1 + exp(-x)), the time is an
 * integral over x that has no singularity: t/τ = ∫ u^(2/layers - 1)/(layers s) dx.
 */
#include "initlab/theory.h"

#include "base/elementary.h"
#include "theory/quadrature.h"

#define LEARNED 40.0 /* exp(-40) of s is left to learn: less than rounding */

typedef struct mode {
    double layers, s;
} mode;

static double strength(const mode *m, double x) {
    return m->s / (1 + il_exp(-x));
}

static double progress(const mode *m, double u) {
    return il_log(u) - il_log(m->s - u);
}

static void slowness(const void *context, double x, double *f) {
    const mode *m = context;
    *f = il_exp((2 / m->layers - 1) * il_log(strength(m, x))) / (m->layers * m->s);
}

static double time_between(const mode *m, double from, double to) {
    il_integral in = {.integrand = slowness, .context = m, .n = 1, .precision = &il_fine};
    il_integral_add(&in, fmin(from, to), fmax(from, to));
    return from < to ? in.sum[0] : -in.sum[0];
}

static bool is_mode(size_t layers, double s, double start) {
    return layers >= 1 && start > 0 && start < s && isfinite(s);
}

double il_saxe_time(size_t layers, double s, double start, double u) {
    const mode m = {(double)layers, s};
    if (!is_mode(layers, s, start) || !(u >= start && u < s))
        return (double)NAN;
    return time_between(&m, progress(&m, start), progress(&m, u));
}

/* Newton's method in x, whose step is limited because a single layer begins too slowly for it. */
double il_saxe_strength(size_t layers, double s, double start, double t) {
    const mode m = {(double)layers, s};
    if (!is_mode(layers, s, start) || !(t >= 0))
        return (double)NAN;
    double x = progress(&m, start), at = 0;
    for (int i = 0; i < 1000 && x < LEARNED; i++) {
        double rate, step;
        slowness(&m, x, &rate);
        step = fmin((t - at) / rate, 2);
        at += time_between(&m, x, x + step);
        x += step;
        if (fabs(step) < 1e-14 * (1 + fabs(x)))
            break;
    }
    return x < LEARNED ? strength(&m, x) : s;
}
