/* How often intervals miss, and how often tests find what is there, measured on real runs.
 *
 *     ninja -C build tests/calibrate && build/tests/calibrate [SETTING [METHOD]]    what has these in its name, such as 2-4-1
 *
 * An arm is compared with itself: both arms are drawn from the runs of 200,000 seeds of XOR, in each of three settings, so that
 * the true effect is known: none, or for one arm the value over all runs. Every verdict on which side of it the effect lies
 * is wrong; over 10,000 repetitions of 100 seeds their share is to be alpha, and over 100,000 where alpha is too rare for
 * these. Then power: how often as many seeds as il_runs_to_decide asks for decide. Shares of one arm are not among them:
 * their intervals are exact, and tests/test_comparisons.c sums up their coverage. */
#include "initlab.h"
#include "lab/claim/power.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUNS 200000 /* of a setting */
#define SEEDS 100
#define REPETITIONS 10000

/* The runs of a setting: epochs and convergence, [RUNS]. */
typedef struct pool {
    const char *name;
    double *epochs, *converged;
} pool;

typedef struct method {
    const char *name;
    il_measure_kind kind;
    il_contrast contrast;
    double none; /* the true effect between equal arms; NAN: of one arm, the value over all runs */
} method;

static const method methods[] = {
    {"difference of success", IL_SHARE, IL_DIFFERENCE, 0},
    {"rmst", IL_MEAN, IL_OF_A, (double)NAN},
    {"difference of rmst", IL_MEAN, IL_DIFFERENCE, 0},
    {"ratio of rmst", IL_MEAN, IL_RATIO, 1},
    {"median", IL_MEDIAN, IL_OF_A, (double)NAN},
    {"difference of median", IL_MEDIAN, IL_DIFFERENCE, 0},
    {"ratio of median", IL_MEDIAN, IL_RATIO, 1},
    {"a12", IL_PAIRS, IL_OF_A, 0.5},
};
#define METHODS (sizeof methods / sizeof *methods)

static void fail(const char *message) {
    fprintf(stderr, "%s\n", message);
    exit(1);
}

static void *allocate(size_t n, size_t size) {
    void *memory = calloc(n, size);
    if (!memory)
        fail("no memory");
    return memory;
}

static pool train(const char *name, const char *setting) {
    pool p = {name, allocate(RUNS, sizeof(double)), allocate(RUNS, sizeof(double))};
    il_study *study = NULL;
    il_results *results = NULL;
    il_error err;
    char text[512];
    int n = snprintf(text, sizeof text, "data: xor\nbudget: 500\n%s\ninit: he_normal\nseeds: %d\n",
                     setting, RUNS);
    if (il_study_parse(text, (size_t)n, "calibrate", NULL, 0, &study, &err) != IL_OK ||
        il_study_run(study, NULL, &results, &err) != IL_OK)
        fail(err.message);
    for (size_t i = 0; i < RUNS; i++) {
        p.epochs[i] = il_run_time(&results->runs[i], study->budget);
        p.converged[i] = results->runs[i].outcome == IL_CONVERGED;
    }
    il_results_free(results);
    il_study_free(study);
    return p;
}

static const double *numbers_of(const pool *p, const method *m) {
    return m->kind == IL_SHARE ? p->converged : p->epochs;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double truth_of(const pool *p, const method *m) {
    const double *x = numbers_of(p, m);
    double sum = 0;
    if (!isnan(m->none))
        return m->none;
    if (m->kind == IL_MEDIAN) {
        double *sorted = allocate(RUNS, sizeof *sorted);
        for (size_t i = 0; i < RUNS; i++)
            sorted[i] = x[i];
        qsort(sorted, RUNS, sizeof *sorted, ascending);
        sum = sorted[RUNS / 2];
        free(sorted);
        return sum;
    }
    for (size_t i = 0; i < RUNS; i++)
        sum += x[i];
    return sum / (double)RUNS;
}

static il_interval interval_of(const method *m, const double *a, const double *b, size_t n,
                               double level) {
    const il_samples_of s = {.a = a, .b = b, .n = n};
    il_estimate e;
    il_error err;
    if (il_estimate_effect(m->kind, m->contrast, &s, level, &e, &err) != IL_OK)
        fail(err.message);
    return e.interval;
}

static size_t below(uint64_t *state, size_t n) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)((*state >> 33) * n >> 31);
}

static void draw(const double *x, uint64_t *state, size_t n, double *out) {
    for (size_t i = 0; i < n; i++)
        out[i] = x[below(state, RUNS)];
}

