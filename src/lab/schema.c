#include "base/text.h"
#include "lab/spec.h"
#include <string.h>

static const char *const batches[] = {"full"};
static const char *const engines[] = {
    [IL_SPEC_AUTO] = "auto", [IL_SPEC_LOCKSTEP] = "lockstep", [IL_SPEC_BLAS] = "blas"};

const il_spec_key il_spec_keys[IL_SPEC_KEYS] = {
    [IL_KEY_DATA] = {.name = "data",
                     .kind = IL_SPEC_CALL,
                     .required = true,
                     .family = &il_datasets,
                     .doc = "the dataset, such as xor"},
    [IL_KEY_NETWORK] = {.name = "network",
                        .kind = IL_SPEC_WIDTHS,
                        .required = true,
                        .doc = "the widths, such as 2-8-1"},
    [IL_KEY_HIDDEN] = {.name = "hidden",
                       .kind = IL_SPEC_CALL,
                       .initial = "relu",
                       .family = &il_activations,
                       .doc = "activation of the hidden layers"},
    [IL_KEY_LOSS] = {.name = "loss",
                     .kind = IL_SPEC_CALL,
                     .initial = "bce",
                     .family = &il_losses,
                     .doc = "loss, computed from logits"},
    [IL_KEY_OPTIMIZER] = {.name = "optimizer",
                          .kind = IL_SPEC_CALL,
                          .initial = "adam",
                          .family = &il_optimizers,
                          .doc = "optimizer"},
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
    [IL_SPEC_BATCH] = {.name = "batch",
                       .kind = IL_SPEC_WORD,
                       .initial = "full",
                       .words = batches,
                       .n_words = sizeof batches / sizeof batches[0],
                       .doc = "samples in one step"},
    [IL_SPEC_SEEDS] = {.name = "seeds",
                       .kind = IL_SPEC_COUNT,
                       .initial = "100",
                       .max = IL_MAX_SEEDS,
                       .doc = "runs of each arm"},
    [IL_SPEC_BUDGET] = {.name = "budget",
                        .kind = IL_SPEC_COUNT,
                        .initial = "3000",
                        .max = IL_MAX_BUDGET,
                        .doc = "most epochs of a run"},
    [IL_SPEC_CONVERGED] = {.name = "converged",
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
        const char *name = il_spec_keys[*out].name;
        if (strlen(name) == n && memcmp(name, word, n) == 0)
            return IL_OK;
        il_match_offer(&best, word, n, name, strlen(name));
        il_names_add(&known, name);
    }
    return il_fail_unknown(err, place, 0, "unknown key", word, n, &best, &known);
}

const char *il_key_name(il_key key) {
    return il_spec_keys[key].name;
}
