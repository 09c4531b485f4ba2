/* How a dataset is cut into samples that train, validate and test. */
#include "data/source.h"

#include "initlab/rng.h"

#include <stdlib.h>
#include <string.h>

enum { TEST, VALIDATION, STRATIFIED, SEED };

/* A number below `most`, none preferred by more than most / 2^32. */
static size_t pick(il_stream *stream, size_t most) {
    uint32_t word;
    il_stream_words(stream, 1, &word);
    return (size_t)(((uint64_t)word * most) >> 32);
}

static void shuffle(il_dataset *data, size_t n, il_stream *stream) {
    for (size_t j = n; j > 1; j--)
        il_dataset_swap(data, pick(stream, j), j - 1);
}

static size_t class_of(const il_dataset *data, size_t i, bool stratified) {
    return stratified ? data->label[i] : 0;
}

/* Gives every sample its part. A class's samples are m equal steps of the way from 0 to 1, in their shuffled order;
 * those whose step has its middle in the first `test` of the way test, and so on. */
static void assign(const il_dataset *data, size_t n, const double *share, bool stratified,
                   size_t *seen, const size_t *size, uint8_t *part) {
    for (size_t i = 0; i < n; i++) {
        size_t c = class_of(data, i, stratified);
        double at = ((double)seen[c]++ + 0.5) / (double)size[c];
        part[i] = at < share[IL_TEST]                          ? IL_TEST
                  : at < share[IL_TEST] + share[IL_VALIDATION] ? IL_VALIDATION
                                                               : IL_TRAIN;
    }
}

/* Moves the samples of each part together, those that train first. */
static void gather_parts(il_dataset *data, size_t n, uint8_t *part) {
    size_t at = 0;
    for (il_part p = IL_TRAIN; p < IL_PARTS; p++)
        for (size_t i = at; i < n; i++)
            if (part[i] == p) {
                il_dataset_swap(data, i, at);
                part[i] = part[at];
                part[at++] = (uint8_t)p;
            }
}

static il_status check(const il_call *call, const il_dataset *data, il_error *err) {
    double test = call->arg[TEST], validation = call->arg[VALIDATION];
    if (call->arg[STRATIFIED] != 0 && !data->label)
        return il_fail(err, IL_INVALID,
                       "split random: stratified=true needs classes, and this data has numbers: "
                       "leave it out");
    if (test > 0 && data->part[IL_TEST] > 0)
        return il_fail(err, IL_INVALID,
                       "split random: the data has a test set of its own (%zu samples): "
                       "leave test= out",
                       data->part[IL_TEST]);
    if (test + validation >= 1)
        return il_fail(err, IL_INVALID,
                       "split random: test=%g and validation=%g leave nothing to train on: their "
                       "sum must be below 1",
                       test, validation);
    return IL_OK;
}

static il_status random_split(const il_call *call, il_dataset *data, il_error *err) {
    il_status status = check(call, data, err);
    if (status != IL_OK)
        return status;
    bool stratified = call->arg[STRATIFIED] != 0;
    const double share[IL_PARTS] = {
        [IL_VALIDATION] = call->arg[VALIDATION], [IL_TEST] = call->arg[TEST]};
    size_t n = data->part[IL_TRAIN], classes = stratified ? data->classes : 1;
    size_t *counts = calloc(2 * classes, sizeof *counts);
    uint8_t *part = malloc(n);
    if (!counts || !part) {
        free(counts);
        free(part);
        return il_fail(err, IL_NO_MEMORY, "no memory to split %zu samples", n);
    }
    il_stream stream = il_stream_open((uint64_t)call->arg[SEED], IL_PURPOSE_SPLIT, 0);
    shuffle(data, n, &stream);
    for (size_t i = 0; i < n; i++)
        counts[classes + class_of(data, i, stratified)]++;
    assign(data, n, share, stratified, counts, counts + classes, part);
    gather_parts(data, n, part);
    data->part[IL_TRAIN] = 0;
    for (size_t i = 0; i < n; i++)
        data->part[part[i]]++;
    free(counts);
    free(part);
    return data->part[IL_TRAIN] > 0 ? IL_OK
                                    : il_fail(err, IL_INVALID,
                                              "split random: none of %zu samples is left to train "
                                              "on: lower test= or validation=",
                                              n);
}

static const il_split_type given = {
    .desc = {.name = "given", .formula = "the test set that the data comes with, if any"}};

const il_split_type il_split_random = {
    .desc = {.name = "random",
             .formula = "random shares of the samples that are not the data's own test set",
             .params = {{.name = "test", .doc = "share that tests", .max = 0.999},
                        {.name = "validation", .doc = "share that validates", .max = 0.999},
                        {.name = "stratified",
                         .doc = "the same shares of every class",
                         .kind = IL_BOOL,
                         .max = 1},
                        {.name = "seed",
                         .doc = "of the choice",
                         .kind = IL_INTEGER,
                         .initial = 1,
                         .max = 9007199254740992}},
             .n_params = 4},
    .split = random_split,
};

static const il_desc *const items[] = {&given.desc, &il_split_random.desc};

const il_family il_splits = {.kind = "split", .items = items, .n = sizeof items / sizeof *items};
