/* Optimizers, schedules, clips and penalties from a study: every item runs in both engines, and a run is the same whatever
 * trains beside it. */
#include "studies.h"

#include <math.h>

#define OPTIMIZERS                                                                                 \
    "[sgd(lr=0.5), momentum(lr=0.1), nesterov(lr=0.1), adagrad(lr=0.1), "                          \
    "'rmsprop(momentum=0.5, centered=true)', adadelta, adam(lr=0.02), amsgrad(lr=0.02), "          \
    "'adamw(lr=0.02, weight_decay=0.1, all=true)', nadam(lr=0.02), "                               \
    "'lion(lr=0.01, weight_decay=0.1)', rprop]\n"
#define SCHEDULES                                                                                  \
    "[constant, step(every=9), exponential(gamma=0.95), cosine(warmup=5), warmup, one_cycle, "     \
    "plateau(patience=2)]\n"
#define CLIPS "[none, value(0.05), norm(0.3)]\n"
#define PENALTIES                                                                                  \
    "[none, l1(0.003), l2(0.003), 'elastic(l1=0.001, l2=0.002)', weight_decay(0.05), "             \
    "max_norm(1.5)]\n"
#define REST                                                                                       \
    "data: parity(3)\nnetwork: 3-8-2\nhidden: tanh\nloss: softmax_ce\ninit: xavier_normal\n"       \
    "seeds: 40\nbudget: 40\n"

static const struct {
    const il_family *family;
    const char *text;
} studies[] = {
    {&il_optimizers, REST "optimizer: " OPTIMIZERS},
    {&il_optimizers, REST "batch: 3\nschedule: cosine(warmup=5)\nclip: norm(0.3)\npenalty: "
                          "l2(0.001)\nnorm: layernorm\noptimizer: " OPTIMIZERS},
    {&il_schedules, REST "optimizer: adam(lr=0.05)\nbatch: 4\nschedule: " SCHEDULES},
    {&il_clips, REST "optimizer: adam(lr=0.05)\nbatch: 4\nclip: " CLIPS},
    {&il_penalties, REST "optimizer: adamw(lr=0.05)\nbatch: 4\npenalty: " PENALTIES},
};

static void every_item_runs(void **state) {
    (void)state;
    for (size_t s = 0; s < sizeof studies / sizeof *studies; s++) {
        il_study *study = study_of(studies[s].text);
        assert_int_equal(study->n_arms, studies[s].family->n);
        for (int engine = 0; engine < 2; engine++) {
            size_t runs = study->n_arms * study->seeds, finite = 0;
            for (size_t i = 0; i < study->n_arms; i++)
                study->arms[i].engine = engine ? IL_LOCKSTEP : IL_BLAS;
            il_results *one = run_study(study, 1, engine ? 16 : 0);
            il_results *many = run_study(study, 2, engine ? 64 : 0);
            assert_same_runs(one->runs, many->runs, runs);
            for (size_t i = 0; i < runs; i++)
                finite += isfinite(one->runs[i].loss) ? 1 : 0;
            assert_int_equal(finite, runs);
            /* Items do something: no two arms end alike. */
            for (size_t a = 0; a < study->n_arms; a++)
                for (size_t b = 0; b < a; b++)
                    assert_memory_not_equal(one->runs + a * study->seeds,
                                            one->runs + b * study->seeds,
                                            study->seeds * sizeof *one->runs);
            il_results_free(one);
            il_results_free(many);
        }
        il_study_free(study);
    }
}

/* A schedule that cannot work is one error, at its place. */
static void impossible_schedule(void **state) {
    (void)state;
    static const char text[] = "data: xor\nnetwork: 2-4-1\ninit: he_normal\nbudget: 20\n"
                               "schedule: [constant, cosine(warmup=20)]\n";
    il_error err = {0};
    il_study *study = NULL;
    assert_int_equal(il_study_parse(text, sizeof text - 1, "a.yaml", NULL, 0, &study, &err),
                     IL_INVALID);
    assert_string_equal(err.message,
                        "a.yaml:5:22: schedule cosine: warmup=20 epochs of warm-up are not fewer "
                        "than the 20 of the training: lower them or train longer");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_item_runs),
        cmocka_unit_test(impossible_schedule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
