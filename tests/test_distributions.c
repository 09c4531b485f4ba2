/* Every random scheme against its distribution: mean and variance in the built network, where fans could be
 * mixed up, and the Kolmogorov-Smirnov distance of 10^5 draws. The oracles are closed forms.
 *
 * False failures, were the draws not fixed: 4 standard errors are left with a chance of 6e-5, so that the
 * moments below, some 250, would fail once in 70 seeds; each Kolmogorov-Smirnov limit with a chance of 1e-6.
 */
#include "cmocka_all.h"

#include "initlab.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DRAWS 100000
#define KS_LIMIT 2.69 /* 2 exp(-2 x^2) = 1e-6 */

static il_error err;
static il_real W[DRAWS], b[DRAWS];
static double draw[DRAWS];

static il_call parse(const il_family *family, const char *text) {
    il_call call;
    if (il_call_parse(family, text, NULL, &call, &err) != IL_OK)
        fail_msg("%s", err.message);
    return call;
}

/* Distributions of mean 0 and variance 1, and "none" for constants. The excess is the fourth moment less 1:
 * n times the variance of the sample variance. */
typedef struct base {
    double (*cdf)(double z);
    double excess;
} base;

static double normal_cdf(double z) {
    return erfc(-z / sqrt(2)) / 2;
}
static double uniform_cdf(double z) {
    return fmin(1, fmax(0, (z / sqrt(3) + 1) / 2));
}
/* A normal cut at 2 has variance 0.7737413035499232 and kurtosis 2.3655367171296495 (SciPy, truncnorm). */
static double truncated_cdf(double z) {
    double y = z * sqrt(0.7737413035499232), end = normal_cdf(-2);
    return fmin(1, fmax(0, (normal_cdf(y) - end) / (1 - 2 * end)));
}

static const base normal = {normal_cdf, 2}, uniform = {uniform_cdf, 0.8},
                  truncated = {truncated_cdf, 1.3655367171296495}, none = {NULL, 0};

/* Variances, from the fans and whether the layer is the output. */
typedef double variance_rule(double in, double out, bool output);
#define VARIANCE(name, value)                                                                      \
    static double name(double in, double out, bool output) {                                       \
        (void)in, (void)out, (void)output;                                                         \
        return value;                                                                              \
    }
VARIANCE(nothing, 0)
VARIANCE(inverse, 1 / in)
VARIANCE(third, 1 / (3 * in))
VARIANCE(twice, 2 / in)
VARIANCE(two_thirds, 2 / (3 * in))
VARIANCE(xavier, 2 / (in + out))
VARIANCE(sklearn_logistic, 2 / (3 * (in + out)))
VARIANCE(hundredth, 1e-4)
VARIANCE(of_tenth, 0.01 / 3)
VARIANCE(of_half, 1.0 / 12)
VARIANCE(ninth, 0.09)
VARIANCE(walk, output ? exp(1 / in) / in : 2 * exp(2.4 / (in - 2.4)) / in)

/* A shared bias is one draw a layer. */
typedef struct law {
    const char *text, *hidden;
    const base *of;
    double mean;
    variance_rule *variance;
    const base *bias_of;
    double bias_mean;
    variance_rule *bias_variance;
    bool shared;
} law;

