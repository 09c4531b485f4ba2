/* Our initializers against those of PyTorch, Keras, JAX and Flax, in distribution.
 *
 * A golden row keeps order statistics, mean and standard deviation of n values drawn by another
 * library; n values of ours from layers of the same shape are held against them. Both samples
 * have errors, and the bounds allow for both. Four things are compared, and when the two
 * distributions are the same each fails in at most 2.5e-7 of all rows, so a row in 1e-6 (draws are
 * fixed on both sides: a row that passes once passes for ever):
 *
 *   distance  Kolmogorov–Smirnov's D, read at the golden quantiles and so never above the true D:
 *             P(D > c) <= 2 exp(-n c²) for samples of one size n >= 458
 *             (Wei & Dudley 2012, "Two-sample Dvoretzky–Kiefer–Wolfowitz inequalities")
 *   extremes  at either end, the outermost 24 of all 2n values never come from one sample alone:
 *             four cases of at most 2^-24 each
 *   mean      5.2 standard errors of a difference of means: 2.0e-7
 *   variance  likewise
 *
 * Entries of one orthogonal matrix are not independent, but to first order their empirical
 * distribution spreads no more than that of independent ones: the bounds stay on the safe side.
 *
 * The calls in `differs` bear the other library's name, or one that is easily taken for it, and
 * mean something else here: each of those must fail the same comparison. A first argument runs
 * only the tests that it matches as a pattern: test_frameworks '*orthogonal*'.
 */
#include "cmocka_all.h"

#include "golden/frameworks.h"
#include "initlab.h"

#include <math.h>
#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

typedef struct golden_framework golden;

/* Our n values, as a golden row is compared with them. */
typedef struct sample {
    size_t n;
    size_t at_most[GOLDEN_QUANTILES]; /* values <= the golden quantile */
    size_t uneven;                    /* inputs without the golden number of zeros */
    double mean, variance;
    double variance_error; /* standard error of the variance */
} sample;

static il_initializer bind(const char *text, const char *hidden) {
    il_error err;
    il_call weights, activation;
    il_initializer out = {0};
    if (il_call_parse(&il_inits, text, NULL, &weights, &err) != IL_OK ||
        il_call_parse(&il_activations, hidden ? hidden : "linear", NULL, &activation, &err) !=
            IL_OK ||
        il_initializer_bind(&weights, NULL, &activation, &out, &err) != IL_OK)
        fail_msg("%s: %s", text, err.message);
    return out;
}

/* Fills [fan_in][fan_out], or [fan_out] for a bias, and returns how many values that is. */
static size_t fill(const il_initializer *scheme, size_t fan_in, size_t fan_out, bool bias,
                   uint64_t seed, il_real *out) {
    il_error err;
    il_init_layer layer = {.fan_in = fan_in, .fan_out = fan_out};
    if (il_init_fill(bias ? &scheme->bias : &scheme->hidden, &layer, seed,
                     bias ? IL_PURPOSE_BIAS : IL_PURPOSE_WEIGHT, out, &err) != IL_OK)
        fail_msg("%s", err.message);
    return bias ? fan_out : fan_in * fan_out;
}

/* The number of quantiles below x, which is the first that x is not above. */
static size_t place(const double quantile[GOLDEN_QUANTILES], double x) {
    size_t first = 0;
    for (size_t n = GOLDEN_QUANTILES; n > 1;) {
        size_t half = n / 2;
        first += quantile[first + half - 1] < x ? half : 0;
        n -= half;
    }
    return first + (quantile[first] < x);
}

static sample draw(const golden *row, const char *text) {
    il_initializer scheme = bind(text, row->hidden);
    il_real *W = test_malloc(row->fan_in * row->fan_out * sizeof *W);
    size_t cell[GOLDEN_QUANTILES + 1] = {0};
    double sum = 0, squares = 0, fourths = 0; /* about the golden mean */
    sample out = {0};
    for (uint64_t seed = 1; seed <= row->layers; seed++) {
        size_t n = fill(&scheme, row->fan_in, row->fan_out, row->bias, seed, W);
        for (size_t i = 0; i < n; i += row->fan_out) {
            size_t zeros = 0;
            for (size_t j = i; j < i + row->fan_out; j++) {
                double x = (double)W[j], d = x - row->mean;
                if (row->zeros > 0 && x == 0) {
                    zeros++;
                    continue;
                }
                cell[place(row->quantile, x)]++;
                sum += d;
                squares += d * d;
                fourths += d * d * d * d;
            }
            out.n += row->fan_out - zeros;
            out.uneven += zeros != row->zeros;
        }
    }
    test_free(W);
    for (size_t k = 0, below = 0; k < GOLDEN_QUANTILES; k++)
        out.at_most[k] = below += cell[k];
    double n = (double)out.n;
    out.mean = row->mean + sum / n;
    out.variance = squares / n - sum / n * (sum / n);
    out.variance_error = sqrt((fourths / n - out.variance * out.variance) / n);
    return out;
}

