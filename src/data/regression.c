/* Numbers to predict. Of one input, uniform on (-1, 1), with values in [-1, 1]: a sine, whose frequency says how hard it
 * is; a cubic, smooth and of low degree; a step, which no smooth network meets at 0. Of many inputs: Friedman's first
 * function, where only five count. Noise is added to the targets alone.
 */
#include "data/synthetic.h"

#include "base/elementary.h"

enum { N, NOISE, SHAPE }; /* SHAPE: what some do not have; the seed is last */

static il_status make(const il_call *call, size_t inputs, double low,
                      double (*f)(const double *arg, const il_real *x), il_dataset **out,
                      il_error *err) {
    const double *arg = call->arg, seed = arg[call->desc->n_params - 1];
    const il_dataset_shape shape = {.n = (size_t)arg[N], .inputs = inputs, .outputs = 1};
    il_status status = il_dataset_allocate(&shape, out, err);
    if (status != IL_OK)
        return status;
    il_real *X = (*out)->X, *target = (*out)->target;
    il_uniforms draws = il_uniforms_open(seed, 0);
    il_draw_normal(seed, 1, shape.n, target);
    for (size_t i = 0; i < shape.n * inputs; i++)
        X[i] = (il_real)il_uniforms_next(&draws, low, 1);
    for (size_t i = 0; i < shape.n; i++)
        target[i] = (il_real)(f(arg, X + i * inputs) + arg[NOISE] * (double)target[i]);
    return IL_OK;
}

static double sine_of(const double *arg, const il_real *x) {
    return il_sin(IL_PI * arg[SHAPE] * (double)*x);
}

static double cubic_of(const double *arg, const il_real *x) {
    (void)arg;
    double v = (double)*x;
    return (4 * v * v - 3) * v;
}

static double step_of(const double *arg, const il_real *x) {
    (void)arg;
    return *x < 0 ? -1 : 1;
}

static double friedman_of(const double *arg, const il_real *x) {
    (void)arg;
    double middle = (double)x[2] - 0.5;
    return 10 * il_sin(IL_PI * (double)x[0] * (double)x[1]) + 20 * middle * middle +
           10 * (double)x[3] + 5 * (double)x[4];
}

static il_status make_sine(const il_call *call, const il_folders *folders, il_dataset **out,
                           il_error *err) {
    (void)folders;
    return make(call, 1, -1, sine_of, out, err);
}

static il_status make_cubic(const il_call *call, const il_folders *folders, il_dataset **out,
                            il_error *err) {
    (void)folders;
    return make(call, 1, -1, cubic_of, out, err);
}

static il_status make_step(const il_call *call, const il_folders *folders, il_dataset **out,
                           il_error *err) {
    (void)folders;
    return make(call, 1, -1, step_of, out, err);
}

static il_status make_friedman(const il_call *call, const il_folders *folders, il_dataset **out,
                               il_error *err) {
    (void)folders;
    return make(call, (size_t)call->arg[SHAPE], 0, friedman_of, out, err);
}

const il_dataset_type il_dataset_sine = {
    .desc = {.name = "sine",
             .formula = "y = sin(pi*periods*x), x in (-1, 1): numbers to predict",
             .params = {IL_PARAM_N(64, 1),
                        IL_PARAM_NOISE(0, "the targets"),
                        {.name = "periods",
                         .doc = "waves between -1 and 1",
                         .initial = 1,
                         .max = 100,
                         .above_min = true},
                        IL_PARAM_SEED("inputs and noise")},
             .n_params = 4},
    .make = make_sine,
};

const il_dataset_type il_dataset_cubic = {
    .desc = {.name = "cubic",
             .formula = "y = 4x^3 - 3x, x in (-1, 1): numbers to predict",
             .source = "the Chebyshev polynomial of degree 3",
             .params = {IL_PARAM_N(64, 1), IL_PARAM_NOISE(0, "the targets"),
                        IL_PARAM_SEED("inputs and noise")},
             .n_params = 3},
    .make = make_cubic,
};

const il_dataset_type il_dataset_step = {
    .desc = {.name = "step",
             .formula = "y = -1 for x < 0, else 1, x in (-1, 1): numbers to predict",
             .params = {IL_PARAM_N(64, 1), IL_PARAM_NOISE(0, "the targets"),
                        IL_PARAM_SEED("inputs and noise")},
             .n_params = 3},
    .make = make_step,
};

const il_dataset_type il_dataset_friedman = {
    .desc = {.name = "friedman",
             .formula = "y = 10 sin(pi*x1*x2) + 20(x3 - 1/2)^2 + 10 x4 + 5 x5, inputs in (0, 1): "
                        "numbers to predict",
             .source = "Friedman 1991, Multivariate adaptive regression splines",
             .params = {IL_PARAM_N(200, 1), IL_PARAM_NOISE(1, "the targets"),
                        IL_PARAM_INPUTS(10, 5), IL_PARAM_SEED("inputs and noise")},
             .n_params = 4},
    .make = make_friedman,
};
