#include "report/epochs.h"

#include "report/values.h"

#include <math.h>
#include <string.h>

static bool has_test(const il_session *s) {
    return s->task.judges != IL_TRAIN;
}

static const char *judges_name(const il_session *s) {
    return il_part_name(s->task.judges);
}

static void put_samples(const il_session *s, FILE *out) {
    const size_t *part = s->task.data->part;
    fprintf(out, "%zu train", part[IL_TRAIN]);
    for (il_part p = IL_VALIDATION; p < IL_PARTS; p++)
        if (part[p])
            fprintf(out, ", %zu %s", part[p], il_part_name(p));
}

static void put_setting(const il_session *s, il_key key, FILE *out) {
    char text[IL_SETTING_TEXT];
    fprintf(out, ", %s", il_setting_text(s->arm, key, text));
}

void il_epochs_begin(const il_session *s, const il_table_style *style, FILE *out) {
    char text[IL_WIDTHS_TEXT];
    fprintf(out, "%s%s%s: ", style->color ? "\033[1m" : "",
            il_arm_format(s->arm, IL_KEY_DATA, text), style->color ? "\033[0m" : "");
    put_samples(s, out);
    fprintf(out, "\nnetwork %s, %zu parameters", il_arm_format(s->arm, IL_KEY_NETWORK, text),
            il_network_size(il_trainer_network(s->trainer)));
    put_setting(s, IL_KEY_HIDDEN, out);
    put_setting(s, IL_KEY_LOSS, out);
    fputs("\n", out);
    fprintf(out, "init %s", il_arm_format(s->arm, IL_KEY_INIT, text));
    for (il_key key = 0; key < IL_KEYS; key++)
        if (key != IL_KEY_DATA && key != IL_KEY_NETWORK && key != IL_KEY_HIDDEN &&
            key != IL_KEY_LOSS && key != IL_KEY_INIT && !il_arm_is_plain(s->arm, key))
            put_setting(s, key, out);
    fprintf(out, ", seed %llu, engine %s\n\n", (unsigned long long)s->seed,
            s->arm->engine == IL_BLAS ? "blas" : "lockstep");
    fprintf(out, "epoch  train loss%s", s->task.data->target ? "" : "  train acc.");
    if (has_test(s))
        fprintf(out, "  %*s loss%s", (int)strlen(judges_name(s)), judges_name(s),
                s->task.data->target ? ""
                                     : (s->task.judges == IL_TEST ? "  test acc." : "  val. acc."));
    fputs("      time\n", out);
}

/* NAN where there is no such number, unless the run has diverged. */
static void put_number(double value, int width, bool diverged, FILE *out) {
    bool plain = value == 0 || (fabs(value) >= 0.001 && fabs(value) < 99999);
    if (isnan(value))
        fprintf(out, "%*s", width, diverged ? "nan" : "");
    else
        fprintf(out, plain ? "%*.4f" : "%*.2e", width, value);
}

static void put_share(double value, int width, FILE *out) {
    if (isnan(value))
        fprintf(out, "%*s", width, "");
    else
        fprintf(out, "%*.2f %%", width - 2, 100 * value);
}

void il_epochs_row(const il_session *s, const il_epoch *row, double wall_s, FILE *out) {
    bool numbers = s->task.data->target != NULL;
    bool diverged = row->ended && row->outcome == IL_DIVERGED;
    fprintf(out, "%5llu", (unsigned long long)row->epoch);
    put_number(row->train_loss, 12, diverged, out);
    if (!numbers)
        put_share(row->train_accuracy, 12, out);
    if (has_test(s)) {
        put_number(row->test_loss, (int)strlen(judges_name(s)) + 7, diverged, out);
        if (!numbers)
            put_share(row->test_accuracy, 11, out);
    }
    fprintf(out, "%8.1f s\n", wall_s);
}

/* The epoch, among the rows, of the best accuracy, or without classes of the least loss. */
static size_t best_row(const il_training_report *r) {
    size_t best = r->n - 1;
    for (size_t i = r->n; i-- > 0;) {
        const il_epoch *a = &r->rows[i], *b = &r->rows[best];
        bool better = isnan(a->test_accuracy) ? a->test_loss <= b->test_loss
                                              : a->test_accuracy >= b->test_accuracy;
        best = better ? i : best;
    }
    return best;
}

static void put_outcome(const il_training_report *r, const il_epoch *last, FILE *out) {
    char criterion[IL_CRITERION_TEXT];
    unsigned long long epoch = (unsigned long long)last->epoch;
    switch (last->outcome) {
    case IL_CONVERGED:
        il_criterion_format(&r->session->study->converged, criterion);
        fprintf(out, "converged at epoch %llu: %s", epoch, criterion);
        break;
    case IL_DIVERGED:
        fprintf(out, "diverged at epoch %llu: layer %zu is no longer finite", epoch, last->layer);
        break;
    case IL_STALLED:
        fprintf(out, "stalled at epoch %llu: the loss had not fallen for %u epochs", epoch,
                r->session->study->patience);
        break;
    case IL_CENSORED:
    case IL_FAILED: /* not of a run that has begun */
        fprintf(out, "%llu epochs", epoch);
        break;
    }
}

void il_epochs_end(const il_training_report *r, FILE *out) {
    const il_session *s = r->session;
    const il_epoch *last = &r->rows[r->n - 1], *best = &r->rows[best_row(r)];
    const char *part = judges_name(s);
    double seconds = r->wall_s[r->n - 1];
    putc('\n', out);
    put_outcome(r, last, out);
    if (isnan(last->test_accuracy))
        fprintf(out, "; %s loss %.4g, least %.4g at epoch %llu", part, last->test_loss,
                best->test_loss, (unsigned long long)best->epoch);
    else
        fprintf(out, "; %s accuracy %.2f %%, best %.2f %% at epoch %llu", part,
                100 * last->test_accuracy, 100 * best->test_accuracy,
                (unsigned long long)best->epoch);
    size_t trained = (size_t)(last->epoch - r->rows[0].epoch) * s->task.part[IL_TRAIN].n;
    if (trained > 0 && seconds > 0)
        fprintf(out, "; %.0f samples/s", (double)trained / seconds);
    putc('\n', out);
}

static void put_field(double value, FILE *out) {
    char text[32];
    putc(',', out);
    if (!isnan(value))
        fputs(il_float_format((float)value, text), out);
}

void il_epochs_csv(const il_training_report *r, FILE *out) {
    fputs("epoch,train_loss,train_accuracy,test_loss,test_accuracy,wall_s\n", out);
    for (size_t i = 0; i < r->n; i++) {
        const il_epoch *row = &r->rows[i];
        bool test = has_test(r->session);
        fprintf(out, "%llu", (unsigned long long)row->epoch);
        put_field(row->train_loss, out);
        put_field(row->train_accuracy, out);
        put_field(test ? row->test_loss : (double)NAN, out);
        put_field(test ? row->test_accuracy : (double)NAN, out);
        fprintf(out, ",%.3f\n", r->wall_s[i]);
    }
}
