#include "base/clones.h"
#include "initlab/data.h"

#include <string.h>

IL_CLONES static void samples_read_pixels(size_t n, const uint8_t *restrict pixels, il_real scale,
                                          il_real offset, il_real *restrict x) {
    for (size_t i = 0; i < n; i++)
        x[i] = scale * (il_real)pixels[i] + offset;
}

void il_samples_read(const il_samples *samples, size_t first, size_t n, il_real *x) {
    if (samples->X)
        memcpy(x, samples->X + first, n * sizeof *x);
    else
        samples_read_pixels(n, samples->pixels + first, samples->scale, samples->offset, x);
}
