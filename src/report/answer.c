/* The beginning of a report: what was asked, and the answer in two sentences. */
#include "report/page.h"

#include "lab/summary.h"

#include <math.h>
#include <string.h>

/* What a list under a key is a list of. */
static const char *const kinds[IL_KEYS] = {
    [IL_KEY_DATA] = "tasks",
    [IL_KEY_SPLIT] = "splits",
    [IL_KEY_SCALE] = "scalings of the data",
    [IL_KEY_NETWORK] = "networks",
    [IL_KEY_HIDDEN] = "activations",
    [IL_KEY_NORM] = "normalizations",
    [IL_KEY_DROPOUT] = "dropouts",
    [IL_KEY_LOSS] = "losses",
    [IL_KEY_BATCH] = "batch sizes",
    [IL_KEY_OPTIMIZER] = "optimizers",
    [IL_KEY_SCHEDULE] = "schedules",
    [IL_KEY_CLIP] = "clippings",
    [IL_KEY_PENALTY] = "penalties",
    [IL_KEY_BIAS] = "biases",
    [IL_KEY_INIT] = "initializations",
};

static void put_label(const page *p, size_t arm) {
    char label[IL_LABEL];
    fputs("<b>", p->out);
    il_put_escaped(p->out, il_page_label(p, arm, label));
    fputs("</b>", p->out);
}

/* "10 initializations", "36 combinations of network, hidden and init" */
static void put_choice(const page *p) {
    size_t left = 0;
    il_key last = IL_KEY_INIT;
    for (il_key key = 0; key < IL_KEYS; key++)
        if (p->a->varied[key]) {
            left++;
            last = key;
        }
    fprintf(p->out, "%zu %s", p->a->n_arms,
            left > 1    ? "combinations of "
            : left == 1 ? kinds[last]
                        : "arms");
    if (left < 2)
        return;
    for (il_key key = 0; key <= last; key++)
        if (p->a->varied[key]) {
            left--;
            fprintf(p->out, "%s%s", il_key_name(key), left > 1 ? ", " : left == 1 ? " and " : "");
        }
}

static void put_question(const page *p) {
    const il_archive *a = p->a;
    fputs("<p class=\"question\">", p->out);
    if (a->n_arms == 1) {
        fputs("How often and how fast does ", p->out);
        put_label(p, 0);
        fputs(" let ", p->out);
    } else {
        fputs("With which of ", p->out);
        put_choice(p);
        fputs(" does ", p->out);
    }
    fputs("a ", p->out);
    if (!a->varied[IL_KEY_NETWORK])
        il_put_escaped(p->out, a->value[0][IL_KEY_NETWORK]);
    fputs(a->varied[IL_KEY_NETWORK] ? "network learn " : " network learn ", p->out);
    il_put_escaped(p->out, a->varied[IL_KEY_DATA] ? "its task" : a->value[0][IL_KEY_DATA]);
    fputs(a->n_arms == 1 ? "?</p>\n" : " most often and fastest?</p>\n", p->out);
    fputs("<p>A run has converged at the end of the first epoch where <code>", p->out);
    il_put_escaped(p->out, a->converged);
    fprintf(p->out, "</code>; it has %u epochs. There %s %zu run%s%s.</p>\n", a->budget,
            a->seeds == 1 ? "is" : "are", a->seeds, a->seeds == 1 ? "" : "s",
            a->n_arms == 1 ? "" : " of each arm, from the same seeds");
    if (a->seeds < a->asked)
        fprintf(p->out,
                "<p><b>Incomplete:</b> the study asks for %zu seeds; this page tells of the %zu "
                "that every arm has run.</p>\n",
                a->asked, a->seeds);
}

static void put_p(FILE *out, double p) {
    if (p < 0.001)
        fputs("p &lt; 0.001", out);
    else
        fprintf(out, "p = %.2g", p);
}