static const law laws[] = {
    {"normal(mean=-0.1, std=0.3)", "relu", &normal, -0.1, ninth, &none, 0, nothing, false},
    {"truncated_normal(mean=0.2, std=0.3)", "relu", &truncated, 0.2, ninth, &none, 0, nothing,
     false},
    {"uniform(low=-0.5, high=0.5)", "relu", &uniform, 0, of_half, &none, 0, nothing, false},
    {"xavier_uniform", "tanh", &uniform, 0, xavier, &none, 0, nothing, false},
    {"xavier_normal", "tanh", &normal, 0, xavier, &none, 0, nothing, false},
    {"he_uniform", "relu", &uniform, 0, twice, &none, 0, nothing, false},
    {"he_normal", "relu", &normal, 0, twice, &none, 0, nothing, false},
    {"lecun_uniform", "tanh", &uniform, 0, inverse, &none, 0, nothing, false},
    {"lecun_normal", "tanh", &normal, 0, inverse, &none, 0, nothing, false},
    {"random_walk", "relu", &normal, 0, walk, &none, 0, nothing, false},
    {"torch_linear", "relu", &uniform, 0, third, &uniform, 0, third, false},
    {"keras_dense", "relu", &uniform, 0, xavier, &none, 0, nothing, false},
    {"flax_dense", "relu", &truncated, 0, inverse, &none, 0, nothing, false},
    {"caffe_xavier", "relu", &uniform, 0, inverse, &none, 0, nothing, false},
    {"kann", "relu", &normal, 0, inverse, &none, 0, nothing, false},
    {"genann", "sigmoid", &uniform, 0, of_half, &uniform, 0, of_half, false},
    {"fann", "sigmoid", &uniform, 0, of_tenth, &uniform, 0, of_tenth, false},
    {"tinn", "sigmoid", &uniform, 0, of_half, &uniform, 0, of_half, true},
    {"darknet_dense", "relu", &uniform, 0, two_thirds, &none, 0, nothing, false},
    {"ggml_mnist", "relu", &normal, 0, hundredth, &normal, 0, hundredth, false},
    {"tiny_dnn", "tanh", &uniform, 0, xavier, &none, 0, nothing, false},
    {"minidnn", "relu", &normal, 0, hundredth, &normal, 0, hundredth, false},
    {"sklearn_mlp", "relu", &uniform, 0, xavier, &uniform, 0, xavier, false},
    {"sklearn_mlp", "sigmoid", &uniform, 0, sklearn_logistic, &uniform, 0, sklearn_logistic, false},
    {"playground", "tanh", &uniform, 0, of_half, &none, 0.1, nothing, false},
};
#define N_LAWS (sizeof laws / sizeof *laws)

static void check_moments(const char *what, size_t layer, size_t n, const il_real *x, double mean,
                          double variance, double excess) {
    double m1 = 0, m2 = 0, N = (double)n;
    for (size_t i = 0; i < n; i++) {
        double d = (double)x[i] - mean;
        m1 += d / N;
        m2 += d * d / N;
    }
    if (!(fabs(m1) <= 4 * sqrt(variance / N) + 1e-8) ||
        !(fabs(m2 - variance) <= 4 * variance * sqrt(excess / N) + 1e-15))
        fail_msg("%s, layer %zu: mean %.6g (not %.6g), variance %.6g (not %.6g)", what, layer + 1,
                 mean + m1, mean, m2, variance);
}

/* Widening, square and narrowing layers; 48 replicas, so that even one draw a layer gives a sample. */
static il_network *build(const char *text, const char *hidden) {
    enum { R = 48 };
    il_network *net = NULL;
    il_network_config config = {.engine = IL_LOCKSTEP, .replicas = R, .batch = 1};
    assert_int_equal(il_widths_parse("30-120-120-40", NULL, &config.widths, &err), IL_OK);
    config.hidden = parse(&il_activations, hidden);
    config.loss = parse(&il_losses, "mse");
    assert_int_equal(il_network_new(&config, &net, &err), IL_OK);
    il_call call = parse(&il_inits, text);
    for (size_t r = 0; r < R; r++)
        if (il_init_network(&call, NULL, net, r, 1000 + r, &err) != IL_OK)
            fail_msg("%s", err.message);
    return net;
}

static void moments(void **state) {
    (void)state;
    for (size_t c = 0; c < N_LAWS; c++) {
        const law *s = &laws[c];
        il_network *net = build(s->text, s->hidden);
        for (size_t k = 0; k < 3; k++) {
            const il_layer *y = il_network_layer(net, k);
            size_t R = il_network_replicas(net), units = y->fan_out * R;
            double in = (double)y->fan_in, out = (double)y->fan_out;
            check_moments(s->text, k, y->fan_in * units, y->W, s->mean,
                          s->variance(in, out, k == 2), s->of->excess);
            check_moments(s->text, k, s->shared ? R : units, y->b, s->bias_mean,
                          s->bias_variance(in, out, k == 2), s->bias_of->excess);
        }
        il_network_free(net);
    }
}

/* What a scheme says of its own distribution, for reports. */
static void stated_laws(void **state) {
    (void)state;
    const double h = 1e-4;
    for (size_t c = 0; c < N_LAWS; c++) {
        const law *s = &laws[c];
        il_call call = parse(&il_inits, s->text), hidden = parse(&il_activations, s->hidden);
        il_init_layer layer = {.fan_in = 30, .fan_out = 70, .activation = hidden};
        assert_non_null(il_init_type_of(&call)->law);
        il_init_law stated = il_init_type_of(&call)->law(&call, &layer);
        assert_true(fabs(stated.mean - s->mean) < 1e-12);
        assert_true(fabs(stated.std / sqrt(s->variance(30, 70, false)) - 1) < 1e-12);
        for (double z = -2.55; z < 2.6; z += 0.3)
            if (fabs(s->of->cdf(z + h) - s->of->cdf(z - h) - 2 * h * stated.density(z)) > 1e-10)
                fail_msg("%s: the density at %g is not %g", s->text, z, stated.density(z));
    }
}

