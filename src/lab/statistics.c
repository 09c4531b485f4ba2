#include "initlab/statistics.h"

#include "base/clones.h"
#include "initlab/rng.h"
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SQRT_2PI 2.5066282746310005024L
#define SQRT_HALF 0.70710678118654752440L

/* Halley steps on P(Z > x) = q, q <= 1/2. Near the median the equation is written with erf, because
 * 1/2 - q keeps its digits where q does not; there the linear start is within 0.05, and in the tail
 * Hastings' rational function (Abramowitz & Stegun 26.2.23) is within 5e-4, so that two steps of a
 * cubic method suffice. The wide type keeps a subnormal q and its density normal numbers. */
static double upper_quantile(double q) {
    bool central = q > 0.25;
    long double wide = (long double)q, x;
    if (central) {
        x = (0.5L - wide) * SQRT_2PI;
    } else {
        double t = sqrt(-2 * log(q));
        double top = 2.515517 + t * (0.802853 + t * 0.010328);
        double bottom = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
        x = (long double)(t - top / bottom);
    }
    for (int step = 0; step < 2; step++) {
        long double density = expl(-x * x / 2) / SQRT_2PI;
        long double excess =
            central ? (0.5L - wide) - erfl(x * SQRT_HALF) / 2 : erfcl(x * SQRT_HALF) / 2 - wide;
        long double u = excess / density;
        x += u / (1 - x * u / 2);
    }
    return (double)x;
}

double il_normal_quantile(double p) {
    return p < 0.5 ? -upper_quantile(p) : upper_quantile(1 - p);
}

/* z with P(|Z| < z) = level. */
static double two_sided_z(double level) {
    return upper_quantile((1 - level) / 2);
}

/* The ends are the roots of (n + z²) x² - (2k + z²) x + k²/n = 0. The lower one comes from their
 * product, which does not cancel for small k and is exactly 0 for k = 0. */
il_interval il_wilson(size_t k, size_t n, double level) {
    double hits = (double)k, runs = (double)n, z = two_sided_z(level), z2 = z * z;
    double larger = hits + z2 / 2 + z * sqrt(hits * ((runs - hits) / runs) + z2 / 4);
    return (il_interval){hits * (hits / runs) / larger, k < n ? larger / (runs + z2) : 1};
}

double il_rmst(const uint32_t *T, size_t n, uint32_t budget, double level, il_interval *interval) {
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += T[i];
    double mean = (double)sum / (double)n;
    if (n < 2) {
        *interval = (il_interval){0, budget};
        return mean;
    }
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += (T[i] - mean) * (T[i] - mean);
    double half = two_sided_z(level) * sqrt(squares / (double)(n - 1) / (double)n);
    *interval = (il_interval){fmax(mean - half, 0), fmin(mean + half, budget)};
    return mean;
}

static size_t converged_by(const uint32_t *T, const unsigned char *converged, size_t n,
                           uint32_t epoch) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += T[i] <= epoch ? converged[i] : 0;
    return count;
}

/* Bisection over the epoch: at most 32 passes, and no copy to sort. The fraction is compared as the
 * rounded quotient, so that 7 of 100 reaches q = 0.07. */
double il_epoch_quantile(const uint32_t *T, const unsigned char *converged, size_t n, double q) {
    uint32_t low = 0, high = UINT32_MAX;
    if (!((double)converged_by(T, converged, n, high) / (double)n >= q))
        return (double)NAN;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if ((double)converged_by(T, converged, n, middle) / (double)n >= q)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static int compare_epochs(const void *x, const void *y) {
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

double il_a12(const uint32_t *Ta, size_t na, const uint32_t *Tb, size_t nb) {
    uint32_t *sorted = calloc(nb, sizeof *sorted);
    if (!sorted)
        return (double)NAN;
    memcpy(sorted, Tb, nb * sizeof *sorted);
    qsort(sorted, nb, sizeof *sorted, compare_epochs);

    uint64_t twice = 0; /* 2 #{Ta < Tb} + #{Ta = Tb} */
    for (size_t i = 0; i < na; i++) {
        size_t below = 0, up_to; /* how many of b are < Ta[i], and <= Ta[i] */
        for (size_t end = nb; below < end;) {
            size_t middle = below + (end - below) / 2;
            if (sorted[middle] < Ta[i])
                below = middle + 1;
            else
                end = middle;
        }
        up_to = below;
        for (size_t end = nb; up_to < end;) {
            size_t middle = up_to + (end - up_to) / 2;
            if (sorted[middle] <= Ta[i])
                up_to = middle + 1;
            else
                end = middle;
        }
        twice += (nb - below) + (nb - up_to);
    }
    free(sorted);
    return (double)twice / (2 * (double)na * (double)nb);
}

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

/* Ascending over the distinct values, without memory: equal p-values share the adjustment of the
 * first of them, which is the largest. An entry that is done carries a sign bit until the end. */
void il_holm(double *p, size_t n) {
    size_t left = 0; /* comparisons not yet adjusted, NaN not counted */
    for (size_t i = 0; i < n; i++)
        left += !isnan(p[i]) && !signbit(p[i]);
    double adjusted = 0;
    while (left > 0) {
        double least = (double)INFINITY;
        for (size_t i = 0; i < n; i++)
            if (!signbit(p[i]) && p[i] < least)
                least = p[i];
        adjusted = fmin(fmax((double)left * least, adjusted), 1);
        for (size_t i = 0; i < n; i++)
            if (!signbit(p[i]) && p[i] == least) {
                p[i] = -adjusted;
                left--;
            }
    }
    for (size_t i = 0; i < n; i++)
        p[i] = fabs(p[i]);
}
