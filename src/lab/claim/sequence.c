#include "lab/claim/sequence.h"

#include "base/text.h"
#include "lab/claim/side.h"

#include <math.h>

/* alpha at a look, of one pair of arms. */
static double alpha_of(const il_claim *claim, const il_look *look) {
    double alpha = claim->alpha / (double)claim->tests / (double)il_pairs(claim);
    return look->wald ? alpha : ldexp(alpha, -(int)look->number);
}

il_look il_look_first(const il_claim *claim, bool until_decided) {
    const il_test *test = &claim->test;
    il_measure_kind kind = il_measure_of(&test->measure)->kind;
    bool share = kind == IL_WINS || (kind == IL_SHARE && test->contrast == IL_OF_A);
    il_look look = {.number = until_decided ? 1 : 0, .seeds = claim->a->seeds};
    look.wald = until_decided && share;
    look.level = 1 - alpha_of(claim, &look);
    return look;
}

bool il_look_next(const il_claim *claim, il_look *look) {
    size_t more = look->wald ? look->seeds / 4 + 1 : look->seeds;
    if (look->number == 0 || look->seeds >= claim->n_max)
        return false;
    look->number++;
    look->seeds = claim->n_max - look->seeds < more ? claim->n_max : look->seeds + more;
    look->level = 1 - alpha_of(claim, look);
    return true;
}

char *il_look_format(const il_claim *claim, const il_look *look, char text[IL_LOOK_TEXT]) {
    size_t used = 0;
    text[0] = '\0';
    if (look->number > 0)
        il_append(text, IL_LOOK_TEXT, &used, " at look %zu of %s, from %zu to at most %zu seeds",
                  look->number,
                  look->wald ? "Wald's sequential test" : "a sequential test with alpha/2^look",
                  claim->a->seeds, claim->n_max);
    return text;
}
