#include "cli/signals.h"

#include "cli/cli.h"

#include <string.h>
#include <sys/time.h>
#include <unistd.h>

volatile sig_atomic_t cli_interrupted;

static int meant_code = CLI_INTERRUPTED;
static char meant_line[512] = "initlab: interrupted: no results were written\n";

void cli_signals_mean(int code, const char *line) {
    meant_code = code;
    snprintf(meant_line, sizeof meant_line, "%s", line);
}

int cli_signals_end(void) {
    fputs(meant_line, stderr);
    return meant_code;
}

/* Half a second after the signal the process ends whatever it is doing: an epoch of a large network, or the
 * statistics, may take longer, and nothing has been written that could be left half done: files are replaced, or
 * changed, as a whole. */
static void abandon(int signal) {
    (void)signal;
    ssize_t ignored = write(STDERR_FILENO, meant_line, strlen(meant_line));
    (void)ignored;
    _exit(meant_code);
}

/* A second signal ends the process at once; `timeout` sends two, the other to the process group. */
static void interrupt(int signal) {
    if (cli_interrupted)
        abandon(signal);
    const struct itimerval soon = {.it_value = {.tv_usec = 500000}};
    __atomic_store_n(&cli_interrupted, 1, __ATOMIC_RELAXED);
    setitimer(ITIMER_REAL, &soon, NULL);
}

/* A signal that the parent chose to ignore stays ignored. */
void cli_signals_catch(bool on) {
    static const int signals[] = {SIGINT, SIGTERM};
    struct sigaction alarm = {.sa_handler = on ? abandon : SIG_IGN}; /* the timer may still run */
    sigemptyset(&alarm.sa_mask);
    sigaction(SIGALRM, &alarm, NULL);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct sigaction now, wanted = {.sa_handler = on ? interrupt : SIG_DFL};
        sigemptyset(&wanted.sa_mask);
        if (sigaction(signals[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
            sigaction(signals[i], &wanted, NULL);
    }
}
