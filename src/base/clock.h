#ifndef IL_BASE_CLOCK_H
#define IL_BASE_CLOCK_H

/* Seconds on a clock that only goes forward. */
double il_seconds(void);

#endif
