/* Gradients of every activation, loss, norm and dropout, in both engines, with shared and own samples, in training and in
 * evaluation. */
#include "gradient.h"

/* Beside every item with its defaults. */
static const char *const more_activations[] = {"prelu(per_unit=true)", "prelu(slope=-0.5)",
                                               "leaky_relu(slope=0.3)", "elu(alpha=0.5)"};
static const char *const more_losses[] = {"softmax_ce(label_smoothing=0.2)", "huber(delta=0.3)",
                                          "hinge(squared=true)", "hinge(margin=0.3)"};
static const char *const norms[] = {NULL, "batchnorm", "batchnorm(after=true, eps=0.01)",
                                    "layernorm", "layernorm(after=true, eps=0.01)"};
static const char *const dropouts[] = {NULL, "dropout(0.4)", "alpha_dropout(0.3)"};

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const char *item(const il_family *family, const char *const *more, size_t i) {
    return i < family->n ? family->items[i]->name : more[i - family->n];
}

/* Three of four replicas learn something: others have classified all samples, or are dead. */
static void check_alive(recipe x, uint64_t seed) {
    for (int engine = 0; engine < 2; engine++) {
        x.engine = engine ? IL_LOCKSTEP : IL_BLAS;
        double alive = check(&x, seed);
        if (engine && alive < 0.75)
            fail_msg("%s %s %s: gradients of %g%% of the replicas are 0", x.widths, x.hidden,
                     x.loss, 100 - 100 * alive);
    }
}

static void every_activation_and_loss(void **state) {
    (void)state;
    static const char *const shapes[] = {"3-4", "2-8-1", "3-5-2", "4-3-5-3"};
    size_t activations = il_activations.n + COUNT(more_activations), checked = 0;
    size_t losses = il_losses.n + COUNT(more_losses);
    for (size_t s = 0; s < COUNT(shapes); s++)
        for (size_t a = 0; a < activations; a++)
            for (size_t l = 0; l < losses; l++) {
                recipe x = {.widths = shapes[s],
                            .hidden = item(&il_activations, more_activations, a),
                            .loss = item(&il_losses, more_losses, l),
                            .own = (a + l) % 2};
                if (s == 1 && strncmp(x.loss, "softmax_ce", 10) == 0)
                    continue; /* needs two outputs */
                check_alive(x, 1 + a * losses + l);
                checked++;
            }
    assert_true(checked > 800);
}

static void every_norm_and_dropout(void **state) {
    (void)state;
    static const char *const hidden[] = {"tanh", "prelu(per_unit=true)", "selu"};
    for (size_t n = 0; n < COUNT(norms); n++)
        for (size_t d = 0; d < COUNT(dropouts); d++)
            for (size_t how = 0; how < 4; how++)
                for (size_t h = 0; h < COUNT(hidden); h++)
                    check_alive((recipe){.widths = "3-6-5-3",
                                         .hidden = hidden[h],
                                         .loss = "softmax_ce",
                                         .norm = norms[n],
                                         .dropout = dropouts[d],
                                         .own = how & 1,
                                         .training = how & 2},
                                20 + how);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_activation_and_loss),
        cmocka_unit_test(every_norm_and_dropout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
