/* Claims that can be read, and whose verdict no run could change. */
#include "base/text.h"
#include "lab/claim/read.h"

#include <math.h>
#include <string.h>

static bool of_convergence(const il_test *test) {
    const il_measure_type *type = il_measure_of(&test->measure);
    return type == &il_measure_success || type == &il_measure_rmst || type == &il_measure_median ||
           type == &il_measure_a12 || type == &il_measure_wins;
}

static const il_yaml_node *node_of_test(const il_claim_reader *r, const il_claim *claim) {
    return r->value[claim->tier == IL_PROPERTY ? IL_CLAIM_PROPERTY : IL_CLAIM_TEST];
}

static il_status check_convergence(const il_claim_reader *r, const il_claim *claim) {
    if (claim->a->converged.n > 0 || !of_convergence(&claim->test))
        return IL_OK;
    return il_fail_at(r->err, &node_of_test(r, claim)->place, 0,
                      "%s: with converged: never no run converges", claim->test.measure.desc->name);
}

/* Epochs end at the budget. */
static il_status check_budget(const il_claim_reader *r, const il_claim *claim) {
    const il_test *test = &claim->test;
    const il_measure_type *type = il_measure_of(&test->measure);
    double budget = claim->a->budget, m = fabs(test->margin);
    double most = test->fold == IL_CHANGE ? 2 * budget : budget;
    char text[IL_TEST_TEXT];
    if ((type != &il_measure_rmst && type != &il_measure_median) || test->contrast == IL_RATIO ||
        m < most)
        return IL_OK;
    return il_fail_at(r->err, &node_of_test(r, claim)->place, 0,
                      "%s: the budget is %g epochs, so that the margin is never passed",
                      il_test_format(test, text), budget);
}

static bool same_arms(const il_arm *a, const il_arm *b) {
    char of_a[IL_WIDTHS_TEXT], of_b[IL_WIDTHS_TEXT];
    for (il_key key = 0; key < IL_KEYS; key++)
        if (strcmp(il_arm_format(a, key, of_a), il_arm_format(b, key, of_b)) != 0)
            return false;
    return true;
}

/* What is of all arms of a side together may have some in common with the other side. */
static bool may_share(const il_claim *claim) {
    bool same = claim->a->n_arms == claim->b->n_arms;
    for (size_t i = 0; same && i < claim->a->n_arms; i++)
        same = same_arms(&claim->a->arms[i], &claim->b->arms[i]);
    return claim->test.fold != IL_EACH_ARM && !same;
}

static il_status check_arms_differ(const il_claim_reader *r, const il_claim *claim) {
    char text[IL_WIDTHS_TEXT];
    if (!claim->b || may_share(claim))
        return IL_OK;
    for (size_t i = 0; i < claim->a->n_arms; i++)
        for (size_t k = 0; k < claim->b->n_arms; k++)
            if (same_arms(&claim->a->arms[i], &claim->b->arms[k]))
                return il_fail_at(r->err, &r->value[IL_CLAIM_B]->place, 0,
                                  "b: has an arm of a, the one with init %s: an arm does not "
                                  "differ from itself",
                                  il_arm_format(&claim->a->arms[i], IL_KEY_INIT, text));
    return IL_OK;
}

static il_status check_seeds(const il_claim_reader *r, const il_claim *claim) {
    if (claim->a->seeds > 1 || claim->tier != IL_STATISTICAL)
        return IL_OK;
    return il_fail_at(r->err, &node_of_test(r, claim)->place, 0,
                      "test: one seed decides nothing: give seeds: 100, or make it a property");
}

/* What would refute the claim is no negligible effect when no effect at all would support it. */
static il_status check_negligible(const il_claim_reader *r, const il_claim *claim) {
    const il_yaml_node *node = r->value[IL_CLAIM_NEGLIGIBLE];
    double none = il_test_no_effect(&claim->test);
    char text[IL_TEST_TEXT];
    il_tag tag;
    if (!node || il_decide(&claim->test, (il_interval){none, none}, 0, &tag) != IL_SUPPORTED ||
        claim->test.margin == none)
        return IL_OK;
    return il_fail_at(r->err, &node->place, 0,
                      "negligible: without any effect '%s' holds: no negligible one refutes it",
                      il_test_format(&claim->test, text));
}

il_status il_claim_possible(const il_claim_reader *r, const il_claim *claim) {
    static il_status (*const checks[])(const il_claim_reader *, const il_claim *) = {
        check_convergence, check_budget, check_arms_differ, check_seeds, check_negligible};
    il_status status = IL_OK;
    for (size_t i = 0;
         i < sizeof checks / sizeof *checks && status == IL_OK && claim->tier != IL_EXACT; i++)
        status = checks[i](r, claim);
    return status;
}