/* How many of the intervals lie below the truth, and above it. */
static void count(const pool *p, const method *m, double truth, double alpha, size_t repetitions) {
    double a[SEEDS], b[SEEDS];
    uint64_t state = 1;
    size_t outside[2] = {0};
    for (size_t i = 0; i < repetitions; i++) {
        draw(numbers_of(p, m), &state, SEEDS, a);
        draw(numbers_of(p, m), &state, SEEDS, b);
        il_interval interval = interval_of(m, a, b, SEEDS, 1 - alpha);
        outside[0] += interval.high < truth;
        outside[1] += interval.low > truth;
    }
    printf("  %4zu + %-4zu", outside[0], outside[1]);
}

/* How low the intervals of so many seeds reach, on average over a hundred repetitions. */
static double typical_low(const pool *p, const method *m, double level) {
    const double *x = numbers_of(p, m);
    double sum = 0;
    for (size_t i = 0; i < 100; i++)
        sum += interval_of(m, x + i * SEEDS, x + RUNS / 2 + i * SEEDS, SEEDS, level).low;
    return sum / 100;
}

/* All that is to be known of the setting: medians of the whole pool, its runs paired with others. */
static il_medians medians_of(const pool *p, const method *m) {
    const double *x = numbers_of(p, m);
    double *next = allocate(RUNS, sizeof *next);
    il_medians medians;
    for (size_t i = 0; i < RUNS; i++)
        next[i] = x[(i + 1) % RUNS];
    const il_samples_of s = {.a = x, .b = next, .n = RUNS};
    if (il_medians_open(m->contrast, &s, &medians, NULL) != IL_OK)
        fail("no memory");
    free(next);
    return medians;
}

/* The seeds that are announced to find nine times in ten what the test says; `low`: of a typical interval. */
static size_t announced(const pool *p, const method *m, const il_test *test, double truth,
                        double low, double level) {
    il_evidence evidence = {{truth, {low, 2 * truth - low}}, SEEDS, level, NULL};
    if (m->kind != IL_MEDIAN)
        return il_runs_to_decide(test, &evidence);
    il_medians medians = medians_of(p, m);
    evidence.n = RUNS;
    evidence.medians = &medians;
    size_t n = il_runs_to_decide(test, &evidence);
    il_medians_close(&medians);
    return n;
}

/* That the effect is at least a margin half as far below it as the interval reaches; a median's is a whole epoch. */
static void measure_power(const pool *p, const method *m, double truth, double level) {
    const double *x = numbers_of(p, m);
    double low = typical_low(p, m, level);
    il_test test = {.relation = IL_AT_LEAST, .contrast = m->contrast, .margin = (truth + low) / 2};
    if (m->kind == IL_MEDIAN && m->contrast == IL_OF_A)
        test.margin = floor(test.margin);
    size_t n = announced(p, m, &test, truth, low, level), found = 0;
    if (n == SIZE_MAX) { /* no spread at all */
        printf("      -\n");
        return;
    }
    double *a = allocate(n, sizeof *a), *b = allocate(n, sizeof *b);
    uint64_t state = 2;
    for (size_t k = 0; k < REPETITIONS; k++) {
        il_tag tag;
        draw(x, &state, n, a);
        draw(x, &state, n, b);
        found += il_decide(&test, interval_of(m, a, b, n, level), 0, &tag) == IL_SUPPORTED;
    }
    printf("  %5zu: %.3f\n", n, (double)found / REPETITIONS);
    free(a);
    free(b);
}

/* Where most runs stop at the budget, so does the median. */
static bool applies(const pool *p, const method *m) {
    const method success = {.kind = IL_SHARE, .none = (double)NAN};
    return m->kind != IL_MEDIAN || truth_of(p, &success) > 0.5;
}

int main(int argc, char **argv) {
    const char *setting = argc > 1 ? argv[1] : "", *name = argc > 2 ? argv[2] : "";
    const pool pools[] = {
        train("2-2-1, ReLU", "network: 2-2-1\noptimizer: adam(lr=0.05)"),
        train("2-4-1, ReLU", "network: 2-4-1\noptimizer: adam(lr=0.05)"),
        train("2-8-1, tanh", "network: 2-8-1\nhidden: tanh\noptimizer: adam(lr=0.05)"),
    };
    for (size_t k = 0; k < sizeof pools / sizeof *pools; k++) {
        const pool *p = &pools[k];
        if (!strstr(p->name, setting))
            continue;
        printf("\n%-21s %8s  %11s  %11s  %11s  %11s   power\n", p->name, "truth", "0.05", "0.01",
               "0.001", "0.0001");
        for (size_t i = 0; i < METHODS; i++) {
            const method *m = &methods[i];
            if (!applies(p, m) || !strstr(m->name, name))
                continue;
            double truth = truth_of(p, m);
            printf("%-21s %8.5g", m->name, truth);
            count(p, m, truth, 0.05, REPETITIONS);
            count(p, m, truth, 0.01, REPETITIONS);
            count(p, m, truth, 0.001, REPETITIONS);
            count(p, m, truth, 0.0001, 10 * REPETITIONS);
            measure_power(p, m, truth, 0.99);
            fflush(stdout);
        }
    }
}
