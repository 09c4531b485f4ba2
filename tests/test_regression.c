/* Numbers to predict: the functions, and studies of them from spec to report. */
#include "datasets.h"
#include "studies.h"

#include "report/report.h"

#define N 10000

static void assert_curve(const char *text, const char *noisy_text, double (*f)(double x)) {
    il_dataset *data = dataset_of(text), *noisy = dataset_of(noisy_text);
    static double x[N];
    assert_true(data->n == N && data->inputs == 1 && data->outputs == 1 && data->classes == 0);
    assert_null(data->label);
    for (size_t i = 0; i < N; i++) {
        x[i] = (double)data->X[i];
        assert_true(fabs((double)data->target[i] - f(x[i])) < 2e-6);
    }
    assert_uniform(N, x, -1, 1);
    assert_memory_equal(noisy->X, data->X, N * sizeof *data->X);
    assert_noise(N, noisy->target, data->target, 0.25);
    il_dataset_free(data);
    il_dataset_free(noisy);
}

static double sine_of(double x) {
    return sin(2.5 * acos(-1) * x);
}

/* The Chebyshev polynomials are cos(3 acos x), and so on. */
static double cubic_of(double x) {
    return cos(3 * acos(x));
}

static double step_of(double x) {
    return copysign(1, x);
}

static void curves(void **state) {
    (void)state;
    assert_curve("sine(n=10000, periods=5/2)", "sine(n=10000, periods=5/2, noise=1/4)", sine_of);
    assert_curve("cubic(n=10000)", "cubic(n=10000, noise=1/4)", cubic_of);
    assert_curve("step(n=10000)", "step(n=10000, noise=1/4)", step_of);
    assert_dataset_refused("sine(periods=0)", "sine: periods=0 is outside (0, 100]");
    assert_dataset_refused("cubic(periods=2)",
                           "cubic: unknown parameter 'periods' (known: n, noise, seed)");
}

static void friedman(void **state) {
    (void)state;
    il_dataset *data = dataset_of("friedman(n=2000, noise=0, inputs=6)"),
               *noisy = dataset_of("friedman(n=2000, inputs=6)");
    static double u[12000];
    for (size_t i = 0; i < 2000; i++) {
        double x[6];
        for (size_t j = 0; j < 6; j++)
            u[i * 6 + j] = x[j] = (double)data->X[i * 6 + j];
        double y =
            10 * sin(acos(-1) * x[0] * x[1]) + 20 * pow(x[2] - 0.5, 2) + 10 * x[3] + 5 * x[4];
        assert_true(fabs((double)data->target[i] - y) < 1e-5);
    }
    assert_uniform(12000, u, 0, 1);
    assert_noise(2000, noisy->target, data->target, 1);
    il_dataset_free(data);
    il_dataset_free(noisy);
    assert_dataset_refused("friedman(inputs=4)", "friedman: inputs=4 is outside [5, 4096]");
}

#define STUDY                                                                                      \
    "data: [sine, cubic]\nsplit: random(test=0.25)\nnetwork: 1-8-1\nhidden: tanh\n"                \
    "optimizer: adam(lr=0.02)\ninit: [he_normal, zeros]\nseeds: 40\nbudget: 300\n"

/* A run converges by its loss alone and has no accuracy, in both engines. */
static void studies(void **state) {
    (void)state;
    for (int engine = 0; engine < 2; engine++) {
        char text[512];
        snprintf(text, sizeof text, "%sloss: mse\nconverged: loss < 0.05\nengine: %s\n", STUDY,
                 engine ? "lockstep" : "blas");
        il_study *study = study_of(text);
        il_results *results = run_study(study, 2, 0), *again = run_study(study, 1, engine ? 16 : 0);
        assert_same_runs(results->runs, again->runs, study->n_arms * study->seeds);
        for (size_t i = 0; i < study->n_arms * study->seeds; i++) {
            const il_run *run = &results->runs[i];
            assert_true(isnan(run->accuracy));
            assert_true((run->outcome == IL_CONVERGED) == (run->loss < 0.05F));
        }
        for (size_t arm = 0; arm < 4; arm++) /* he_normal learns, zeros cannot */
            assert_true(arm % 2 ? results->arms[arm].converged == 0
                                : results->arms[arm].converged > 30);
        il_results_free(results);
        il_results_free(again);
        il_study_free(study);
    }
}

static void table_of_runs(void **state) {
    (void)state;
    il_error err;
    char *text = NULL;
    size_t size = 0;
    il_study *study = study_of("data: step\nnetwork: 1-1\nloss: mse\ninit: zeros\nseeds: 1\n"
                               "optimizer: sgd(lr=1e-9)\nbudget: 1\nconverged: loss <= 2\n");
    il_results *results = run_study(study, 1, 0);
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    assert_int_equal(il_report_csv(study, results, out, &err), IL_OK);
    fclose(out);
    assert_non_null(strstr(text, ",lockstep,1,converged,1,1,1,,\n")); /* no accuracy, no layer */
    free(text);
    il_results_free(results);
    il_study_free(study);
}

static void assert_refused(const char *more, const char *message) {
    char text[512];
    il_study *study = NULL;
    il_error err = {.message = ""};
    snprintf(text, sizeof text, "%s%s", STUDY, more);
    assert_int_equal(il_study_parse(text, strlen(text), "x.yaml", NULL, 0, &study, &err),
                     IL_INVALID);
    assert_string_equal(err.message, message);
    assert_null(study);
}

static void refused(void **state) {
    (void)state;
    assert_refused(
        "", "x.yaml: converged: 'loss < 0.1 and accuracy == 1' asks for accuracy, but sine "
            "has numbers to predict: ask for the loss alone, such as converged: loss < 0.01");
    assert_refused(
        "loss: [mse, softmax_ce]\n",
        "x.yaml:9:13: loss softmax_ce compares classes, but sine has numbers to predict: "
        "use loss: mse");
    assert_refused(
        "loss: mse\n",
        "x.yaml: converged: 'loss < 0.1 and accuracy == 1' asks for accuracy, but sine "
        "has numbers to predict: ask for the loss alone, such as converged: loss < 0.01");
    assert_refused("loss: mse\nconverged: accuracy > 0.9\n",
                   "x.yaml:10:12: converged: 'accuracy > 0.9' asks for accuracy, but sine has "
                   "numbers to predict: ask for the loss alone, such as converged: loss < 0.01");
    il_error err = {.message = ""};
    il_study *study = NULL;
    static const char text[] =
        "data: sine\nnetwork: 1-8-2\nloss: mse\ninit: zeros\nconverged: loss < 1\n";
    assert_int_equal(il_study_parse(text, strlen(text), "x.yaml", NULL, 0, &study, &err),
                     IL_INVALID);
    assert_string_equal(
        err.message, "x.yaml:2:10: network 1-8-2: 2 outputs do not fit targets of 1 number: use 1");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curves),        cmocka_unit_test(friedman), cmocka_unit_test(studies),
        cmocka_unit_test(table_of_runs), cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