/* The place, from 1, that quantile k has in the sorted golden sample. */
static size_t rank(const golden *row, size_t k) {
    static const size_t hundredths = GOLDEN_QUANTILES - 4;
    if (k < 2)
        return k == 0 ? 1 : GOLDEN_EXTREME;
    if (k < 2 + hundredths)
        return (k - 1) * row->n / 100;
    return k == GOLDEN_QUANTILES - 1 ? row->n : row->n + 1 - GOLDEN_EXTREME;
}

static double distance(const golden *row, const sample *ours) {
    double D = 0;
    for (size_t k = 0; k < GOLDEN_QUANTILES; k++)
        D = fmax(D, fabs((double)ours->at_most[k] / (double)ours->n -
                         (double)rank(row, k) / (double)row->n));
    return D;
}

/* Whether one sample alone holds the outermost values at an end. */
static bool extremes_differ(const sample *ours) {
    const size_t *at_most = ours->at_most, last = GOLDEN_QUANTILES - 1;
    return at_most[0] >= GOLDEN_EXTREME || at_most[1] == 0 || at_most[last - 1] == ours->n ||
           ours->n - at_most[last] >= GOLDEN_EXTREME;
}

/* Writes what differs beyond its bound to `why`; an empty text when nothing does. */
static void compare(const golden *row, const char *text, char why[512]) {
    sample ours = draw(row, text);
    double n = (double)row->n, D = distance(row, &ours), bound = sqrt(log(2 / 2.5e-7) / n);
    double variance = row->std * row->std;
    double mean_z = fabs(ours.mean - row->mean) / sqrt((ours.variance + variance) / n);
    double variance_z = fabs(ours.variance - variance) / (ours.variance_error * sqrt(2));
    why[0] = '\0';
    if (ours.uneven > 0)
        snprintf(why, 512, "%zu inputs without exactly %zu zeros", ours.uneven, row->zeros);
    else if (D > bound)
        snprintf(why, 512, "distance %.4f, at most %.4f", D, bound);
    else if (extremes_differ(&ours))
        snprintf(why, 512,
                 "%zu and %zu values beyond the golden extremes, %zu and %zu beyond the %dth",
                 ours.at_most[0], ours.n - ours.at_most[GOLDEN_QUANTILES - 1], ours.at_most[1],
                 ours.n - ours.at_most[GOLDEN_QUANTILES - 2], GOLDEN_EXTREME);
    else if (mean_z > 5.2)
        snprintf(why, 512, "mean %g for %g, %.1f standard errors", ours.mean, row->mean, mean_z);
    else if (variance_z > 5.2)
        snprintf(why, 512, "std %g for %g, %.1f standard errors of the variance",
                 sqrt(ours.variance), row->std, variance_z);
}

static void test_random(void **state) {
    const golden *row = *state;
    char why[512];
    compare(row, row->ours, why);
    if (why[0])
        fail_msg("%s is not %s: %s", row->ours, row->call, why);
    for (size_t i = 0; i < COUNT(row->differs) && row->differs[i]; i++) {
        compare(row, row->differs[i], why);
        if (!why[0])
            fail_msg("%s equals %s; expected a difference: %s", row->differs[i], row->call,
                     row->note ? row->note : "another fan or slope");
    }
}

static void test_fixed(void **state) {
    const struct golden_fixed *row = *state;
    il_initializer scheme = bind(row->ours, NULL);
    il_real *W = test_malloc(row->fan_in * row->fan_out * sizeof *W);
    size_t n = fill(&scheme, row->fan_in, row->fan_out, row->bias, 1, W);
    for (size_t i = 0; i < n; i++) {
        bool diagonal = !row->bias && i / row->fan_out == i % row->fan_out;
        double expected = diagonal ? row->diagonal : row->elsewhere;
        if ((double)W[i] != expected)
            fail_msg("%s is not %s: %g for %g at %zu", row->ours, row->call, (double)W[i], expected,
                     i);
    }
    test_free(W);
}

int main(int argc, char **argv) {
    static struct CMUnitTest tests[COUNT(golden_frameworks) + COUNT(golden_fixed)];
    static char names[COUNT(tests)][192];
    struct CMUnitTest *test = tests;
    for (size_t i = 0; i < COUNT(golden_frameworks); i++, test++) {
        const golden *row = &golden_frameworks[i];
        snprintf(names[test - tests], sizeof *names, "%s %zux%zu: %s", row->call, row->fan_in,
                 row->fan_out, row->ours);
        *test = (struct CMUnitTest){names[test - tests], test_random, NULL, NULL,
                                    (void *)(uintptr_t)row};
    }
    for (size_t i = 0; i < COUNT(golden_fixed); i++, test++) {
        const struct golden_fixed *row = &golden_fixed[i];
        snprintf(names[test - tests], sizeof *names, "%s %zux%zu: %s", row->call, row->fan_in,
                 row->fan_out, row->ours);
        *test = (struct CMUnitTest){names[test - tests], test_fixed, NULL, NULL,
                                    (void *)(uintptr_t)row};
    }
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    return cmocka_run_group_tests_name("frameworks", tests, NULL, NULL);
}
