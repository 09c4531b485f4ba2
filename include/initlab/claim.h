/* Claims: sentences about initialization, kept as data and decided by statistics.
 *
 * A claim says what to train, what to measure, and what must hold of it: supported, refuted, or, where the runs do not
 * decide, inconclusive. A file of claims is YAML; what is false is kept with `expect: refuted`.
 *
 *     #include <initlab.h>
 *     #include <stdio.h>
 *     int main(void) {
 *         static const char text[] =
 *             "claims:\n"
 *             "  - id: he-learns-xor\n"
 *             "    sentence: With eight tanh units He solves XOR, and zeros never do.\n"
 *             "    setup: {data: xor, network: 2-8-1, hidden: tanh, optimizer: adam(lr=0.05), seeds: 64}\n"
 *             "    a: {init: he_normal}\n"
 *             "    b: {init: zeros}\n"
 *             "    test: difference of success > 0.5\n"
 *             "    expect: supported\n";
 *         il_error err;
 *         il_claims *claims = NULL;
 *         il_finding finding = {0};
 *         if (il_claims_parse(NULL, text, sizeof text - 1, "mine", &claims, &err) == IL_OK &&
 *             il_claim_check(&claims->claim[0], NULL, &finding, &err) == IL_OK)
 *             printf("%s: %s\n", claims->claim[0].id, finding.reason);
 *         il_claims_free(claims);
 *         return !finding.as_expected;
 *     }
 */
#ifndef INITLAB_CLAIM_H
#define INITLAB_CLAIM_H

#include "study.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define IL_MAX_CLAIMS 1000
#define IL_TEST_TEXT 512
#define IL_MAX_RATES_TUNED 16

/* What can be measured of a run: success rmst median a12 accuracy loss diverged …, of a network as it begins
 * (activation_growth, saturated …), of its units while it learns (unit_difference, hidden_gradient …), of a layer, at the
 * start or after some epochs (layer), and of what was trained (weight_norm, gap). */
extern const il_family il_measures;

/* How a claim is decided. */
typedef enum il_tier {
    IL_STATISTICAL, /* `test`: an interval over the seeds against a margin */
    IL_PROPERTY,    /* `property`: it holds of every single seed, or the claim is refuted */
    IL_EXACT        /* `bits`: the hash of all runs, in the lockstep engine */
} il_tier;

typedef enum il_contrast { IL_OF_A, IL_DIFFERENCE, IL_RATIO } il_contrast; /* a, a - b, a/b */

/* What stands for a side in the contrast, where its arms are several. */
typedef enum il_fold {
    IL_EACH_ARM, /* each by itself: the test is of every pair of arms */
    IL_SPREAD,   /* the largest contrast between two of its arms */
    IL_CHANGE    /* the contrast of the second of its two arms with the first */
} il_fold;

/* "ratio of rmst <= 0.5", "success <= 9/16", "difference of success == 0 within 0.05". A measure of two arms, such as
 * a12, has no contrast. "ratio of spread of rmst < 1": the arms of a lie within a smaller factor than those of b;
 * "difference of change of accuracy > 0": an interaction, (a2 - a1) - (b2 - b1). */
typedef struct il_test {
    il_call measure;
    il_contrast contrast;
    il_fold fold; /* not without a contrast */
    il_relation relation;
    double margin;
    double within; /* IL_EQUAL: how far from the margin still counts as equal */
} il_test;

il_status il_test_parse(const char *text, const il_place *place, il_test *out, il_error *err);
char *il_test_format(const il_test *test, char text[IL_TEST_TEXT]);

/* Whether networks are trained for it, or only looked at as they begin. */
bool il_test_trains(const il_test *test);

/* The value of a contrast when nothing distinguishes the arms: 0, 1, and 1/2 for a12. NAN for a single arm. */
double il_test_no_effect(const il_test *test);

typedef enum il_verdict {
    IL_INCONCLUSIVE,
    IL_SUPPORTED,
    IL_REFUTED,
    IL_SETUP_DEPENDENT, /* one way at the learning rates given, the other way at tuned ones */
    IL_SKIPPED          /* the claim's data is not here */
} il_verdict;

/* What more can be said of a refuted test of two arms. */
typedef enum il_tag {
    IL_UNTAGGED,
    IL_REVERSED,  /* the effect is beyond none, on the other side */
    IL_NEGLIGIBLE /* the effect lies within ±negligible of none */
} il_tag;

