#include "initlab/statistics.h"

#include <math.h>

il_sprt_decision il_sprt_paired(const uint32_t *a, const uint32_t *b, size_t n, const il_sprt *test,
                                size_t *used) {
    double win = log(test->p1 / test->p0), loss = log((1 - test->p1) / (1 - test->p0));
    double upper = log((1 - test->beta) / test->alpha), lower = log(test->beta / (1 - test->alpha));
    size_t wins = 0, losses = 0;
    for (size_t i = 0; i < n; i++) {
        wins += a[i] < b[i];
        losses += a[i] > b[i];
        double ratio = (double)wins * win + (double)losses * loss;
        if (ratio >= upper || ratio <= lower) {
            *used = i + 1;
            return ratio >= upper ? IL_SPRT_P1 : IL_SPRT_P0;
        }
    }
    *used = n;
    return IL_SPRT_CONTINUE;
}
