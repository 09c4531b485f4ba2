/* Activations against mpmath: the kernels of both builds, and the double functions that theory integrates. */
#include "call.h"

#include "golden/theory.h"
#include "initlab.h"
#include "nn/activation.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { POINTS = sizeof golden_points / sizeof *golden_points, MOST = 64 };

#ifdef IL_DOUBLE
#define REAL_EPSILON DBL_EPSILON
#define REAL_MIN DBL_MIN
#define REAL_MAX DBL_MAX
#else
#define REAL_EPSILON ((double)FLT_EPSILON)
#define REAL_MIN ((double)FLT_MIN)
#define REAL_MAX FLT_MAX
#endif

static il_call parse(const char *text) {
    return parse_call(&il_activations, text);
}

/* How many points follow `first` for the same activation. */
static size_t same(size_t first) {
    size_t n = 1;
    while (first + n < POINTS &&
           strcmp(golden_points[first].activation, golden_points[first + n].activation) == 0)
        n++;
    assert_in_range(n, 30, MOST);
    return n;
}

/* delta *= φ'(z), and a = φ(z) before it; a learned slope is at its start. */
static void pass(const il_call *call, size_t n, const il_real *z, il_real *a, il_real *delta) {
    const il_activation_type *type = il_activation_of(call);
    if (type->slopes) {
        il_real p = (il_real)type->slope_start(call->arg), gp;
        type->forward_learned(n, 1, 1, 1, &p, z, a);
        type->backward_learned(n, 1, 1, 1, &p, z, delta, &gp);
    } else {
        type->forward(call->arg, n, z, a);
        type->backward(call->arg, n, z, a, delta);
    }
}

/* Both kernels over n arguments at once: a = φ(z), d = φ'(z). */
static void run(const il_call *call, size_t n, const il_real *z, il_real *a, il_real *d) {
    for (size_t i = 0; i < n; i++)
        d[i] = 1;
    pass(call, n, z, a, d);
}

/* What one unit in the last place of the argument makes of the result; a sine is exact in its argument. */
static double change(const struct golden_point *p, double relative) {
    return strcmp(p->activation, "sine") == 0 ? 0 : relative;
}

static void expect(const char *what, const char *name, double z, double got, double exact,
                   double error) {
    if (!(fabs(got - exact) <= error))
        fail_msg("%s of %s at %g: %.17g, not %.17g: off by %.2f of what is allowed", what, name, z,
                 got, exact, fabs(got - exact) / error);
}

/* Within 3 units in the last place of the result and of the argument; derivatives that are made from a, like
 * 1 - a², have those of 1 instead of their own. */
static void kernels_are_accurate(void **state) {
    (void)state;
    for (size_t first = 0, n; first < POINTS; first += n) {
        il_real z[MOST], a[MOST], d[MOST];
        const struct golden_point *p = golden_points + first;
        il_call call = parse(p->activation);
        n = same(first);
        for (size_t i = 0; i < n; i++)
            z[i] = (il_real)p[i].z;
        run(&call, n, z, a, d);
        bool from_value =
            strcmp(p->activation, "tanh") == 0 || strcmp(p->activation, "sigmoid") == 0;
        for (size_t i = 0; i < n; i++) {
            double unit = 3 * REAL_EPSILON;
            double size = from_value ? 1 : fabs(p[i].slope);
            expect("value", p->activation, p[i].z, (double)a[i], p[i].value,
                   unit * (fabs(p[i].value) + change(p + i, p[i].value_change)) + REAL_MIN);
            expect("slope", p->activation, p[i].z, (double)d[i], p[i].slope,
                   unit * (size + change(p + i, p[i].slope_change)) + REAL_MIN);
        }
    }
}

/* The vector loop, its tail and a single element are one function. */
static void position_does_not_matter(void **state) {
    (void)state;
    for (size_t first = 0, n; first < POINTS; first += n) {
        il_real z[MOST], a[MOST], d[MOST], one_a, one_d;
        il_call call = parse(golden_points[first].activation);
        n = same(first);
        for (size_t i = 0; i < n; i++)
            z[i] = (il_real)golden_points[first + i].z;
        run(&call, n, z, a, d);
        for (size_t i = 0; i < n; i++) {
            run(&call, 1, z + i, &one_a, &one_d);
            assert_memory_equal(&one_a, a + i, sizeof one_a);
            assert_memory_equal(&one_d, d + i, sizeof one_d);
        }
    }
}

static void theory_functions_are_accurate(void **state) {
    (void)state;
    for (size_t i = 0; i < POINTS; i++) {
        const struct golden_point *p = golden_points + i;
        il_call call = parse(p->activation);
        const il_activation_type *type = il_activation_of(&call);
        bool from_value = strcmp(p->activation, "tanh") == 0;
        double unit = 3 * DBL_EPSILON, size = from_value ? 1 : fabs(p->slope);
        expect("double value", p->activation, p->z, type->value(call.arg, p->z), p->value,
               unit * (fabs(p->value) + change(p, p->value_change)) + DBL_MIN);
        expect("double slope", p->activation, p->z, type->slope(call.arg, p->z), p->slope,
               unit * (size + change(p, p->slope_change)) + DBL_MIN);
    }
}

