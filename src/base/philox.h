/* A round of Philox4x32 (Salmon et al. 2011, table 2 and section 4.2), for the loops that run many counters side by
 * side. */
#ifndef IL_BASE_PHILOX_H
#define IL_BASE_PHILOX_H

#include "base/clones.h"

#include <stdint.h>

#define IL_PHILOX_ROUNDS 10
#define IL_PHILOX_M0 0xD2511F53u
#define IL_PHILOX_M1 0xCD9E8D57u
#define IL_PHILOX_W0 0x9E3779B9u /* added to the keys after each round */
#define IL_PHILOX_W1 0xBB67AE85u

IL_INLINE void il_philox_round(uint32_t *c0, uint32_t *c1, uint32_t *c2, uint32_t *c3, uint32_t k0,
                               uint32_t k1) {
    const uint64_t p0 = (uint64_t)IL_PHILOX_M0 * *c0, p1 = (uint64_t)IL_PHILOX_M1 * *c2;
    *c0 = (uint32_t)(p1 >> 32) ^ *c1 ^ k0;
    *c1 = (uint32_t)p1;
    *c2 = (uint32_t)(p0 >> 32) ^ *c3 ^ k1;
    *c3 = (uint32_t)p0;
}

#endif
