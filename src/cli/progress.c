/* Progress on standard error: a bar on a terminal, a line every ten seconds elsewhere. */
#include "cli/progress.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BAR 24            /* cells, or fewer where the terminal is narrow */
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
    p->found = il_store_found(p->store);
    const char *difference = il_store_difference(p->store);
    if (difference)
        fprintf(stderr, "initlab: %s: another study than the one before, %s: both are kept\n",
                p->path, difference);
    if (p->found > 0)
        fprintf(stderr, "initlab: %s: %zu of %zu runs are there already\n", p->path, p->found,
                total);
}

/* A line that the terminal breaks could not be cleared: the bar gives way to the text, and the text to the edge. */
static void draw(cli_progress *p, double share, const char *text) {
    struct winsize window;
    bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0;
    size_t width = (known ? window.ws_col : 80) - 1, n = strlen(text);
    size_t bar = n + 1 >= width ? 0 : width - n - 1 < BAR ? width - n - 1 : BAR;
    cli_progress_clear(p);
    for (size_t i = 0; i < bar; i++)
        fputs((double)i < share * (double)bar ? "█" : "░", stderr);
    fprintf(stderr, "%s%.*s", bar ? " " : "", (int)width, text);
    fflush(stderr);
    p->drawn = true;
}

/* Whether it is time to show something again. */
static bool due(cli_progress *p, double now) {
    if (now - p->shown < (p->terminal ? BAR_SECONDS : LINE_SECONDS))
        return false;
    p->shown = now;
    return true;
}

bool cli_progress_due(cli_progress *p) {
    return due(p, il_seconds());
}

void cli_progress_line(cli_progress *p, const char *text, double share) {
    char left[32], line[256];
    format_seconds((il_seconds() - p->start) * (1 - share) / share, left);
    snprintf(line, sizeof line, "%s, %s%s left", text, p->terminal ? "" : "about ", left);
    if (p->terminal)
        draw(p, share, line);
    else
        fprintf(stderr, "initlab: %s\n", line);
}

void cli_progress_show(void *context, size_t done, size_t total) {
    cli_progress *p = context;
    cli_progress_say_joined(p, total);
    double t = il_seconds(), rate = (double)(done - p->found) / (t - p->start);
    if (done <= p->found || !due(p, t))
        return;
    char left[32], line[256];
    format_seconds((double)(total - done) / rate, left);
    snprintf(line, sizeof line,
             p->terminal ? "%zu/%zu runs, %.*f/s, %s left"
                         : "initlab: %zu of %zu runs done, %.*f a second, about %s left\n",
             done, total, rate < 10 ? 1 : 0, rate, left);
    if (p->terminal)
        draw(p, (double)done / (double)total, line);
    else
        fputs(line, stderr);
}