static void every_activation_has_goldens(void **state) {
    (void)state;
    for (size_t i = 0; i < il_activations.n; i++) {
        size_t found = 0;
        for (size_t p = 0; p < POINTS; p++)
            found += parse(golden_points[p].activation).desc == il_activations.items[i];
        if (found < 30)
            fail_msg("%s: %zu points in golden/theory.py", il_activations.items[i]->name, found);
    }
}

#define INF ((double)INFINITY)
#define NONE ((double)NAN)

static const struct limits {
    const char *activation;
    double low, high, low_slope, high_slope;
} limits[] = {
    {"linear", -INF, INF, 1, 1},
    {"relu", 0, INF, 0, 1},
    {"leaky_relu", -INF, INF, 0.01, 1},
    {"prelu", -INF, INF, 0.25, 1},
    {"elu(alpha=2)", -2, INF, 0, 1},
    {"selu", -1.7580993408473766, INF, 0, 1.0507009873554805},
    {"softplus", 0, INF, 0, 1},
    {"silu", 0, INF, 0, 1},
    {"gelu", 0, INF, 0, 1},
    {"gelu_tanh", 0, INF, 0, 1},
    {"mish", 0, INF, 0, 1},
    {"tanh", -1, 1, 0, 0},
    {"hard_tanh", -1, 1, 0, 0},
    {"softsign", -1, 1, 0, 0},
    {"sigmoid", 0, 1, 0, 0},
    {"sine", NONE, NONE, NONE, NONE},
    {"abs", INF, INF, -1, 1},
};

static void expect_limit(const char *name, il_real got, double limit) {
    if (isnan(limit) ? !isnan(got) : !((il_real)limit == got || fabs((double)got - limit) < 1e-6))
        fail_msg("%s at infinity: %g, not %g", name, (double)got, limit);
}

/* Infinite arguments give limits, NaN gives NaN, and among neighbours of any size nobody is disturbed. */
static void limits_and_nan(void **state) {
    (void)state;
    assert_int_equal(sizeof limits / sizeof *limits, il_activations.n);
    for (size_t k = 0; k < sizeof limits / sizeof *limits; k++) {
        const struct limits *l = limits + k;
        il_call call = parse(l->activation);
        il_real z[40], a[40], d[40], quiet[40], da[40], dd[40];
        for (size_t i = 0; i < 40; i++)
            z[i] = quiet[i] = (il_real)0.05 * (il_real)i - 1 + (il_real)0.01;
        z[3] = (il_real)INFINITY;
        z[11] = -(il_real)INFINITY;
        z[20] = (il_real)NAN;
        z[30] = (il_real)REAL_MAX;
        z[31] = -(il_real)REAL_MAX;
        run(&call, 40, z, a, d);
        run(&call, 40, quiet, da, dd);
        expect_limit(l->activation, a[3], l->high);
        expect_limit(l->activation, a[11], l->low);
        expect_limit(l->activation, d[3], l->high_slope);
        expect_limit(l->activation, d[11], l->low_slope);
        assert_true(isnan(a[20]));
        assert_true(!isnan(a[30]) && !isnan(a[31]) && !isnan(d[30]) && !isnan(d[31]));
        for (size_t i = 0; i < 40; i++)
            if (i != 3 && i != 11 && i != 20 && i != 30 && i != 31) {
                assert_memory_equal(a + i, da + i, sizeof *a);
                assert_memory_equal(d + i, dd + i, sizeof *d);
            }
    }
}

/* A derivative multiplies what is there. */
static void backward_multiplies(void **state) {
    (void)state;
    for (size_t k = 0; k < il_activations.n; k++) {
        il_call call = parse(il_activations.items[k]->name);
        il_real z = (il_real)0.375, a, d, delta = -4;
        run(&call, 1, &z, &a, &d);
        pass(&call, 1, &z, &a, &delta);
        assert_true(delta == -4 * d);
    }
}

/* What users of PyTorch and Keras write. */
static void other_names(void **state) {
    (void)state;
    static const char *const names[][2] = {
        {"identity", "linear"},    {"leakyrelu", "leaky_relu"}, {"swish", "silu"},
        {"hardtanh", "hard_tanh"}, {"logistic", "sigmoid"},     {"sin", "sine"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_ptr_equal(parse(names[i][0]).desc, parse(names[i][1]).desc);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_are_accurate),
        cmocka_unit_test(position_does_not_matter),
        cmocka_unit_test(theory_functions_are_accurate),
        cmocka_unit_test(every_activation_has_goldens),
        cmocka_unit_test(limits_and_nan),
        cmocka_unit_test(backward_multiplies),
        cmocka_unit_test(other_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