/* Decides by an interval [l, u] for the effect. With a margin m, a test of >= is supported when l >= m and refuted when
 * u < m, a test of > when l > m and u <= m; <= and < are their mirror images; a test of == is supported when the interval
 * lies within [m - within, m + within] and refuted when it lies outside. Anything else is inconclusive. `negligible`: 0
 * for no such tag. */
il_verdict il_decide(const il_test *test, il_interval interval, double negligible, il_tag *tag);

typedef struct il_expectation {
    bool given;
    il_verdict verdict;
    il_tag tag; /* IL_UNTAGGED: any */
} il_expectation;

typedef struct il_claim {
    const char *id, *sentence, *source, *insight; /* source, insight: may be NULL */
    const char *group;                            /* of the file's `title`; may be NULL */
    il_place place;
    il_tier tier;
    il_test test;   /* not for IL_EXACT */
    char bits[33];  /* IL_EXACT: 32 hexadecimal digits */
    double alpha;   /* probability that a test of this file, taken together, decides wrongly */
    size_t tests;   /* in the file, among which alpha is divided (Bonferroni) */
    size_t n_rates; /* learning rates among which each arm's is tuned; 0: the claim is not tuned */
    double rate[IL_MAX_RATES_TUNED];
    double negligible;
    il_expectation expect;
    size_t n_max;       /* most seeds of a sequential test */
    il_study *a, *b;    /* every arm of a is held against every arm of b; b may be NULL */
    const char *absent; /* data, such as mnist, that no folder has; then a and b are NULL */
} il_claim;

typedef struct il_claims {
    il_claim *claim; /* [n] */
    size_t n;
    void *text; /* what the claims' texts lie in */
} il_claims;

/* Reads claims from YAML text, or from a file of at most 1 MiB. `sources` may be NULL; what it names must outlive the
 * claims. Files that claims name are looked for beside the file. `sources->full`: with what each claim's `full` has in
 * place of its own setup. Errors (IL_INVALID, or IL_IO when a file cannot be
 * read) name file, line and column. */
il_status il_claims_parse(const il_sources *sources, const char *text, size_t size,
                          const char *name, il_claims **out, il_error *err);
il_status il_claims_load(const il_sources *sources, const char *path, il_claims **out,
                         il_error *err);
void il_claims_free(il_claims *claims);

/* What came out. Where arms are several, the numbers are those of the pair that stands most in the claim's way. */
typedef struct il_finding {
    il_verdict verdict;
    il_tag tag;
    bool as_expected; /* always, where nothing is expected */
    double effect;    /* property: the value of the seed that stands most in the way; exact: NAN */
    il_interval interval; /* NAN where there is none */
    size_t n;             /* seeds of each arm, at the last look */
    /* Inconclusive: seeds of each arm that would decide with a probability of 0.9 if all is what it seems to be; SIZE_MAX:
     * no number would. Else 0. */
    size_t needed;
    /* How likely fresh seeds, as many, are not to give the verdict again (with its tag, where that is expected), over all
     * pairs and rates; 1: inconclusive, 0: not asked, as of a sequential test. */
    double miss;
    size_t arm_a, arm_b;
    char bits[33];     /* exact: what was found */
    char reason[1024]; /* one line */
    double wall_s;
} il_finding;

typedef struct il_check_options {
    il_run_options run;
    uint64_t seed_base; /* the seeds are seed_base + 1 …; exact claims keep theirs */
    bool until_decided; /* tests that are inconclusive look again, with up to n_max seeds, at levels
                           that keep the probability of any wrong decision below alpha */
} il_check_options;

/* Runs what the store lacks, and decides. A tuned claim is decided a second time, each arm with the learning rate at which
 * it has the lowest RMST over as many other seeds, after n_max (the highest accuracy, where no run is to converge).
 * `options` may be NULL. Errors: those of il_study_run. */
il_status il_claim_check(const il_claim *claim, const il_check_options *options, il_finding *out,
                         il_error *err);

const char *il_tier_name(il_tier tier);

/* "supported", "refuted", "reversed", "negligible", "inconclusive", "setup-dependent", "skipped": a tag says more than
 * refuted. */
const char *il_verdict_name(il_verdict verdict, il_tag tag);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
