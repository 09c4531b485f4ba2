#include "data/labelled.h"

#include "initlab/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Streams of IL_PURPOSE_DATA. */
enum { SUBSET, NOISE };

il_status il_labels_new(size_t n, il_labels *out, il_error *err) {
    *out = (il_labels){.n = n, .kept = n, .label = malloc(n + 1), .keep = malloc(n + 1)};
    if (!out->label || !out->keep) {
        il_labels_free(out);
        return il_fail(err, IL_NO_MEMORY, "no memory for %zu labels", n);
    }
    memset(out->keep, true, n + 1);
    return IL_OK;
}

void il_labels_free(il_labels *labels) {
    free(labels->label);
    free(labels->keep);
    *labels = (il_labels){0};
}

/* The new number of every class; those that are not wanted have none. */
static il_status number_classes(const il_wanted *wanted, size_t classes, int *number, size_t *kept,
                                il_error *err) {
    bool chosen[IL_BYTE_LABELS] = {false};
    il_error inner;
    if (il_ranges_parse_from(0, "classes", wanted->classes, classes, chosen, &inner) != IL_OK)
        return il_fail(err, IL_INVALID, "%s: %s", wanted->name, inner.message);
    *kept = 0;
    for (size_t c = 0; c < classes; c++)
        number[c] = chosen[c] ? (int)(*kept)++ : -1;
    return *kept > 1 ? IL_OK
                     : il_fail(err, IL_INVALID, "%s: classes=\"%s\" leaves %zu: keep 2 or more",
                               wanted->name, wanted->classes, *kept);
}

static void keep_classes(const int *number, il_labels *labels) {
    labels->kept = 0;
    for (size_t i = 0; i < labels->n; i++) {
        int to = number[labels->label[i]];
        labels->keep[i] = to >= 0;
        labels->kept += to >= 0;
        labels->label[i] = (uint8_t)(to < 0 ? 0 : to);
    }
}

/* A number below `most`, none preferred by more than most / 2^32. */
static size_t pick(il_stream *stream, size_t most) {
    uint32_t word;
    il_stream_words(stream, 1, &word);
    return (size_t)(((uint64_t)word * most) >> 32);
}

/* The first n of the kept samples in a random order stay. */
static il_status keep_some(const il_wanted *wanted, il_labels *labels, il_error *err) {
    size_t n = (size_t)wanted->n, m = 0;
    if (n > labels->kept)
        return il_fail(err, IL_INVALID, "%s: n=%zu is more than the %zu samples that train",
                       wanted->name, n, labels->kept);
    size_t *order = malloc((labels->kept + 1) * sizeof *order);
    if (!order)
        return il_fail(err, IL_NO_MEMORY, "no memory to choose among %zu samples", labels->kept);
    for (size_t i = 0; i < labels->n; i++)
        if (labels->keep[i])
            order[m++] = i;
    memset(labels->keep, false, labels->n);
    il_stream stream = il_stream_open(wanted->seed, IL_PURPOSE_DATA, SUBSET);
    for (size_t i = 0; i < n; i++) {
        size_t j = i + pick(&stream, m - i);
        labels->keep[order[j]] = true;
        order[j] = order[i];
    }
    labels->kept = n;
    free(order);
    return IL_OK;
}

static void replace_labels(const il_wanted *wanted, size_t classes, il_labels *labels) {
    il_stream stream = il_stream_open(wanted->seed, IL_PURPOSE_DATA, NOISE);
    for (size_t i = 0; i < labels->n; i++) {
        uint32_t word[2];
        il_stream_words(&stream, 2, word);
        if ((double)word[0] < wanted->noise * 0x1p32)
            labels->label[i] = (uint8_t)(((uint64_t)word[1] * classes) >> 32);
    }
}

il_status il_labels_choose(const il_wanted *wanted, size_t classes, il_labels *train,
                           il_labels *test, size_t *kept, il_error *err) {
    int number[IL_BYTE_LABELS];
    il_status status = number_classes(wanted, classes, number, kept, err);
    if (status != IL_OK)
        return status;
    keep_classes(number, train);
    keep_classes(number, test);
    if (!train->kept)
        return il_fail(err, IL_INVALID, "%s: no sample that trains has one of classes=\"%s\"",
                       wanted->name, wanted->classes);
    if (wanted->noise > 0)
        replace_labels(wanted, *kept, train);
    return isnan(wanted->n) ? IL_OK : keep_some(wanted, train, err);
}
