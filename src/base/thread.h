#ifndef IL_BASE_THREAD_H
#define IL_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* Starts a thread with all signals blocked, since they belong to the caller's thread. False when there can be no more. */
bool il_thread_start(pthread_t *thread, void *(*run)(void *), void *argument);

#endif