/* Weights that are 0 with a chance 1 - p and normal otherwise have kurtosis 3/p. */
static void moments_of_sparse(void **state) {
    (void)state;
    il_network *net = build("sparse(k=12, std=0.5)", "tanh");
    for (size_t k = 0; k < 3; k++) {
        const il_layer *y = il_network_layer(net, k);
        double p = 12 / (double)y->fan_in;
        check_moments("sparse", k, y->fan_in * y->fan_out * 48, y->W, 0, p / 4, 3 / p - 1);
    }
    il_network_free(net);
    net = build("sparse_columns(sparsity=0.77)", "tanh");
    for (size_t k = 0; k < 3; k++) {
        const il_layer *y = il_network_layer(net, k);
        double p = 1 - ceil(0.77 * (double)y->fan_out) / (double)y->fan_out;
        check_moments("sparse_columns", k, y->fan_in * y->fan_out * 48, y->W, 0, p * 1e-4,
                      3 / p - 1);
    }
    il_network_free(net);
}

/* The mean square of an orthogonal matrix's entries is 1 / max(fan_in, fan_out), exactly. */
static void moments_of_orthogonal(void **state) {
    (void)state;
    il_network *net = build("orthogonal(gain=2)", "tanh");
    for (size_t k = 0; k < 3; k++) {
        const il_layer *y = il_network_layer(net, k);
        double square = 0, variance = 4 / fmax((double)y->fan_in, (double)y->fan_out);
        size_t n = y->fan_in * y->fan_out * 48;
        for (size_t i = 0; i < n; i++)
            square += (double)y->W[i] * (double)y->W[i] / (double)n;
        assert_true(fabs(square / variance - 1) < 1e-6);
        check_moments("orthogonal", k, n, y->W, 0, variance, 2);
    }
    il_network_free(net);
}

/* An entry of V is a Beta(2, 1), of moments 2/(2 + j), with a chance p = 1/(fan_in + 1), else a normal. The entries
 * of one unit are dependent (exactly one is replaced), which makes the errors smaller than those of the limits. */
static void moments_of_rai(void **state) {
    (void)state;
    il_network *net = build("rai", "relu");
    for (size_t k = 0; k < 3; k++) {
        const il_layer *y = il_network_layer(net, k);
        double p = 1 / ((double)y->fan_in + 1), q = 0.6007 * 0.6007 / (double)y->fan_in, e[5] = {1};
        e[1] = p * 2 / 3, e[2] = p / 2 + (1 - p) * q;
        e[3] = p * 2 / 5, e[4] = p / 3 + (1 - p) * 3 * q * q;
        double m = e[1], variance = e[2] - m * m;
        double fourth = e[4] - 4 * m * e[3] + 6 * m * m * e[2] - 3 * m * m * m * m;
        double excess = fourth / (variance * variance) - 1;
        check_moments("rai", k, y->fan_in * y->fan_out * 48, y->W, m, variance, excess);
        check_moments("rai bias", k, y->fan_out * 48, y->b, m, variance, excess);
    }
    il_network_free(net);
}

static int ascending(const void *a, const void *c) {
    double x = *(const double *)a, y = *(const double *)c;
    return (x > y) - (x < y);
}

/* sqrt(n) times the largest distance of the n draws in `draw` from their distribution function. */
static void check_ks(const char *what, size_t n, double (*cdf)(double)) {
    double worst = 0;
    qsort(draw, n, sizeof *draw, ascending);
    for (size_t i = 0; i < n; i++) {
        double F = cdf(draw[i]);
        worst = fmax(worst, fmax(F - (double)i / (double)n, (double)(i + 1) / (double)n - F));
    }
    if (!(worst * sqrt((double)n) < KS_LIMIT))
        fail_msg("%s: Kolmogorov-Smirnov distance %g of %zu draws", what, worst, n);
}

