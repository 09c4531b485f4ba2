#include "initlab/statistics.h"

#include "base/clones.h"
#include "initlab/rng.h"
#include <string.h>

#define LANES 32  /* resamples drawn together: one sign bit each in a word */
#define CHUNK 512 /* differences in hand at once; a multiple of a stream's block of 4 words */

/* subset[r] += the sum of those d[i] whose word has bit r set. The caller bounds the sum of d[n] by
 * UINT32_MAX, so that the lanes stay 32 bits wide. */
IL_CLONES static void add_subsets(const uint32_t *restrict d, const uint32_t *restrict words,
                                  size_t n, uint64_t subset[restrict LANES]) {
    uint32_t sum[LANES] = {0};
    for (size_t i = 0; i < n; i++)
        for (uint32_t r = 0; r < LANES; r++)
            sum[r] += d[i] & (0u - ((words[i] >> r) & 1u));
    for (size_t r = 0; r < LANES; r++)
        subset[r] += sum[r];
}

static uint32_t distance(uint32_t a, uint32_t b) {
    return a > b ? a - b : b - a;
}

/* LANES resamples: subset[r] becomes the sum of the |a - b| that got a plus sign in resample r.
 * Zero differences draw no sign, for they change no sum; `segment` differences sum to at most
 * UINT32_MAX. */
static void resample(const uint32_t *a, const uint32_t *b, size_t n, size_t segment,
                     il_stream *stream, uint64_t subset[LANES]) {
    uint32_t d[CHUNK], words[CHUNK];
    memset(subset, 0, LANES * sizeof *subset);
    for (size_t i = 0; i < n;) {
        size_t m = 0;
        for (; i < n && m < CHUNK; i++) {
            d[m] = distance(a[i], b[i]);
            m += d[m] != 0;
        }
        il_stream_words(stream, m, words);
        for (size_t j = 0; j < m; j += segment)
            add_subsets(d + j, words + j, m - j < segment ? m - j : segment, subset);
    }
}

/* Random signs make the sign of each difference irrelevant, so the sums are of |a - b|: with S the
 * sum of those that got a plus sign, the resampled statistic is |2 S - total|. All sums are exact
 * integers, so ties with the observed statistic are recognized and no variant of the kernel can
 * differ. */
double il_permutation_paired(const uint32_t *a, const uint32_t *b, size_t n, size_t rounds,
                             uint64_t seed) {
    uint64_t total = 0, rises = 0;
    uint32_t largest = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t d = distance(a[i], b[i]);
        total += d;
        rises += a[i] > b[i] ? d : 0;
        largest = d > largest ? d : largest;
    }
    if (largest == 0)
        return 1;
    uint64_t observed = 2 * rises > total ? 2 * rises - total : total - 2 * rises;
    size_t segment = UINT32_MAX / largest;
    il_stream stream = il_stream_open(seed, IL_PURPOSE_PERMUTATION, 0);
    size_t extreme = 0;
    for (size_t done = 0; done < rounds; done += LANES) {
        uint64_t subset[LANES];
        resample(a, b, n, segment, &stream, subset);
        for (size_t r = 0; r < LANES && done + r < rounds; r++) {
            uint64_t twice = 2 * subset[r];
            extreme += (twice > total ? twice - total : total - twice) >= observed;
        }
    }
    return (1 + (double)extreme) / (1 + (double)rounds);
}
