/* Teams: every part once, slices that cover, and steps that follow each other closely or after a sleep. */
#include "cmocka_all.h"

#include "base/team.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#define STEPS 2000

typedef struct tally {
    atomic_int seen[IL_TEAM_MOST];
    atomic_int unblocked; /* calls in threads that signals reach */
} tally;

static void count(void *context, size_t part) {
    tally *t = context;
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    atomic_fetch_add(&t->seen[part], 1);
    atomic_fetch_add(&t->unblocked, !sigismember(&mask, SIGINT));
}

static void every_part_once(void **state) {
    (void)state;
    static const size_t threads[] = {1, 2, 3, 1000};
    for (size_t i = 0; i < 4; i++) {
        il_team *team = il_team_new(threads[i]);
        assert_non_null(team);
        for (size_t parts = 1; parts <= IL_TEAM_MOST; parts += 1 + parts / 4) {
            tally t = {0};
            for (int step = 0; step < STEPS / 20; step++)
                il_team_run(team, parts, count, &t);
            for (size_t p = 0; p < IL_TEAM_MOST; p++)
                assert_int_equal(atomic_load(&t.seen[p]), p < parts ? STEPS / 20 : 0);
        }
        il_team_free(team);
    }
}

/* What one step wrote, the next reads: parts of a step see all parts of the step before. */
typedef struct chain {
    size_t value[2][4], step;
    atomic_size_t wrong;
} chain;

static void follow(void *context, size_t part) {
    chain *c = context;
    for (size_t p = 0; p < 4; p++)
        if (c->value[c->step % 2][p] != c->step)
            atomic_fetch_add(&c->wrong, 1);
    c->value[(c->step + 1) % 2][part] = c->step + 1;
}

static void steps_follow_each_other(void **state) {
    (void)state;
    il_team *team = il_team_new(3);
    chain c = {.step = 0};
    for (; c.step < STEPS; c.step++) {
        if (c.step % 500 == 499)
            usleep(20000); /* threads fall asleep */
        il_team_run(team, 4, follow, &c);
    }
    il_team_free(team);
    assert_int_equal(atomic_load(&c.wrong), 0);
}

/* Part 2, the second thread's first, ends when part 3, its other, is done: the caller must do one of them. */
typedef struct pair {
    atomic_bool done, given_up;
} pair;

static void wait_for_another(void *context, size_t part) {
    pair *p = context;
    time_t end = time(NULL) + 20;
    while (part == 2 && !atomic_load(&p->done) && !atomic_load(&p->given_up))
        atomic_store(&p->given_up, time(NULL) > end);
    if (part == 3)
        atomic_store(&p->done, true);
}

static void nobody_waits_for_one(void **state) {
    (void)state;
    il_team *team = il_team_new(2);
    assert_int_equal(il_team_threads(team), 2);
    assert_int_equal(il_team_threads(NULL), 1);
    pair p = {false, false};
    il_team_run(team, 4, wait_for_another, &p);
    il_team_free(team);
    assert_false(atomic_load(&p.given_up));
}

static void signals_reach_only_the_caller(void **state) {
    (void)state;
    il_team *team = il_team_new(2);
    tally t = {0};
    int others = 0;
    for (int step = 0; step < STEPS && others == 0; step++) {
        il_team_run(team, 2, count, &t);
        others = atomic_load(&t.seen[0]) + atomic_load(&t.seen[1]) - atomic_load(&t.unblocked);
        usleep(100);
    }
    il_team_free(team);
    assert_true(others > 0);
}

typedef struct cover {
    size_t n, least;
    atomic_int times[1000], wrong;
} cover;

static void mark(void *context, size_t first, size_t last) {
    cover *c = context;
    bool whole = first == 0 && last == c->n;
    if (first >= last || (!whole && last - first + IL_SLICE < c->least))
        atomic_fetch_add(&c->wrong, 1);
    for (size_t i = first; i < last; i++)
        atomic_fetch_add(&c->times[i], 1);
}

static void slices_cover_all(void **state) {
    (void)state;
    for (size_t threads = 0; threads <= 5; threads++) {
        il_team *team = threads > 0 ? il_team_new(threads) : NULL;
        for (size_t n = 1; n <= 1000; n += 1 + n / 3)
            for (size_t least = 1; least <= 512; least *= 4) {
                cover c = {.n = n, .least = least};
                il_team_share(team, n, least, mark, &c);
                assert_int_equal(atomic_load(&c.wrong), 0);
                for (size_t i = 0; i < 1000; i++)
                    assert_int_equal(atomic_load(&c.times[i]), i < n);
            }
        il_team_free(team);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_part_once),      cmocka_unit_test(steps_follow_each_other),
        cmocka_unit_test(nobody_waits_for_one), cmocka_unit_test(signals_reach_only_the_caller),
        cmocka_unit_test(slices_cover_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
