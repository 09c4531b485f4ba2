#include "lab/criterion.h"

#include <math.h>

#ifdef IL_DOUBLE
#define NEXT nextafter
#else
#define NEXT nextafterf
#endif

static il_real later(il_real a, il_real b) {
    return a > b ? a : b;
}
static il_real earlier(il_real a, il_real b) {
    return a < b ? a : b;
}

static void narrow(il_relation relation, il_real v, il_real *low, il_real *high) {
    const il_real infinite = (il_real)INFINITY;
    switch (relation) {
    case IL_LESS:
        *high = earlier(*high, NEXT(v, -infinite));
        break;
    case IL_AT_MOST:
        *high = earlier(*high, v);
        break;
    case IL_EQUAL:
        *high = earlier(*high, v);
        *low = later(*low, v);
        break;
    case IL_AT_LEAST:
        *low = later(*low, v);
        break;
    case IL_GREATER:
        *low = later(*low, NEXT(v, infinite));
        break;
    }
}

il_bounds il_criterion_bounds(const il_criterion *criterion) {
    const il_real infinite = (il_real)INFINITY;
    il_bounds b = {-infinite, infinite, -infinite, infinite};
    if (criterion->n == 0) /* never */
        b.loss_low = infinite;
    for (size_t i = 0; i < criterion->n; i++) {
        const il_term *t = &criterion->term[i];
        if (t->metric == IL_LOSS)
            narrow(t->relation, (il_real)t->value, &b.loss_low, &b.loss_high);
        else
            narrow(t->relation, (il_real)t->value, &b.accuracy_low, &b.accuracy_high);
    }
    return b;
}
