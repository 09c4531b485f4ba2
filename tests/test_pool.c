#include "cmocka_all.h"

#include "base/pool.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#define ITEMS 1000

typedef struct tally {
    atomic_int seen[ITEMS];
    atomic_int workers_used;
    size_t most_workers, fail_at;
} tally;

static il_status count(void *context, size_t item, size_t worker) {
    tally *t = context;
    atomic_fetch_add(&t->seen[item], 1);
    if (worker >= t->most_workers)
        return IL_IO;
    return item == t->fail_at ? IL_INVALID : IL_OK;
}

static void every_item_once(void **state) {
    (void)state;
    static const size_t jobs[] = {1, 2, 7, 5000};
    for (size_t j = 0; j < 4; j++)
        for (size_t n = 0; n <= ITEMS; n += 250) {
            tally t = {.most_workers = jobs[j], .fail_at = ITEMS};
            assert_int_equal(il_pool_run(jobs[j], n, count, &t), IL_OK);
            for (size_t i = 0; i < ITEMS; i++)
                assert_int_equal(atomic_load(&t.seen[i]), i < n);
        }
}

static void failure_stops_the_rest(void **state) {
    (void)state;
    for (size_t jobs = 1; jobs <= 4; jobs++) {
        tally t = {.most_workers = jobs, .fail_at = 10};
        assert_int_equal(il_pool_run(jobs, ITEMS, count, &t), IL_INVALID);
        int done = 0;
        for (size_t i = 0; i < ITEMS; i++)
            done += atomic_load(&t.seen[i]);
        assert_true(done >= 11);
        if (jobs == 1)
            assert_int_equal(done, 11);
        assert_int_equal(atomic_load(&t.seen[10]), 1);
    }
}

/* Signals reach only the thread that called. */
static il_status check_mask(void *context, size_t item, size_t worker) {
    (void)item;
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    if (sigismember(&mask, SIGINT) != (worker > 0))
        atomic_fetch_add((atomic_int *)context, 1);
    usleep(1000);
    return IL_OK;
}

static void signals(void **state) {
    (void)state;
    atomic_int wrong = 0;
    assert_int_equal(il_pool_run(4, 40, check_mask, &wrong), IL_OK);
    assert_int_equal(atomic_load(&wrong), 0);
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    assert_int_equal(sigismember(&mask, SIGINT), 0);
}

static void processors(void **state) {
    (void)state;
    assert_true(il_processors() >= 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_item_once),
        cmocka_unit_test(failure_stops_the_rest),
        cmocka_unit_test(signals),
        cmocka_unit_test(processors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
