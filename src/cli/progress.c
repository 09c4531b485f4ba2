/* Progress on standard error: a bar on a terminal, a line every ten seconds elsewhere. */
#include "cli/progress.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BAR 24            /* cells */
#define BAR_SECONDS 0.1   /* between two drawings on a terminal */
#define LINE_SECONDS 10.0 /* between two lines elsewhere */

cli_progress cli_progress_begin(const char *path, const il_store *store) {
    const char *term = getenv("TERM");
    double now = il_seconds();
    return (cli_progress){.terminal = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0,
                          .start = now,
                          .shown = now,
                          .path = path,
                          .store = store};
}

static void format_seconds(double s, char text[32]) {
    if (s < 100)
        snprintf(text, 32, "%.0f s", s);
    else if (s < 6000)
        snprintf(text, 32, "%.0f min", s / 60);
    else
        snprintf(text, 32, "%.1f h", s / 3600);
}

void cli_progress_clear(cli_progress *p) {
    if (p->drawn)
        fputs("\r\033[K", stderr);
    p->drawn = false;
}

void cli_progress_say_joined(cli_progress *p, size_t total) {
    if (!p->store || p->joined)
        return;
    p->joined = true;
    const char *difference = il_store_difference(p->store);
    if (difference)
        fprintf(stderr, "initlab: %s: another study than the one before, %s: both are kept\n",
                p->path, difference);
    if (il_store_found(p->store) > 0)
        fprintf(stderr, "initlab: %s: %zu of %zu runs are there already\n", p->path,
                il_store_found(p->store), total);
}

static void draw_bar(cli_progress *p, double share) {
    cli_progress_clear(p);
    for (size_t i = 0; i < BAR; i++)
        fputs((double)i < share * BAR ? "█" : "░", stderr);
    p->drawn = true;
}

/* Whether it is time to show something again. */
static bool due(cli_progress *p, double now) {
    if (now - p->shown < (p->terminal ? BAR_SECONDS : LINE_SECONDS))
        return false;
    p->shown = now;
    return true;
}

void cli_progress_line(cli_progress *p, const char *text, double share) {
    double t = il_seconds();
    char left[32];
    if (!due(p, t))
        return;
    format_seconds((t - p->start) * (1 - share) / share, left);
    if (p->terminal)
        draw_bar(p, share);
    fprintf(stderr, p->terminal ? " %s, %s left" : "initlab: %s, about %s left\n", text, left);
    fflush(stderr);
}

void cli_progress_show(void *context, size_t done, size_t total) {
    cli_progress *p = context;
    size_t found = p->store ? il_store_found(p->store) : 0; /* they took no time */
    double t = il_seconds(), rate = (double)(done - found) / (t - p->start);
    cli_progress_say_joined(p, total);
    if (done == found || !due(p, t))
        return;
    char left[32];
    format_seconds((double)(total - done) / rate, left);
    if (!p->terminal) {
        fprintf(stderr, "initlab: %zu of %zu runs done, %.*f a second, about %s left\n", done,
                total, rate < 10 ? 1 : 0, rate, left);
        return;
    }
    draw_bar(p, (double)done / (double)total);
    fprintf(stderr, " %zu/%zu runs, %.*f/s, %s left", done, total, rate < 10 ? 1 : 0, rate, left);
    fflush(stderr);
}
