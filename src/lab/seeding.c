/* How many seeds: a rule that may look at the results without paying for it in false confidence. */
#include "initlab/study.h"

#define FIRST_LOOK 50
#define ERROR 0.05 /* of all looks together */

static const il_desc automatic = {
    .name = "auto",
    .formula = "until every arm's success rate is known to ± half_width at 95 %",
    .source = "Clopper & Pearson 1934; Bonferroni over the looks",
    .params = {{.name = "max",
                .doc = "seeds at most",
                .kind = IL_INTEGER,
                .initial = 5000,
                .min = 1,
                .max = IL_MAX_SEEDS},
               {.name = "half_width",
                .doc = "half the width of the widest interval",
                .kind = IL_NUMBER,
                .initial = 0.02,
                .min = 0,
                .max = 0.5,
                .above_min = true}},
    .n_params = 2};
static const il_desc *const items[] = {&automatic};

const il_family il_seedings = {.kind = "seeds", .items = items, .n = sizeof items / sizeof *items};

size_t il_seeding_next(size_t most, size_t n) {
    size_t next = n == 0 ? FIRST_LOOK : 2 * n;
    return next < most ? next : most;
}

double il_seeding_level(size_t most, size_t n) {
    size_t before = 0, look = il_seeding_next(most, 0);
    while (look < n && look < most) {
        before = look;
        look = il_seeding_next(most, look);
    }
    return 1 - ERROR * (double)(look - before) / (double)most;
}
