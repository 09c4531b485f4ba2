#include "base/text.h"
#include "lab/spec.h"
#include <string.h>

static const char *const orders[] = {
    [IL_ORDER_PER_SEED] = "per_seed", [IL_ORDER_SHARED] = "shared"};
static const char *const lasts[] = {"keep", "drop"};
static const char *const judges[] = {[IL_JUDGES_AUTO] = "auto",
                                     [IL_JUDGES_TRAIN] = "train",
                                     [IL_JUDGES_VALIDATION] = "validation",
                                     [IL_JUDGES_TEST] = "test"};
static const char *const engines[] = {
    [IL_SPEC_AUTO] = "auto", [IL_SPEC_LOCKSTEP] = "lockstep", [IL_SPEC_BLAS] = "blas"};

const il_spec_key il_spec_keys[IL_SPEC_KEYS] = {
    [IL_KEY_DATA] = {.name = "data",
                     .kind = IL_SPEC_CALL,
                     .required = true,
                     .family = &il_datasets,
                     .doc = "the dataset, such as xor"},
    [IL_KEY_SPLIT] = {.name = "split",
                      .kind = IL_SPEC_CALL,
                      .initial = "given",
                      .family = &il_splits,
                      .doc = "which samples train, validate and test"},
    [IL_KEY_SCALE] = {.name = "scale",
                      .kind = IL_SPEC_CALL,
                      .initial = "auto",
                      .family = &il_scalings,
                      .doc = "how features are scaled, such as standardize"},
    [IL_KEY_NETWORK] = {.name = "network",
                        .kind = IL_SPEC_WIDTHS,
                        .required = true,
                        .doc = "the widths, such as 2-8-1"},
    [IL_KEY_HIDDEN] = {.name = "hidden",
                       .kind = IL_SPEC_CALL,
                       .initial = "relu",
                       .family = &il_activations,
                       .doc = "activation of the hidden layers"},
    [IL_KEY_NORM] = {.name = "norm",
                     .alias = "batchnorm",
                     .kind = IL_SPEC_CALL,
                     .initial = "none",
                     .family = &il_norms,
                     .doc = "normalization of the hidden layers, such as batchnorm"},
    [IL_KEY_DROPOUT] = {.name = "dropout",
                        .kind = IL_SPEC_CALL,
                        .initial = "none",
                        .family = &il_dropouts,
                        .doc = "dropout on the hidden layers, such as 0.5"},
    [IL_KEY_LOSS] =
        {.name = "loss",
         .kind = IL_SPEC_CALL,
         .initial = "bce",
         .family = &il_losses,
         .doc = "loss, computed from logits; without it bce for one output, softmax_ce for "
                "classes, mse for numbers"},
    [IL_KEY_BATCH] = {.name = "batch",
                      .kind = IL_SPEC_CALL,
                      .initial = "full",
                      .family = &il_batches,
                      .doc = "samples in one step: full or a number"},
    [IL_KEY_OPTIMIZER] = {.name = "optimizer",
                          .kind = IL_SPEC_CALL,
                          .initial = "adam",
                          .family = &il_optimizers,
                          .doc = "optimizer"},
    [IL_KEY_SCHEDULE] = {.name = "schedule",
                         .kind = IL_SPEC_CALL,
                         .initial = "constant",
                         .family = &il_schedules,
                         .doc = "how the learning rate changes"},
    [IL_KEY_CLIP] = {.name = "clip",
                     .kind = IL_SPEC_CALL,
                     .initial = "none",
                     .family = &il_clips,
                     .doc = "limit of the gradients"},
    [IL_KEY_PENALTY] = {.name = "penalty",
                        .kind = IL_SPEC_CALL,
                        .initial = "none",
                        .family = &il_penalties,
                        .doc = "penalty on the weights"},
    [IL_KEY_BIAS] = {.name = "bias",
                     .kind = IL_SPEC_CALL,
                     .initial = "zeros",
                     .family = &il_inits,
                     .doc = "initialization of the biases"},
    [IL_KEY_INIT] = {.name = "init",
                     .kind = IL_SPEC_CALL,
                     .required = true,
                     .family = &il_inits,
                     .doc = "initializations of the weights, such as [zeros, he_normal]"},
    [IL_SPEC_STUDY] = {.name = "study",
                       .kind = IL_SPEC_NAME,
                       .doc = "the study's name; the file's when absent"},
    [IL_SPEC_ORDER] = {.name = "order",
                       .kind = IL_SPEC_WORD,
                       .initial = "per_seed",
                       .words = orders,
                       .n_words = sizeof orders / sizeof orders[0],
                       .doc = "whether each seed visits the samples in an order of its own"},
    [IL_SPEC_LAST] = {.name = "last",
                      .kind = IL_SPEC_WORD,
                      .initial = "keep",
                      .words = lasts,
                      .n_words = sizeof lasts / sizeof lasts[0],
                      .doc = "what becomes of an epoch's last batch when it is not full"},
    [IL_SPEC_EVALUATE] = {.name = "evaluate",
                          .kind = IL_SPEC_WORD,
                          .initial = "auto",
                          .words = judges,
                          .n_words = sizeof judges / sizeof judges[0],
                          .doc = "on which samples runs are judged; auto: those that validate, "
                                 "else test, else train"},
    [IL_SPEC_PATIENCE] = {.name = "patience",
                          .kind = IL_SPEC_COUNT,
                          .max = IL_MAX_BUDGET,
                          .doc = "epochs without a lower loss after which a run ends"},
    [IL_SPEC_SEEDS] = {.name = "seeds",
                       .kind = IL_SPEC_COUNT,
                       .initial = "100",
                       .max = IL_MAX_SEEDS,
                       .doc = "runs of each arm: a number, or auto(max=5000, half_width=0.02)"},
    [IL_SPEC_BUDGET] = {.name = "budget",
                        .alias = "epochs",
                        .kind = IL_SPEC_COUNT,
                        .initial = "3000",
                        .max = IL_MAX_BUDGET,
                        .doc = "most epochs of a run"},
    [IL_SPEC_CONVERGED] = {.name = "converged",
                           .alias = "until",
                           .kind = IL_SPEC_CRITERION,
                           .initial = "loss < 0.1 and accuracy == 1",
                           .doc = "when a run has converged"},
    [IL_SPEC_BASELINE] = {.name = "baseline",
                          .kind = IL_SPEC_CALL,
                          .family = &il_inits,
                          .doc = "the init that the others are compared with"},
    [IL_SPEC_ENGINE] = {.name = "engine",
                        .kind = IL_SPEC_WORD,
                        .initial = "auto",
                        .words = engines,
                        .n_words = sizeof engines / sizeof engines[0],
                        .doc = "auto chooses by the size of network and data"},
    [IL_SPEC_RECORD] = {.name = "record",
                        .kind = IL_SPEC_CALL,
                        .initial = "none",
                        .family = &il_recordings,
                        .doc = "what is kept of each arm's first runs: none, curves or layers"},
};

size_t il_spec_find_word(const char *const *words, size_t n, const char *word) {
    size_t i = 0;
    while (i < n && strcmp(words[i], word) != 0)
        i++;
    return i;
}

il_status il_spec_find_key(const char *word, size_t n, const il_place *place, size_t *out,
                           il_error *err) {
    il_match best = {0};
    il_names known = {0};
    for (*out = 0; *out < IL_SPEC_KEYS; ++*out) {
        const char *name = il_spec_keys[*out].name, *alias = il_spec_keys[*out].alias;
        if ((strlen(name) == n && memcmp(name, word, n) == 0) ||
            (alias && strlen(alias) == n && memcmp(alias, word, n) == 0))
            return IL_OK;
        il_match_offer(&best, word, n, name, strlen(name));
        il_names_add(&known, name);
    }
    return il_fail_unknown(err, place, 0, "unknown key", word, n, &best, &known);
}

const char *il_key_name(il_key key) {
    return il_spec_keys[key].name;
}