/* Whether one arm is named with a p-value: several may share the first place. */
static bool put_best(const page *p, il_rival rival) {
    char number[32], percent[32];
    const il_summary *best = &p->a->arms[p->order[0]];
    bool shown = rival.p <= IL_SIGNIFICANT;
    size_t first = 1; /* arms that share the first place */
    while (first < p->a->n_arms && p->a->arms[p->order[first]].rmst == best->rmst)
        first++;
    if (first > 1) {
        for (size_t i = 0; i < first && first <= 3; i++) {
            fputs(i == 0 ? "" : i + 1 < first ? ", " : " and ", p->out);
            put_label(p, p->order[i]);
        }
        if (first > 3)
            fprintf(p->out, "%zu arms", first);
        fprintf(p->out, " share the first place, with %s epochs on average. ",
                il_page_epochs(p, best->rmst, number));
        return false;
    }
    put_label(p, p->order[0]);
    fprintf(p->out, " %s: %s epochs on average, with %s of its runs converging",
            shown ? "is the fastest" : "comes first", il_page_epochs(p, best->rmst, number),
            il_page_percent(best, percent));
    fputs(shown ? "; the closest is " : "; but chance may explain its lead over ", p->out);
    put_label(p, rival.arm);
    fprintf(p->out, ", %s epochs (", il_page_epochs(p, p->a->arms[rival.arm].rmst, number));
    put_p(p->out, rival.p);
    fputs("). ", p->out);
    return true;
}

/* The second sentence: what never works, or how the arms stand to the baseline. */
static void put_rest(const page *p) {
    size_t never = 0, fewer = 0, more = 0, compared = 0, last[2] = {0};
    for (size_t i = 0; i < p->a->n_arms; i++) {
        const il_summary *s = &p->a->arms[i];
        if (s->converged == 0)
            last[never++ % 2] = i;
        if (isnan(s->p_value))
            continue;
        bool below = s->rmst < p->a->arms[p->a->baseline[i]].rmst,
             shown = s->p_value <= IL_SIGNIFICANT;
        compared++;
        fewer += shown && below;
        more += shown && !below;
    }
    for (size_t i = 0; never <= 2 && i < never; i++) {
        fputs(i > 0 ? " and " : "", p->out);
        put_label(p, last[i]);
    }
    if (never > 2)
        fprintf(p->out, "%zu of %zu arms", never, p->a->n_arms);
    if (never > 0)
        fprintf(p->out, " never converged (below %.2g %% with 95 %% confidence).",
                100 * il_wilson(0, p->a->seeds, 0.95).high);
    else if (compared > 1)
        fprintf(p->out,
                "Against the baseline, %zu of %zu are shown to need fewer epochs, %zu more.", fewer,
                compared, more);
}

il_status il_page_put_answer(const page *p, il_error *err) {
    const il_archive *a = p->a;
    const il_summary *best = &a->arms[p->order[0]];
    il_rival rival = {0, 1};
    size_t converged = 0;
    bool compared = false;
    char number[32], percent[32];
    for (size_t i = 0; i < a->n_arms; i++)
        converged += a->arms[i].converged;
    if (a->n_arms > 1 && converged > 0)
        rival = il_find_rival(a->runs, a->asked, a->seeds, a->budget, p->order, a->n_arms);
    if (isnan(rival.p))
        return il_fail(err, IL_NO_MEMORY, "no memory to compare %zu arms", a->n_arms);
    put_question(p);
    fputs("<p class=\"answer\">", p->out);
    if (converged == 0)
        fprintf(p->out, "No run converged within %u epochs. Nothing here can be ranked.",
                a->budget);
    else if (a->n_arms == 1) {
        put_label(p, 0);
        fprintf(p->out,
                " converged in %s of its runs (95 %% interval %.1f–%.1f %%). It takes %s epochs on "
                "average.",
                il_page_percent(best, percent), 100 * best->success_ci.low,
                100 * best->success_ci.high, il_page_epochs(p, best->rmst, number));
    } else {
        compared = put_best(p, rival);
        put_rest(p);
    }
    fprintf(p->out,
            "</p>\n<p class=\"note\">Averages are RMST: a run that never converged counts "
            "%u%s.</p>\n",
            a->budget,
            compared && a->n_arms > 2 ? ". p is adjusted for having chosen the best by looking"
                                      : "");
    return IL_OK;
}
