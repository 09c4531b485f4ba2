/* Two classes in the plane that no line divides: half moons, circles, the squares of a checkerboard. Sample i belongs to
 * class i mod 2 and lies at a random place of its class, to which noise is added.
 */
#include "data/synthetic.h"

#include "base/elementary.h"

enum { N, NOISE, SHAPE }; /* SHAPE: what moons do not have; the seed is last */

/* Puts a point of class `label` at x[2]. */
typedef void place(const double *arg, size_t label, il_uniforms *draws, double *x);

static il_status make(const il_call *call, place *at, il_dataset **out, il_error *err) {
    const double *arg = call->arg, seed = arg[call->desc->n_params - 1];
    const il_dataset_shape shape = {.n = (size_t)arg[N], .inputs = 2, .classes = 2};
    il_status status = il_dataset_allocate(&shape, out, err);
    if (status != IL_OK)
        return status;
    il_real *X = (*out)->X;
    il_uniforms draws = il_uniforms_open(seed, 0);
    il_draw_normal(seed, 1, 2 * shape.n, X);
    for (size_t i = 0; i < shape.n; i++) {
        double x[2];
        at(arg, i % 2, &draws, x);
        (*out)->label[i] = (uint32_t)(i % 2);
        for (size_t j = 0; j < 2; j++)
            X[2 * i + j] = (il_real)(x[j] + arg[NOISE] * (double)X[2 * i + j]);
    }
    return IL_OK;
}

static void moon(const double *arg, size_t label, il_uniforms *draws, double *x) {
    (void)arg;
    double angle = il_uniforms_next(draws, 0, IL_PI);
    x[0] = label ? 1 - il_cos(angle) : il_cos(angle);
    x[1] = label ? 0.5 - il_sin(angle) : il_sin(angle);
}

static il_status make_moons(const il_call *call, const il_folders *folders, il_dataset **out,
                            il_error *err) {
    (void)folders;
    return make(call, moon, out, err);
}

static void circle(const double *arg, size_t label, il_uniforms *draws, double *x) {
    double angle = il_uniforms_next(draws, 0, 2 * IL_PI), radius = label ? arg[SHAPE] : 1;
    x[0] = radius * il_cos(angle);
    x[1] = radius * il_sin(angle);
}

static il_status make_circles(const il_call *call, const il_folders *folders, il_dataset **out,
                              il_error *err) {
    (void)folders;
    return make(call, circle, out, err);
}

/* Squares are numbered row by row. Along a row colors alternate; with an even side the next row would begin with the
 * color of the last, so there every other row changes neighbours. */
static void square(const double *arg, size_t label, il_uniforms *draws, double *x) {
    size_t side = (size_t)arg[SHAPE];
    size_t number = 2 * il_uniforms_pick(draws, (side * side + 1 - label) / 2) + label;
    size_t row = number / side, column = number % side;
    if (side % 2 == 0 && row % 2 == 1)
        column ^= 1;
    double width = 2 / (double)side;
    x[0] = -1 + width * ((double)column + il_uniforms_next(draws, 0, 1));
    x[1] = -1 + width * ((double)row + il_uniforms_next(draws, 0, 1));
}

static il_status make_checkerboard(const il_call *call, const il_folders *folders, il_dataset **out,
                                   il_error *err) {
    (void)folders;
    return make(call, square, out, err);
}

const il_dataset_type il_dataset_moons = {
    .desc = {.name = "moons",
             .formula = "half circles of radius 1 that interlock: around (0, 0) above, around "
                        "(1, 1/2) below",
             .source = "make_moons of scikit-learn, at random angles",
             .params = {IL_PARAM_N(200, 2), IL_PARAM_NOISE(0.1, "each coordinate"),
                        IL_PARAM_SEED("places and noise")},
             .n_params = 3},
    .make = make_moons,
};

const il_dataset_type il_dataset_circles = {
    .desc = {.name = "circles",
             .formula = "circles around 0 of radius 1 and `factor`",
             .source = "make_circles of scikit-learn, at random angles",
             .params = {IL_PARAM_N(200, 2),
                        IL_PARAM_NOISE(0.1, "each coordinate"),
                        {.name = "factor",
                         .doc = "radius of the inner circle",
                         .initial = 0.5,
                         .max = 0.999},
                        IL_PARAM_SEED("places and noise")},
             .n_params = 4},
    .make = make_circles,
};

const il_dataset_type il_dataset_checkerboard = {
    .desc = {.name = "checkerboard",
             .formula = "squares of two colors on (-1, 1)^2, as many samples of either",
             .params = {IL_PARAM_N(400, 2),
                        IL_PARAM_NOISE(0, "each coordinate"),
                        {.name = "cells",
                         .doc = "squares along a side",
                         .kind = IL_INTEGER,
                         .initial = 4,
                         .min = 2,
                         .max = 64},
                        IL_PARAM_SEED("places and noise")},
             .n_params = 4},
    .make = make_checkerboard,
};