static void fill(const char *text, const char *hidden, size_t in, size_t out, uint64_t seed,
                 il_purpose purpose, il_real *to) {
    il_call call = parse(&il_inits, text), activation = parse(&il_activations, hidden);
    il_init_layer layer = {.index = 1, .fan_in = in, .fan_out = out, .activation = activation};
    if (il_init_fill(&call, &layer, seed, purpose, to, &err) != IL_OK)
        fail_msg("%s", err.message);
}

static void kolmogorov_smirnov(void **state) {
    (void)state;
    for (size_t c = 0; c < N_LAWS; c++) {
        const law *s = &laws[c];
        fill(s->text, s->hidden, 100, DRAWS / 100, 7 + c, IL_PURPOSE_WEIGHT, W);
        for (size_t i = 0; i < DRAWS; i++)
            draw[i] = ((double)W[i] - s->mean) / sqrt(s->variance(100, DRAWS / 100, false));
        check_ks(s->text, DRAWS, s->of->cdf);
        if (!s->bias_of->cdf)
            continue;
        if (s->shared)
            for (size_t i = 0; i < DRAWS; i++)
                fill(s->text, s->hidden, 4, 1, i, IL_PURPOSE_BIAS, b + i);
        else
            fill(s->text, s->hidden, 4, DRAWS, 7 + c, IL_PURPOSE_BIAS, b);
        for (size_t i = 0; i < DRAWS; i++)
            draw[i] = (double)b[i] / sqrt(s->bias_variance(4, DRAWS, false));
        check_ks(s->text, DRAWS, s->bias_of->cdf);
    }
}

static double from_minus_one_to_one(double w) {
    return fmin(1, fmax(0, (w + 1) / 2));
}

/* An entry of a random orthogonal 3x3 matrix is uniform on (-1, 1): Archimedes' hat-box theorem. One of each
 * matrix, so that they are independent; all nine take their turn. */
static void ks_of_orthogonal(void **state) {
    (void)state;
    il_call call = parse(&il_inits, "orthogonal");
    il_init_layer layer = {.fan_in = 3, .fan_out = 3};
    for (size_t i = 0; i < DRAWS; i++) {
        assert_int_equal(il_init_fill(&call, &layer, i, IL_PURPOSE_WEIGHT, W, &err), IL_OK);
        draw[i] = (double)W[i % 9];
    }
    check_ks("orthogonal", DRAWS, from_minus_one_to_one);
}

static void ks_of_sparse(void **state) {
    (void)state;
    static const char *const texts[] = {"sparse(k=4, std=0.5)", "sparse_columns(sparsity=0.6)"};
    static const double std[] = {0.5, 0.01};
    size_t n = 0;
    for (size_t c = 0; c < 2; c++, n = 0) {
        for (uint64_t seed = 0; n < DRAWS; seed++) {
            fill(texts[c], "tanh", 10, 1000, seed, IL_PURPOSE_WEIGHT, W);
            for (size_t i = 0; i < 10000 && n < DRAWS; i++)
                if (W[i] != 0)
                    draw[n++] = (double)W[i] / std[c];
        }
        check_ks(texts[c], n, normal_cdf);
    }
}

static double of_rai(double v) {
    double x = fmin(1, fmax(0, v));
    return 0.1 * x * x + 0.9 * normal_cdf(v * 3 / 0.6007);
}

/* All ten entries of each V: nine weights and the bias. Exactly one of them is replaced, which brings the empirical
 * distribution nearer to the true one than independent draws would. */
static void ks_of_rai(void **state) {
    (void)state;
    fill("rai", "relu", 9, DRAWS / 10, 3, IL_PURPOSE_WEIGHT, W);
    fill("rai", "relu", 9, DRAWS / 10, 3, IL_PURPOSE_BIAS, b);
    for (size_t i = 0; i < DRAWS; i++)
        draw[i] = (double)(i < 9 * DRAWS / 10 ? W[i] : b[i - 9 * DRAWS / 10]);
    check_ks("rai", DRAWS, of_rai);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments),           cmocka_unit_test(stated_laws),
        cmocka_unit_test(moments_of_sparse), cmocka_unit_test(moments_of_orthogonal),
        cmocka_unit_test(moments_of_rai),    cmocka_unit_test(kolmogorov_smirnov),
        cmocka_unit_test(ks_of_orthogonal),  cmocka_unit_test(ks_of_sparse),
        cmocka_unit_test(ks_of_rai),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
