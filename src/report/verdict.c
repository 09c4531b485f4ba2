/* The verdict: what the numbers of a table say, in words, and no more than they say. */
#include "report/table.h"

#include "lab/summary.h"

#include <math.h>

#define LISTED 4 /* arms named in a sentence before "and n more" */

/* "zeros, constant(0.5) and normal(std=10) never converged": their runs alone bound the rate. */
static void say_never(const table *t, text *line) {
    const il_summary *arms = t->results->arms;
    size_t never = 0, said = 0;
    double most = 1; /* of their success rates: they have equally many runs */
    for (size_t i = 0; i < t->study->n_arms; i++)
        if (arms[i].converged == 0) {
            never++;
            most = arms[i].success_ci.high;
        }
    if (never == 0)
        return;
    size_t listed = never > LISTED + 1 ? LISTED : never;
    for (size_t i = 0; i < t->study->n_arms && said < listed; i++) {
        size_t arm = t->order[i];
        if (arms[arm].converged)
            continue;
        il_text_add(line, "%s", said == 0 ? "" : said + 1 == never ? " and " : ", ");
        il_text_add_arm(t, arm, line);
        said++;
    }
    if (never > listed)
        il_text_add(line, " and %zu other arms", never - listed);
    il_text_add(line, " never converged (0 of %zu%s: success below %.2g %% at 95 %% confidence). ",
                t->results->seeds, never == 1 ? "" : " each", 100 * most);
}

/* "12 of 64 runs diverged, most under he_normal." `of` counts an arm's. */
static void say_how_many(const table *t, size_t n, const char *what,
                         size_t (*of)(const il_summary *), text *line) {
    const il_summary *arms = t->results->arms;
    size_t most = 0;
    if (n == 0)
        return;
    for (size_t i = 1; i < t->study->n_arms; i++)
        if (of(&arms[i]) > of(&arms[most]))
            most = i;
    il_text_add(line, "%zu of %zu runs %s", n, t->runs, what);
    size_t there = of(&arms[most]);
    if (t->study->n_arms > 1 && 2 * there > n) {
        il_text_add(line, there == n ? ", all under " : ", most under ");
        il_text_add_arm(t, most, line);
    }
    il_text_add(line, ". ");
}

static size_t diverged(const il_summary *arm) {
    return arm->diverged;
}

static size_t failed(const il_summary *arm) {
    return arm->failed;
}

static void say_best(const table *t, il_rival r, text *line) {
    char number[32];
    size_t best = t->order[0];
    bool shown = r.p <= IL_SIGNIFICANT;
    il_text_add_arm(t, best, line);
    il_text_add(line,
                shown ? " is fastest: its RMST, %s epochs, is below that of every other arm; the "
                        "closest call is "
                      : " has the lowest RMST, %s epochs, but no arm is shown to be fastest: ",
                il_epochs_text(t, t->results->arms[best].rmst, number));
    il_text_add_arm(t, r.arm, line);
    il_text_add(line, shown ? ", %s (" : ", %s, cannot be told from it (",
                il_epochs_text(t, t->results->arms[r.arm].rmst, number));
    il_text_add(line, "p %s%s%s). ", r.p < 0.001 ? "" : "= ", il_p_text(r.p, number),
                t->study->n_arms > 2 ? ", adjusted" : "");
}

static void say_baseline(const table *t, text *line) {
    char value[IL_WIDTHS_TEXT];
    size_t fewer = 0, more = 0;
    for (size_t i = 0; i < t->study->n_arms; i++) {
        fewer += il_against_baseline(t, i) < 0;
        more += il_against_baseline(t, i) > 0;
    }
    il_text_add(
        line,
        "Of %zu comparison%s with the baseline %s, %zu need%s fewer epochs, %zu more, and %zu "
        "cannot be told apart (p > %g). ",
        t->comparisons, t->comparisons == 1 ? "" : "s",
        il_arm_format(&t->study->arms[t->baseline], IL_KEY_INIT, value), fewer,
        fewer == 1 ? "s" : "", more, t->comparisons - fewer - more, IL_SIGNIFICANT);
}

static void say_only(const table *t, text *line) {
    const il_summary *s = &t->results->arms[0];
    char number[32];
    il_text_add_arm(t, 0, line);
    il_text_add(
        line,
        " converged in %zu of %zu runs (95 %% confidence: %.1f to %.1f %%), after %s epochs on "
        "average",
        s->converged, s->runs, 100 * s->success_ci.low, 100 * s->success_ci.high,
        il_epochs_text(t, s->rmst, number));
    il_text_add(line, s->converged < s->runs ? " when a run that did not counts %u. " : ". ",
                t->study->budget);
}

il_status il_put_verdict(const table *t, FILE *out, il_error *err) {
    il_rival r = {0, 1};
    if (t->study->n_arms > 1 && t->converged)
        r = il_find_rival(t->results->runs, t->results->seeds, t->results->seeds, t->study->budget,
                          t->order, t->study->n_arms);
    if (isnan(r.p))
        return il_fail(err, IL_NO_MEMORY, "no memory to compare %zu arms", t->study->n_arms);
    size_t n = t->results->seeds;
    text line;
    il_text_clear(&line);
    if (t->converged == 0)
        il_text_add(&line, "No run converged within %u epoch%s, so nothing here can be ranked. ",
                    t->study->budget, t->study->budget == 1 ? "" : "s");
    else if (t->study->n_arms == 1)
        say_only(t, &line);
    else {
        say_best(t, r, &line);
        if (t->comparisons > 1) /* a single one is that of the best with the other */
            say_baseline(t, &line);
        say_never(t, &line);
    }
    say_how_many(t, t->diverged, "diverged", diverged, &line);
    say_how_many(t, t->results->failed, "failed: their scheme could not begin", failed, &line);
    /* All n signs alike is the rarest outcome, p = 2/2^n, and it is tested against every other arm.
     */
    double others = (double)t->study->n_arms - 1;
    size_t needed = others > 0 ? 1 + (size_t)ceil(log2(others / IL_SIGNIFICANT)) : 0;
    if (t->converged && n < needed)
        il_text_add(&line,
                    "With %zu seed%s no arm can be shown to be fastest: ask for at least %zu. ", n,
                    n == 1 ? "" : "s", needed);
    putc('\n', out);
    il_put_wrapped(t, PLAIN, line.bytes, out);
    return IL_OK;
}
