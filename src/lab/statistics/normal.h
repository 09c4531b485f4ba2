/* The standard normal, and intervals built on it, for the files of this folder. */
#ifndef IL_LAB_STATISTICS_NORMAL_H
#define IL_LAB_STATISTICS_NORMAL_H

#include "initlab/statistics.h"

/* z with P(|Z| < z) = level. */
double il_two_sided_z(double level);

/* P(Z > z), accurate far into the tail. */
double il_normal_tail(double z);

/* il_wilson of a share in [0, 1] of n > 0 runs, neither of them necessarily whole. */
il_interval il_wilson_share(double share, double n, double level);

#endif
