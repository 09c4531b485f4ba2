/* ZerO: no randomness at all. A layer that keeps or lowers the width passes its first inputs on; one that widens
 * spreads every input over all units by a Hadamard matrix H, whose first fan_out rows and fan_in columns are
 * independent, so that the network's rank is not stuck at the input's as it is with a padded identity.
 */
#include "init/scheme.h"

#include <math.h>
#include <string.h>

/* H[i][j] of Sylvester's H_p = [[H, H], [H, -H]] is -1 to the number of ones that i and j share. */
static il_status zero_hadamard(il_init_job *job, il_real *W) {
    size_t in = job->layer->fan_in, out = job->layer->fan_out, p = 1;
    if (out <= in) {
        memset(W, 0, job->n * sizeof *W);
        for (size_t i = 0; i < out; i++)
            W[i * out + i] = 1;
        return IL_OK;
    }
    while (p < out)
        p *= 2;
    il_real entry = (il_real)(1 / sqrt((double)p));
    for (size_t i = 0; i < in; i++)
        for (size_t j = 0; j < out; j++)
            W[i * out + j] = __builtin_parityll(i & j) ? -entry : entry;
    return IL_OK;
}

const il_init_type il_init_zero_hadamard = {
    .desc = {.name = "zero_hadamard",
             .aliases = "ZerO",
             .formula = "fan_out <= fan_in: partial identity; else W = I*(H_p/sqrt(p))*I, "
                        "p = 2^ceil(log2 fan_out)",
             .source = "Zhao, Schäfer & Anandkumar 2021, algorithm 1"},
    .family = "constant",
    .weights = zero_hadamard,
};
