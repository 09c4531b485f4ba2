/* initlab: an exact laboratory for weight initialization. Includes every public header. */
#ifndef INITLAB_H
#define INITLAB_H

#include "initlab/claim.h"
#include "initlab/data.h"
#include "initlab/expr.h"
#include "initlab/init.h"
#include "initlab/network.h"
#include "initlab/optim.h"
#include "initlab/phase.h"
#include "initlab/probe.h"
#include "initlab/record.h"
#include "initlab/rng.h"
#include "initlab/statistics.h"
#include "initlab/status.h"
#include "initlab/store.h"
#include "initlab/study.h"
#include "initlab/tensor.h"
#include "initlab/theory.h"
#include "initlab/train.h"
#include "initlab/weights.h"

#endif
