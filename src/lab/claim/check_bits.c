/* Exact claims: the bits of all runs. */
#include "base/text.h"
#include "lab/claim/check.h"
#include "lab/store/store.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The bytes of a run in one order on every machine. */
static void put_run(const il_run *run, unsigned char bytes[16]) {
    uint32_t word[4] = {run->epoch, (uint32_t)run->outcome << 16 | run->layer};
    memcpy(&word[2], &run->loss, 4);
    memcpy(&word[3], &run->accuracy, 4);
    if (isnan(run->accuracy)) /* one NaN for all processors */
        word[3] = 0x7fc00000;
    for (size_t i = 0; i < 16; i++)
        bytes[i] = (unsigned char)(word[i / 4] >> (8 * (i % 4)));
}

il_status il_check_bits(const il_claim *claim, const il_sides *sides, il_finding *out,
                        il_error *err) {
    const il_side *a = &sides->a;
    size_t n = a->study.n_arms * a->study.seeds, used = 0;
    unsigned char *bytes = calloc(n, 16);
    if (!bytes)
        return il_fail(err, IL_NO_MEMORY, "no memory to hash %zu runs", n);
    for (size_t i = 0; i < n; i++)
        put_run(&a->results->runs[i], bytes + 16 * i);
    il_digest digest = il_digest_of(bytes, 16 * n);
    free(bytes);
    *out = (il_finding){
        .n = a->study.seeds, .effect = (double)NAN, .interval = {(double)NAN, (double)NAN}};
    for (size_t i = 0, at = 0; i < sizeof digest.bytes; i++)
        il_append(out->bits, sizeof out->bits, &at, "%02x", digest.bytes[i]);
    bool same = strcmp(out->bits, claim->bits) == 0;
    out->verdict = same ? IL_SUPPORTED : IL_REFUTED;
    il_append(out->reason, sizeof out->reason, &used, "the bits of %zu runs hash to %s%s%s", n,
              out->bits, same ? ", as claimed" : ", not to ", same ? "" : claim->bits);
    return IL_OK;
}
